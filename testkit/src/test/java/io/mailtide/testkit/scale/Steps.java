package io.mailtide.testkit.scale;

import io.mailtide.engine.Environment;
import io.mailtide.engine.state.Connector;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.sqlite.JDBC;
import org.sqlite.ProgressHandler;

/**
 * The surroundings of a run that count the instructions of SQLite's virtual machine, statement by
 * statement: what a run costs, the same on every machine. To look a row up by an index is a few of
 * them, however many rows there are; to pass over one is a few, too.
 */
final class Steps implements Environment, Connector {
  /** So many are counted at once. */
  private static final int GRAIN = 20;

  private final Map<String, Long> counts = new TreeMap<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private String running = "";

  /** What was counted so far, by statement. */
  Map<String, Long> counts() {
    return counts;
  }

  /** Begins to count anew, some time later. */
  void begin(Duration later) {
    counts.clear();
    now = now.plus(later);
  }

  @Override
  public InstantSource clock() {
    return () -> now;
  }

  @Override
  public RandomGenerator random() {
    return new SplittableRandom(1);
  }

  @Override
  public void sleep(Duration duration) {
    now = now.plus(duration);
  }

  @Override
  public Connection connect(String url, Properties settings) throws SQLException {
    var real = JDBC.createConnection(url, settings);
    ProgressHandler.setHandler(real, GRAIN, new ProgressHandler() {
      @Override
      protected int progress() {
        if (!running.isEmpty()) {
          counts.merge(running, (long) GRAIN, Long::sum);
        }
        return 0; // go on
      }
    });
    return watched(Connection.class, real, "");
  }

  /** @param sql what is run by it; of a connection: nothing */
  private <T> T watched(Class<T> type, T real, String sql) {
    return type.cast(Proxy.newProxyInstance(
        Steps.class.getClassLoader(), new Class<?>[] {type}, (_, method, arguments) -> {
          running = sql;
          var result = called(method, real, arguments);
          return switch (result) {
            case PreparedStatement statement ->
              watched(PreparedStatement.class, statement, (String)
                  Objects.requireNonNull(arguments)[0]);
            case ResultSet rows -> watched(ResultSet.class, rows, sql);
            case null, default -> result;
          };
        }));
  }

  private static @Nullable Object called(
      Method method, Object real, @Nullable Object @Nullable [] arguments) throws Throwable {
    try {
      return method.invoke(real, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
