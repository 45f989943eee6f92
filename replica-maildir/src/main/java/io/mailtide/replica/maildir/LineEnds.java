package io.mailtide.replica.maildir;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.FaultException;
import io.mailtide.replica.maildir.disk.Buffers;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ReadableByteChannel;

/** Reads message files in the form they have on the wire. */
final class LineEnds {
  private static final byte CR = '\r';
  private static final byte LF = '\n';

  private static final VarHandle EIGHT =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  private static final long EACH = 0x0101010101010101L;

  private LineEnds() {}

  /**
   * Where the next CR or LF is; {@code to} where there is none before that. Eight bytes at a time,
   * aligned: the bytes of large messages spend most of their time here.
   */
  static int next(byte[] bytes, int from, int to) {
    var at = from;
    while (at < to && at % Long.BYTES != 0) {
      if (isEnd(bytes[at])) {
        return at;
      }
      at++;
    }
    for (; at + Long.BYTES <= to; at += Long.BYTES) {
      var eight = (long) EIGHT.get(bytes, at);
      // Whether any of them is no higher than CR.
      if (((eight - EACH * (CR + 1)) & ~eight & (EACH << 7)) != 0) {
        break;
      }
    }
    while (at < to && !isEnd(bytes[at])) {
      at++;
    }
    return at;
  }

  private static boolean isEnd(byte b) {
    return b == LF || b == CR;
  }

  /**
   * Hands a file over, each LF that has no CR before it with one.
   *
   * @param asItIs hands it over unchanged
   */
  static void read(ReadableByteChannel file, boolean asItIs, Buffers buffers, ByteSink sink)
      throws IOException, FaultException {
    pass(file, asItIs, buffers, bytes -> {
      sink.write(bytes);
      return true;
    });
  }

  /** Hands over the header with the empty line that ends it; reads little more than that. */
  static void readHeader(ReadableByteChannel file, boolean asItIs, Buffers buffers, ByteSink sink)
      throws IOException, FaultException {
    var end = new HeaderEnd();
    pass(file, asItIs, buffers, bytes -> {
      var length = end.within(bytes);
      sink.write(length < 0 ? bytes : bytes.slice(bytes.position(), length));
      return length < 0;
    });
  }

  private interface Taker {
    /** Takes bytes; whether it wants more. */
    boolean take(ByteBuffer bytes) throws FaultException;
  }

  private static void pass(ReadableByteChannel file, boolean asItIs, Buffers buffers, Taker taker)
      throws IOException, FaultException {
    var block = buffers.take();
    var wire = buffers.take();
    var last = (byte) 0;
    var part = ByteBuffer.wrap(block);
    var more = true;
    // A byte becomes two at most.
    while (more && file.read(part.clear().limit(wire.length / 2)) >= 0) {
      if (asItIs) {
        more = taker.take(part.flip());
        continue;
      }
      var used = 0;
      var from = 0;
      for (var i = 0; i < part.position(); i++) {
        if (block[i] == LF && last != CR) {
          System.arraycopy(block, from, wire, used, i - from);
          used += i - from;
          wire[used++] = CR;
          from = i;
        }
        last = block[i];
      }
      System.arraycopy(block, from, wire, used, part.position() - from);
      more = taker.take(ByteBuffer.wrap(wire, 0, used + part.position() - from));
    }
    buffers.give(block);
    buffers.give(wire);
  }

  /** Finds the empty line that ends a header, in pieces of it. */
  private static final class HeaderEnd {
    private boolean atStart = true;
    private boolean afterCr;

    /** How many of these bytes belong to the header if it ends in them, else -1. */
    int within(ByteBuffer bytes) {
      for (var i = bytes.position(); i < bytes.limit(); i++) {
        var b = bytes.get(i);
        if (b == LF && (atStart || afterCr)) {
          return i + 1 - bytes.position();
        }
        afterCr = atStart && b == CR;
        atStart = b == LF;
      }
      return -1;
    }
  }
}
