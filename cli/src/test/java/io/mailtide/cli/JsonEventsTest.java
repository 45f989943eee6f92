package io.mailtide.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.StoreView;
import io.mailtide.client.StoreView.Folder;
import io.mailtide.client.SyncEvent;
import io.mailtide.client.SyncEvent.AuditDone;
import io.mailtide.client.SyncEvent.AuditFinding;
import io.mailtide.client.SyncEvent.SyncPlanned;
import io.mailtide.client.UndoArea;
import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.StoreStatus.LastRun;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Holds {@code docs/json-events.md} and what is printed against each other. */
class JsonEventsTest {
  private static final Pattern ROW = Pattern.compile(
      "\\| `([A-Za-z.\\[\\]]+)` \\| (text|number|boolean|time|object|list)(, optional)? \\|.*");

  @TempDir
  Path home = Path.of("");

  private record Field(String type, boolean optional) {}

  /**
   * An event as it was printed: its fields with their types, those inside others by their full
   * names.
   */
  private record Printed(String event, Map<String, String> fields) {}

  @Test
  void everyEventOfEveryView_isAsDocumented() throws IOException {
    var documented = documentation();
    var printed = printed(everything());
    assertThat(printed.stream().map(Printed::event).distinct())
        .containsExactlyInAnyOrderElementsOf(
            documented.keySet().stream().filter(name -> !name.isEmpty()).toList());
    for (var event : documented.keySet()) {
      var seen = new TreeMap<String, String>();
      printed.stream()
          .filter(each -> each.event().equals(event))
          .forEach(each -> seen.putAll(each.fields()));
      if (!event.isEmpty()) {
        assertThat(seen).as("fields of %s", event).isEqualTo(types(documented, event));
      }
    }
  }

  @Test
  void realRuns_printWhatIsDocumented() throws IOException {
    var host = TestHost.in(home);
    var output = host.run("demo", "--json", home.resolve("demo").toString()).out()
        + host.run("--config", home.resolve("demo/config.toml").toString(), "--json", "status")
            .out()
        + host.run("sync", "--json").out();
    var documented = documentation();
    var printed = printed(output);
    assertThat(printed.stream().map(Printed::event))
        .contains("progress", "error", "done", "status", "demo", "exit");
    for (var each : printed) {
      var types = types(documented, each.event());
      assertThat(types).as(each.event()).containsAllEntriesOf(each.fields());
      types.keySet().removeIf(name -> optional(documented, each.event(), name));
      assertThat(each.fields().keySet()).as(each.event()).containsAll(types.keySet());
    }
    assertThat(printed.getLast().event()).isEqualTo("exit");
  }

  private static boolean optional(
      Map<String, Map<String, Field>> documented, String event, String name) {
    if (name.contains(".") || name.contains("[")) {
      return true;
    }
    var field = documented.getOrDefault(event, Map.of()).get(name);
    return field != null && field.optional();
  }

  private static void outbox(JsonView view, Instant now) {
    view.submitted(1);
    view.outbox(
        List.of(new OutgoingMail.Message(
            "Outbox",
            1,
            "queued",
            "work",
            "ann@example.org",
            List.of(new OutgoingMail.Recipient("bob@example.net", Optional.of("deferred"), "451")),
            "<1@example.org>",
            "one",
            7,
            now,
            1,
            Optional.of(now),
            Optional.of(Events.error("Outbox", "no")))),
        now);
  }

  private static String everything() {
    var out = new ByteArrayOutputStream();
    var view = new JsonView(out, Environment.system());
    var now = Events.START;
    view.accept(Events.copying("work", "INBOX", 10), now);
    view.accept(Events.error("work", "no"), now);
    view.accept(
        new SyncPlanned(
            "work",
            "copy",
            true,
            "INBOX",
            Optional.of("7"),
            Optional.of("Old"),
            List.of("\\Seen"),
            List.of("todo"),
            OptionalLong.of(12)),
        now);
    view.accept(
        new AuditFinding(
            "work",
            "changed",
            "INBOX",
            true,
            Optional.of("m1"),
            Optional.of("7"),
            Optional.of("00"),
            false,
            false,
            "it is another"),
        now);
    view.accept(new AuditDone("work", 1, 2, 3, 4, 5, OptionalLong.of(6), 7), now);
    view.accept(Events.done("work", 1, 2, 3, 4), now);
    outbox(view, now);
    view.warning("look at it");
    view.trouble(new Trouble(Fault.Kind.CONFIGURATION, "wrong"));
    view.removed(
        "work", new UndoArea.Entry("1f", "INBOX", now, 7, "Ann", "one", "today"), true, now);
    view.demo(new DemoCheck.Report(Path.of("/tmp/x"), 5, 300, 300, 0, 0, "mailtide"));
    var error = Events.error("work", "no");
    view.status(
        new StoreView(
            "work",
            Optional.of(new LastRun(now, now, "partial", "why", 1, 2, 3, 4, 5, 6, 7)),
            List.of(new Folder("INBOX", 7)),
            List.of(new StoreView.Trouble(error, now, 2, now)),
            Optional.of(error)),
        now);
    view.exit(1, now);
    return out.toString(StandardCharsets.UTF_8);
  }

