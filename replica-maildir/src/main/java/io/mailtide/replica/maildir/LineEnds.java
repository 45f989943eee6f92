package io.mailtide.replica.maildir;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderEditor.ByteSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;

/** Reads message files in the form they have on the wire. */
final class LineEnds {
  private static final byte CR = '\r';
  private static final byte LF = '\n';

  private LineEnds() {}

  /**
   * Hands a file over, each LF that has no CR before it with one.
   *
   * @param asItIs hands it over unchanged
   */
  static void read(ReadableByteChannel file, boolean asItIs, Buffers buffers, ByteSink sink)
      throws IOException, FaultException {
    var block = buffers.take();
    var wire = ByteBuffer.allocate(2 * block.length);
    var last = (byte) 0;
    var part = ByteBuffer.wrap(block);
    while (file.read(part.clear()) >= 0) {
      if (asItIs) {
        sink.write(part.flip());
        continue;
      }
      wire.clear();
      for (var i = 0; i < part.position(); i++) {
        if (block[i] == LF && last != CR) {
          wire.put(CR);
        }
        last = block[i];
        wire.put(last);
      }
      sink.write(wire.flip());
    }
    buffers.give(block);
  }
}
