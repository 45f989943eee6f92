package io.mailtide.engine.outgoing;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outbox.Way;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Chooses the way that a message goes, by its sender. */
final class Ways {
  private final List<Way> ways;

  Ways(List<Way> ways) {
    this.ways = ways;
  }

  Optional<Way> named(String name) {
    return ways.stream().filter(way -> way.name().equals(name)).findFirst();
  }

  /**
   * The way for a message of the first of these addresses that a way is for; else the one way that
   * is for all.
   */
  Way of(Collection<String> senders) throws FaultException {
    for (var sender : senders) {
      for (var way : ways) {
        if (way.from().stream().anyMatch(sender::equalsIgnoreCase)) {
          return way;
        }
      }
    }
    var open = ways.stream().filter(way -> way.from().isEmpty()).toList();
    if (open.size() == 1) {
      return open.getFirst();
    }
    var who = senders.isEmpty() ? "a message without a sender" : String.join(" or ", senders);
    throw new FaultException(Fault.of(
            Kind.CONFIGURATION,
            Reach.MESSAGE,
            "choosing a transport for " + who,
            ways.isEmpty()
                ? "no transport is configured"
                : open.isEmpty()
                    ? "no transport has that address in its from"
                    : open.size() + " transports have no from, and one only can take what is left",
            ways.isEmpty()
                ? "Add a table [transports.NAME] to the configuration."
                : "Add the address to from of the transport that it belongs to.")
        .in(Outbox.FOLDER));
  }

  /** The address of messages that name no sender: the first one that a way is for. */
  Optional<String> ownAddress() {
    return ways.stream().flatMap(way -> way.from().stream()).findFirst();
  }
}
