package io.mailtide.testkit;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Side;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Mail in memory, as one side holds it: the world that a {@link MemoryReplica} shows, and that a
 * test edits as the side's user would. Outlives the replicas opened on it, as a disk or server
 * does.
 */
public final class MemoryStore {
  /**
   * Called before each call of a replica; may throw a fault, or an error that stands for the
   * process being killed.
   */
  @FunctionalInterface
  public interface Hook {
    void before(String call) throws FaultException;
  }

  /** A message. Its place and flags are volatile until hardened. */
  static final class Entry {
    final byte[] bytes;
    Instant arrived;
    Place place;
    Flags flags;
    Place durablePlace = Place.NOWHERE;
    Flags durableFlags = Flags.NONE;
    long changed;

    Entry(byte[] bytes, Place place, Flags flags, Instant arrived) {
      this.bytes = bytes;
      this.place = place;
      this.flags = flags;
      this.arrived = arrived;
    }

    void harden() {
      durablePlace = place;
      durableFlags = flags;
    }
  }

  /** Where a message is. */
  enum Place {
    NOWHERE,
    /** Being written. */
    INCOMING,
    STAGED,
    PUBLISHED,
    REMOVED
  }

  /** A folder. */
  static final class Folder {
    final Map<MessageKey, Entry> entries = new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    long generation = 1;
    long nextUid = 1;
    long clock = 1;
    long foreignEdits;
  }

  /**
   * A message as a test sees it.
   *
   * @param bytes in CRLF form
   */
  public record Mail(MessageKey key, String bytes, Flags flags, Instant arrived) {}

  final Side side;
  final Map<FolderName, Folder> folders = new TreeMap<>();

  /** Whether changes can be told since a checkpoint; if not, every scan is complete. */
  boolean tracksChanges = true;

  /**
   * Folders that listings leave out, messages that scans leave out, and messages never handed over.
   */
  final Set<FolderName> unlisted = new HashSet<>();

  final Set<MessageKey> unseen = new HashSet<>();
  final Set<MessageKey> refused = new HashSet<>();
  private long sequence;

  public MemoryStore(Side side) {
    this.side = side;
  }

  /** From now on every scan is complete, as with a server that cannot tell changes. */
  public void trackNothing() {
    tracksChanges = false;
  }

  /** From now on listings leave this folder out, though it can be opened. */
  public void hide(FolderName name) {
    unlisted.add(name);
  }

  /** From now on scans leave this message out, though it is there. */
  public void skipInScans(MessageKey key) {
    unseen.add(key);
  }

  /** From now on this message is listed and not handed over. */
  public void refuse(MessageKey key) {
    refused.add(key);
  }

  /** From now on all messages are handed over. */
  public void refuseNothing() {
    refused.clear();
  }

  /** Opens a replica on this store, each of whose calls passes the hook. */
  public Replica open(Hook hook) {
    return new MemoryReplica(this, hook);
  }

  Folder folder(FolderName name) {
    return folders.computeIfAbsent(name, _ -> new Folder());
  }

  MessageKey newKey(Folder folder) {
    return new MessageKey(
        side == Side.FAR ? Long.toString(folder.nextUid++) : "m%06d".formatted(++sequence));
  }

  /** The user creates a folder. */
  public void create(FolderName name) {
    folder(name);
  }

  /** The user removes a folder and all in it. */
  public void drop(FolderName name) {
    folders.remove(name);
  }

  /** A message arrives. */
  public MessageKey put(FolderName name, String bytes, Flags flags, Instant arrived) {
    var folder = folder(name);
    var key = newKey(folder);
    var entry =
        new Entry(bytes.getBytes(StandardCharsets.ISO_8859_1), Place.PUBLISHED, flags, arrived);
    folder.entries.put(key, entry);
    touched(folder, entry);
    return key;
  }

  /** The user changes flags. */
  public void setFlags(FolderName name, MessageKey key, Flags flags) {
    var folder = folder(name);
    var entry = Objects.requireNonNull(folder.entries.get(key));
    entry.flags = flags;
    touched(folder, entry);
  }

  /** The user removes a message for good. */
  public void remove(FolderName name, MessageKey key) {
    var folder = folder(name);
    var entry = Objects.requireNonNull(folder.entries.get(key));
    entry.place = Place.NOWHERE;
    touched(folder, entry);
  }

  private static void touched(Folder folder, Entry entry) {
    entry.harden();
    entry.changed = ++folder.clock;
    folder.foreignEdits++;
  }

  /** The server numbers a folder's messages anew. */
  public void renumber(FolderName name) {
    var folder = folder(name);
    folder.generation++;
    var entries = folder.entries.values().stream()
        .filter(entry -> entry.place == Place.PUBLISHED)
        .toList();
    folder.entries.clear();
    folder.nextUid += 100;
    for (var entry : entries) {
      folder.entries.put(newKey(folder), entry);
      entry.changed = ++folder.clock;
    }
  }

  /** All folders. */
  public List<FolderName> folderNames() {
    return List.copyOf(folders.keySet());
  }

  /** The messages of a folder, in order of their keys. */
  public List<Mail> mail(FolderName name) {
    return at(name, Place.PUBLISHED);
  }

  /** The messages removed through a replica, kept in the undo area. */
  public List<Mail> removed(FolderName name) {
    return at(name, Place.REMOVED);
  }

  /** Messages staged and not published. */
  public List<Mail> staged(FolderName name) {
    return at(name, Place.STAGED);
  }

  private List<Mail> at(FolderName name, Place place) {
    var mail = new ArrayList<Mail>();
    Optional.ofNullable(folders.get(name))
        .ifPresent(folder -> folder.entries.forEach((key, entry) -> {
          if (entry.place == place) {
            mail.add(new Mail(
                key,
                new String(entry.bytes, StandardCharsets.ISO_8859_1),
                entry.flags,
                entry.arrived));
          }
        }));
    return mail;
  }

  /**
   * The power fails: of what was not hardened, each message keeps or loses its last changes by
   * itself.
   */
  public void cutPower(RandomGenerator random) {
    for (var folder : folders.values()) {
      for (var entry : folder.entries.values()) {
        if (random.nextBoolean()) {
          entry.place = entry.durablePlace;
          entry.flags = entry.durableFlags;
        }
        entry.harden();
        entry.changed = ++folder.clock;
      }
    }
  }
}