  /**
   * The documented fields of an event with their types; some lists and objects share those of
   * {@code error}.
   */
  private static Map<String, String> types(
      Map<String, Map<String, Field>> documented, String event) {
    var types = new TreeMap<String, String>();
    documented.getOrDefault("", Map.of()).forEach((name, field) -> types.put(name, field.type()));
    documented
        .getOrDefault(event, Map.of())
        .forEach((name, field) -> types.put(name, field.type()));
    var shared =
        Map.of("status", List.of("unreadable.", "troubles[]."), "outgoing", List.of("trouble."));
    for (var prefix : shared.getOrDefault(event, List.of())) {
      documented.getOrDefault("error", Map.of()).forEach((name, field) -> {
        if (!name.equals("store")) {
          types.put(prefix + name, field.type());
        }
      });
    }
    return types;
  }

  private static Map<String, Map<String, Field>> documentation() throws IOException {
    var events = new LinkedHashMap<String, Map<String, Field>>();
    var current = new LinkedHashMap<String, Field>();
    events.put("", current);
    for (var line : Files.readAllLines(Path.of("..", "docs", "json-events.md"))) {
      if (line.startsWith("## `")) {
        current = new LinkedHashMap<>();
        events.put(line.substring(4, line.length() - 1), current);
      }
      var row = ROW.matcher(line);
      if (row.matches()) {
        current.put(row.group(1), new Field(row.group(2), row.group(3) != null));
      } else {
        assertThat(line).as("a row that is not understood").doesNotStartWith("| `");
      }
    }
    return events;
  }

  private static List<Printed> printed(String output) throws IOException {
    var printed = new ArrayList<Printed>();
    for (var line : output.lines().toList()) {
      var fields = new TreeMap<String, String>();
      var event = new String[] {""};
      try (var json = new JsonFactory().createParser(line)) {
        assertThat(json.nextToken()).isEqualTo(JsonToken.START_OBJECT);
        object(json, "", fields, event);
        assertThat(json.nextToken()).isNull();
      }
      printed.add(new Printed(event[0], fields));
    }
    return printed;
  }

  private static void object(
      JsonParser json, String prefix, Map<String, String> fields, String[] event)
      throws IOException {
    while (json.nextToken() != JsonToken.END_OBJECT) {
      var name = json.currentName();
      var token = json.nextToken();
      if (prefix.isEmpty() && name.equals("event")) {
        event[0] = json.getText();
      }
      fields.put(prefix + name, type(json, token));
      if (token == JsonToken.START_OBJECT) {
        object(json, prefix + name + ".", fields, event);
      } else if (token == JsonToken.START_ARRAY) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
          if (json.currentToken() == JsonToken.START_OBJECT) {
            object(json, prefix + name + "[].", fields, event);
          }
        }
      }
    }
  }

  private static String type(JsonParser json, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_STRING -> isTime(json.getText()) ? "time" : "text";
      case VALUE_NUMBER_INT -> "number";
      case VALUE_TRUE, VALUE_FALSE -> "boolean";
      case START_OBJECT -> "object";
      case START_ARRAY -> "list";
      default -> token.name();
    };
  }

  private static boolean isTime(String text) {
    return text.matches("\\d{4}-\\d\\d-\\d\\dT.*Z") && Instant.parse(text).isAfter(Instant.EPOCH);
  }

  @Test
  void text_isNeverBroken_whateverAServerSays() throws IOException {
    var out = new ByteArrayOutputStream();
    SyncEvent event = Events.error("work", "a\n\"b\"\u0000\u001b é 日");
    new JsonView(out, Environment.system()).accept(event, Events.START);
    var text = out.toString(StandardCharsets.UTF_8);
    assertThat(text.lines()).hasSize(1);
    assertThat(printed(text)).hasSize(1);
  }

  @Test
  void howFarSendingIs_isToldAsHowFarCopyingIs() {
    var out = new ByteArrayOutputStream();
    new JsonView(out, Environment.system()).accept(Events.sending(3), Events.START);
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("\"store\":\"Outbox\"", "\"phase\":\"sending\"", "\"messagesDone\":3");
  }
}
