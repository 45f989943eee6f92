package io.mailtide.engine.outgoing;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.send.Outbox.Place;
import io.mailtide.engine.send.Outbox.Way;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.state.Database;
import io.mailtide.engine.state.State;
import io.mailtide.engine.state.StoreLock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Optional;

/**
 * Looks for proof that messages in doubt were taken: a copy that their server filed in a Sent
 * folder. Mail programs file copies, too, here or straight on a server, as soon as they have handed
 * a message to us; those prove nothing. So it must be a server that files copies, and nobody may
 * have taken a message of that Message-ID before ({@code OutgoingMail.submitting}); and the copy
 * must have come from that server, not have been there before, and bear the mark that each server
 * leaves on what it takes (RFC 5321 section 4.4): a field Received more than the message has.
 */
final class Proof {
  private static final int NEWEST = 1_000;

  /** Clocks differ by so much, and those of servers tell seconds. */
  private static final Duration CLOCKS = Duration.ofMinutes(1);

  /** Copies that are older than that cannot be meant. */
  static final Duration COPY_WITHIN = Duration.ofDays(30);

  private final Desk desk;

  Proof(Desk desk) {
    this.desk = desk;
  }

  /** Those of which there is proof. */
  List<Outgoing> of(List<Outgoing> inDoubt) throws FaultException {
    var proven = new ArrayList<Outgoing>();
    var looked = new HashMap<String, List<Seen>>();
    for (var message : inDoubt) {
      var from = desk.mail.provenFrom(message);
      if (from.isEmpty() || message.messageId().isEmpty()) {
        continue;
      }
      var copies = new ArrayList<Seen>();
      var way = desk.ways.named(message.transport());
      for (var place : way.map(Way::proofs).orElse(List.of())) {
        var name = place.store() + " " + place.folder();
        if (!looked.containsKey(name)) {
          looked.put(name, fromServer(place));
        }
        copies.addAll(looked.get(name));
      }
      copies.removeIf(copy -> !copy.isOf(message, from.get().minus(CLOCKS)));
      var most = copies.stream().mapToInt(Seen::traces).max();
      if (most.isPresent() && most.getAsInt() > traces(message)) {
        proven.add(message);
      }
    }
    return proven;
  }

  /**
   * A message that came from a server.
   *
   * @param traces how many fields Received it has
   */
  private record Seen(String messageId, int traces, Optional<Instant> arrived) {
    boolean isOf(Outgoing message, Instant from) {
      return messageId.equals(message.messageId())
          && arrived.filter(at -> !at.isBefore(from)).isPresent();
    }
  }

  /** The newest messages there that came from the server. */
  private List<Seen> fromServer(Place place) throws FaultException {
    var keys = keys(place);
    var found = new ArrayList<Seen>();
    if (keys.isEmpty()) {
      return found;
    }
    try (var near = place.near().open()) {
      for (var read : Headers.of(near.open(place.folder(), Replica.Access.READ), keys)) {
        var id = read.header().first("message-id").orElse("");
        found.add(new Seen(id, received(read.header()), read.arrived()));
      }
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

  /** How many fields Received a message has of its own; more than any, where that is not known. */
  private int traces(Outgoing message) {
    try {
      return Headers.of(desk.folder, message.key()).map(Proof::received).orElse(Integer.MAX_VALUE);
    } catch (FaultException e) {
      System.getLogger(Proof.class.getName())
          .log(System.Logger.Level.INFO, "looking into message " + message.id(), e);
      return Integer.MAX_VALUE;
    }
  }

  private static int received(Header header) {
    return (int) header.fields().stream()
        .filter(field -> field.name().equals("received"))
        .count();
  }
}
