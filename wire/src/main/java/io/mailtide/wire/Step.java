package io.mailtide.wire;

import java.nio.ByteBuffer;

/**
 * What a {@link Machine} asks of the pump around it.
 *
 * @param <E> what the machine makes of the bytes
 */
public sealed interface Step<E> {
  /** Something happened. Buffers inside the event are valid until the next call of the machine. */
  record Emit<E>(E event) implements Step<E> {}

  /** These bytes are to be sent, all of them, before the machine is called again. */
  record Send<E>(ByteBuffer bytes) implements Step<E> {}

  /** Nothing to do until more bytes arrive. */
  record Starved<E>() implements Step<E> {}

  /**
   * The peer closed the connection, and all that it sent before has been handed on. The last step;
   * it repeats.
   *
   * @param expected what should have come instead, in words for people
   */
  record Closed<E>(String expected) implements Step<E> {}

  /**
   * The peer sent what cannot be understood, or more than the limits allow. The last step; it
   * repeats.
   *
   * @param expected what should have come instead, and where, in words for people
   * @param discarded the bytes at fault, or the first of them; they may hold what nobody should see
   */
  record Broken<E>(String expected, Secret<byte[]> discarded) implements Step<E> {}
}
