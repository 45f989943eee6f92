package io.mailtide.net;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** DEFLATE (RFC 1951, without a frame) both ways, as RFC 4978 has it. One thread. */
final class Compression implements Layer, AutoCloseable {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Endpoint peer;
  private final Layer below;
  private final Inflater inflater = new Inflater(true);
  private final Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);

  /** Compressed, arrived, not yet inflated: from position to limit. */
  private final ByteBuffer arrived;

  private final ByteBuffer leaving = ByteBuffer.allocate(BUFFER_BYTES);

  /** Whether the last reader's buffer was filled: more may be there without anything to come. */
  private boolean filled;

  /** @param early what came compressed already; all of it is taken */
  Compression(Endpoint peer, Layer below, ByteBuffer early) {
    this.peer = peer;
    this.below = below;
    arrived = ByteBuffer.allocate(Math.max(BUFFER_BYTES, early.remaining()));
    arrived.put(early).flip();
    inflater.setInput(arrived);
  }

  @Override
  public int read(ByteBuffer target, Deadline deadline) throws NetException {
    try {
      for (; ; ) {
        int count = inflater.inflate(target);
        filled = !target.hasRemaining();
        if (count > 0) {
          return count;
        }
        if (inflater.needsDictionary()) {
          throw new DataFormatException("it names a dictionary");
        }
        if (inflater.finished() || !fill(deadline)) {
          return -1;
        }
      }
    } catch (DataFormatException e) {
      throw new NetException(
          new NetFailure.CompressionBroken(peer, deadline.phase(), String.valueOf(e.getMessage())),
          e);
    }
  }

  /** Reads more; false: the other side closed. */
  private boolean fill(Deadline deadline) throws NetException {
    try {
      return below.read(arrived.clear(), deadline) > 0;
    } finally {
      inflater.setInput(arrived.flip());
    }
  }

  @Override
  public boolean hasArrived(Phase phase) throws NetException {
    return filled || arrived.hasRemaining() || below.hasArrived(phase);
  }

  @Override
  public void write(ByteBuffer source, Deadline deadline) throws NetException {
    deflater.setInput(source);
    do {
      deflater.deflate(leaving.clear(), Deflater.SYNC_FLUSH);
      below.write(leaving.flip(), deadline);
    } while (leaving.limit() == leaving.capacity());
  }

  /** Gives back the memory that lies outside the heap. */
  @Override
  public void close() {
    inflater.end();
    deflater.end();
  }
}
