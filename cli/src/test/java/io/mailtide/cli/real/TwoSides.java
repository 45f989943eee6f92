package io.mailtide.cli.real;

import io.mailtide.cli.real.LocalMail.Kept;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.ImapServer;
import io.mailtide.testkit.ImapTalk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An account and its Maildir, edited at random on both sides as their users would, and the model of
 * what both must hold in the end. In one round nobody undoes what the other does, so that there is
 * one right outcome; but both may flag one message, and one may flag or move what the other leaves
 * alone.
 */
final class TwoSides {
  private static final List<String> FLAGS =
      List.of("\\Seen", "\\Flagged", "\\Answered", "todo", "$Label1");
  private static final Map<String, Character> LETTERS =
      Map.of("\\Seen", 'S', "\\Flagged", 'F', "\\Answered", 'R');

  private final Random random;
  private final Path mail;
  private final ImapServer server;
  private final Iterator<Corpus.Message> fresh;
  private final Map<String, Map<String, Kept>> model = new TreeMap<>();
  private final Set<String> touched = new HashSet<>();
  private final Set<String> renamed = new HashSet<>();
  private long sequence;

  /**
   * @param mail the Maildir tree
   * @param messages of which each that the server keeps as it is is used once
   */
  TwoSides(Random random, Path mail, ImapServer server, Collection<Corpus.Message> messages) {
    this.random = random;
    this.mail = mail;
    this.server = server;
    var distinct = new TreeMap<String, Corpus.Message>();
    messages.stream()
        .filter(message -> server.keeps(message.wire()))
        .forEach(message -> distinct.putIfAbsent(ImapTalk.sha256(message.wire()), message));
    fresh = distinct.values().iterator();
  }

  /** The folders that must be there, in order. */
  List<String> folders() {
    return List.copyOf(model.keySet());
  }

  /** What a folder must hold. */
  List<Kept> held(String folder) {
    return messages(folder).values().stream().sorted().toList();
  }

  private Map<String, Kept> messages(String folder) {
    return Objects.requireNonNull(model.get(folder));
  }

  /** The server's user makes a folder. */
  void create(ImapTalk talk, String folder) {
    if (!folder.equals("INBOX")) {
      talk.send("CREATE \"%s\"".formatted(server.mailbox(folder)));
    }
    model.put(folder, new TreeMap<>());
  }

  /** A round begins: all may be edited again. */
  void nextRound() {
    touched.clear();
    renamed.clear();
  }

  /** One edit, on either side. */
  void edit(ImapTalk talk) throws IOException {
    var here = random.nextBoolean();
    var folder = some();
    switch (random.nextInt(10)) {
      case 0, 1, 2, 3 -> add(talk, folder, here);
      case 4, 5, 6 -> flag(talk, folder, here);
      case 7 -> remove(talk, folder, here);
      case 8 -> move(talk, folder, here);
      default -> flagOnBoth(talk, folder);
    }
  }

  /** A folder that has one name on both sides. */
  private String some() {
    var free = folders().stream().filter(folder -> !renamed.contains(folder)).toList();
    return free.get(random.nextInt(free.size()));
  }

  private Set<String> someFlags() {
    var flags = new TreeSet<String>();
    FLAGS.stream().filter(_ -> random.nextInt(3) == 0).forEach(flags::add);
    return flags;
  }

  private void add(ImapTalk talk, String folder, boolean here) throws IOException {
    var message = fresh.next();
    var arrived = Instant.ofEpochSecond(1_000_000_000L + random.nextInt(500_000_000));
    var flags = someFlags();
    var kept = new Kept(ImapTalk.sha256(message.wire()), new TreeSet<>(flags), arrived);
    if (here) {
      var unique = "%d.P%dQ%d.test".formatted(arrived.getEpochSecond(), 1, ++sequence);
      var tmp = mail.resolve(folder).resolve("tmp").resolve(unique);
      Files.write(tmp, message.stored());
      Files.setLastModifiedTime(tmp, FileTime.from(arrived));
      Files.move(
          tmp,
          mail.resolve(folder).resolve("cur").resolve(unique + ":2," + letters(folder, flags)));
    } else {
      talk.append(server.mailbox(folder), message.wire(), String.join(" ", flags), arrived);
    }
    messages(folder).put(kept.sha256(), kept);
    touched.add(kept.sha256());
  }

  /** A message that nobody edited in this round. */
  private List<Kept> untouched(String folder) {
    var free = messages(folder).values().stream()
        .filter(kept -> !touched.contains(kept.sha256()))
        .toList();
    return free.isEmpty() ? List.of() : List.of(free.get(random.nextInt(free.size())));
  }

  private void flag(ImapTalk talk, String folder, boolean here) throws IOException {
    for (var kept : untouched(folder)) {
      var flags = someFlags();
      set(talk, folder, kept, flags, here);
      messages(folder)
          .put(kept.sha256(), new Kept(kept.sha256(), new TreeSet<>(flags), kept.arrived()));
      touched.add(kept.sha256());
    }
  }

