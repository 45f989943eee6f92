package io.mailtide.testkit;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Side;
import io.mailtide.testkit.MemoryEntry.Place;
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

  /** A folder. */
  static final class Folder {
    final Map<MessageKey, MemoryEntry> entries =
        new TreeMap<>((a, b) -> a.value().compareTo(b.value()));
    long generation;
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

  final Set<MemoryEntry> unseen = new HashSet<>();
  final Set<MemoryEntry> refused = new HashSet<>();

  /** Folders that may only be read. */
  final Set<FolderName> readOnly = new HashSet<>();

  /**
   * Whether the keys of what is uploaded or moved are told; whether flags given at upload are kept.
   */
  boolean tellsKeys = true;

  boolean keepsFlags = true;

  /** Whether of several messages that are the same only the first is stored when uploaded. */
  boolean keepsOne;

  /** Whether scans tell by which messages are the same. */
  boolean tellsContents;

  /** How much the sizes that scans state differ from the true ones, in bytes. */
  long sizeError;

  /** The largest message taken, and how much may be stored in all, in bytes. */
  long sizeMax = Long.MAX_VALUE;

  long quota = Long.MAX_VALUE;

  /** Messages that cannot be read, and folders that cannot be made. */
  final Set<MessageKey> unreadable = new HashSet<>();

  final Set<FolderName> impossible = new HashSet<>();

  /** How many whole bodies were handed over. */
  long fetched;

  long askedInVain;

  private long sequence;
  private long generations;

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
    folders.keySet().forEach(name -> skipInScans(name, key));
  }

  /** From now on this message is listed and not handed over. */
  public void refuse(MessageKey key) {
    folders.keySet().forEach(name -> refuse(name, key));
  }

  /** From now on scans leave this message of a folder out, though it is there. */
  public void skipInScans(FolderName name, MessageKey key) {
    Optional.ofNullable(folder(name).entries.get(key)).ifPresent(unseen::add);
  }

  /** From now on this message of a folder is listed and not handed over. */
  public void refuse(FolderName name, MessageKey key) {
    Optional.ofNullable(folder(name).entries.get(key)).ifPresent(refused::add);
  }

  /** From now on all messages are handed over. */
  public void refuseNothing() {
    refused.clear();
  }

  /** From now on the keys of what is uploaded or moved are not told. */
  public void keepKeysSecret() {
    tellsKeys = false;
  }

  /** From now on a message that is there already is not stored once more when uploaded. */
  public void keepOne() {
    keepsOne = true;
  }

  /** From now on flags given at upload are lost. */
  public void loseUploadedFlags() {
    keepsFlags = false;
  }

  /** From now on messages that are larger than that are refused. */
  public void limitSize(long bytes) {
    sizeMax = bytes;
  }

  /** Whether scans state sizes that differ from the true ones. */
  public boolean statesWrongSizes() {
    return sizeError != 0;
  }

  /** From now on scans state sizes that differ so much from the true ones. */
  public void stateWrongSizes(long bytes) {
    sizeError = bytes;
  }

  /** From now on listings and scans leave nothing out. */
  public void tellAll() {
    unlisted.clear();
    unseen.clear();
  }

  /** From now on no more than so much may be stored in all. */
  public void limitQuota(long bytes) {
    quota = bytes;
  }

  /** From now on this message cannot be read. */
  public void makeUnreadable(MessageKey key) {
    unreadable.add(key);
  }

  /** From now on no folder of this name can be made. */
  public void makeImpossible(FolderName name) {
    impossible.add(name);
  }

  /** All troubles are over. */
  public void heal() {
    sizeMax = Long.MAX_VALUE;
    quota = Long.MAX_VALUE;
    for (var troubled : List.of(unreadable, impossible, readOnly, refused)) {
      troubled.clear();
    }
  }

  long stored() {
    return folders.values().stream()
        .flatMap(folder -> folder.entries.values().stream())
        .filter(entry -> entry.place == Place.PUBLISHED)
        .mapToLong(entry -> entry.bytes.length)
        .sum();
  }

  /** From now on this folder may only be read. */
  public void protect(FolderName name) {
    readOnly.add(name);
  }

  /** How many whole bodies were handed over so far. */
  public long fetched() {
    return fetched;
  }

  /** How often messages were asked for before their turn, for they were expected, in vain. */
  public long askedInVain() {
    return askedInVain;
  }

  /** The user renames a folder and those below it. */
  public void rename(FolderName from, FolderName to) {
    for (var name : List.copyOf(folders.keySet())) {
      if (name.isWithin(from)) {
        var folder = Objects.requireNonNull(folders.remove(name));
        folders.put(name.renamed(from, to), folder);
        folder.foreignEdits++;
      }
    }
  }

  /** The user moves a message. */
  public MessageKey move(FolderName from, MessageKey key, FolderName to) {
    var entry = Objects.requireNonNull(folder(from).entries.get(key));
    var target = folder(to);
    var there = newKey(target);
    var moved = entry.moved(0);
    target.entries.put(there, moved);
    touched(target, moved);
    remove(from, key);
    return there;
  }

  /** Opens a replica on this store, each of whose calls passes the hook. */
  public Replica open(Hook hook) {
    return new MemoryReplica(this, hook);
  }

  Folder folder(FolderName name) {
    return folders.computeIfAbsent(name, _ -> {
      var folder = new Folder();
      folder.generation = ++generations;
      return folder;
    });
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
    var key = putSoftly(name, bytes, flags, arrived);
    harden(name, key);
    return key;
  }

  /** A message arrives, and whoever brings it leaves it to the system when it is durable. */
  public MessageKey putSoftly(FolderName name, String bytes, Flags flags, Instant arrived) {
    var folder = folder(name);
    var key = newKey(folder);
    var entry = new MemoryEntry(
        bytes.getBytes(StandardCharsets.ISO_8859_1), Place.PUBLISHED, flags, arrived);
    entry.arriving = true;
    folder.entries.put(key, entry);
    changed(folder, entry);
    return key;
  }

  /** The system makes a message durable. */
  public void harden(FolderName name, MessageKey key) {
    Objects.requireNonNull(folder(name).entries.get(key)).harden();
  }

  /** The user changes flags. */
  public void setFlags(FolderName name, MessageKey key, Flags flags) {
    var folder = folder(name);
    var entry = Objects.requireNonNull(folder.entries.get(key));
    entry.flags = flags;
    touched(folder, entry);
  }

  /** The user edits a message in place. */
  public void edit(FolderName name, MessageKey key, String bytes) {
    var folder = folder(name);
    var before = Objects.requireNonNull(folder.entries.get(key));
    var entry = new MemoryEntry(
        bytes.getBytes(StandardCharsets.ISO_8859_1), before.place, before.flags, before.arrived);
    folder.entries.put(key, entry);
    touched(folder, entry);
  }

  /** The user removes a message for good. */
  public void remove(FolderName name, MessageKey key) {
    var folder = folder(name);
    var entry = Objects.requireNonNull(folder.entries.get(key));
    entry.place = Place.NOWHERE;
    touched(folder, entry);
  }

  private static void touched(Folder folder, MemoryEntry entry) {
    entry.harden();
    changed(folder, entry);
  }

  private static void changed(Folder folder, MemoryEntry entry) {
    entry.changed = ++folder.clock;
    folder.foreignEdits++;
  }

  /** The server numbers a folder's messages anew. */
  public void renumber(FolderName name) {
    var folder = folder(name);
    folder.generation = ++generations;
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
            mail.add(new Mail(key, entry.text, entry.flags, entry.arrived));
          }
        }));
    return mail;
  }

  /**
   * The power fails: of what was not hardened, each message keeps or loses its last changes.
   *
   * @return the bytes of messages that had {@linkplain #putSoftly just come}, and have not now
   */
  public Set<String> cutPower(RandomGenerator random) {
    var undone = MemoryEntry.cutPower(
        folders.values().stream()
            .flatMap(folder -> folder.entries.values().stream())
            .toList(),
        random);
    for (var folder : folders.values()) {
      folder.entries.values().forEach(entry -> entry.changed = ++folder.clock);
    }
    return undone;
  }
}
