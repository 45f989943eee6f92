package io.mailtide.bench;

import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;

/**
 * What Mailtide costs in folders of growing size: to pull them, with nothing to do, and to find the
 * same few changes; of the last: messages carried, round trips, bytes on the wire, and rows of the
 * state that it changed.
 */
final class Growth {
  private static final List<Integer> SIZES = List.of(1_000, 10_000, 100_000, 1_000_000);
  private static final int SIZE = 1_000;

  /** How many messages are compared on both sides. */
  private static final int COMPARED_MAX = 100_000;

  private static final String USER = "ann";
  private static final int FLAGGED = 30;
  private static final int REMOVED = 10;
  private static final int NEW = 10;
  private static final int CONNECTIONS_MAX = 3;

  private final Tool.Mailtide tool;
  private final List<Integer> sizes;
  private final Path directory;
  private final PrintStream out;
  private int sequence;

  Growth(Tool.Mailtide tool, Path directory, PrintStream out) {
    this(tool, SIZES, directory, out);
  }

  Growth(Tool.Mailtide tool, List<Integer> sizes, Path directory, PrintStream out) {
    this.tool = tool;
    this.sizes = sizes;
    this.directory = directory;
    this.out = out;
  }

  /** What a folder of one size costs; the middle of several runs. */
  private record Row(int size, Execution pull, List<Execution> nothing, List<Cost> changes) {
    double nothingSeconds() {
      return middle(nothing, Execution::seconds);
    }

    double changesSeconds() {
      return middle(changes, cost -> cost.execution.seconds());
    }

    /** The most memory that any of the runs held. */
    double peakMib() {
      var most = pull.peakBytes();
      for (var one : nothing) {
        most = Math.max(most, one.peakBytes());
      }
      for (var one : changes) {
        most = Math.max(most, one.execution.peakBytes());
      }
      return most / (1_024.0 * 1_024);
    }

    List<String> cells() {
      return List.of(
          "%,d".formatted(size),
          "%.2f".formatted(pull.seconds()),
          "%.2f".formatted(nothingSeconds()),
          "%.2f".formatted(changesSeconds()),
          "%,.0f".formatted(middle(changes, Cost::carried)),
          "%,.0f".formatted(middle(changes, Cost::roundTrips)),
          "%,.0f".formatted(middle(changes, Cost::bytesIn)),
          "%,.0f".formatted(middle(changes, Cost::bytesOut)),
          "%,.0f".formatted(middle(changes, Cost::rows)),
          "%.0f".formatted(peakMib()));
    }
  }

  /** One run that found the changes. */
  private record Cost(
      Execution execution, long carried, long roundTrips, long bytesIn, long bytesOut, long rows) {}

  /** What came out. */
  record Outcome(String description, List<List<String>> cells, String plot) {
    private static final List<String> COLUMNS = List.of(
        "messages",
        "pull s",
        "nothing s",
        "changes s",
        "carried",
        "round trips",
        "bytes in",
        "bytes out",
        "rows",
        "peak MiB");

    String markdown() {
      var lines = new ArrayList<>(List.of(
          description,
          "",
          "| " + String.join(" | ", COLUMNS) + " |",
          "|---:".repeat(COLUMNS.size()) + "|"));
      cells.forEach(row -> lines.add("| " + String.join(" | ", row) + " |"));
      return String.join("\n", lines) + "\n";
    }
  }

  /** Runs and prints. */
  Outcome run(int rounds, long seed) throws IOException, InterruptedException {
    var changes = "%d flagged, %d removed, %d new".formatted(FLAGGED, REMOVED, NEW);
    var description =
        "One folder of growing size, %d-byte messages, Mailtide alone: a pull; nothing to do; "
                .formatted(SIZE)
            + "changes a side (%s). Seed %d, %d rounds after one pull, medians."
                .formatted(changes, seed, rounds);
    var format = "%10s %9s %9s %9s %9s %11s %10s %10s %8s %8s%n";
    out.printf("%ngrowth: %s%n", description);
    out.printf(format, Outcome.COLUMNS.toArray());
    var rows = new ArrayList<Row>();
    for (var size : sizes) {
      var row = row(size, rounds, seed);
      out.printf(format, row.cells().toArray());
      rows.add(row);
    }
    return new Outcome(description, rows.stream().map(Row::cells).toList(), plot(rows));
  }

  private Row row(int size, int rounds, long seed) throws IOException, InterruptedException {
    var place = directory.resolve(Integer.toString(size));
    var home = Files.createDirectories(place.resolve("growth"));
    try (var dovecot = Dovecot.builder()
            .user(USER, Case.PASSWORD)
            .setting("default_vsz_limit = 2 G") // else its processes are ended in large folders
            .start();
        var _ = Benchmark.keeping(dovecot, place)) {
      SyntheticMail.fill(dovecot, USER, "INBOX", size, SIZE, seed);
      var command = tool.prepare(home, dovecot.port(), USER);
      var pull = Execution.of(command, home, home.resolve("first.log"));
      var nothing = new ArrayList<Execution>();
      var changes = new ArrayList<Cost>();
      for (var round = 1; round <= rounds; round++) {
        nothing.add(Execution.of(command, home, home.resolve("nothing.log")));
        change(dovecot, home, seed + round);
        changes.add(measured(command, home));
      }
      if (size <= COMPARED_MAX
          && !tool.faithful(Contents.of(dovecot.mail(USER)), Contents.of(Tool.mail(home)))) {
        throw new IOException("growth: the sides differ at " + size + " messages");
      }
      return new Row(size, pull, nothing, changes);
    }
  }

