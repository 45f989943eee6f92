package io.mailtide.cli;

import io.mailtide.cli.text.Ink;
import io.mailtide.cli.text.Text;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.StoreView;
import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.Severity;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.UndoArea;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What both views for people have in common. */
abstract sealed class TextView implements View permits PlainView, TerminalView {
  static final String STOPPING =
      "stopping; nothing is lost, the next run goes on from here (Ctrl-C again: at once)";

  private final PrintStream out;
  private final PrintStream err;
  private final Manner manner;
  private final Map<String, Summary.Plan> plans = new HashMap<>();
  private final Map<String, Summary.Findings> findings = new HashMap<>();

  /**
   * How to speak.
   *
   * @param colours whether colours are wanted
   * @param quiet only errors
   * @param verbose codes beside words
   * @param kept how long each store keeps what was removed
   */
  record Manner(boolean colours, boolean quiet, boolean verbose, Map<String, Duration> kept) {
    Manner {
      kept = Map.copyOf(kept);
    }
  }

  TextView(PrintStream out, PrintStream err, Manner manner) {
    this.out = out;
    this.err = err;
    this.manner = manner;
  }

  final boolean quiet() {
    return manner.quiet();
  }

  @Override
  public void note(String line) {
    if (!quiet()) {
      out.println(line);
    }
  }

  @Override
  public void warning(String text) {
    if (!quiet()) {
      err.println(Ink.YELLOW.on(manner.colours(), "warning: ") + Text.harmless(text));
    }
  }

  @Override
  public void trouble(Trouble trouble) {
    err.println(Ink.RED.on(manner.colours(), "mailtide: ")
        + trouble.text().lines().map(Text::harmless).collect(Collectors.joining("\n")));
  }

  @Override
  public void status(StoreView store, Instant now) {
    new StatusCommand.StatusText(manner.colours(), now).lines(store).forEach(out::println);
  }

  @Override
  public void outbox(List<OutgoingMail.Message> messages, Instant now) {
    new SendCommand.OutboxText(manner.colours(), now).lines(messages).forEach(out::println);
  }

  /** Programs that call sendmail show what it prints, so it says nothing unless it is asked. */
  @Override
  public void submitted(long id) {
    if (manner.verbose()) {
      note("queued as message " + id);
    }
  }

  @Override
  public void removed(String store, UndoArea.Entry entry, boolean restored, Instant now) {
    note(UndoCommand.line(entry, now));
  }

  @Override
  public void demo(DemoCheck.Report report) {
    report.lines(manner.colours()).forEach(quiet() && !report.good() ? err::println : this::note);
  }

  @Override
  public void exit(int code, Instant now) {
    out.flush();
    err.flush();
  }

  final void print(SyncError error) {
    if (error.severity() == Severity.WARNING && quiet()) {
      return;
    }
    err.println(words(error, manner.colours()));
  }

  final String words(SyncError error, boolean colours) {
    var warning = error.severity() == Severity.WARNING;
    return (warning ? Ink.YELLOW : Ink.RED).on(colours, warning ? "warning: " : "error: ")
        + Text.harmless(error.text())
        + (manner.verbose() ? " [" + error.code() + "]" : "");
  }

  final void plan(SyncPlanned planned) {
    plans
        .computeIfAbsent(planned.store(), _ -> new Summary.Plan(manner.verbose()))
        .accept(planned);
  }

  final void find(AuditFinding finding) {
    findings(finding.store()).accept(finding);
  }

  final void find(AuditDone done) {
    findings(done.store()).accept(done);
  }

  private Summary.Findings findings(String store) {
    return findings.computeIfAbsent(store, _ -> new Summary.Findings(manner.verbose()));
  }

  /** What a dry run would do in a store, or an audit found, in lines. */
  final List<String> told(String store) {
    return Optional.ofNullable(plans.get(store))
        .map(Summary.Plan::lines)
        .or(() -> Optional.ofNullable(findings.get(store)).map(Summary.Findings::lines))
        .orElse(List.of());
  }

  final String summary(StoreDone done, long bytes) {
    var plan = Optional.ofNullable(plans.get(done.store()));
    if (plan.isPresent() && !done.code().failed()) {
      return "dry run: " + Text.count(plan.get().changes(), "change")
          + " to make, nothing was changed";
    }
    var audit = Optional.ofNullable(findings.get(done.store()));
    if (audit.isPresent()) {
      return audit.get().summary(done);
    }
    return Summary.of(done, bytes, manner.kept().getOrDefault(done.store(), Duration.ZERO));
  }

  /** Whether it is time again, so long after the last one; at once where the clock was set back. */
  static boolean isDue(Instant last, Duration after, Instant now) {
    return now.isBefore(last) || !now.isBefore(last.plus(after));
  }

  final boolean colours() {
    return manner.colours();
  }
}
