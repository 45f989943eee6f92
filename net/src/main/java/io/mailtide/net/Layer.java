package io.mailtide.net;

import java.nio.ByteBuffer;

/** A stream of bytes both ways, on top of another one or of a socket. One thread. */
interface Layer {
  /**
   * Reads what is there, waiting for the first byte.
   *
   * @param target with room for at least one byte
   * @return how many bytes, at least one; -1: the other side closed
   */
  int read(ByteBuffer target, Deadline deadline) throws NetException;

  /** Whether something, or the end, came and was not read yet. Does not wait. */
  boolean hasArrived(Phase phase) throws NetException;

  /** Writes it all. */
  void write(ByteBuffer source, Deadline deadline) throws NetException;
}
