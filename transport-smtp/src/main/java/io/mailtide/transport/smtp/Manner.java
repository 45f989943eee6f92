package io.mailtide.transport.smtp;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import io.mailtide.wire.smtp.Address;
import io.mailtide.wire.smtp.Command.Body;
import io.mailtide.wire.smtp.Command.EnvelopeId;
import io.mailtide.wire.smtp.Command.Mail;
import io.mailtide.wire.smtp.Command.Notify;
import io.mailtide.wire.smtp.Command.Rcpt;
import io.mailtide.wire.smtp.Command.Ret;
import io.mailtide.wire.smtp.Extensions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * How a message is sent to a server, found out before it hears of it.
 *
 * @param mail begins it
 * @param notifyOn what reports the sender wants
 * @param chunked whether its bytes go by BDAT, as they are, and not by DATA
 */
record Manner(Mail mail, Set<Notify> notifyOn, boolean chunked) {
  private static final String OTHER_SERVER = "Send it through a server that can, or change it.";

  /** Names a recipient. */
  Rcpt rcpt(Address recipient) {
    return new Rcpt(recipient, notifyOn, mail.utf8());
  }

  /**
   * How to send a message; absent when it cannot go to any of the recipients, who are told why.
   * Those to whom alone it cannot go are told, too.
   */
  static Optional<Manner> of(
      Letter letter, Envelope envelope, Recipients recipients, Extensions extensions) {
    var asked = extensions.has(Extensions.DSN) ? envelope.reports() : Reports.USUAL;
    Optional<Address> sender;
    Set<Notify> notifyOn;
    Optional<EnvelopeId> id;
    var part = "the sender: ";
    try {
      sender = envelope.sender().isEmpty()
          ? Optional.empty()
          : Optional.of(new Address(envelope.sender()));
      part = "the reports wanted: ";
      notifyOn = notifyOn(asked);
      id = asked.envelopeId().map(EnvelopeId::new);
    } catch (IllegalArgumentException e) {
      recipients.refuseOpen(Kind.REFUSED, part + e.getMessage(), "Correct it, and send it again.");
      return Optional.empty();
    }
    var obstacle = obstacle(letter, extensions);
    if (obstacle.isPresent()) {
      recipients.refuseOpen(obstacle.get().kind, obstacle.get().said, obstacle.get().next);
      return Optional.empty();
    }
    boolean utf8 = utf8(letter, sender, recipients, extensions);
    if (recipients.open().isEmpty()) {
      return Optional.empty();
    }
    var size =
        extensions.has(Extensions.SIZE) ? OptionalLong.of(letter.size()) : OptionalLong.empty();
    boolean chunked =
        !letter.isInLines() || (!letter.isEnded() && extensions.has(Extensions.CHUNKING));
    return Optional.of(new Manner(
        new Mail(
            sender, size, body(letter, extensions), utf8, asked.returned().map(Manner::ret), id),
        notifyOn,
        chunked));
  }

  private static Ret ret(Returned returned) {
    return switch (returned) {
      case FULL -> Ret.FULL;
      case HDRS -> Ret.HDRS;
    };
  }

  private static Set<Notify> notifyOn(Reports reports) {
    var events = EnumSet.noneOf(Notify.class);
    reports.notifyOn().forEach(word -> events.add(Notify.valueOf(word)));
    if (events.contains(Notify.NEVER) && events.size() > 1) {
      throw new IllegalArgumentException("wants reports and none at all: " + events);
    }
    return events;
  }

  /** Why a message can go to nobody. */
  private record Obstacle(Kind kind, String said, String next) {}

  private static Optional<Obstacle> obstacle(Letter letter, Extensions extensions) {
    var max = extensions.sizeMax();
    if (max.isPresent() && letter.size() > max.getAsLong()) {
      return Optional.of(new Obstacle(
          Kind.REFUSED,
          "the server takes messages of at most %d bytes, this one has %d"
              .formatted(max.getAsLong(), letter.size()),
          "Make it smaller, or give it away by other means."));
    }
    if (letter.isEightBit() && !extensions.has(Extensions.EIGHT_BIT)) {
      return Optional.of(new Obstacle(
          Kind.UNSUPPORTED,
          "it holds bytes beyond ASCII, which the server does not take (no 8BITMIME)",
          OTHER_SERVER));
    }
    if (!letter.isInLines() && !extensions.has(Extensions.CHUNKING)) {
      return Optional.of(new Obstacle(
          Kind.UNSUPPORTED,
          "it holds a NUL, or a CR or LF that ends no line, which the server does not take"
              + " (no CHUNKING)",
          OTHER_SERVER));
    }
    return Optional.empty();
  }

  /** Whether it goes by SMTPUTF8 (RFC 6531); who cannot be reached without it is told. */
  private static boolean utf8(
      Letter letter, Optional<Address> sender, Recipients recipients, Extensions extensions) {
    boolean offered = extensions.has(Extensions.UTF8);
    var missing = "which the server does not take (no SMTPUTF8)";
    if (letter.hasUtf8Header() || sender.filter(each -> !each.isAscii()).isPresent()) {
      if (!offered) {
        recipients.refuseOpen(
            Kind.UNSUPPORTED,
            "its header or its sender's address holds letters beyond ASCII, " + missing,
            OTHER_SERVER);
      }
      return offered;
    }
    boolean wanted = false;
    for (int index : recipients.open()) {
      boolean beyond = !recipients.address(index).isAscii();
      wanted |= beyond;
      if (beyond && !offered) {
        recipients.refuse(
            index,
            Kind.UNSUPPORTED,
            "the address holds letters beyond ASCII, " + missing,
            OTHER_SERVER);
      }
    }
    return wanted && offered;
  }

  private static Body body(Letter letter, Extensions extensions) {
    if (!letter.isInLines() && extensions.has(Extensions.BINARY)) {
      return Body.BINARY;
    }
    return letter.isEightBit() ? Body.EIGHT_BIT : Body.SEVEN_BIT;
  }
}
