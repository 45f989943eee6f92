package io.mailtide.replica.maildir;

import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;

/**
 * What was found in a folder.
 *
 * @param before how the folder looked just before
 * @param began when that was
 */
record Listing(NameIndex names, Stamps before, Instant began) {
  /** Looks at a folder that is to be listed. */
  static Listing begin(Path folder, Environment environment) throws IOException {
    var now = environment.clock().instant();
    return new Listing(new NameIndex(), Stamps.of(folder), now);
  }

  /** Lists a folder. */
  static Listing of(Path folder, Environment environment) throws IOException, FaultException {
    var listing = begin(folder, environment);
    Messages.each(folder, listing.names::put);
    return listing;
  }

  /** Whether a folder that looks so holds the same now: whatever changed since would show. */
  boolean holds(Stamps now) {
    return before.settled(began) && before.text().equals(now.text());
  }
}
