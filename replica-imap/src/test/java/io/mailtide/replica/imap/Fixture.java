package io.mailtide.replica.imap;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Expected;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.engine.ReplicaFolder.Scan;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.UploadingEditor;
import io.mailtide.engine.UploadingEditor.Content;
import io.mailtide.engine.UploadingEditor.Outgoing;
import io.mailtide.testkit.settings.GivenSettings;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** An account to open, and what a user of the replica remembers of it from run to run. */
final class Fixture {
  private final Map<String, Object> values = new HashMap<>();
  private ImapProvider provider = new ImapProvider();

  final Cancellation cancellation = new Cancellation();
  final List<String> notices = new ArrayList<>();
  Environment environment = Environment.system();

  private Fixture() {}

  /** An account at this machine, without TLS. */
  static Fixture at(int port) {
    return new Fixture()
        .with("host", "127.0.0.1")
        .with("port", (long) port)
        .with("tls", "none")
        .with("user", "ann")
        .with("password", "secret");
  }

  /** Further connections are opened at once, by whoever has use for them. */
  Fixture eager() {
    provider = new ImapProvider(Runnable::run, Duration.ZERO);
    return this;
  }

  /** Tells what comes, from the first to the last. */
  static void expect(Replica replica, List<? extends Expected> what) {
    var coming = what.iterator();
    replica.expect(() -> coming.hasNext() ? Optional.of(coming.next()) : Optional.empty());
  }

  Fixture with(String name, Object value) {
    values.put(name, value);
    return this;
  }

  Replica open() throws FaultException {
    return provider.open(
        new GivenSettings("work", values), new Context(environment, cancellation, notices::add));
  }

  /** The fault that opening ends with. */
  Fault fault() {
    try (var _ = open()) {
      throw new AssertionError("opened");
    } catch (FaultException e) {
      return e.fault();
    }
  }

  /** What is remembered of a folder. */
  static final class Memory implements ReplicaFolder.Known {
    final TreeMap<Long, Flags> messages = new TreeMap<>();
    final TreeSet<Long> lastPresent = new TreeSet<>();
    final TreeSet<Long> lastVanished = new TreeSet<>();

    /** How many of them a scan has looked at. */
    int looked;

    Optional<Observed> observed = Optional.empty();
    Optional<Scan> last = Optional.empty();

    @Override
    public long count() {
      return messages.size();
    }

    @Override
    public List<MessageKey> between(long first, long last, int limit) {
      var some = messages.subMap(first, true, last, true).keySet().stream()
          .limit(limit)
          .map(uid -> new MessageKey(Long.toString(uid)))
          .toList();
      looked += some.size();
      return some;
    }

    /** Scans a folder and takes over what that finds. */
    Scan scan(ReplicaFolder folder) throws FaultException {
      lastPresent.clear();
      lastVanished.clear();
      var since = observed
          .filter(then -> then.generation().equals(folder.generation()))
          .map(Observed::checkpoint);
      var scan = folder.scan(since, this, new Watcher());
      if (scan.complete()) {
        messages.keySet().retainAll(lastPresent);
      }
      observed = scan.checkpoint().map(to -> new Observed(folder.generation(), to));
      last = Optional.of(scan);
      return scan;
    }

    private final class Watcher implements ReplicaFolder.Observer {
      @Override
      public void present(Sighting sighting) {
        long uid = Long.parseLong(sighting.key().value());
        if (!lastPresent.add(uid)) {
          throw new AssertionError("told twice of " + uid);
        }
        messages.put(uid, sighting.flags());
      }

      @Override
      public void vanished(MessageKey key) {
        long uid = Long.parseLong(key.value());
        lastVanished.add(uid);
        messages.remove(uid);
      }
    }
  }

  /** What is remembered of a folder, by name. */
  static Map<FolderName, Observed> known(FolderName name, Memory memory) {
    return memory.observed.map(observed -> Map.of(name, observed)).orElse(Map.of());
  }

  /** Takes bodies; keeps digest, size and date of each. */
  static final class Bodies implements ReplicaFolder.BodySink {
    final Map<String, Taken> taken = new TreeMap<>();
    int abandoned;

    /** A body that came whole. */
    record Taken(String sha256, long size, Optional<Instant> arrived) {}

    @Override
    public ReplicaFolder.Body begin() {
      return new One();
    }

    private final class One implements ReplicaFolder.Body {
      private final MessageDigest digest = sha256();
      private long size;

      @Override
      public void write(ByteBuffer bytes) {
        size += bytes.remaining();
        digest.update(bytes);
      }

      @Override
      public void end(MessageKey key, Optional<Instant> arrived) {
        var old = taken.put(
            key.value(), new Taken(HexFormat.of().formatHex(digest.digest()), size, arrived));
        if (old != null) {
          throw new AssertionError("given twice: " + key);
        }
      }

      @Override
      public void abandon() {
        abandoned++;
      }
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  static List<MessageKey> keys(long... uids) {
    var keys = new ArrayList<MessageKey>();
    for (long uid : uids) {
      keys.add(new MessageKey(Long.toString(uid)));
    }
    return keys;
  }

  /** Sends messages and keeps what became of them, by their near keys. */
  static final class Sent implements UploadingEditor.Outcomes {
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
}
