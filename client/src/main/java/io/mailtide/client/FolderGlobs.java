package io.mailtide.client;

import io.mailtide.engine.FolderName;
import io.mailtide.engine.Synchronizer.FolderFilter;
import java.util.List;
import java.util.Optional;

/**
 * Which folders take part, by globs on the {@linkplain FolderName#text() text form} of their names:
 * {@code *} stands for any characters, {@code /} included, {@code ?} for one; {@code !} in front
 * leaves out. The last glob that matches a name decides; a list that begins by leaving out begins
 * with everything. INBOX matches in any case, as it is named in any case.
 */
final class FolderGlobs implements FolderFilter {
  /** Every folder. */
  static final FolderGlobs ALL = new FolderGlobs(List.of("*"));

  private static final String INBOX = "INBOX";

  private final List<Glob> globs;

  FolderGlobs(List<String> globs) {
    this.globs = globs.stream().map(Glob::parse).toList();
  }

  @Override
  public boolean test(FolderName name) {
    var inbox = name.segments().getFirst().equals(INBOX);
    var points = name.text().codePoints().toArray();
    for (var glob : globs.reversed()) {
      if (glob.matches(points, inbox ? INBOX.length() : 0)) {
        return !glob.excludes();
      }
    }
    return globs.getFirst().excludes();
  }

  @Override
  public Optional<String> said() {
    var said = new StringBuilder();
    for (var glob : globs) {
      said.append(glob.toString().length()).append(' ').append(glob);
    }
    return Optional.of(said.toString());
  }

  @Override
  public String toString() {
    return globs.toString();
  }

  private record Glob(boolean excludes, String pattern) {
    static Glob parse(String text) {
      return text.startsWith("!") ? new Glob(true, text.substring(1)) : new Glob(false, text);
    }

    /**
     * Goes back to the last star only, so the time is at most the product of both lengths.
     *
     * @param anyCase how many characters at the start of the name match in any case
     */
    boolean matches(int[] name, int anyCase) {
      var wanted = pattern.codePoints().toArray();
      int at = 0;
      int in = 0;
      int star = -1;
      int starIn = 0;
      while (in < name.length) {
        if (at < wanted.length && wanted[at] == '*') {
          star = at++;
          starIn = in;
        } else if (at < wanted.length
            && (wanted[at] == '?' || same(wanted[at], name[in], in < anyCase))) {
          at++;
          in++;
        } else if (star >= 0) {
          at = star + 1;
          in = ++starIn;
        } else {
          return false;
        }
      }
      while (at < wanted.length && wanted[at] == '*') {
        at++;
      }
      return at == wanted.length;
    }

    private static boolean same(int wanted, int there, boolean anyCase) {
      return wanted == there || (anyCase && Character.toUpperCase(wanted) == there);
    }

    @Override
    public String toString() {
      return (excludes ? "!" : "") + pattern;
    }
  }

  /** What is wrong with a glob, if anything. */
  static Optional<String> wrong(String glob) {
    return glob.equals("!")
        ? Optional.of("`!` leaves out nothing; write a folder name or glob after it")
        : Optional.empty();
  }
}
