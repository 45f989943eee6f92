package io.mailtide.replica.imap.message;

import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The fields of a header by which a message is known again that a server has altered. */
public final class HeaderFields {
  private static final int HEADER_BYTES_MAX = 64 << 10;

  private final StringBuilder header = new StringBuilder();
  private boolean over;

  /** Takes the next bytes of the message, and leaves them as they are. */
  public void take(ByteBuffer bytes) {
    for (int at = bytes.position(); at < bytes.limit() && !over; at++) {
      char next = (char) (bytes.get(at) & 0xFF);
      if (next != '\r') {
        header.append(next);
      }
      int length = header.length();
      over = length > HEADER_BYTES_MAX
          || (next == '\n' && (length == 1 || header.charAt(length - 2) == '\n'));
    }
  }

  /** Its Message-ID. */
  public Optional<String> messageId() {
    return Optional.ofNullable(fields().get("message-id"));
  }

  /** Date, From and Subject, for messages whose Message-ID is missing or not the same any more. */
  public Optional<String> dateFromSubject() {
    var fields = fields();
    return Optional.ofNullable(fields.get("date"))
        .map(date -> date + '\n' + fields.get("from") + '\n' + fields.get("subject"));
  }

  private Map<String, String> fields() {
    var fields = new TreeMap<String, String>();
    for (var line : header.toString().replaceAll("\n[ \t]+", " ").split("\n", -1)) {
      int colon = line.indexOf(':');
      if (colon > 0 && !line.substring(colon + 1).isBlank()) {
        fields.putIfAbsent(
            line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
            line.substring(colon + 1).strip().replaceAll("[ \t]+", " "));
      }
    }
    return fields;
  }
}
