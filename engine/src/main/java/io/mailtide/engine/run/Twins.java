package io.mailtide.engine.run;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.state.Digest;
import io.mailtide.engine.state.Journal.Twin;
import io.mailtide.engine.state.State.Folder;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Finds the near message that a far one is a copy of, by the digest of what arrived: what
 * {@link Pairing} could not tie without a download. Each near message is found once.
 */
final class Twins {
  private final Folder folder;
  private final Memory memory;
  private final Set<MessageKey> taken = new HashSet<>();

  Twins(Folder folder, Memory memory) {
    this.folder = folder;
    this.memory = memory;
  }

  /** A header tells nothing about what is more than a header. */
  private static boolean isAlike(Part part, boolean headersOnly) {
    return part == Part.WHOLE || headersOnly;
  }

  /**
   * The near twin of a far message, if there is one that was not given away yet.
   *
   * @param part what of the message the digest is of
   */
  Optional<Twin> of(Digest digest, Flags farFlags, Part part) throws FaultException {
    for (var twin : memory.journal().twins(folder, digest)) {
      if (isAlike(part, twin.headersOnly()) && taken.add(twin.near())) {
        return Optional.of(twin);
      }
    }
    for (var stranger : memory.contents().strangers(folder, digest)) {
      var headersOnly = memory.contents().isHeadersOnly(folder, stranger);
      if (isAlike(part, headersOnly) && taken.add(stranger)) {
        var flags = memory.observations().seen(folder, Side.NEAR, stranger).map(Sighting::flags);
        var now = flags.orElse(Flags.NONE);
        // Nothing was agreed: what both have is, and each side's other flags are news to the other.
        var both = now.minus(now.minus(farFlags));
        return Optional.of(new Twin(stranger, now, both, both, headersOnly));
      }
    }
    return Optional.empty();
  }
}
