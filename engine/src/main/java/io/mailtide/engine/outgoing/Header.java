package io.mailtide.engine.outgoing;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A message's header, byte for byte: its fields as they stand (RFC 5322 section 2.2), in CRLF form.
 *
 * @param fields in order; together with what ends the header they are all of it
 * @param end the empty line, or nothing where the message ends with its header
 */
record Header(List<Field> fields, String end) {
  /** No message has a longer one. */
  static final int BYTES_MAX = 256 << 10;

  private static final Pattern NAME = Pattern.compile("[!-9;-~]+(?=[ \\t]*:)");

  private static final Pattern STRAY = Pattern.compile("\\r(?!\\n)|\\x00");

  /**
   * A field, or a line that is none.
   *
   * @param raw as it stands, a character a byte, with its line ends
   */
  record Field(String raw) {
    /** Its name in lower case; empty where it is no field. */
    String name() {
      var name = NAME.matcher(raw);
      return name.lookingAt() ? name.group().toLowerCase(Locale.ROOT) : "";
    }

    /** What is behind the colon, unfolded, as UTF-8. */
    String value() {
      var bytes = raw.substring(raw.indexOf(':') + 1)
          .replaceAll("\\r?\\n(?=[ \\t])", "")
          .getBytes(StandardCharsets.ISO_8859_1);
      return new String(bytes, StandardCharsets.UTF_8).strip();
    }

    /** Whether it names those that others must not see. */
    boolean isSecret() {
      return name().equals("bcc") || name().equals("resent-bcc");
    }
  }

  Header {
    fields = List.copyOf(fields);
  }

  /** Reads a header; what is no field in it is kept. */
  static Header of(byte[] bytes) {
    var text = new String(bytes, StandardCharsets.ISO_8859_1);
    var fields = new ArrayList<Field>();
    var begin = 0;
    for (var at = 0; at < text.length(); ) {
      var line = text.indexOf('\n', at) < 0 ? text.length() : text.indexOf('\n', at) + 1;
      if (ends(text, at)) {
        return new Header(fields(fields, text, begin, at), text.substring(at));
      }
      if (at > begin && text.charAt(at) != ' ' && text.charAt(at) != '\t') {
        fields.add(new Field(text.substring(begin, at)));
        begin = at;
      }
      at = line;
    }
    return new Header(fields(fields, text, begin, text.length()), "");
  }

  private static boolean ends(String text, int at) {
    return text.startsWith("\n", at) || text.startsWith("\r\n", at);
  }

  private static List<Field> fields(List<Field> fields, String text, int begin, int end) {
    if (end > begin) {
      fields.add(new Field(text.substring(begin, end)));
    }
    return fields;
  }

  boolean has(String name) {
    return first(name).isPresent();
  }

  /** The value of the first field of that name. */
  Optional<String> first(String name) {
    return fields.stream()
        .filter(field -> field.name().equals(name))
        .findFirst()
        .map(Field::value);
  }

  /** The number, from 1, of the first line that is no field. */
  private Optional<Integer> wrongLine() {
    var line = 1;
    for (var field : fields) {
      if (field.name().isEmpty()) {
        return Optional.of(line);
      }
      line += (int) field.raw().chars().filter(c -> c == '\n').count();
    }
    return Optional.empty();
  }

  /**
   * What is wrong with it, where others may read it otherwise than it is read here: some take a CR
   * alone for the end of a line, and a NUL for that of a text.
   */
  Optional<String> wrong() {
    var raw = fields.stream().map(Field::raw).collect(Collectors.joining());
    if (STRAY.matcher(raw).find()) {
      return Optional.of("it has a CR that ends no line, or a NUL");
    }
    return wrongLine().map(line -> "line " + line + " is no field; an empty line ends a header");
  }

  /** What others may see of it. */
  Header withoutSecrets() {
    return new Header(fields.stream().filter(field -> !field.isSecret()).toList(), end);
  }

  byte[] bytes() {
    var text = new StringBuilder();
    fields.forEach(field -> text.append(field.raw()));
    return text.append(end).toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Says what is to come in place of a header. */
  @FunctionalInterface
  interface Change {
    byte[] of(Header header) throws FaultException;
  }

  /** Passes a message on, with another header. */
  static final class Changing implements ByteSink {
    private final Change change;
    private final ByteSink to;
    private final ByteArrayOutputStream header = new ByteArrayOutputStream();
    private boolean over;
    private boolean atStart = true;
    private boolean afterCr;

    Changing(Change change, ByteSink to) {
      this.change = change;
      this.to = to;
    }

    @Override
    public void write(ByteBuffer bytes) throws FaultException {
      while (!over && bytes.hasRemaining()) {
        var b = bytes.get();
        header.write(b);
        var empty = atStart && b == '\n';
        atStart = b == '\n' || (b == '\r' && atStart && !afterCr);
        afterCr = b == '\r';
        if (empty) {
          end();
        } else if (header.size() > BYTES_MAX) {
          throw new FaultException(Fault.of(
              Kind.INVALID,
              Reach.MESSAGE,
              "reading the header of a message",
              "it is longer than " + (BYTES_MAX >> 10) + " KiB, or has no end",
              "Put an empty line behind the header."));
        }
      }
      if (bytes.hasRemaining()) {
        to.write(bytes);
      }
    }

    /** The message is whole: it may end with its header. */
    void end() throws FaultException {
      if (!over) {
        over = true;
        to.write(ByteBuffer.wrap(change.of(Header.of(header.toByteArray()))));
      }
    }
  }
}
