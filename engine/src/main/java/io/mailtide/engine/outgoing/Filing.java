package io.mailtide.engine.outgoing;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.Replica;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Place;
import io.mailtide.engine.send.Outbox.Way;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.engine.state.OutgoingMail.Copy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files copies of what was sent, and takes it out of the Outbox. Copies are staged and hardened;
 * one commit records their keys; they are published under these, which can be repeated, and
 * hardened; one commit records that; the messages leave the Outbox; one commit forgets them.
 */
final class Filing implements AutoCloseable {
  private static final Flags SEEN = Flags.of("\\Seen");
  private static final String DEFAULT = "";

  /** A copy that was staged may be cleared away by a synchronisation of its store. */
  private static final int TRIES = 3;

  private final Desk desk;

  /** The near sides of stores, by name; each has one folder open. */
  private final Map<String, Replica> open = new HashMap<>();

  Filing(Desk desk) {
    this.desk = desk;
  }

  /** Files all that was sent. */
  void file() throws FaultException {
    var places = new LinkedHashMap<Optional<Place>, List<Outgoing>>();
    for (var message : desk.mail.in(State.SENT)) {
      places.computeIfAbsent(place(message), _ -> new ArrayList<>()).add(message);
    }
    for (var place : places.entrySet()) {
      try {
        if (place.getKey().isPresent()) {
          file(place.getValue(), place.getKey().get());
        }
        desk.mail.filed(place.getValue());
      } catch (FaultException e) {
        var fault = e.fault();
        desk.failures.add(
            fault.kind() == Kind.CANCELLED
                ? fault
                : fault.advising((fault.next() + " The messages were sent and are not sent again; "
                        + "a later run files their copies.")
                    .strip()));
      }
    }
    leave(desk.mail.in(State.FILED));
  }

  /** Where the copy belongs; absent where the other side files it. */
  private Optional<Place> place(Outgoing message) throws FaultException {
    var wanted = desk.ways.named(message.transport()).flatMap(Way::sentTo);
    if (wanted.isPresent()) {
      return wanted;
    }
    return desk.mail.isFiledThere(message)
        ? Optional.empty()
        : Optional.of(new Place(DEFAULT, desk.job.store(), Outbox.SENT));
  }

  private void file(List<Outgoing> messages, Place place) throws FaultException {
    var editor = editor(place);
    var copies = new ArrayList<Copy>();
    for (var message : messages) {
      desk.mail.copy(message).ifPresent(key -> copies.add(new Copy(message, key)));
    }
    var known = copies.stream().map(Copy::message).toList();
    List<Outgoing> missing = new ArrayList<>(messages);
    missing.removeAll(known);
    missing.addAll(unpublished(copies, editor));
    for (var tries = 0; !missing.isEmpty(); tries++) {
      if (tries == TRIES) {
        throw new FaultException(Fault.of(
                Kind.CHANGED,
                Reach.FOLDER,
                "filing copies of what was sent",
                "another program removes them while they are written",
                "")
            .in(place.folder()));
      }
      missing = unpublished(staged(missing, editor), editor);
    }
    editor.harden();
  }

  private List<Copy> staged(List<Outgoing> messages, DeliveringEditor editor)
      throws FaultException {
    var copies = new ArrayList<Copy>();
    for (var message : messages) {
      var copy = editor.stage();
      if (desk.outbox.read(message.key(), copy)) {
        copy.end(desk.now());
        copies.add(new Copy(message, copy.key()));
      } else {
        copy.discard();
        desk.listener.fault(Journal.about(
            message,
            Kind.NOT_FOUND,
            "it was sent, and is not in the Outbox any more",
            "No copy of it is filed."));
      }
    }
    editor.harden();
    desk.mail.filing(copies);
    return copies;
  }

  /** Publishes copies; those messages whose copy is not there to be published. */
  private static List<Outgoing> unpublished(List<Copy> copies, DeliveringEditor editor)
      throws FaultException {
    var missing = new ArrayList<Outgoing>();
    for (var copy : copies) {
      if (!editor.publish(copy.key(), SEEN)) {
        missing.add(copy.message());
      }
    }
    return missing;
  }

  private DeliveringEditor editor(Place place) throws FaultException {
    var replica = open.get(place.store());
    if (replica == null) {
      replica = place.near().open();
      open.put(place.store(), replica);
    }
    return Folders.toDeliver(replica, place.folder(), List.of(place.folder()));
  }

  /**
   * Takes messages out of the Outbox: without a trace where a copy is filed here, else into the
   * undo area.
   */
  void leave(List<Outgoing> messages) throws FaultException {
    if (messages.isEmpty()) {
      return;
    }
    for (var message : messages) {
      var keys = List.of(message.key());
      if (desk.mail.copy(message).isPresent()) {
        desk.outbox.drop(keys);
      } else {
        desk.outbox.remove(keys);
      }
    }
    desk.outbox.harden();
    desk.mail.forget(messages, desk.now().minus(Proof.COPY_WITHIN));
  }

  @Override
  public void close() {
    open.values().forEach(Replica::close);
  }
}
