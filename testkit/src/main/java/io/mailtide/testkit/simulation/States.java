package io.mailtide.testkit.simulation;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Where the states of simulated stores are: a directory, in memory where there is such a place. It
 * keeps the connection to the database, with its prepared statements, from run to run and from life
 * to life, for making them took half of all time. To a run it is as one of its own: what was not
 * committed when it is closed, also by a kill, is rolled back. One thread at a time.
 */
final class States implements AutoCloseable {
  private static final Path MEMORY = Path.of("/dev/shm");

  final Path directory;
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  @Nullable
  private Connection kept;

  States() throws IOException {
    directory = Files.isWritable(MEMORY)
        ? Files.createTempDirectory(MEMORY, "mailtide")
        : Files.createTempDirectory("mailtide");
  }

  /** The connection for a run. */
  Connection connect(String url, Properties settings) throws SQLException {
    if (kept == null) {
      kept = DriverManager.getConnection(url, settings);
    }
    var real = kept;
    return (Connection) Proxy.newProxyInstance(
        States.class.getClassLoader(),
        new Class<?>[] {Connection.class},
        (_, method, arguments) -> switch (method.getName()) {
          case "prepareStatement" -> prepared(real, (String) Objects.requireNonNull(arguments)[0]);
          case "close" -> {
            rollBack(real);
            yield null;
          }
          default -> {
            try {
              yield method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
              throw e.getCause();
            }
          }
        });
  }

  private PreparedStatement prepared(Connection real, String sql) throws SQLException {
    var statement = prepared.get(sql);
    if (statement == null) {
      statement = real.prepareStatement(sql);
      prepared.put(sql, statement);
    }
    return statement;
  }

  private static void rollBack(Connection real) throws SQLException {
    if (!real.getAutoCommit()) {
      real.rollback();
      real.setAutoCommit(true);
    }
  }

  /** Nothing is known of the store: its database is as when it was made. */
  void clear() {
    if (kept == null) {
      return;
    }
    try (var statement = kept.createStatement()) {
      var tables = new ArrayList<String>();
      try (var rows =
          statement.executeQuery("SELECT name FROM main.sqlite_schema WHERE type = 'table'")) {
        while (rows.next()) {
          tables.add(rows.getString(1));
        }
      }
      kept.setAutoCommit(false);
      for (var table : tables) {
        statement.executeUpdate("DELETE FROM main." + table);
      }
      kept.commit();
      kept.setAutoCommit(true);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      if (kept != null) {
        kept.close();
      }
    } catch (SQLException e) {
      throw new IOException(e);
    }
    try (var files = Files.walk(directory)) {
      for (var file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
