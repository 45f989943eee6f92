package io.mailtide.engine.state;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;

/**
 * The SQLite file of one store, or of the Outbox: opening, schema version, transactions, and the
 * one place where its errors become faults. One thread at a time.
 *
 * <p>WAL with {@code synchronous=FULL}: a commit is durable when it returns, which is what the
 * journal rests upon. The database does the forcing and the replay of itself; what it cannot cover,
 * files and servers, is ordered by {@code run}.
 */
public final class Database implements AutoCloseable {
  /** So much may have to be done again when the process is killed. */
  private static final int WAITING_MAX = 1_000;

  private final Path file;
  private final Format format;
  private final Connection connection;
  private final Environment environment;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();
  private int waiting;

  /** Whether the transaction that is open, or one before, did what comes first in writing. */
  private boolean begun;

  private Optional<Fault> rolledBack = Optional.empty();

  private Database(Path file, Format format, Connection connection, Environment environment) {
    this.file = file;
    this.format = format;
    this.connection = connection;
    this.environment = environment;
  }

  /** Loads SQLite's driver, which takes a good part of a short run. Any thread; never throws. */
  public static void preload() {
    Objects.requireNonNull(Driver.SETTINGS);
  }

  /** Opens a store's state for a run, making it where it is missing. */
  public static Database open(Path file, Environment environment) throws FaultException {
    return open(file, Schema.FORMAT, environment);
  }

  /** Opens the state of an Outbox to change it, making it where it is missing. */
  public static Database openOutbox(Path file, Environment environment) throws FaultException {
    return open(file, OutboxSchema.FORMAT, environment);
  }

  private static Database open(Path file, Format format, Environment environment)
      throws FaultException {
    try {
      var _ = StoreLock.makeDirectory(file);
      StoreLock.makeFile(file); // before SQLite does, whose journals get the same rights
    } catch (IOException e) {
      throw new FaultException(
          Fault.of(
              Kind.DISK,
              Reach.REPLICA,
              "making the state directory " + file.getParent(),
              e.getClass().getSimpleName() + ": " + e.getMessage(),
              "Make it writable, or set state-dir."),
          e);
    }
    return connect(file, format, false, environment);
  }

  /** Opens a store's state for reading while others may write; absent where there is none. */
  public static Optional<Database> openToRead(Path file) throws FaultException {
    return openToRead(file, Schema.FORMAT);
  }

  /** Opens the state of an Outbox likewise. */
  public static Optional<Database> openOutboxToRead(Path file) throws FaultException {
    return openToRead(file, OutboxSchema.FORMAT);
  }

