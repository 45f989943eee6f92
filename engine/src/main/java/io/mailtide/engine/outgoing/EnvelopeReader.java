package io.mailtide.engine.outgoing;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.outgoing.Addresses.Malformed;
import io.mailtide.engine.outgoing.Header.Field;
import io.mailtide.engine.send.Outbox;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Finds out from whom and to whom a message goes, by what was said and by its header. */
final class EnvelopeReader {
  /** More than any server takes at once. */
  private static final int RECIPIENTS_MAX = 5_000;

  private static final String NOTHING = "Nothing was queued.";
  private static final List<String> RECIPIENTS = List.of("to", "cc", "bcc");
  private static final String RESENT = "resent-";
  private static final Set<String> TRACE = Set.of("return-path", "received");

  private EnvelopeReader() {}

  /** Recipients as they were given as arguments. */
  static List<String> recipients(List<String> given) throws FaultException {
    var found = new ArrayList<String>();
    for (var text : given) {
      try {
        found.addAll(Addresses.in(text));
      } catch (Malformed e) {
        throw malformed("recipient " + shown(text), e);
      }
    }
    return found;
  }

  /** Recipients as the header names them; where it was resent, those of the last time. */
  static List<String> recipients(Header header) throws FaultException {
    var resent = resent(header);
    var prefix = resent.isEmpty() ? "" : RESENT;
    var found = new ArrayList<String>();
    for (var field : resent.isEmpty() ? header.fields() : resent) {
      var name = field.name();
      if (RECIPIENTS.stream().anyMatch(end -> name.equals(prefix + end))) {
        try {
          found.addAll(Addresses.in(field.value()));
        } catch (Malformed e) {
          throw malformed("the field " + name + ": " + shown(field.value()), e);
        }
      }
    }
    return found;
  }

  /**
   * The fields of the last time that the message was resent; none where it never was. Each time
   * puts a block of them before those that are there, in which each name occurs once, and the
   * servers on the way put their trace before that (RFC 5322 section 3.6.6). Other fields may stand
   * among them, for that they do not is no more than advised.
   */
  private static List<Field> resent(Header header) {
    var block = new LinkedHashMap<String, Field>();
    for (var field : header.fields()) {
      var name = field.name();
      if (!block.isEmpty() && (TRACE.contains(name) || block.containsKey(name))) {
        break;
      }
      if (name.startsWith(RESENT)) {
        block.put(name, field);
      }
    }
    return List.copyOf(block.values());
  }

  /** Each once, in order; names of domains are the same in capitals (RFC 5321 section 2.4). */
  static List<String> distinct(Collection<String> addresses) throws FaultException {
    var distinct = new LinkedHashMap<String, String>();
    for (var address : addresses) {
      distinct.putIfAbsent(mailbox(address), address);
    }
    if (distinct.size() > RECIPIENTS_MAX) {
      throw wrong(
          Kind.INVALID,
          "reading the recipients",
          "there are " + distinct.size() + ", more than " + RECIPIENTS_MAX);
    }
    if (distinct.isEmpty()) {
      throw wrong(Kind.NO_RECIPIENTS, "reading the recipients", "the message has none");
    }
    return List.copyOf(distinct.values());
  }

  /** The same for all ways to write an address. */
  private static String mailbox(String address) {
    var at = address.lastIndexOf('@');
    return address.substring(0, at) + address.substring(at).toLowerCase(Locale.ROOT);
  }

  /** Those of the first that are none of the others. */
  static List<String> without(List<String> addresses, List<String> others) {
    var known = others.stream().map(EnvelopeReader::mailbox).toList();
    return addresses.stream()
        .filter(address -> !known.contains(mailbox(address)))
        .toList();
  }

  /** A sender as it was given; empty: nobody (RFC 5321 section 4.5.5). */
  static String sender(String given) throws FaultException {
    if (given.isBlank() || given.strip().equals("<>")) {
      return "";
    }
    try {
      return Addresses.one(given);
    } catch (Malformed e) {
      throw malformed("sender " + shown(given), e);
    }
  }

  /**
   * Whether a given sender is a user of some machine, as the cron daemon's is: nobody could answer
   * there.
   */
  static boolean isUser(String given) {
    try {
      return given.indexOf('@') < 0 && !Addresses.one(given + "@localhost").isEmpty();
    } catch (Malformed _) {
      return false;
    }
  }

  /**
   * The sender as the header names it, where that is an address: the cron daemon's, for instance,
   * has no domain. Where it was resent, who did that last: reports of failure are theirs, and not
   * those of who wrote it.
   */
  static Optional<String> sender(Header header) {
    var resent = resent(header);
    var prefix = resent.isEmpty() ? "" : RESENT;
    var fields = new Header(resent.isEmpty() ? header.fields() : resent, "");
    for (var name : List.of("sender", "from")) {
      try {
        var found = Addresses.in(fields.first(prefix + name).orElse(""));
        if (!found.isEmpty()) {
          return Optional.of(found.getFirst());
        }
      } catch (Malformed _) {
        // Who reads the message sees it as it is; it cannot be answered, that is all.
      }
    }
    return Optional.empty();
  }

  private static String shown(String text) {
    var line = text.replaceAll("\\p{Cntrl}", "?");
    return "`" + (line.length() <= 80 ? line : line.substring(0, 80) + "…") + "`";
  }

  private static FaultException malformed(String what, Malformed e) {
    return wrong(Kind.INVALID, "reading " + what, e.why());
  }

  /** Something is wrong with a message that is handed in. */
  static FaultException wrong(Kind kind, String doing, String said) {
    return new FaultException(
        Fault.of(kind, Reach.MESSAGE, doing, said, NOTHING).in(Outbox.FOLDER));
  }
}
