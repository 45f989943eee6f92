package io.mailtide.replica.imap;

import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.engine.UploadingEditor.Outgoing;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Sends messages and keeps what became of them, by their near keys. */
final class Sent implements UploadingEditor.Outcomes {
  static final Instant ARRIVED = Instant.parse("2003-02-01T04:05:06Z");

  final Map<String, Optional<String>> stored = new TreeMap<>();
  final Map<String, Fault> refused = new TreeMap<>();
  final List<String> vanished = new ArrayList<>();

  /** Why the message was refused. */
  Fault fault(String near) {
    return Optional.ofNullable(refused.get(near)).orElseThrow();
  }

  static UploadingEditor editor(ReplicaFolder folder) {
    return (UploadingEditor) folder.editor().orElseThrow();
  }

  /** Uploads to a folder that is open for changes. */
  static Sent to(ReplicaFolder folder, Outgoing... messages) throws FaultException {
    var sent = new Sent();
    editor(folder).upload(List.of(messages), sent);
    return sent;
  }

  static Outgoing message(String near, byte[] bytes, String... flags) {
    return message(near, bytes.length, pieces(bytes), flags);
  }

  static Outgoing message(String near, String text, String... flags) {
    return message(near, text.getBytes(StandardCharsets.ISO_8859_1), flags);
  }

  static Outgoing message(String near, long size, Content content, String... flags) {
    return new Outgoing(new MessageKey(near), Flags.of(flags), ARRIVED, size, content);
  }

  /** A message that is not there any more. */
  static Outgoing gone(String near, long size) {
    return message(near, size, sink -> false);
  }

  private static Content pieces(byte[] bytes) {
    return sink -> {
      for (int from = 0; from < bytes.length; from += 8_192) {
        sink.write(ByteBuffer.wrap(bytes, from, Math.min(8_192, bytes.length - from)));
      }
      return true;
    };
  }

  @Override
  public void stored(Outgoing message, Optional<MessageKey> key) {
    stored.put(message.near().value(), key.map(MessageKey::value));
  }

  @Override
  public void refused(Outgoing message, Fault fault) {
    refused.put(message.near().value(), fault);
  }

  @Override
  public void vanished(Outgoing message) {
    vanished.add(message.near().value());
  }
}
