package io.mailtide.replica.maildir;

import io.mailtide.engine.DeliveringEditor.Staged;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.replica.maildir.disk.Buffers;
import io.mailtide.replica.maildir.disk.Durability;
import io.mailtide.replica.maildir.disk.Writer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;

/**
 * A message on its way into {@code tmp}.
 *
 * <p>It is written with LF line ends, in the hope that every line end is CRLF. When a CR or LF by
 * itself turns up, the CRs are put back into what was written so far, and the rest follows as it
 * comes. The way back is {@link LineEnds}: it puts a CR before each LF that has none. So a file
 * with a bare LF needs a mark that it is to be read as it is; without one, every LF that lacks a CR
 * lost it here. The mark is in the base name, which is therefore known at the end.
 */
final class StagedMessage implements Staged {
  private static final byte CR = '\r';
  private static final byte LF = '\n';
  private static final byte[] NONE = new byte[0];

  private final Path file;
  private final String unique;
  private final Part part;
  private final Buffers buffers;
  private final Durability durability;
  private final Optional<Writer> writer;
  private Optional<FileChannel> channel = Optional.empty();
  private byte[] buffer;
  private int used;
  private long shortened;
  private boolean asItComes;
  private boolean afterCr;
  private boolean bareLf;
  private boolean handedOn;

  /**
   * @param writer writes it, if it is small, while others are taken in; absent: it is written when
   *     {@link #end} returns
   */
  StagedMessage(
      Path tmp,
      String unique,
      Part part,
      Buffers buffers,
      Durability durability,
      Optional<Writer> writer) {
    this.file = tmp.resolve(unique);
    this.unique = unique;
    this.part = part;
    this.buffers = buffers;
    this.durability = durability;
    this.writer = writer;
    this.buffer = buffers.take();
  }

  @Override
  public MessageKey key() {
    return new MessageKey(UniqueNames.marked(unique, part != Part.WHOLE, bareLf));
  }

  @Override
  public void write(ByteBuffer bytes) throws FaultException {
    Faults.translate("writing a message", file, Reach.FOLDER, () -> {
      if (bytes.hasArray()) {
        var from = bytes.arrayOffset() + bytes.position();
        take(bytes.array(), from, from + bytes.remaining());
        bytes.position(bytes.limit());
      } else {
        while (bytes.hasRemaining()) {
          accept(bytes.get());
        }
      }
      return file;
    });
  }

  /** Line by line: what is between line ends passes as it is. */
  private void take(byte[] bytes, int from, int to) throws IOException {
    for (var at = from; at < to; ) {
      if (!afterCr) {
        var end = LineEnds.next(bytes, at, to);
        putAll(bytes, at, end - at);
        at = end;
        if (!asItComes && at + 1 < to && bytes[at] == CR && bytes[at + 1] == LF) {
          put(LF);
          shortened++;
          at += 2;
          continue;
        }
      }
      if (at < to) {
        accept(bytes[at++]);
      }
    }
  }

  private void accept(byte b) throws IOException {
    if (!asItComes) {
      if (afterCr && b == LF) {
        put(LF);
        shortened++;
        afterCr = false;
        return;
      }
      if (!afterCr && b == CR) {
        afterCr = true;
        return;
      }
      if (!afterCr && b != LF) {
        put(b);
        return;
      }
      takeAsItComes();
    }
    bareLf |= b == LF && !afterCr;
    afterCr = b == CR;
    put(b);
  }

  private void put(byte b) throws IOException {
    if (used == buffer.length) {
      flush();
    }
    buffer[used++] = b;
  }

  private void putAll(byte[] bytes, int from, int count) throws IOException {
    for (int at = from, left = count; left > 0; ) {
      if (used == buffer.length) {
        flush();
      }
      var part = Math.min(left, buffer.length - used);
      System.arraycopy(bytes, at, buffer, used, part);
      used += part;
      at += part;
      left -= part;
    }
  }

  private void flush() throws IOException {
    if (channel.isEmpty()) {
      channel = Optional.of(Writer.create(file));
    }
    Writer.writeAll(channel.get(), ByteBuffer.wrap(buffer, 0, used));
    used = 0;
  }

  /** Puts the CRs back into what was written, and the one that waited behind it. */
  private void takeAsItComes() throws IOException {
    flush();
    var to = channel.orElseThrow();
    var length = to.size();
    to.position(length + shortened);
    lengthen(to, length);
    asItComes = true;
    if (afterCr) {
      put(CR);
    }
  }

  /**
   * Lengthens the file in place, from its end to its first line end: nothing is overwritten that
   * was not read.
   */
  private void lengthen(FileChannel to, long length) throws IOException {
    var block = buffers.take();
    var longer = ByteBuffer.allocate(2 * block.length);
    var end = length;
    while (shortened > 0) {
      var size = (int) Math.min(block.length, end);
      var start = end - size;
      var part = ByteBuffer.wrap(block, 0, size);
      while (part.hasRemaining()) {
        if (to.read(part, start + part.position()) < 0) {
          throw new IOException("the file became shorter while it was written");
        }
      }
      longer.clear();
      for (var i = 0; i < size; i++) {
        if (block[i] == LF) {
          longer.put(CR);
          shortened--;
        }
        longer.put(block[i]);
      }
      longer.flip();
      var at = start + shortened;
      while (longer.hasRemaining()) {
        at += to.write(longer, at);
      }
      end = start;
    }
    buffers.give(block);
  }

  @Override
  public void end(Instant arrived) throws FaultException {
    Faults.translate("writing a message", file, Reach.FOLDER, () -> {
      if (!asItComes && afterCr) {
        takeAsItComes();
      }
      if (channel.isEmpty() && writer.isPresent()) {
        writer.get().write(file, buffer, used, arrived);
        buffer = NONE;
        handedOn = true;
      } else {
        flush();
        close();
        Files.setLastModifiedTime(file, FileTime.from(arrived));
      }
      durability.wrote(file);
      return file;
    });
  }

  private void close() throws IOException {
    if (channel.isPresent()) {
      channel.get().close();
    }
    if (buffer.length > 0) {
      buffers.give(buffer);
      buffer = NONE;
    }
  }

  @Override
  public void discard() {
    try {
      close();
      if (handedOn) {
        writer.orElseThrow().await();
      }
      Files.deleteIfExists(file);
    } catch (IOException _) {
      // A later run drops what is left of it.
    }
  }
}
