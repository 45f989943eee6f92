package io.mailtide.engine.run;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.state.Digest;
import io.mailtide.engine.state.Journal;
import io.mailtide.engine.state.Journal.Twin;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;

/**
 * Finds the near message that a far one is a copy of, by content: after the state was lost, after
 * the far side numbered its messages anew, or where another tool had filled the Maildir. Each near
 * message is found once.
 *
 * <p>Near messages that were never agreed on are read and digested when the first far message of
 * the folder arrives.
 */
final class Twins {
  private final Folder folder;
  private final Journal journal;
  private final DeliveringEditor editor;
  private final List<Sighting> strangers;
  private final Set<MessageKey> taken = new HashSet<>();
  private Optional<Map<Digest, Queue<Sighting>>> digested = Optional.empty();

  /** @param strangers near messages that were never agreed on */
  Twins(Folder folder, Journal journal, DeliveringEditor editor, List<Sighting> strangers) {
    this.folder = folder;
    this.journal = journal;
    this.editor = editor;
    this.strangers = strangers;
  }

  /** The near twin of a far message, if there is one that was not given away yet. */
  Optional<Twin> of(Digest digest, Flags farFlags) throws FaultException {
    for (var twin : journal.twins(folder, digest)) {
      if (taken.add(twin.near())) {
        return Optional.of(twin);
      }
    }
    var queue = index().getOrDefault(digest, new ArrayDeque<>());
    var stranger = queue.poll();
    if (stranger == null) {
      return Optional.empty();
    }
    // Nothing was agreed: what both have is, and each side's other flags are news to the other.
    var both = stranger.flags().minus(stranger.flags().minus(farFlags));
    return Optional.of(new Twin(stranger.key(), stranger.flags(), both, both));
  }

  private Map<Digest, Queue<Sighting>> index() throws FaultException {
    if (digested.isEmpty()) {
      var index = new HashMap<Digest, Queue<Sighting>>();
      for (var stranger : strangers) {
        var digest = Arrivals.sha256();
        if (editor.read(stranger.key(), digest::update)) {
          index
              .computeIfAbsent(Digest.of(digest.digest()), _ -> new ArrayDeque<>())
              .add(stranger);
        }
      }
      digested = Optional.of(index);
    }
    return digested.get();
  }
}
