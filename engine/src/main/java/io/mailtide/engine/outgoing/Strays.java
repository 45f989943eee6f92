package io.mailtide.engine.outgoing;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.ReplicaFolder.Known;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.Synchronizer.Opener;
import io.mailtide.engine.send.Outbox;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Finds what lies in the folder Outbox and was not handed in: another program put it there, or a
 * state that was lost knew it. It is never sent, for nobody knows to whom.
 */
public final class Strays {
  private Strays() {}

  /** Its keys there, in order. Changes nothing. */
  public static List<MessageKey> find(Path stateDirectory, Opener store) throws FaultException {
    // Before and behind: what is handed in meanwhile is known behind, what has left was before.
    var before = Journal.keys(stateDirectory);
    var there = new TreeMap<String, MessageKey>();
    try (var replica = store.open()) {
      var folder = replica.open(Outbox.FOLDER, Access.READ);
      var _ = folder.scan(Optional.empty(), Known.NOTHING, new Observer() {
        @Override
        public void present(Sighting sighting) {
          there.put(sighting.key().value(), sighting.key());
        }

        @Override
        public void vanished(MessageKey key) {}
      });
    } catch (FaultException e) {
      if (e.fault().kind() == Kind.NOT_FOUND) {
        return List.of(); // it comes with the first message
      }
      throw e;
    }
    there.values().removeAll(before);
    if (!there.isEmpty()) {
      there.values().removeAll(Journal.keys(stateDirectory));
    }
    return List.copyOf(there.values());
  }
}
