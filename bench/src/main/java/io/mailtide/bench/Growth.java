package io.mailtide.bench;

import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.SyntheticMail;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import java.util.regex.Pattern;

/**
 * What a run costs that finds the same few changes in folders of growing size: messages carried,
 * round trips, bytes on the wire, rows of the state that it changed, and time.
 */
final class Growth {
  private static final int[] SIZES = {1_000, 10_000, 100_000};
  private static final int SIZE = 5_000;
  private static final int FLAGGED = 30;
  private static final int REMOVED = 10;
  private static final int NEW = 10;

  private final Tool.Mailtide tool;
  private final Path directory;
  private final PrintStream out;
  private int sequence;

  Growth(Tool.Mailtide tool, Path directory, PrintStream out) {
    this.tool = tool;
    this.directory = directory;
    this.out = out;
  }

  /** One run that found the changes. */
  private record Cost(
      long carried, long roundTrips, long bytesIn, long bytesOut, long rows, long millis) {}

  /** Runs and prints. */
  void run(int rounds, long seed) throws IOException, InterruptedException {
    out.printf(
        "%ngrowth: %d changes a side (%d flagged, %d removed, %d new), seed %d, %d rounds, medians%n",
        FLAGGED + REMOVED + NEW, FLAGGED, REMOVED, NEW, seed, rounds);
    out.printf(
        "%10s %9s %12s %10s %10s %8s %9s%n",
        "messages", "carried", "round trips", "bytes in", "bytes out", "rows", "seconds");
    for (var size : SIZES) {
      Benchmark.delete(directory);
      var home = Files.createDirectories(directory.resolve("growth"));
      try (var dovecot = Dovecot.builder().user(Case.USER, Case.PASSWORD).start()) {
        SyntheticMail.fill(dovecot, Case.USER, "INBOX", size, SIZE, seed);
        var command = tool.prepare(home, dovecot.port());
        Execution.of(command, home, home.resolve("first.log"));
        var costs = new ArrayList<Cost>();
        for (var round = 1; round <= rounds; round++) {
          change(dovecot, home, seed + round);
          costs.add(measured(command, home));
        }
        out.printf(
            "%10d %9d %12d %10d %10d %8d %9.2f%n",
            size,
            median(costs, Cost::carried),
            median(costs, Cost::roundTrips),
            median(costs, Cost::bytesIn),
            median(costs, Cost::bytesOut),
            median(costs, Cost::rows),
            median(costs, Cost::millis) / 1e3);
      } finally {
        Benchmark.delete(directory);
      }
    }
  }

  private static long median(List<Cost> costs, ToLongFunction<Cost> field) {
    return costs.stream()
        .mapToLong(field)
        .sorted()
        .skip(costs.size() / 2)
        .findFirst()
        .orElse(0);
  }

  private void change(Dovecot dovecot, Path home, long seed) throws IOException {
    var random = new Random(seed);
    try (var talk = dovecot.talk(Case.USER)) {
      talk.send("SELECT INBOX");
      var uids = uids(talk);
      for (var i = 0; i < FLAGGED + REMOVED; i++) {
        var uid = uids.get(random.nextInt(uids.size()));
        talk.send("UID STORE %s +FLAGS.SILENT (%s)"
            .formatted(uid, i < FLAGGED ? "\\Flagged" : "\\Deleted"));
      }
      talk.send("EXPUNGE");
      for (var i = 0; i < NEW; i++) {
        talk.append("INBOX", fresh(), "", Instant.ofEpochSecond(1_600_000_000L + sequence));
      }
    }
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

  private static List<String> uids(ImapTalk talk) {
    var found = talk.send("UID SEARCH ALL").getFirst().text();
    return List.of(found.substring("* SEARCH ".length()).strip().split(" ", -1));
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
    Execution.of(command, home, log);
    var text = Files.readString(log);
    return new Cost(
        number(text, "copied") + number(text, "sent"),
        number(text, "roundTrips"),
        number(text, "bytesIn"),
        number(text, "bytesOut"),
        rows(state, before),
        number(text, "durationMillis"));
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
