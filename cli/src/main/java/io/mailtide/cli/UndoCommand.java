package io.mailtide.cli;

import io.mailtide.cli.text.Text;
import io.mailtide.client.Profile;
import io.mailtide.client.Session;
import io.mailtide.client.UndoArea;
import io.mailtide.client.UndoArea.Entry;
import io.mailtide.client.Verdicts;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Lists and restores what was removed from local mail. */
final class UndoCommand implements Callable<Integer> {
  private static final int SUBJECT_COLUMNS = 60;
  private static final int FROM_COLUMNS = 30;

  private final Options options;
  private final Host host;
  private final Options.OneOrAll stores = new Options.OneOrAll();
  private final Options.Folders folders = new Options.Folders();
  private final OptionSpec restore = OptionSpec.builder("--restore")
      .arity("1..*")
      .paramLabel("ID")
      .type(List.class)
      .auxiliaryTypes(String.class)
      .initialValue(List.of())
      .description("Put these messages back into their folders.")
      .build();
  private final OptionSpec restoreAll =
      Options.flag("Put back all that is listed.", "--restore-all").build();
  private final OptionSpec since = OptionSpec.builder("--since")
      .paramLabel("DATE")
      .type(Optional.class)
      .auxiliaryTypes(LocalDate.class)
      .initialValue(Optional.empty())
      .description("Only what was removed on that day or later, as 2026-11-21 (UTC).")
      .build();

  UndoCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this)
        .name("undo")
        .addPositional(stores.spec())
        .addOption(folders.spec());
    List.of(restore, restoreAll, since).forEach(spec::addOption);
    spec.usageMessage().description("List and restore what was removed from the local mail.");
    return spec;
  }

  private List<String> restore() {
    return restore.getValue();
  }

  private boolean restoreAll() {
    return Options.given(restoreAll);
  }

  @Override
  public Integer call() throws Trouble {
    if (restoreAll() && !restore().isEmpty()) {
      throw Trouble.usage("--restore names messages, --restore-all takes all: give one of the two");
    }
    var profile = options.profile(host);
    int worst = Verdicts.DONE;
    Set<String> missing = new LinkedHashSet<>(restore());
    var allSeen = true;
    try (var view = options.view(host, profile)) {
      for (var store : openings(profile).entrySet()) {
        try (var area = store.getValue().open()) {
          worst = Math.max(worst, show(store.getKey(), area, missing, view));
        } catch (FaultException e) {
          allSeen = false;
          var error = UndoArea.error(store.getKey(), e);
          view.trouble(new Trouble(e.fault().kind(), error));
          worst = Math.max(worst, error.exitCode());
        }
      }
      if (!missing.isEmpty() && allSeen) {
        view.trouble(new Trouble(
            Fault.Kind.NOT_FOUND,
            "no removed message is called " + String.join(", ", missing)
                + "; mailtide undo lists those that are kept"));
        worst = Math.max(worst, Verdicts.exitCode(Fault.Kind.NOT_FOUND));
      }
    }
    return worst;
  }

  /** Opens the undo area of a store. */
  @FunctionalInterface
  private interface Opening {
    UndoArea open() throws FaultException;
  }

  private Map<String, Opening> openings(Profile profile) throws Trouble {
    var session = Session.open(profile);
    var openings = new LinkedHashMap<String, Opening>();
    stores.of(profile).forEach(store -> openings.put(store.name(), () -> session.undoArea(store)));
    if (stores.defaultStore(profile)) {
      openings.put(Options.DEFAULT_STORE, session.outbox()::undoArea);
    }
    return openings;
  }

  private int show(String store, UndoArea area, Set<String> missing, View view)
      throws FaultException {
    var now = host.environment().clock().instant();
    var listed = area.entries().stream().filter(wanted()).toList();
    var restored = restore().isEmpty() && !restoreAll()
        ? Set.<String>of()
        : area.restore(listed.stream().map(Entry::id).collect(Collectors.toSet()));
    missing.removeAll(restored);
    if (restore().isEmpty() && !restoreAll()) {
      view.note(store + ": "
          + (listed.isEmpty()
              ? "nothing that was removed is kept"
              : Text.count(listed.size(), "message") + " removed; mailtide undo " + store
                  + " --restore ID... puts them back"));
      listed.forEach(entry -> view.removed(store, entry, false, now));
      return Verdicts.DONE;
    }
    listed.stream()
        .filter(entry -> restored.contains(entry.id()))
        .forEach(entry -> view.removed(store, entry, true, now));
    if (restoreAll() || !restored.isEmpty()) {
      view.note(store + ": " + Text.count(restored.size(), "message") + " restored; "
          + (store.equals(Options.DEFAULT_STORE)
              ? "what was in Outbox is in Drafts now and goes nowhere by itself: send it from your"
                  + " mail program, or with mailtide sendmail -t < FILE"
              : "the next synchronisation takes them to the server"));
    }
    return Verdicts.DONE;
  }

  private Predicate<Entry> wanted() {
    var named = restore();
    Predicate<Entry> wanted = entry -> named.isEmpty() || named.contains(entry.id());
    var day = since.<Optional<LocalDate>>getValue();
    if (day.isPresent()) {
      var from = day.get().atStartOfDay(ZoneOffset.UTC).toInstant();
      wanted = wanted.and(entry -> !entry.removed().isBefore(from));
    }
    var globs = folders.globs();
    return globs.isEmpty() ? wanted : wanted.and(UndoArea.inFolders(globs));
  }

  /** A message in a line, for people. */
  static String line(Entry entry, Instant now) {
    var who = entry.from().isEmpty() ? "(nobody)" : entry.from();
    var what = entry.subject().isEmpty() ? "(no subject)" : entry.subject();
    return "  " + entry.id() + "  "
        + Text.pad(Text.whole(Duration.between(entry.removed(), now)) + " ago", 16) + "  "
        + Text.harmless(entry.folder()) + "  " + Text.bytes(entry.size()) + "  "
        + Text.clip(Text.harmless(who), FROM_COLUMNS) + ": "
        + Text.clip(Text.harmless(what), SUBJECT_COLUMNS)
        + (entry.date().isEmpty() ? "" : ", " + Text.harmless(entry.date()));
  }
}
