package io.mailtide.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.StoreView;
import io.mailtide.client.SyncEvent;
import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.Code;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.SyncEvent.SyncProgress;
import io.mailtide.client.UndoArea;
import io.mailtide.client.Verdicts;
import io.mailtide.engine.Environment;
import io.mailtide.engine.StoreStatus.LastRun;
import io.mailtide.mapi.HResult;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One event a line, for programs. {@code docs/json-events.md} is its contract; a test holds it to
 * that.
 */
final class JsonView implements View {
  private static final JsonFactory JSON = new JsonFactory();

  private final PrintStream out;
  private final Environment environment;

  JsonView(OutputStream out, Environment environment) {
    this.out = new PrintStream(out, false, StandardCharsets.UTF_8);
    this.environment = environment;
  }

  /** Writes the fields of an event. */
  @FunctionalInterface
  private interface Fields {
    void write(JsonGenerator json) throws IOException;
  }

  private void event(String name, Instant now, Fields fields) {
    var line = new StringWriter();
    try (var json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("event", name);
      json.writeStringField("time", now.toString());
      fields.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("a writer in memory does not fail", e);
    }
    out.print(line.append('\n'));
    out.flush();
  }

  @Override
  public void accept(SyncEvent event, Instant now) {
    switch (event) {
      case SyncProgress progress -> event("progress", now, json -> fields(json, progress));
      case SyncError error ->
        event("error", now, json -> {
          json.writeStringField("store", error.store());
          fields(json, error);
        });
      case SyncPlanned planned -> event("planned", now, json -> fields(json, planned));
      case AuditFinding finding -> event("finding", now, json -> fields(json, finding));
      case AuditDone done -> event("audit", now, json -> fields(json, done));
      case OutgoingMail.Message message -> outgoing(message, now);
      case StoreDone done -> event("done", now, json -> fields(json, done));
    }
  }

  private static void fields(JsonGenerator json, SyncProgress progress) throws IOException {
    json.writeStringField("store", progress.store());
    json.writeStringField("phase", progress.phase().name().toLowerCase(Locale.ROOT));
    json.writeStringField("step", progress.step());
    optional(json, "folder", progress.folder());
    json.writeNumberField("index", progress.index());
    json.writeNumberField("indexMax", progress.indexMax());
    json.writeNumberField("foldersDone", progress.foldersDone());
    json.writeNumberField("folders", progress.folders());
    json.writeNumberField("messagesDone", progress.messagesDone());
    json.writeNumberField("messages", progress.messages());
    json.writeNumberField("bytesDone", progress.bytesDone());
    json.writeNumberField("bytes", progress.bytes());
  }

  private static void fields(JsonGenerator json, SyncError error) throws IOException {
    optional(json, "folder", error.folder());
    optional(json, "message", error.message());
    result(json, error.code());
    json.writeStringField("kind", error.kind());
    json.writeStringField("severity", error.severity().name().toLowerCase(Locale.ROOT));
    json.writeStringField("doing", error.doing());
    json.writeStringField("said", error.said());
    json.writeStringField("next", error.next());
    json.writeStringField("text", error.text());
  }

  private static void fields(JsonGenerator json, SyncPlanned planned) throws IOException {
    json.writeStringField("store", planned.store());
    json.writeStringField("act", planned.act());
    json.writeStringField("where", planned.here() ? "here" : "server");
    json.writeStringField("folder", planned.folder());
    optional(json, "message", planned.message());
    optional(json, "to", planned.to());
    flags(json, "add", planned.add());
    flags(json, "clear", planned.clear());
    if (planned.size().isPresent()) {
      json.writeNumberField("size", planned.size().getAsLong());
    }
  }

