package io.mailtide.testkit;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderEditor;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.testkit.MemoryEntry.Place;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What both sides of memory can do to a folder. */
abstract class MemoryEditor implements FolderEditor {
  /** What the keys of header-only copies end with, unless a user moves them. */
  static final String HEADERS_ONLY = ",H";

  final MemoryFolder open;

  MemoryEditor(MemoryFolder open) {
    this.open = open;
  }

  /** Keywords that begin with the name of the other side are what this side cannot hold. */
  @Override
  public Flags representable(Flags flags) {
    var foreign = open.store.side.other().name().toLowerCase(java.util.Locale.ROOT) + "-";
    return Flags.of(
        flags.names().stream().filter(flag -> !flag.startsWith(foreign)).toList());
  }

  @Override
  public Map<MessageKey, Flags> setFlags(List<FlagChange> changes) throws FaultException {
    var now = new HashMap<MessageKey, Flags>();
    for (var change : changes) {
      open.called("setFlags");
      var entry = open.published(change.key());
      if (entry.isPresent()) {
        var wanted = representable(entry.get().flags.minus(change.clear()).plus(change.add()));
        if (!entry.get().flags.equals(wanted)) {
          entry.get().flags = wanted;
          open.own(entry.get());
        }
        now.put(change.key(), wanted);
      }
      open.called("flags set");
    }
    return now;
  }

  @Override
  public void remove(Collection<MessageKey> keys) throws FaultException {
    for (var key : keys) {
      open.called("remove");
      open.published(key).ifPresent(entry -> {
        entry.place = Place.REMOVED;
        open.own(entry);
      });
      open.called("removed");
    }
  }

  @Override
  public Map<MessageKey, MessageKey> move(Collection<MessageKey> keys, FolderName to)
      throws FaultException {
    var moved = new HashMap<MessageKey, MessageKey>();
    for (var key : keys) {
      open.called("move");
      var target = open.store.folders.get(to);
      if (target == null) {
        throw MemoryReplica.noFolder("moving", to);
      }
      var entry = open.published(key);
      if (entry.isPresent()) {
        var fresh = open.store.newKey(target);
        var there = key.value().endsWith(HEADERS_ONLY)
            ? new MessageKey(fresh.value() + HEADERS_ONLY)
            : fresh;
        target.entries.put(there, entry.get().moved(++target.clock));
        open.own(entry.get());
        if (open.store.tellsKeys) {
          moved.put(key, there);
        }
      }
      open.called("moved");
    }
    return moved;
  }
}
