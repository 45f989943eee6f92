package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor.FlagChange;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.Appearance;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaEditor;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Known;
import io.mailtide.engine.ReplicaFolder.Observer;
import io.mailtide.engine.ReplicaFolder.Part;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.Sighting;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What the parts of the {@link ReplicaContract} share. */
abstract class ContractTools {
  static final FolderName FOLDER = FolderName.parse("Lists/Väter & Söhne");
  static final Instant ARRIVED = Instant.parse("2003-02-01T04:05:06Z");
  static final Instant LONG_AFTER = Instant.parse("2200-01-01T00:00:00Z");
  static final Flags MARKED = Flags.of("\\Seen", "$Forwarded", "todo");
  static final String BODY = "Subject: one\r\n\r\nHello\r\n";

  /** Opens a replica on the store of this test; the first time, the store is empty. */
  protected abstract Replica open() throws FaultException;

  /** Another program delivers a message. */
  protected abstract MessageKey deliver(FolderName folder, String crlfBody, Flags flags);

  /** Another program changes a message's flags. */
  protected abstract void reflag(FolderName folder, MessageKey key, Flags flags);

  /** Another program deletes a message for good. */
  protected abstract void delete(FolderName folder, MessageKey key);

  static ReplicaEditor editor(Replica replica) {
    return replica.editor().orElseThrow();
  }

  static DeliveringEditor editor(ReplicaFolder folder) {
    return (DeliveringEditor) folder.editor().orElseThrow();
  }

  static ReplicaFolder opened(Replica replica) throws FaultException {
    return replica.open(FOLDER, Access.CHANGE);
  }

  static Optional<Flags> setFlags(ReplicaFolder folder, MessageKey key, Flags add, Flags clear)
      throws FaultException {
    return Optional.ofNullable(
        editor(folder).setFlags(List.of(new FlagChange(key, add, clear))).get(key));
  }

  ReplicaFolder created(Replica replica) throws FaultException {
    editor(replica).create(FOLDER);
    return opened(replica);
  }

  static MessageKey staged(DeliveringEditor editor, String body) throws FaultException {
    var staged = editor.stage();
    for (var b : body.getBytes(StandardCharsets.ISO_8859_1)) {
      staged.write(ByteBuffer.wrap(new byte[] {b}));
    }
    staged.end(ARRIVED);
    return staged.key();
  }

  static MessageKey added(ReplicaFolder folder, String body, Flags flags) throws FaultException {
    var key = staged(editor(folder), body);
    editor(folder).harden();
    assertThat(editor(folder).publish(key, flags)).isTrue();
    return key;
  }

  static MessageKey addedHeader(ReplicaFolder folder, Flags flags) throws FaultException {
    var staged = editor(folder).stage(Part.HEADER);
    staged.write(ByteBuffer.wrap("Subject: a\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1)));
    staged.end(ARRIVED);
    editor(folder).harden();
    assertThat(editor(folder).publish(staged.key(), flags)).isTrue();
    return staged.key();
  }

  /** The messages that a scan says are headers alone. */
  static Set<MessageKey> headersOnly(ReplicaFolder folder) throws FaultException {
    var found = new HashSet<MessageKey>();
    folder.scan(Optional.empty(), Known.NOTHING, new Observer() {
      @Override
      public void present(Sighting sighting) {
        if (sighting.headersOnly()) {
          found.add(sighting.key());
        }
      }

      @Override
      public void vanished(MessageKey key) {}
    });
    return found;
  }

  static String read(ReplicaFolder folder, MessageKey key) throws FaultException {
    var bytes = new ByteArrayOutputStream();
    var there = editor(folder).read(key, part -> {
      while (part.hasRemaining()) {
        bytes.write(part.get());
      }
    });
    return there ? bytes.toString(StandardCharsets.ISO_8859_1) : "not there";
  }

  /** Opens a replica on the store of a test. */
  interface Opening {
    Replica open() throws FaultException;
  }

  /** How all looks in the course of a test. */
  static final class Looks {
    private final Opening opening;
    private final Set<FolderName> folders;
    private Optional<Appearance> last = Optional.empty();

    /** @param folders that something happens to */
    Looks(Opening opening, Set<FolderName> folders) throws FaultException {
      this.opening = opening;
      this.folders = folders;
      assertChanged("that it can be told");
    }

    /** Replicas opened now see alike what is not what was seen last. */
    void assertChanged(String what) throws FaultException {
      var now = settled();
      assertThat(now).as(what).isPresent().isNotEqualTo(last);
      assertThat(settled()).as("the same after %s", what).isEqualTo(now);
      last = now;
    }

    private Optional<Appearance> settled() throws FaultException {
      try (var replica = opening.open()) {
        editor(replica).settle(folders);
        return replica.appearance();
      }
    }
  }

  /** What a scan found. */
  record Seen(Scan scan, Map<MessageKey, Flags> present, Set<MessageKey> vanished) {}

  static Seen scan(ReplicaFolder folder, Optional<Checkpoint> since) throws FaultException {
    var present = new HashMap<MessageKey, Flags>();
    var vanished = new HashSet<MessageKey>();
    var scan = folder.scan(since, Known.NOTHING, new ReplicaFolder.Observer() {
      @Override
      public void present(Sighting sighting) {
        assertThat(present.put(sighting.key(), sighting.flags())).isNull();
      }

      @Override
      public void vanished(MessageKey key) {
        vanished.add(key);
      }
    });
    assertThat(scan.complete())
        .as("tells vanished only when incomplete")
        .isIn(vanished.isEmpty(), false);
    return new Seen(scan, present, vanished);
  }

  static Seen scanAll(ReplicaFolder folder) throws FaultException {
    var seen = scan(folder, Optional.empty());
    assertThat(seen.scan().complete()).isTrue();
    return seen;
  }

  /** Whether a replica opened now says that the folder is as it was at the checkpoint. */
  boolean unchanged(Checkpoint checkpoint) throws FaultException {
    try (var replica = open()) {
      var observed = new Observed(opened(replica).generation(), checkpoint);
      return replica.folders(Map.of(FOLDER, observed)).stream()
          .filter(summary -> summary.name().equals(FOLDER))
          .findFirst()
          .orElseThrow()
          .unchanged();
    }
  }

  Checkpoint settled(Replica replica) throws FaultException {
    return Optional.ofNullable(editor(replica).settle(Set.of(FOLDER)).get(FOLDER))
        .orElseThrow();
  }
}
