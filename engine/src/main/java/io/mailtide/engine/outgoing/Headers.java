package io.mailtide.engine.outgoing;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads headers of messages in a folder. */
final class Headers {
  private Headers() {}

  /**
   * One that was read.
   *
   * @param arrived when its message did, where the folder says so
   */
  record Read(Header header, Optional<Instant> arrived) {}

  /** The header of a message; absent where that is not there. */
  static Optional<Header> of(ReplicaFolder folder, MessageKey key) throws FaultException {
    return of(folder, List.of(key)).stream().findFirst().map(Read::header);
  }

  /** The headers of those messages that are there. */
  static List<Read> of(ReplicaFolder folder, List<MessageKey> keys) throws FaultException {
    var read = new ArrayList<Read>();
    folder.fetch(keys, ReplicaFolder.Part.HEADER, () -> new ReplicaFolder.Body() {
      private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

      @Override
      public void write(ByteBuffer more) {
        while (more.hasRemaining()) {
          bytes.write(more.get());
        }
      }

      @Override
      public void end(MessageKey key, Optional<Instant> arrived) {
        read.add(new Read(Header.of(bytes.toByteArray()), arrived));
      }

      @Override
      public void abandon() {}
    });
    return read;
  }
}
