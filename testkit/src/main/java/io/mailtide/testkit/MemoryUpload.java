package io.mailtide.testkit;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.testkit.MemoryEntry.Place;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Uploading into memory: each message is stored before its outcome is told, and the telling may
 * fail.
 */
final class MemoryUpload extends MemoryEditor implements UploadingEditor {
  MemoryUpload(MemoryFolder open) {
    super(open);
  }

  @Override
  public void upload(List<Outgoing> messages, Outcomes outcomes) throws FaultException {
    open.called("upload of " + messages.stream().map(Outgoing::near).toList());
    for (var message : messages) {
      open.called("upload");
      var bytes = new ByteArrayOutputStream();
      var there = message.content().writeTo(part -> {
        while (part.hasRemaining()) {
          bytes.write(part.get());
        }
      });
      if (!there) {
        outcomes.vanished(message);
      } else if (bytes.size() != message.size()) {
        throw new AssertionError(
            "%d bytes were announced, %d came".formatted(message.size(), bytes.size()));
      } else if (open.store.stored() + message.size() > open.store.quota) {
        throw new FaultException(
            Fault.of(Kind.QUOTA, Reach.FOLDER, "uploading a message", "over quota", "Make room."));
      } else if (message.size() > open.store.sizeMax) {
        outcomes.refused(
            message,
            Fault.of(
                Kind.REFUSED,
                Reach.MESSAGE,
                "uploading a message",
                "too large",
                "Make it smaller."));
      } else {
        store(message, bytes.toByteArray(), outcomes);
      }
    }
  }

  /** The message that is kept in place of one more like it. */
  private Optional<MessageKey> same(byte[] bytes) {
    return open.folder.entries.entrySet().stream()
        .filter(entry -> open.store.keepsOne
            && entry.getValue().place == Place.PUBLISHED
            && Arrays.equals(entry.getValue().bytes, bytes))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private void store(Outgoing message, byte[] bytes, Outcomes outcomes) throws FaultException {
    var same = same(bytes);
    if (same.isPresent()) {
      outcomes.stored(message, open.store.tellsKeys ? same : Optional.empty());
      return;
    }
    var key = open.store.newKey(open.folder);
    var flags = open.store.keepsFlags ? representable(message.flags()) : Flags.NONE;
    var entry = new MemoryEntry(bytes, Place.PUBLISHED, flags, message.arrived());
    open.folder.entries.put(key, entry);
    open.own(entry);
    open.called("uploaded");
    outcomes.stored(message, open.store.tellsKeys ? Optional.of(key) : Optional.empty());
  }
}
