package io.mailtide.replica.maildir;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * From folder names to directories and back.
 *
 * <p>What a directory cannot be called is escaped: a character below U+0080 is written {@code %XX},
 * any other {@code %uXXXX} (UTF-16, capital hexadecimal digits). Escaped are: {@code /}, control
 * characters, unpaired surrogates and U+FFFD anywhere; a leading dot; the first letter of
 * {@code cur}, {@code new} and {@code tmp}, whatever their case; in Maildir++ any dot, and the
 * first letter of a folder called {@code mailtide}; and {@code %} where it would look like an
 * escape. A name of more than 255 bytes becomes directories one in the other, each but the last
 * ending in {@code %+}; they are not folders of their own.
 */
final class FolderPaths {
  static final String OWN = ".mailtide";
  static final String CONTINUED = "%+";

  private static final Pattern ESCAPE = Pattern.compile("%(?:([0-7][0-9A-F])|u([0-9A-F]{4}))");
  private static final Pattern LIKE_ESCAPE =
      Pattern.compile("%(?:[0-7][0-9A-F]|u[0-9A-F]{4}|\\+).*", Pattern.DOTALL);
  private static final Set<String> PARTS = Set.of("cur", "new", "tmp");
  static final int NAME_BYTES_MAX = 255;

  /** In UTF-8; a pair of surrogates takes four together. */
  private static final int CHAR_BYTES_MAX = 3;

  private static final char UNDECODABLE = '\uFFFD';

  private final Path root;
  private final boolean plus;

  /** @param plus whether the layout is Maildir++ */
  FolderPaths(Path root, boolean plus) {
    this.root = root;
    this.plus = plus;
  }

  Path root() {
    return root;
  }

  boolean plus() {
    return plus;
  }

  /** The directory of a folder. */
  Path of(FolderName name) throws FaultException {
    return resolve(root, name, plus ? plusName(name) : nestedNames(name));
  }

  /** The directory that stands for a folder under another root, in either layout a nested one. */
  Path under(Path other, FolderName name) throws FaultException {
    return resolve(other, name, nestedNames(name));
  }

  /** The folder for which {@link #under} gives this directory; empty when there is none. */
  Optional<FolderName> nameUnder(Path other, Path directory) throws FaultException {
    var segments = new ArrayList<String>();
    var begun = "";
    for (var piece : other.relativize(directory)) {
      var text = begun + piece;
      var goesOn = text.endsWith(CONTINUED);
      begun = goesOn ? text.substring(0, text.length() - CONTINUED.length()) : "";
      if (!goesOn) {
        segments.add(unescaped(text));
      }
    }
    if (!begun.isEmpty() || segments.stream().anyMatch(String::isEmpty)) {
      return Optional.empty();
    }
    var name = new FolderName(segments);
    return under(other, name).equals(directory) ? Optional.of(name) : Optional.empty();
  }

  private static Path resolve(Path root, FolderName name, List<String> directories)
      throws FaultException {
    try {
      var path = root;
      for (var directory : directories) {
        path = path.resolve(directory);
      }
      return path;
    } catch (InvalidPathException e) {
      throw new FaultException(
          Fault.of(
                  Kind.CONFIGURATION,
                  Reach.FOLDER,
                  "finding the directory of the folder under " + root,
                  "its name cannot be written in the character set of this environment",
                  "Run Mailtide in a UTF-8 locale, for instance with LC_ALL=C.UTF-8.")
              .in(name),
          e);
    }
  }

  private static List<String> nestedNames(FolderName name) {
    var names = new ArrayList<String>();
    for (var segment : name.segments()) {
      names.addAll(pieces(escaped(segment, false)));
    }
    return names;
  }

  private static List<String> plusName(FolderName name) {
    if (name.equals(FolderName.INBOX)) {
      return List.of();
    }
    var text = name.segments().stream()
        .map(segment -> escaped(segment, true))
        .collect(Collectors.joining(".", ".", ""));
    return pieces(
        text.toLowerCase(Locale.ROOT).equals(OWN)
            ? "." + escape(text.charAt(1)) + text.substring(2)
            : text);
  }