  private static void fields(JsonGenerator json, AuditFinding finding) throws IOException {
    json.writeStringField("store", finding.store());
    json.writeStringField("kind", finding.kind());
    json.writeStringField("folder", finding.folder());
    json.writeStringField("where", finding.here() ? "here" : "server");
    optional(json, "localKey", finding.localKey());
    optional(json, "serverKey", finding.serverKey());
    optional(json, "digest", finding.digest());
    json.writeBooleanField("pending", finding.pending());
    json.writeBooleanField("left", finding.left());
    json.writeStringField("text", finding.what());
  }

  private static void fields(JsonGenerator json, AuditDone done) throws IOException {
    json.writeStringField("store", done.store());
    json.writeNumberField("folders", done.folders());
    json.writeNumberField("messagesHere", done.messagesHere());
    json.writeNumberField("messagesThere", done.messagesThere());
    json.writeNumberField("differences", done.differences());
    json.writeNumberField("pending", done.pending());
    if (done.left().isPresent()) {
      json.writeNumberField("left", done.left().getAsLong());
    }
    json.writeNumberField("failed", done.failed());
  }

  private static void flags(JsonGenerator json, String name, List<String> flags)
      throws IOException {
    json.writeArrayFieldStart(name);
    for (var flag : flags) {
      json.writeString(flag);
    }
    json.writeEndArray();
  }

  private static void fields(JsonGenerator json, StoreDone done) throws IOException {
    json.writeStringField("store", done.store());
    result(json, done.code());
    json.writeNumberField("exitCode", done.exitCode());
    json.writeNumberField("copied", done.copied());
    json.writeNumberField("sent", done.sent());
    json.writeNumberField("moved", done.moved());
    json.writeNumberField("flagged", done.flagged());
    json.writeNumberField("removed", done.removed());
    json.writeNumberField("failed", done.failed());
    json.writeNumberField("withheld", done.withheld());
    json.writeNumberField("leftOut", done.leftOut());
    json.writeNumberField("bytesIn", done.bytesIn());
    json.writeNumberField("bytesOut", done.bytesOut());
    json.writeNumberField("roundTrips", done.roundTrips());
    json.writeNumberField("durationMillis", done.duration().toMillis());
  }

  private static void result(JsonGenerator json, Code code) throws IOException {
    json.writeStringField("result", code.name());
    json.writeStringField("hresult", code.hex());
  }

  private static void optional(JsonGenerator json, String name, Optional<String> value)
      throws IOException {
    if (value.isPresent()) {
      json.writeStringField(name, value.get());
    }
  }

  @Override
  public void tick(Instant now) {}

  @Override
  public void stopping() {}

  @Override
  public void note(String line) {}

  @Override
  public void warning(String text) {
    general(HResult.MAPI_W_ERRORS_RETURNED, "configuration", "warning", text);
  }

  @Override
  public void trouble(Trouble trouble) {
    if (trouble.error().isPresent()) {
      accept(trouble.error().get(), environment.clock().instant());
    } else {
      var kind = trouble.kind().name().toLowerCase(Locale.ROOT).replace('_', '-');
      general(Verdicts.result(trouble.kind()), kind, "error", trouble.text());
    }
  }

  private void general(HResult result, String kind, String severity, String text) {
    event("error", environment.clock().instant(), json -> {
      json.writeStringField("result", result.name().orElseGet(result::hex));
      json.writeStringField("hresult", result.hex());
      json.writeStringField("kind", kind);
      json.writeStringField("severity", severity);
      json.writeStringField("doing", "");
      json.writeStringField("said", text);
      json.writeStringField("next", "");
      json.writeStringField("text", text);
    });
  }

