package io.mailtide.wire.smtp;

import io.mailtide.wire.Step;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntUnaryOperator;

/** Feeds bytes to a reader and writes down what comes out. */
final class Replies {
  private Replies() {}

  /**
   * The replies in bytes that arrive in pieces, as many as the function says of those that are
   * left, and then the end of the connection; what breaks the reader, as text.
   */
  static List<Object> of(byte[] bytes, IntUnaryOperator pieces) {
    var reader = new ReplyReader();
    var events = new ArrayList<Object>();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.clamp(pieces.applyAsInt(bytes.length - at), 1, bytes.length - at);
      reader.accept(ByteBuffer.wrap(bytes, at, length));
      at += length;
      if (!drain(reader, events)) {
        return events;
      }
    }
    reader.accept(ByteBuffer.allocate(0));
    drain(reader, events);
    return events;
  }

  /** Whether more may come. */
  private static boolean drain(ReplyReader reader, List<Object> events) {
    while (true) {
      switch (reader.next()) {
        case Step.Emit<Reply>(var reply) -> events.add(reply);
        case Step.Send<Reply> send -> throw new AssertionError(send);
        case Step.Starved<Reply>() -> {
          return true;
        }
        case Step.Closed<Reply>(var expected) -> {
          events.add("closed: " + expected);
          return false;
        }
        case Step.Broken<Reply> broken -> {
          events.add("broken: " + broken.expected());
          return false;
        }
      }
    }
  }
}
