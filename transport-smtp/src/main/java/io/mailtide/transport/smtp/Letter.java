package io.mailtide.transport.smtp;

import io.mailtide.engine.DeliveringEditor.ByteSink;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.UploadingEditor.Content;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * A message that was looked through once before the server hears of it, for how it is sent hangs on
 * what is in it. Small ones are kept meanwhile, large ones are read again.
 */
final class Letter {
  /** What is larger is read again. */
  private static final int KEPT_BYTES_MAX = 1 << 20;

  private static final int HEADER_BYTES_MAX = 1 << 20;

  private final Content content;
  private final Look look;

  private Letter(Content content, Look look) {
    this.content = content;
    this.look = look;
  }

  /**
   * Looks through a message.
   *
   * @throws FaultException that reaches the message, when it cannot be read
   */
  static Letter of(Content content) throws FaultException {
    var look = new Look(true);
    if (!content.writeTo(look)) {
      throw new FaultException(Fault.of(
          Fault.Kind.NOT_FOUND,
          Fault.Reach.MESSAGE,
          "reading a message to send",
          "it is not there any more",
          ""));
    }
    return new Letter(content, look);
  }

  /** In bytes. */
  long size() {
    return look.size;
  }

  /** Whether there is a byte above 127 in it. */
  boolean isEightBit() {
    return look.eightBit;
  }

  /** Whether its header holds text beyond ASCII, in UTF-8 (RFC 6532). */
  boolean hasUtf8Header() {
    return look.utf8Header();
  }

  /** Whether each CR and LF belongs to a CRLF, and there is no NUL: what DATA can carry. */
  boolean isInLines() {
    return !look.bare && look.previous != '\r';
  }

  /** Whether its last line has an end; so has one without lines. */
  boolean isEnded() {
    return look.size == 0 || look.lineEnded;
  }

  /**
   * Gives all bytes again.
   *
   * @throws FaultException also when it is not the same any more; what was given is of no use then
   */
  void writeTo(ByteSink sink) throws FaultException {
    var kept = look.kept;
    if (kept != null) {
      sink.write(ByteBuffer.wrap(kept.toByteArray()));
      return;
    }
    var again = new Look(false);
    boolean there = content.writeTo(bytes -> {
      again.write(bytes.duplicate());
      if (again.size > look.size) {
        throw changed();
      }
      sink.write(bytes);
    });
    if (!there || again.size != look.size || again.sum.getValue() != look.sum.getValue()) {
      throw changed();
    }
  }

  private static FaultException changed() {
    return new FaultException(Fault.of(
        Fault.Kind.CHANGED,
        Fault.Reach.REPLICA,
        "sending a message",
        "it changed meanwhile",
        "Nothing of it was handed over; the next run sends it as it is then."));
  }

  /** What is seen of a message in one reading. */
  private static final class Look implements ByteSink {
    private final CRC32C sum = new CRC32C();
    private final ByteArrayOutputStream header = new ByteArrayOutputStream();
    private @Nullable ByteArrayOutputStream kept;
    private long size;
    private boolean eightBit;
    private boolean bare;
    private boolean lineEnded;
    private int previous;

    /** Bytes of the line at hand. */
    private long lineBytes;

    private boolean inHeader;

    /** @param first whether to find out everything */
    Look(boolean first) {
      inHeader = first;
      kept = first ? new ByteArrayOutputStream() : null;
    }

    @Override
    public void write(ByteBuffer bytes) {
      sum.update(bytes.duplicate());
      if (kept != null) {
        keep(kept, bytes.duplicate());
      }
      while (bytes.hasRemaining()) {
        add(bytes.get() & 0xFF);
      }
    }

    private void keep(ByteArrayOutputStream kept, ByteBuffer bytes) {
      if (size + bytes.remaining() > KEPT_BYTES_MAX) {
        this.kept = null;
        return;
      }
      while (bytes.hasRemaining()) {
        kept.write(bytes.get());
      }
    }

    private void add(int octet) {
      boolean afterCr = previous == '\r';
      eightBit |= octet > 0x7F;
      bare |= octet == 0 || afterCr != (octet == '\n');
      lineEnded = afterCr && octet == '\n';
      if (inHeader) {
        header.write(octet);
        lineBytes++;
        if (lineEnded) {
          inHeader = lineBytes > 2;
          lineBytes = 0;
        }
        inHeader &= header.size() < HEADER_BYTES_MAX;
      }
      previous = octet;
      size++;
    }

    private boolean utf8Header() {
      var bytes = header.toByteArray();
      boolean ascii = true;
      for (byte each : bytes) {
        ascii &= each >= 0;
      }
      if (ascii) {
        return false;
      }
      try {
        StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
        return true;
      } catch (CharacterCodingException e) {
        // Some older character set: it always went, and goes, as eight bits.
        return false;
      }
    }
  }
}