  /**
   * Whether a directory with this name in a folder, or under the root, may be a folder or a part of
   * one's name.
   */
  boolean isCandidate(String directory) {
    return plus
        ? directory.startsWith(".") && !directory.toLowerCase(Locale.ROOT).equals(OWN)
        : !directory.startsWith(".") && !PARTS.contains(directory);
  }

  /**
   * The folder that a directory stands for.
   *
   * @param names of the directories from the root to it, the pieces of long names put together
   * @param directory where it is
   * @return empty when it stands for none, or the folder's name would be spelt otherwise
   */
  Optional<FolderName> name(List<String> names, Path directory) throws FaultException {
    if (names.isEmpty()) {
      return plus ? Optional.of(FolderName.INBOX) : Optional.empty();
    }
    var texts = plus ? List.of(names.getFirst().substring(1).split("\\.", -1)) : names;
    var segments = new ArrayList<String>();
    for (var text : texts) {
      segments.add(unescaped(text));
    }
    if (segments.contains("")) {
      return Optional.empty();
    }
    var name = new FolderName(segments);
    return of(name).equals(directory) ? Optional.of(name) : Optional.empty();
  }

  /** Whether Java could not read a file's name in the character set of this environment. */
  static boolean isUndecodable(String name) {
    return name.indexOf(UNDECODABLE) >= 0;
  }

  static String escaped(String segment, boolean plus) {
    var text = new StringBuilder();
    for (var i = 0; i < segment.length(); i++) {
      var c = segment.charAt(i);
      if (mustEscape(segment, i, c, plus)) {
        text.append(escape(c));
      } else {
        text.append(c);
      }
    }
    return text.toString();
  }

  private static boolean mustEscape(String segment, int i, char c, boolean plus) {
    if (Character.isSurrogate(c)) {
      var low = i + 1 < segment.length() && Character.isSurrogatePair(c, segment.charAt(i + 1));
      var high = i > 0 && Character.isSurrogatePair(segment.charAt(i - 1), c);
      return !low && !high;
    }
    return switch (c) {
      case '/', UNDECODABLE -> true;
      case '%' -> LIKE_ESCAPE.matcher(segment).region(i, segment.length()).matches();
      case '.' -> plus || i == 0;
      default ->
        Character.isISOControl(c)
            || (i == 0 && !plus && PARTS.contains(segment.toLowerCase(Locale.ROOT)));
    };
  }

  private static String escape(char c) {
    return c < 0x80 ? "%%%02X".formatted((int) c) : "%%u%04X".formatted((int) c);
  }

  static String unescaped(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    return ESCAPE.matcher(text).replaceAll(match -> {
      var digits = match.group(1) == null ? match.group(2) : match.group(1);
      return java.util.regex.Matcher.quoteReplacement(
          Character.toString((char) Integer.parseInt(digits, 16)));
    });
  }

  /** A name in pieces that a file system can hold. */
  private static List<String> pieces(String text) {
    if (text.length() <= NAME_BYTES_MAX / CHAR_BYTES_MAX
        || text.getBytes(StandardCharsets.UTF_8).length <= NAME_BYTES_MAX) {
      return List.of(text);
    }
    var pieces = new ArrayList<String>();
    var piece = new StringBuilder();
    var bytes = 0;
    for (var point : text.codePoints().toArray()) {
      var c = Character.toString(point);
      var more = c.getBytes(StandardCharsets.UTF_8).length;
      if (bytes + more > NAME_BYTES_MAX - CONTINUED.length()) {
        pieces.add(piece + CONTINUED);
        piece.setLength(0);
        bytes = 0;
      }
      piece.append(c);
      bytes += more;
    }
    pieces.add(piece.toString());
    return pieces;
  }
}
