package io.mailtide.testkit;

import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Keeps what is fetched. */
public final class FetchedBodies implements ReplicaFolder.BodySink {
  public final Map<MessageKey, String> whole = new HashMap<>();
  public final Map<MessageKey, Instant> arrived = new HashMap<>();
  public int begun;

  @Override
  public ReplicaFolder.Body begin() {
    begun++;
    var bytes = new ByteArrayOutputStream();
    return new ReplicaFolder.Body() {
      @Override
      public void write(ByteBuffer part) {
        while (part.hasRemaining()) {
          bytes.write(part.get());
        }
      }

      @Override
      public void end(MessageKey key, Optional<Instant> time) {
        whole.put(key, bytes.toString(StandardCharsets.ISO_8859_1));
        time.ifPresent(instant -> arrived.put(key, instant));
      }

      @Override
      public void abandon() {}
    };
  }
}