  private static String plot(List<Row> rows) {
    var sizes = rows.stream().map(row -> (double) row.size).toList();
    return Plot.curves(
        "messages in the folder",
        "seconds",
        List.of(
            new Plot.Series(
                "pull", sizes, rows.stream().map(row -> row.pull.seconds()).toList()),
            new Plot.Series(
                "changes", sizes, rows.stream().map(Row::changesSeconds).toList()),
            new Plot.Series(
                "nothing to do", sizes, rows.stream().map(Row::nothingSeconds).toList())));
  }

  private static <T> double middle(List<T> runs, ToDoubleFunction<T> figure) {
    return Figures.middle(runs.stream().mapToDouble(figure).sorted().toArray());
  }

  /** A part of the changes at the server. */
  private interface Part {
    void make(ImapTalk talk);
  }

  /**
   * By message numbers: to be told a million UIDs first is more than some servers' processes can
   * hold. Where the server ends a connection all the same, the rest goes over another one.
   */
  private void changeThere(Dovecot dovecot, Random random) throws IOException {
    var parts = new ArrayDeque<Part>();
    parts.add(talk -> store(talk, random, FLAGGED, "\\Flagged"));
    parts.add(talk -> store(talk, random, REMOVED, "\\Deleted"));
    parts.add(talk -> talk.send("EXPUNGE"));
    for (var i = 0; i < NEW; i++) {
      var message = fresh();
      var arrived = Instant.ofEpochSecond(1_600_000_000L + sequence);
      parts.add(talk -> talk.append("INBOX", message, "", arrived));
    }
    for (var connection = 1; !parts.isEmpty(); connection++) {
      try (var talk = dovecot.talk(USER)) {
        talk.send("SELECT INBOX");
        while (!parts.isEmpty()) {
          parts.getFirst().make(talk);
          parts.removeFirst();
        }
      } catch (UncheckedIOException e) {
        if (connection == CONNECTIONS_MAX) {
          throw new IOException(
              "growth: Dovecot ends each connection; it logged " + dovecot.log(), e);
        }
      }
    }
  }

  /** Sets a flag on some messages of the selected folder. */
  private static void store(ImapTalk talk, Random random, int many, String flag) {
    var exists = talk.send("STATUS INBOX (MESSAGES)").getFirst().text();
    var messages = Integer.parseInt(exists.replaceAll("\\D+", ""));
    var numbers = random.ints(many, 1, messages + 1).mapToObj(Integer::toString).toList();
    talk.send("STORE %s +FLAGS.SILENT (%s)".formatted(String.join(",", numbers), flag));
  }

  private void change(Dovecot dovecot, Path home, long seed) throws IOException {
    var random = new Random(seed);
    changeThere(dovecot, random);
    var inbox = Tool.mail(home).resolve("INBOX");
    var files = new ArrayList<Path>();
    for (var place : List.of("new", "cur")) {
      try (var listed = Files.list(inbox.resolve(place))) {
        listed.sorted().forEach(files::add);
      }
    }
    for (var i = 0; i < FLAGGED + REMOVED; i++) {
      var file = files.remove(random.nextInt(files.size()));
      if (i < FLAGGED) {
        var base = file.getFileName().toString().replaceAll(":2,.*", "");
        Files.move(file, inbox.resolve("cur").resolve(base + ":2,R"));
      } else {
        Files.delete(file);
      }
    }
    for (var i = 0; i < NEW; i++) {
      Files.write(inbox.resolve("new").resolve("bench." + ++sequence), fresh());
    }
  }

  private byte[] fresh() {
    return SyntheticMail.message(-1, ++sequence, SIZE);
  }

  private Cost measured(List<String> command, Path home) throws IOException, InterruptedException {
    var state = home.resolve("state/bench.sqlite");
    var before = home.resolve("before.sqlite");
    Files.deleteIfExists(before);
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state);
        var statement = connection.createStatement()) {
      statement.execute("VACUUM INTO '" + before + "'");
    } catch (SQLException e) {
      throw new IOException("copying the state", e);
    }
    var log = home.resolve("run.log");
    var execution = Execution.of(command, home, log);
    var text = Files.readString(log);
    return new Cost(
        execution,
        number(text, "copied") + number(text, "sent"),
        number(text, "roundTrips"),
        number(text, "bytesIn"),
        number(text, "bytesOut"),
        rows(state, before));
  }

  private static long number(String log, String field) throws IOException {
    var found = Pattern.compile("\"event\":\"done\".*\"" + field + "\":(\\d+)").matcher(log);
    if (!found.find()) {
      throw new IOException("no " + field + " in the run's output");
    }
    return Long.parseLong(found.group(1));
  }

  /** How many rows came or went; one that changed did both. */
  private static long rows(Path state, Path before) throws IOException {
    try (var connection = DriverManager.getConnection("jdbc:sqlite:" + state);
        var statement = connection.createStatement()) {
      statement.execute("ATTACH '" + before + "' AS old");
      var changed = 0L;
      for (var table : List.of("folder", "message", "intent", "upload", "ledger", "last_run")) {
        for (var pair : List.of(
            "main.%1$s EXCEPT SELECT * FROM old.%1$s", "old.%1$s EXCEPT SELECT * FROM main.%1$s")) {
          changed += count(connection, "SELECT * FROM " + pair, table);
        }
      }
      return changed;
    } catch (SQLException e) {
      throw new IOException("comparing the state", e);
    }
  }

  private static long count(Connection connection, String query, String table) throws SQLException {
    try (var statement = connection.createStatement();
        var rows =
            statement.executeQuery("SELECT count(*) FROM (" + query.formatted(table) + ")")) {
      return rows.getLong(1);
    }
  }
}
