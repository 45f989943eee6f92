package io.mailtide.engine.outgoing;

import io.mailtide.engine.Environment;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Makes the fields that every message has (RFC 5322 section 3.6) where one of them is missing. */
final class Completion {
  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("EEE, d MMM yyyy HH:mm:ss +0000", Locale.ROOT);

  /** What fits into an encoded word, of whole characters of up to four bytes (RFC 2047). */
  private static final int WORD_BYTES = 42;

  private Completion() {}

  /**
   * The same header with what is missing put before it.
   *
   * @param address the sender's
   * @param fullName the sender's name; may be empty
   */
  static Header of(Header header, String address, String fullName, Environment environment) {
    var fields = new ArrayList<Header.Field>();
    if (!header.has("date")) {
      var now = environment.clock().instant().atOffset(ZoneOffset.UTC);
      fields.add(new Header.Field("Date: " + DATE.format(now) + "\r\n"));
    }
    if (!header.has("from")) {
      fields.add(new Header.Field("From: " + bytes(mailbox(address, fullName)) + "\r\n"));
    }
    if (!header.has("message-id")) {
      var domain = address.substring(address.lastIndexOf('@') + 1);
      var left = "%016x%016x"
          .formatted(environment.random().nextLong(), environment.random().nextLong());
      fields.add(new Header.Field(
          "Message-ID: <" + left + "@" + bytes(domain.isEmpty() ? "localhost" : domain) + ">\r\n"));
    }
    fields.addAll(header.fields());
    return new Header(fields, header.end());
  }

  /** A character a byte of UTF-8, as fields are kept. */
  private static String bytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  private static String mailbox(String address, String name) {
    if (name.isEmpty()) {
      return address;
    }
    if (name.chars().allMatch(c -> c < 0x7F)) {
      return "\"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\" <" + address + ">";
    }
    return String.join("\r\n ", encoded(name)) + " <" + address + ">";
  }

  private static List<String> encoded(String name) {
    var words = new ArrayList<String>();
    var word = new StringBuilder();
    name.codePoints().forEach(point -> {
      word.appendCodePoint(point);
      if (word.toString().getBytes(StandardCharsets.UTF_8).length > WORD_BYTES - 4) {
        words.add(encodedWord(word));
        word.setLength(0);
      }
    });
    if (!word.isEmpty()) {
      words.add(encodedWord(word));
    }
    return words;
  }

  private static String encodedWord(CharSequence text) {
    var bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    return "=?UTF-8?B?" + Base64.getEncoder().encodeToString(bytes) + "?=";
  }
}
