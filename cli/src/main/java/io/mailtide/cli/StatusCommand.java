package io.mailtide.cli;

import io.mailtide.cli.text.Ink;
import io.mailtide.cli.text.Text;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.Session;
import io.mailtide.client.StoreView;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.Verdicts;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.StoreStatus.LastRun;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/** Shows what is known on this machine, without asking any server. */
final class StatusCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;
  private final Options.OneOrAll stores = new Options.OneOrAll();

  StatusCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this).name("status").addPositional(stores.spec());
    spec.usageMessage().description("Show the last run, its folders, what failed and why.");
    return spec;
  }

  @Override
  public Integer call() throws Trouble {
    var profile = options.profile(host);
    var session = Session.open(profile);
    int worst = Verdicts.DONE;
    try (var view = options.view(host, profile)) {
      for (var store : stores.of(profile)) {
        var known = session.status(store.name());
        view.status(known, host.environment().clock().instant());
        worst = Math.max(worst, known.unreadable().map(SyncError::exitCode).orElse(Verdicts.DONE));
      }
      if (stores.defaultStore(profile)) {
        worst = Math.max(worst, outbox(session.outbox(), view));
      }
    }
    return worst;
  }

  private int outbox(OutgoingMail outbox, View view) {
    try {
      var waiting = outbox.waiting();
      if (!waiting.isEmpty()) {
        view.outbox(waiting, host.environment().clock().instant());
      }
      outbox
          .strays()
          .ifPresent(stray -> view.accept(stray, host.environment().clock().instant()));
      return Verdicts.DONE;
    } catch (FaultException e) {
      var error = OutgoingMail.error(e);
      view.trouble(new Trouble(e.fault().kind(), error));
      return error.exitCode();
    }
  }

  /** What is known of a store, for people. A pure function of the view and the time. */
  static final class StatusText {
    private static final int TROUBLES_SHOWN = 50;

    private final boolean colours;
    private final Instant now;

    StatusText(boolean colours, Instant now) {
      this.colours = colours;
      this.now = now;
    }

    List<String> lines(StoreView store) {
      var lines = new ArrayList<String>();
      var name = Ink.STRONG.on(colours, store.store());
      if (store.unreadable().isPresent()) {
        var why = Text.harmless(store.unreadable().get().text());
        return List.of(name + ": " + Ink.RED.on(colours, "the state cannot be read"), "  " + why);
      }
      lines.add(name + ": "
          + store
              .lastRun()
              .map(this::lastRun)
              .orElseGet(() -> "never synchronised; mailtide sync " + store.store() + " does it"));
      store
          .lastRun()
          .filter(run -> !run.detail().isEmpty())
          .ifPresent(run -> lines.add("  " + Ink.RED.on(colours, Text.harmless(run.detail()))));
      if (!store.folders().isEmpty()) {
        lines.add("  " + Text.count(store.messages(), "message") + " in step in "
            + Text.count(store.folders().size(), "folder"));
        int columns = store.folders().stream()
            .mapToInt(folder -> Text.count(folder.messages()).length())
            .max()
            .orElse(0);
        store.folders().forEach(folder -> {
          var count = Text.count(folder.messages());
          lines.add("    " + " ".repeat(columns - count.length()) + count + "  "
              + Text.harmless(folder.name()));
        });
      }
      if (!store.troubles().isEmpty()) {
        lines.add("  "
            + Ink.RED.on(
                colours, Text.count(store.troubles().size()) + " failed and tried again:"));
        store.troubles().stream()
            .limit(TROUBLES_SHOWN)
            .forEach(trouble -> lines.add("    " + words(trouble)));
        if (store.troubles().size() > TROUBLES_SHOWN) {
          lines.add("    and " + Text.count(store.troubles().size() - TROUBLES_SHOWN)
              + " more (all of them: --json)");
        }
      }
      return lines;
    }

    private String lastRun(LastRun run) {
      var did = new ArrayList<String>();
      if (run.copied() > 0) {
        did.add(Text.count(run.copied(), "message") + " copied");
      }
      if (run.sent() > 0) {
        did.add(Text.count(run.sent(), "message") + " sent");
      }
      if (run.moved() > 0) {
        did.add(Text.count(run.moved(), "message") + " moved");
      }
      if (run.flagged() > 0) {
        did.add(Text.count(run.flagged(), "flag") + " changed");
      }
      if (run.removed() > 0) {
        did.add(Text.count(run.removed()) + " removed");
      }
      if (run.failed() > 0) {
        did.add(Text.count(run.failed()) + " failed");
      }
      if (run.withheld() > 0) {
        did.add(Text.count(run.withheld(), "change") + " kept for a run that goes their way");
      }
      return run.result() + " " + ago(run.ended()) + ", took " + Text.took(run.duration()) + ": "
          + (did.isEmpty() ? "nothing changed" : String.join(", ", did));
    }

    private String words(StoreView.Trouble trouble) {
      return Text.harmless(trouble.error().text()) + " (failed "
          + Text.count(trouble.tries()) + " time" + (trouble.tries() == 1 ? "" : "s") + " since "
          + ago(trouble.since()) + "; next try "
          + (trouble.nextTry().isAfter(now)
              ? "not before " + Text.whole(Duration.between(now, trouble.nextTry())) + " from now"
              : "with the next run")
          + ")";
    }

    private String ago(Instant then) {
      return Text.whole(Duration.between(then, now)) + " ago";
    }
  }
}
