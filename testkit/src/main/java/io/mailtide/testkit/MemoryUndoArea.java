package io.mailtide.testkit;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.Removed;
import io.mailtide.engine.Replica.UndoArea;
import io.mailtide.testkit.MemoryEntry.Place;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;

/** What was removed from a {@link MemoryStore} through a replica. */
final class MemoryUndoArea implements UndoArea {
  private final MemoryStore store;

  MemoryUndoArea(MemoryStore store) {
    this.store = store;
  }

  private interface Visitor {
    void visit(String id, FolderName folder, MessageKey key, MemoryEntry entry);
  }

  private void each(Visitor visitor) {
    for (var name : store.folderNames()) {
      List.copyOf(store.folder(name).entries.entrySet()).forEach(entry -> {
        if (entry.getValue().place == Place.REMOVED) {
          visitor.visit(name + " " + entry.getKey(), name, entry.getKey(), entry.getValue());
        }
      });
    }
  }

  @Override
  public List<Removed> list() {
    var removed = new ArrayList<Removed>();
    each((id, folder, _, entry) -> {
      var header = new String(MemoryReplica.header(entry.bytes), StandardCharsets.UTF_8);
      removed.add(new Removed(
          id,
          folder,
          Instant.EPOCH,
          entry.bytes.length,
          field(header, "From"),
          field(header, "Subject"),
          field(header, "Date")));
    });
    return removed;
  }

  private static String field(String header, String name) {
    var field = Pattern.compile("(?mi)^" + name + ":(.*(?:\\r\\n[ \\t].*)*)").matcher(header);
    return field.find() ? field.group(1).replace("\r\n", "").strip() : "";
  }

  @Override
  public Set<String> restore(Collection<String> ids, UnaryOperator<FolderName> into) {
    var restored = new LinkedHashSet<String>();
    each((id, folder, key, entry) -> {
      if (ids.contains(id)) {
        store.remove(folder, key);
        store.put(
            into.apply(folder),
            entry.text,
            entry.flags.minus(Flags.of("\\Deleted")),
            entry.arrived);
        restored.add(id);
      }
    });
    return restored;
  }
}
