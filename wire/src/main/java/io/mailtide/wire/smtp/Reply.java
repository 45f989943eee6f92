package io.mailtide.wire.smtp;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a server answers (RFC 5321 section 4.2).
 *
 * @param code three digits, 200 to 599
 * @param lines the text of each line, without the code; at least one, perhaps empty
 */
public record Reply(int code, List<String> lines) {
  /** It cannot go on, and closes the connection: may come in answer to anything. */
  public static final int CLOSING = 421;

  private static final Pattern STATUS =
      Pattern.compile("([245])\\.([0-9]{1,3})\\.([0-9]{1,3})(?: .*)?");

  public Reply {
    if (code < 200 || code > 599) {
      throw new IllegalArgumentException("no code of a reply: " + code);
    }
    lines = List.copyOf(lines);
  }

  /**
   * A status that says more than the code (RFC 3463).
   *
   * @param severity 2, 4 or 5, as in the code's first digit
   * @param subject what it is about: 1 the address, 2 the mailbox, 7 security
   * @param detail what is the matter
   */
  public record Status(int severity, int subject, int detail) {}

  /** It is done. */
  public boolean isPositive() {
    return code < 300;
  }

  /** More is expected from this side: the message, or the next word of a sign-in. */
  public boolean isIntermediate() {
    return code >= 300 && code < 400;
  }

  /** Not now; perhaps later. */
  public boolean isTransient() {
    return code >= 400 && code < 500;
  }

  /** Not like this, now or ever. */
  public boolean isPermanent() {
    return code >= 500;
  }

  /** The enhanced status at the beginning of the text (RFC 2034), where there is one. */
  public Optional<Status> status() {
    var match = STATUS.matcher(lines.getFirst());
    if (!match.matches() || Integer.parseInt(match.group(1)) != code / 100) {
      return Optional.empty();
    }
    return Optional.of(new Status(
        Integer.parseInt(match.group(1)),
        Integer.parseInt(match.group(2)),
        Integer.parseInt(match.group(3))));
  }

  /** All of it in one line: {@code 250 2.1.5 Ok}. An enhanced status is told once. */
  @Override
  public String toString() {
    var text = new StringBuilder().append(code);
    var prefix = status()
        .map(status -> "%d.%d.%d".formatted(status.severity(), status.subject(), status.detail()))
        .orElse("");
    for (int i = 0; i < lines.size(); i++) {
      var line = lines.get(i);
      if (i > 0 && !prefix.isEmpty() && line.startsWith(prefix)) {
        line = line.substring(prefix.length());
      }
      if (!line.isBlank()) {
        text.append(' ').append(line.strip());
      }
    }
    return text.toString();
  }
}
