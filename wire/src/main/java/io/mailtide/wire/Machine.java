package io.mailtide.wire;

import java.nio.ByteBuffer;

/**
 * A protocol, or one side of it, as a function of the bytes that arrive: no socket, no clock, no
 * thread. A pump reads and writes for it:
 *
 * <ol>
 *   <li>call {@link #next} and do what the step says, until it is {@link Step.Starved};
 *   <li>read what the peer sends next, hand it over by {@link #accept}, and start again.
 * </ol>
 *
 * <p>The steps are the same however the bytes are split, but for the number of pieces that a long
 * body is handed on in. Used by one thread at a time.
 *
 * @param <E> what the machine makes of the bytes
 */
public interface Machine<E> {
  /**
   * Takes bytes that arrived. The buffer is the machine's until {@link #next} answers
   * {@link Step.Starved}; then all of it has been read, and it is the caller's again.
   *
   * @param arrived an empty buffer says that the peer closed the connection
   * @throws IllegalStateException when the machine still holds bytes of an earlier buffer
   */
  void accept(ByteBuffer arrived);

  /** What to do next. */
  Step<E> next();
}