  private static Optional<Database> openToRead(Path file, Format format) throws FaultException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    var database = connect(file, format, true, Environment.system());
    if (database.read(() -> database.number("PRAGMA user_version")) > 0) {
      return Optional.of(database);
    }
    database.close();
    return Optional.empty(); // a first run has just begun
  }

  /** Opens a copy of a store's state, in memory, that is gone when it is closed. */
  public static Database openCopy(Path file) throws FaultException {
    var there = Files.exists(file);
    if (there) {
      connect(file, Schema.FORMAT, true, Environment.system()).close(); // whose it is, and how new
    }
    var copy = connect(Path.of(":memory:"), Schema.FORMAT, false, Environment.system());
    if (there) {
      copy.read(() -> {
        copy.execute("ATTACH '" + file.toString().replace("'", "''") + "' AS original");
        var inserts = new ArrayList<String>();
        // An older format has fewer columns.
        try (var rows = copy.query("""
            SELECT format('INSERT INTO main.%s (%s) SELECT %s FROM original.%s', t, c, c, t)
            FROM (SELECT name AS t, (SELECT group_concat(name)
                FROM pragma_table_info(s.name, 'original')) AS c
              FROM original.sqlite_schema s WHERE type = 'table')""")) {
          while (rows.next()) {
            inserts.add(rows.getString(1));
          }
        }
        copy.execute(inserts.toArray(String[]::new));
        copy.execute("DETACH original");
        return inserts;
      });
    }
    return copy;
  }

  private static Database connect(Path file, Format format, boolean toRead, Environment environment)
      throws FaultException {
    var url = "jdbc:sqlite:" + file;
    try {
      var connection = environment instanceof Connector connector
          ? connector.connect(url, Driver.SETTINGS)
          : JDBC.createConnection(url, Driver.SETTINGS);
      var database = new Database(file, format, connection, environment);
      try {
        database.prepare(toRead);
        return database;
      } catch (SQLException | FaultException e) {
        database.close();
        throw e;
      }
    } catch (SQLException e) {
      throw format.translate(file, e);
    }
  }

  private void prepare(boolean toRead) throws SQLException, FaultException {
    // In this order, for another may be making the file just now, all at once.
    var tables = number("SELECT count(*) FROM sqlite_schema");
    var application = number("PRAGMA application_id");
    var version = number("PRAGMA user_version");
    if (tables > 0 && application != format.mark()) {
      throw format.damaged(file, "it is an SQLite file of another program");
    }
    if (version > format.version()) {
      throw format.newer(file, version);
    }
    if (!toRead) {
      execute("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "PRAGMA cache_size=-16384");
      if (version < format.version()) {
        upgrade();
      }
      execute(format.forRuns().toArray(String[]::new));
    }
  }

  /** Several may come to make the file at once: the first one does. */
  private void upgrade() throws SQLException, FaultException {
    execute("BEGIN IMMEDIATE");
    var done = false;
    try {
      var version = number("PRAGMA user_version");
      if (version < format.version()) {
        execute(format.from().apply((int) version).toArray(String[]::new));
      }
      environment.beforeCommit();
      execute("COMMIT");
      done = true;
    } finally {
      if (!done) {
        undo(() -> execute("ROLLBACK"));
      }
    }
  }

  /** The number that a query without parameters gives. */
  long number(String sql) throws SQLException {
    try (var statement = connection.createStatement();
        var result = statement.executeQuery(sql)) {
      result.next();
      return result.getLong(1);
    }
  }

  private void execute(String... statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (var sql : statements) {
        statement.execute(sql);
      }
    }
  }

  /** Some reads or writes. */
  @FunctionalInterface
  interface Work<T> {
    T run() throws SQLException, FaultException;
  }

  /** Some reads or writes without a result. */
  @FunctionalInterface
  interface Task {
    void run() throws SQLException, FaultException;
  }

  <T> T read(Work<T> work) throws FaultException {
    try {
      return work.run();
    } catch (SQLException e) {
      throw format.translate(file, e);
    }
  }

  /**
   * Runs all of the task and makes it durable, together with all that waits, or none of it. To be
   * used before an act that rests on what is written.
   */
  void transaction(Task task) throws FaultException {
    write(task, 0);
  }

  /**
   * Runs the task, and makes it durable with the next {@link #transaction}, or after some more of
   * its kind. What is written first is never durable later, so this is enough for all that nothing
   * but other writes rests upon. What waits is dropped by {@link #close}, as if the process had
   * been killed.
   */
  void later(Task task) throws FaultException {
    write(task, WAITING_MAX);
  }

  /**
   * Makes durable what waits, and this, upon which nothing that a run decides rests: so the
   * {@linkplain State.Rest rest} is not over for that.
   */
  void aside(Task task) throws FaultException {
    begun = true;
    try {
      transaction(task);
    } finally {
      begun = false;
    }
  }

  private void write(Task task, int waitingMax) throws FaultException {
    if (rolledBack.isPresent()) {
      throw new FaultException(rolledBack.get());
    }
    try {
      inTransaction(task, waitingMax);
    } catch (SQLException e) {
      var failure = format.translate(file, e);
      rolledBack = Optional.of(failure.fault());
      throw failure;
    } catch (FaultException e) {
      rolledBack = Optional.of(e.fault());
      throw e;
    }
  }

  /**
   * Lets writes go on after one failed. Until then all of them fail alike: what waited was rolled
   * back with it, and what is written next would rest on that. To be called where all begins anew.
   */
  public void resume() {
    rolledBack = Optional.empty();
  }

  private void inTransaction(Task task, int waitingMax) throws SQLException, FaultException {
    connection.setAutoCommit(false);
    var done = false;
    try {
      for (var sql : begun ? List.<String>of() : format.onWrite()) {
        update(sql);
      }
      begun = true;
      task.run();
      if (++waiting > waitingMax) {
        environment.beforeCommit();
        connection.commit();
        connection.setAutoCommit(true);
        waiting = 0;
      }
      done = true;
    } finally {
      if (!done) {
        begun = false;
        waiting = 0;
        undo(connection::rollback);
        undo(() -> connection.setAutoCommit(true));
      }
    }
  }

  @FunctionalInterface
  private interface Undoing {
    void run() throws SQLException;
  }

  /** Where the disk is full, SQLite may have rolled back by itself: then there is nothing left. */
  private void undo(Undoing undoing) {
    try {
      undoing.run();
    } catch (SQLException e) {
      System.getLogger(Database.class.getName())
          .log(System.Logger.Level.DEBUG, "rolling back in " + file, e);
    }
  }

  /**
   * The statement, prepared once, with these parameters: keys, texts, numbers, bytes, or null.
   *
   * <p>SQLite looks at small integers that are compared with columns, and plans a join anew
   * whenever they change, which takes ten to fifty times as long as running it. Behind a plus it
   * does not see them.
   */
  PreparedStatement bind(String sql, @Nullable Object... parameters) throws SQLException {
    var statement = prepared.get(sql);
    if (statement == null) {
      statement = connection.prepareStatement(sql.replace("= ?", "= +?"));
      prepared.put(sql, statement);
    }
    for (var i = 0; i < parameters.length; i++) {
      var value = parameters[i];
      statement.setObject(i + 1, value instanceof MessageKey key ? Schema.stored(key) : value);
    }
    return statement;
  }

  /** Runs a statement that writes, and says how many rows it changed. */
  int update(String sql, @Nullable Object... parameters) throws SQLException {
    return bind(sql, parameters).executeUpdate();
  }

  /** Whether a query finds anything. */
  boolean exists(String sql, @Nullable Object... parameters) throws FaultException {
    return read(() -> {
      try (var rows = query(sql, parameters)) {
        return rows.next();
      }
    });
  }

  ResultSet query(String sql, @Nullable Object... parameters) throws SQLException {
    return bind(sql, parameters).executeQuery();
  }

  /** What the keys after this one are greater than; absent: all of them. */
  static Object after(Optional<MessageKey> key) {
    // Numbers come before texts, and keys are never negative: -1 is before all of them.
    return key.isPresent() ? key.get() : Long.valueOf(-1);
  }

  /** The keys in the first column of what a query finds. */
  List<MessageKey> keys(String sql, Object... parameters) throws FaultException {
    return read(() -> {
      try (var rows = query(sql, parameters)) {
        var keys = new ArrayList<MessageKey>();
        while (rows.next()) {
          keys.add(new MessageKey(rows.getString(1)));
        }
        return keys;
      }
    });
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      System.getLogger(Database.class.getName())
          .log(System.Logger.Level.DEBUG, "closing " + file, e);
    }
  }
}
