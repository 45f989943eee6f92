package io.mailtide.engine.content;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Reads from a message's header, while it streams by, what tells it from others: Message-ID, Date,
 * From and Subject. Equal for a message and its copy, also where a server changes the case of field
 * names, blanks or line ends, or puts an {@code X} for each byte that is not ASCII, as Cyrus does.
 * Without a Message-ID there is no identity, for the rest is too weak.
 */
public final class Identity {
  private static final int HEADER_MAX = 256 << 10;
  private static final int HEX_BYTES = 16;
  private static final String[] FIELDS = {"message-id", "date", "from", "subject"};

  private final StringBuilder line = new StringBuilder();
  private final Map<String, StringBuilder> fields = new TreeMap<>();
  private Optional<StringBuilder> current = Optional.empty();
  private int read;
  private boolean over;

  /** Takes the next bytes of the message. */
  public void take(ByteBuffer bytes) {
    for (var i = bytes.position(); i < bytes.limit() && !over; i++) {
      var c = (char) (bytes.get(i) & 0xFF);
      if (c == '\n') {
        endLine();
      } else if (c != '\r') {
        line.append(c < 0x80 ? c : 'X');
      }
      over |= ++read > HEADER_MAX;
    }
  }

  private void endLine() {
    if (line.isEmpty()) {
      over = true;
    } else if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
      current.ifPresent(value -> value.append(' ').append(line));
    } else {
      var colon = line.indexOf(":");
      current = Optional.empty();
      if (colon > 0) {
        var name = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
        for (var field : FIELDS) {
          if (field.equals(name) && !fields.containsKey(name)) {
            var value = new StringBuilder(line.substring(colon + 1));
            fields.put(name, value);
            current = Optional.of(value);
          }
        }
      }
    }
    line.setLength(0);
  }

  /** The identity of the message whose header has been taken. */
  public Optional<String> value() {
    if (!over && !line.isEmpty()) {
      endLine();
    }
    var id = fields.get(FIELDS[0]);
    if (id == null || id.toString().isBlank()) {
      return Optional.empty();
    }
    var digest = Sha256.begin();
    for (var field : FIELDS) {
      var value = fields.getOrDefault(field, new StringBuilder());
      var text = value.toString().replaceAll("[ \\t]+", " ").strip() + "\n";
      digest.update(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
    return Optional.of(digest.end().hex().substring(0, 2 * HEX_BYTES));
  }
}
