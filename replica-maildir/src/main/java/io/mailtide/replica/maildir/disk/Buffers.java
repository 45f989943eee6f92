package io.mailtide.replica.maildir.disk;

import java.util.ArrayDeque;
import java.util.Deque;

/** Lends buffers, so that a batch of small messages needs few. Any thread. */
public final class Buffers {
  private static final int SIZE = 1 << 16;

  /** As many as may be with the thread that writes, and some. */
  private static final int KEPT = 80;

  private final Deque<byte[]> free = new ArrayDeque<>();

  public synchronized byte[] take() {
    var buffer = free.poll();
    return buffer == null ? new byte[SIZE] : buffer;
  }

  public synchronized void give(byte[] buffer) {
    if (free.size() < KEPT) {
      free.push(buffer);
    }
  }
}