  /** Each side sets a flag of its own and clears one of its own: all four come through. */
  private void flagOnBoth(ImapTalk talk, String folder) throws IOException {
    for (var kept : untouched(folder)) {
      var near = new TreeSet<>(kept.flags());
      var far = new TreeSet<>(kept.flags());
      toggle(near, "\\Flagged");
      toggle(near, "todo");
      toggle(far, "\\Seen");
      toggle(far, "$Label1");
      var both = new TreeSet<>(near);
      for (var flag : List.of("\\Seen", "$Label1")) {
        toggle(both, flag);
      }
      set(talk, folder, kept, near, true);
      set(talk, folder, kept, far, false);
      messages(folder).put(kept.sha256(), new Kept(kept.sha256(), both, kept.arrived()));
      touched.add(kept.sha256());
    }
  }

  private static void toggle(Set<String> flags, String flag) {
    if (!flags.remove(flag)) {
      flags.add(flag);
    }
  }

  private void set(ImapTalk talk, String folder, Kept kept, Set<String> flags, boolean here)
      throws IOException {
    if (here) {
      var file = file(folder, kept);
      var name = file.getFileName().toString();
      Files.move(
          file,
          mail.resolve(folder).resolve("cur").resolve(base(name) + ":2," + letters(folder, flags)));
    } else {
      var uid = uid(talk, folder, kept);
      talk.send("SELECT \"%s\"".formatted(server.mailbox(folder)));
      talk.send("UID STORE %d FLAGS.SILENT (%s)".formatted(uid, String.join(" ", flags)));
    }
  }

  private void remove(ImapTalk talk, String folder, boolean here) throws IOException {
    for (var kept : untouched(folder)) {
      if (here) {
        Files.delete(file(folder, kept));
      } else {
        var uid = uid(talk, folder, kept);
        talk.send("SELECT \"%s\"".formatted(server.mailbox(folder)));
        talk.send("UID STORE %d +FLAGS.SILENT (\\Deleted)".formatted(uid));
        talk.send("EXPUNGE");
      }
      messages(folder).remove(kept.sha256());
    }
  }

  private void move(ImapTalk talk, String folder, boolean here) throws IOException {
    var to = some();
    for (var kept : to.equals(folder) ? List.<Kept>of() : untouched(folder)) {
      if (here) {
        var file = file(folder, kept);
        Files.move(
            file,
            mail.resolve(to)
                .resolve("cur")
                .resolve(base(file.getFileName().toString()) + ":2," + letters(to, kept.flags())));
      } else {
        var uid = uid(talk, folder, kept);
        talk.send("SELECT \"%s\"".formatted(server.mailbox(folder)));
        talk.send("UID COPY %d \"%s\"".formatted(uid, server.mailbox(to)));
        talk.send("UID STORE %d +FLAGS.SILENT (\\Deleted)".formatted(uid));
        talk.send("EXPUNGE");
      }
      messages(folder).remove(kept.sha256());
      messages(to).put(kept.sha256(), kept);
      touched.add(kept.sha256());
    }
  }

  /** A whole folder is renamed on one side. */
  void rename(ImapTalk talk, String to) throws IOException {
    var here = random.nextBoolean();
    var folder = some();
    if (folder.equals("INBOX")) {
      return;
    }
    renamed.add(to);
    if (here) {
      Files.move(mail.resolve(folder), mail.resolve(to));
    } else {
      talk.send("RENAME \"%s\" \"%s\"".formatted(server.mailbox(folder), server.mailbox(to)));
    }
    model.put(to, Objects.requireNonNull(model.remove(folder)));
  }

  private long uid(ImapTalk talk, String folder, Kept kept) {
    return talk.held(server.mailbox(folder)).stream()
        .filter(held -> held.sha256().equals(kept.sha256()))
        .findFirst()
        .orElseThrow()
        .uid();
  }

  private Path file(String folder, Kept kept) throws IOException {
    var found = new ArrayList<Path>();
    for (var place : List.of("new", "cur")) {
      try (var files = Files.list(mail.resolve(folder).resolve(place))) {
        for (var file : files.toList()) {
          var bytes = Files.readAllBytes(file);
          if (ImapTalk.sha256(Corpus.crlf(bytes)).equals(kept.sha256())) {
            found.add(file);
          }
        }
      }
    }
    return found.getFirst();
  }

  private static String base(String name) {
    var info = name.indexOf(":2,");
    return info < 0 ? name : name.substring(0, info);
  }

  /** The letters of flags in a folder; a keyword that is new there is entered as Dovecot does. */
  private String letters(String folder, Set<String> flags) throws IOException {
    var file = mail.resolve(folder).resolve("dovecot-keywords");
    var names = new ArrayList<String>();
    if (Files.exists(file)) {
      Files.readAllLines(file).forEach(line -> names.add(line.substring(line.indexOf(' ') + 1)));
    }
    var letters = new TreeSet<Character>();
    for (var flag : flags) {
      var letter = LETTERS.get(flag);
      if (letter == null) {
        if (!names.contains(flag)) {
          names.add(flag);
        }
        letter = (char) ('a' + names.indexOf(flag));
      }
      letters.add(letter);
    }
    var lines = new ArrayList<String>();
    names.forEach(name -> lines.add(lines.size() + " " + name));
    Files.write(file, lines, StandardCharsets.UTF_8);
    var text = new StringBuilder();
    letters.forEach(text::append);
    return text.toString();
  }
}
