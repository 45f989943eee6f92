package io.mailtide.replica.imap.session;

import static io.mailtide.account.AccessFaults.AGAIN;

import io.mailtide.account.AccessFaults;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode;
import io.mailtide.wire.imap.ResponseCode.Name;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/** Makes {@link Fault}s of what an IMAP server says: the one place that does. */
public final class Faults {
  private static final Pattern BACKOFF =
      Pattern.compile("(?i)suggested backoff time: (\\d{1,12}) milliseconds");

  private Faults() {}

  /** The server says goodbye where it should have gone on (quirks 24, 52). */
  public static Fault farewell(String doing, Response.Untagged bye) {
    var said = "the server closed the connection: " + bye.text();
    return Trouble.ofSession(bye.code(), bye.text())
        .map(trouble -> of(trouble, doing, said))
        .orElseGet(() -> Fault.of(Kind.NETWORK, Reach.REPLICA, doing, said, AGAIN));
  }

  /** Credentials refused, or nobody may sign in now (quirk 4). */
  public static Fault signIn(Account account, Optional<ResponseCode> code, String said) {
    var doing = AccessFaults.signingIn(account.access());
    var trouble = Trouble.ofSession(code, said);
    if (trouble.isPresent()) {
      return of(trouble.get(), doing, said);
    }
    if (is(code, Name.UNAVAILABLE)) {
      return Fault.of(Kind.NETWORK, Reach.REPLICA, doing, said, AGAIN);
    }
    return AccessFaults.signIn(account.access(), said, is(code, Name.PRIVACYREQUIRED));
  }

  /** A command refused while the session goes on, unless the server means the whole session. */
  public static Fault refused(Reach reach, String doing, Response.Tagged answer) {
    var trouble = Trouble.of(answer.code(), answer.text());
    if (trouble.equals(Optional.of(Trouble.OVER_QUOTA))) {
      // Not of one message, and not of all folders: what is there can still be fetched and removed.
      var wider = reach == Reach.MESSAGE ? Reach.FOLDER : reach;
      return Fault.of(Kind.QUOTA, wider, doing, answer.text(), "Make room at the server. " + AGAIN);
    }
    if (trouble.isPresent()) {
      return of(trouble.get(), doing, answer.text());
    }
    return Fault.of(kind(answer.code()), reach, doing, answer.text(), AGAIN);
  }

  private static Fault of(Trouble trouble, String doing, String said) {
    var next = trouble == Trouble.NOT_CONNECTED
        ? "Check the password, and whether the account has a mailbox, a licence for it and leave to"
            + " use IMAP."
        : AGAIN;
    var fault = Fault.of(kind(trouble), Reach.REPLICA, doing, said, next);
    var asked = BACKOFF.matcher(said);
    return trouble == Trouble.THROTTLED && asked.find()
        ? paused(fault, Duration.ofMillis(Long.parseLong(asked.group(1))))
        : fault;
  }

  private static Fault paused(Fault fault, Duration pause) {
    var seconds = Math.ceilDiv(pause.toMillis(), 1_000);
    var next = "The server wants to be left alone for "
        + (seconds < 600 ? seconds + " seconds" : Math.ceilDiv(seconds, 60) + " minutes")
        + ": run again after that.";
    return fault.pausing(pause).advising(next);
  }

  /** That the server wants to be left alone, where it refused a command for that (quirk 3). */
  static Optional<Fault> throttled(String doing, Response.Tagged answer) {
    return answer.condition() == Condition.OK
        ? Optional.empty()
        : Trouble.of(answer.code(), answer.text())
            .filter(trouble -> trouble == Trouble.THROTTLED)
            .map(trouble -> of(trouble, doing, answer.text()));
  }

  /** What a refusal with this code is. */
  public static Kind kind(Optional<ResponseCode> code) {
    if (is(code, Name.NONEXISTENT) || is(code, Name.TRYCREATE)) {
      return Kind.NOT_FOUND;
    }
    if (is(code, Name.ALREADYEXISTS)) {
      return Kind.COLLISION;
    }
    return is(code, Name.NOPERM) ? Kind.NO_ACCESS : Kind.REFUSED;
  }

  /** A message that changed while it was sent, which leaves the connection in the midst of it. */
  public static Fault cutShort(long announced, long found) {
    return Fault.of(
        Kind.CHANGED,
        Reach.REPLICA,
        "sending a message",
        "it changed meanwhile: it had %d bytes, and then %d".formatted(announced, found),
        "The connection is given up; the rest goes over a new one.");
  }

  public static boolean is(Optional<ResponseCode> code, Name name) {
    return code.isPresent() && code.get().equals(new ResponseCode.Plain(name));
  }

  private static Kind kind(Trouble trouble) {
    return switch (trouble) {
      case THROTTLED -> Kind.THROTTLED;
      case CROWDED -> Kind.SESSION_LIMIT;
      case OVER_QUOTA -> Kind.QUOTA;
      case NOT_CONNECTED -> Kind.SIGN_IN;
    };
  }

  /**
   * Trouble that is not about the one command that was refused. Servers without response codes (RFC
   * 5530) say it in words alone, so these few phrases, and no others in the program, are looked for
   * in text.
   */
  public enum Trouble {
    /** Quirks 3, 23. */
    THROTTLED("suggested backoff time", "throttled"),
    /** Quirk 24. */
    CROWDED("too many simultaneous connections", "maximum number of connections"),
    /** Quirk 68. */
    OVER_QUOTA("server unavailable. 15"),
    /** Quirk 4: no mailbox, no licence or a wrong password. */
    NOT_CONNECTED("user is authenticated but not connected");

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> phrases;

    Trouble(String... phrases) {
      this.phrases = List.of(phrases);
    }

    /** As {@link #of}, of one who wants in: there LIMIT is about connections. */
    static Optional<Trouble> ofSession(Optional<ResponseCode> code, String text) {
      return is(code, Name.LIMIT) ? Optional.of(CROWDED) : of(code, text);
    }

    public static Optional<Trouble> of(Optional<ResponseCode> code, String text) {
      if (is(code, Name.THROTTLED)) {
        return Optional.of(THROTTLED);
      }
      if (is(code, Name.OVERQUOTA)) {
        return Optional.of(OVER_QUOTA);
      }
      var folded = text.toLowerCase(Locale.ROOT);
      for (var trouble : values()) {
        for (var phrase : trouble.phrases) {
          if (folded.contains(phrase)) {
            return Optional.of(trouble);
          }
        }
      }
      return Optional.empty();
    }
  }
}