  @Override
  public void status(StoreView store, Instant now) {
    event("status", now, json -> {
      json.writeStringField("store", store.store());
      if (store.unreadable().isPresent()) {
        json.writeObjectFieldStart("unreadable");
        fields(json, store.unreadable().get());
        json.writeEndObject();
      }
      if (store.lastRun().isPresent()) {
        lastRun(json, store.lastRun().get());
      }
      json.writeNumberField("messages", store.messages());
      json.writeArrayFieldStart("folders");
      for (var folder : store.folders()) {
        json.writeStartObject();
        json.writeStringField("name", folder.name());
        json.writeNumberField("messages", folder.messages());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeArrayFieldStart("troubles");
      for (var trouble : store.troubles()) {
        json.writeStartObject();
        fields(json, trouble.error());
        json.writeStringField("since", trouble.since().toString());
        json.writeNumberField("tries", trouble.tries());
        json.writeStringField("nextTry", trouble.nextTry().toString());
        json.writeEndObject();
      }
      json.writeEndArray();
    });
  }

  @Override
  public void outbox(List<OutgoingMail.Message> messages, Instant now) {
    messages.forEach(message -> outgoing(message, now));
  }

  @Override
  public void submitted(long id) {
    event("submitted", environment.clock().instant(), json -> json.writeNumberField("id", id));
  }

  private void outgoing(OutgoingMail.Message message, Instant now) {
    event("outgoing", now, json -> {
      json.writeStringField("store", message.store());
      json.writeNumberField("id", message.id());
      json.writeStringField("state", message.state());
      json.writeStringField("transport", message.transport());
      json.writeStringField("sender", message.sender());
      json.writeArrayFieldStart("recipients");
      for (var recipient : message.recipients()) {
        json.writeStartObject();
        json.writeStringField("address", recipient.address());
        optional(json, "verdict", recipient.verdict());
        json.writeStringField("said", recipient.said());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeStringField("messageId", message.messageId());
      json.writeStringField("subject", message.subject());
      json.writeNumberField("size", message.size());
      json.writeStringField("submitted", message.submitted().toString());
      json.writeNumberField("tries", message.tries());
      optional(json, "nextTry", message.nextTry().map(Instant::toString));
      if (message.trouble().isPresent()) {
        json.writeObjectFieldStart("trouble");
        fields(json, message.trouble().get());
        json.writeEndObject();
      }
    });
  }

  private static void lastRun(JsonGenerator json, LastRun run) throws IOException {
    json.writeObjectFieldStart("lastRun");
    json.writeStringField("started", run.started().toString());
    json.writeStringField("ended", run.ended().toString());
    json.writeStringField("result", run.result());
    json.writeStringField("detail", run.detail());
    json.writeNumberField("copied", run.copied());
    json.writeNumberField("sent", run.sent());
    json.writeNumberField("moved", run.moved());
    json.writeNumberField("flagged", run.flagged());
    json.writeNumberField("removed", run.removed());
    json.writeNumberField("failed", run.failed());
    json.writeNumberField("withheld", run.withheld());
    json.writeEndObject();
  }

  @Override
  public void removed(String store, UndoArea.Entry entry, boolean restored, Instant now) {
    event("removed", now, json -> {
      json.writeStringField("store", store);
      json.writeStringField("id", entry.id());
      json.writeStringField("folder", entry.folder());
      json.writeStringField("removed", entry.removed().toString());
      json.writeNumberField("size", entry.size());
      json.writeStringField("from", entry.from());
      json.writeStringField("subject", entry.subject());
      json.writeStringField("date", entry.date());
      json.writeBooleanField("restored", restored);
    });
  }

  @Override
  public void demo(DemoCheck.Report report) {
    event("demo", environment.clock().instant(), json -> {
      json.writeStringField("directory", report.directory().toString());
      json.writeNumberField("folders", report.folders());
      json.writeNumberField("messages", report.messages());
      json.writeNumberField("exact", report.exact());
      json.writeNumberField("unexpected", report.unexpected());
      json.writeNumberField("copiedAgain", report.copiedAgain());
      json.writeBooleanField("good", report.good());
    });
  }

  @Override
  public void exit(int code, Instant now) {
    event("exit", now, json -> json.writeNumberField("exitCode", code));
  }

  @Override
  public void close() {}
}
