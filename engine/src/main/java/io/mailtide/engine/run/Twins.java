package io.mailtide.engine.run;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
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

  /** The near twin of a far message, if there is one that was not given away yet. */
  Optional<Twin> of(Digest digest, Flags farFlags) throws FaultException {
    for (var twin : memory.journal().twins(folder, digest)) {
      if (taken.add(twin.near())) {
        return Optional.of(twin);
      }
    }
    for (var stranger : memory.contents().strangers(folder, digest)) {
      if (taken.add(stranger)) {
        var flags = memory.observations().seen(folder, Side.NEAR, stranger).map(Sighting::flags);
        var now = flags.orElse(Flags.NONE);
        // Nothing was agreed: what both have is, and each side's other flags are news to the other.
        var both = now.minus(now.minus(farFlags));
        return Optional.of(new Twin(stranger, now, both, both));
      }
    }
    return Optional.empty();
  }
}
