package io.mailtide.engine.outgoing;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.send.Outbox.Place;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.State;
import io.mailtide.engine.state.StoreLock;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Looks for proof that messages in doubt were taken: a copy in a Sent folder that came from its
 * server. A copy that was made here proves nothing, for mail programs file theirs when they have
 * handed a message to us.
 */
final class Proof {
  private static final int NEWEST = 1_000;

  private final Desk desk;

  Proof(Desk desk) {
    this.desk = desk;
  }

  /** Those of which there is proof. */
  List<Outgoing> of(List<Outgoing> inDoubt) throws FaultException {
    var proven = new ArrayList<Outgoing>();
    var seen = new HashSet<String>();
    var looked = new HashSet<String>();
    for (var message : inDoubt) {
      var way = desk.ways.named(message.transport());
      for (var place : way.map(known -> known.proofs()).orElse(List.of())) {
        if (looked.add(place.store() + " " + place.folder())) {
          seen.addAll(fromServer(place));
        }
      }
      if (seen.contains(message.messageId()) && !message.messageId().isEmpty()) {
        proven.add(message);
      }
    }
    return proven;
  }

  /** The Message-IDs of the newest messages there that came from the server. */
  private Set<String> fromServer(Place place) throws FaultException {
    var keys = keys(place);
    var found = new HashSet<String>();
    if (keys.isEmpty()) {
      return found;
    }
    try (var near = place.near().open()) {
      near.open(place.folder(), Replica.Access.READ)
          .fetch(keys, ReplicaFolder.Part.IDENTITY, () -> new Fields(found));
    } catch (FaultException e) {
      // No folder, or one that cannot be read, proves nothing: the doubt stays.
      System.getLogger(Proof.class.getName())
          .log(System.Logger.Level.INFO, "looking for sent messages in " + place.store(), e);
    }
    return found;
  }

  private List<MessageKey> keys(Place place) throws FaultException {
    var file = StoreLock.file(desk.job.stateDirectory(), place.store(), ".sqlite");
    var opened = Database.openToRead(file);
    if (opened.isEmpty()) {
      return List.of();
    }
    try (var database = opened.get()) {
      return new State(database).fromFar(place.folder(), NEWEST);
    }
  }

  /** Takes the Message-ID of a message. */
  private static final class Fields implements ReplicaFolder.Body {
    private final Set<String> found;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Fields(Set<String> found) {
      this.found = found;
    }

    @Override
    public void write(ByteBuffer more) {
      while (more.hasRemaining()) {
        bytes.write(more.get());
      }
    }

    @Override
    public void end(MessageKey key, Optional<Instant> arrived) {
      Header.of(bytes.toByteArray()).first("message-id").ifPresent(found::add);
    }

    @Override
    public void abandon() {}
  }
}
