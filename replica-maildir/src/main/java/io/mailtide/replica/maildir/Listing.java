package io.mailtide.replica.maildir;

import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What was found in a folder.
 *
 * @param odd what was passed over
 * @param before how the folder looked just before
 * @param began when that was
 */
record Listing(NameIndex names, Odd odd, Stamps before, Instant began) {
  /**
   * Files that are passed over, for no message can have such a name.
   *
   * @param example the name of one of them; empty where there is none
   */
  record Odd(long files, String example) {
    static final Odd NONE = new Odd(0, "");

    Odd plus(String name) {
      return new Odd(files + 1, name);
    }
  }

  /** Lists a folder. */
  static Listing of(Path folder, Environment environment) throws IOException, FaultException {
    return of(folder, environment, () -> {});
  }

  /**
   * Lists a folder.
   *
   * @param check run before each message
   */
  static Listing of(Path folder, Environment environment, Runnable check)
      throws IOException, FaultException {
    var now = environment.clock().instant();
    var before = Stamps.of(folder);
    var names = new NameIndex();
    var odd = Messages.each(folder, file -> {
      check.run();
      names.put(file);
    });
    return new Listing(names, odd, before, now);
  }

  /** Whether a folder that looks so holds the same now: whatever changed since would show. */
  boolean holds(Stamps now) {
    return before.settled(began) && before.text().equals(now.text());
  }
}
