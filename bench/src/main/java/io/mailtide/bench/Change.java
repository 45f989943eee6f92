package io.mailtide.bench;

import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What users do to an account in step before a run is timed: the same seed, the same changes. */
@FunctionalInterface
interface Change {
  void in(Account account, long seed) throws IOException;

  /** Both sides stay as they are. */
  static Change none() {
    return (account, seed) -> {};
  }

  /** New messages, read already, put into the local folders in turn. */
  static Change push(int messages) {
    return (account, seed) -> {
      var folders = folders(account.mail());
      for (var number = 1; number <= messages; number++) {
        var file = "%d.%d.bench:2,S".formatted(seed, number);
        Files.write(
            folders.get(number % folders.size()).resolve("cur").resolve(file),
            SyntheticMail.message(-seed, number, Filling.Size.LETTER.of(number)));
      }
    };
  }

  /** In INBOX at the server: new messages, flags put on, and messages removed. */
  static Change delta(int fresh, int flagged, int removed) {
    return (account, seed) -> {
      try (var talk = account.dovecot().talk(account.user())) {
        talk.send("SELECT INBOX");
        var uids = new ArrayList<>(uids(talk));
        Collections.shuffle(uids, new Random(seed));
        var set = String.join(",", uids.subList(0, flagged));
        talk.send("UID STORE %s +FLAGS.SILENT (\\Flagged)".formatted(set));
        set = String.join(",", uids.subList(flagged, flagged + removed));
        talk.send("UID STORE %s +FLAGS.SILENT (\\Deleted)".formatted(set));
        talk.send("EXPUNGE");
        for (var number = 1; number <= fresh; number++) {
          var size = Filling.Size.LETTER.of(number);
          var arrived = Instant.ofEpochSecond(1_600_000_000L + number);
          talk.append("INBOX", SyntheticMail.message(-seed, number, size), "", arrived);
        }
      }
    };
  }

  /** The UIDs in the selected folder, ascending. */
  static List<String> uids(ImapTalk talk) {
    var found = talk.send("UID SEARCH ALL").getFirst().text();
    return List.of(found.substring("* SEARCH ".length()).strip().split(" ", -1));
  }

  private static List<Path> folders(Path tree) throws IOException {
    try (var paths = Files.walk(tree)) {
      return paths
          .filter(
              path -> path.endsWith("cur") && !tree.relativize(path).toString().startsWith("."))
          .map(Path::getParent)
          .sorted()
          .toList();
    }
  }
}
