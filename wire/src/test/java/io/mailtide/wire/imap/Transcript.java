package io.mailtide.wire.imap;

import io.mailtide.wire.Step;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Feeds bytes to a reader and writes down what comes out, bodies joined again. */
final class Transcript {
  private final ResponseReader reader;
  private final List<Object> events = new ArrayList<>();
  private final StringBuilder body = new StringBuilder();
  private boolean over;

  Transcript(ResponseReader reader) {
    this.reader = reader;
  }

  /**
   * The events of a text whose line ends are LF, each sent as CRLF, a character a byte, all at
   * once.
   */
  static List<Object> of(String text) {
    return of(bytes(text), length -> length);
  }

  static byte[] bytes(String text) {
    return text.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /**
   * The events of bytes that arrive in pieces: as many as the function says of those that are left.
   */
  static List<Object> of(byte[] bytes, IntUnaryOperator pieces) {
    return of(bytes, Limits.DEFAULT, pieces);
  }

  static List<Object> of(byte[] bytes, Limits limits, IntUnaryOperator pieces) {
    var transcript = new Transcript(new ResponseReader(limits));
    for (int at = 0; at < bytes.length; ) {
      int length = Math.clamp(pieces.applyAsInt(bytes.length - at), 1, bytes.length - at);
      transcript.accept(ByteBuffer.wrap(bytes, at, length));
      at += length;
    }
    return transcript.events();
  }

  /** Hands bytes over; whether more may come. */
  boolean accept(ByteBuffer bytes) {
    if (over) {
      return false;
    }
    reader.accept(bytes);
    while (true) {
      switch (reader.next()) {
        case Step.Emit<Response>(var event) -> emitted(event);
        case Step.Send<Response> send -> throw new AssertionError(send);
        case Step.Starved<Response>() -> {
          return true;
        }
        case Step.Closed<Response> end -> {
          events.add(end);
          over = true;
          return false;
        }
        case Step.Broken<Response> broken -> {
          events.add("broken: " + broken.expected());
          over = true;
          return false;
        }
      }
    }
  }

  private void emitted(Response event) {
    switch (event) {
      case Response.BodyPiece(var bytes) -> body.append(StandardCharsets.ISO_8859_1.decode(bytes));
      case Response.BodyEnd end -> {
        events.add("body: " + body);
        body.setLength(0);
        events.add(end);
      }
      default -> events.add(event);
    }
  }

  List<Object> events() {
    if (!body.isEmpty()) {
      events.add("body cut: " + body);
    }
    return events;
  }
}
