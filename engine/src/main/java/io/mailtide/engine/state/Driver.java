package io.mailtide.engine.state;

import java.sql.SQLException;
import java.util.Properties;
import org.sqlite.JDBC;
import org.sqlite.SQLiteConfig;

/** SQLite's driver, loaded by whoever comes first; others wait. */
final class Driver {
  /** What every connection is made with. */
  static final Properties SETTINGS = load();

  private Driver() {}

  private static Properties load() {
    var config = new SQLiteConfig();
    config.setBusyTimeout(5_000);
    config.setGetGeneratedKeys(false); // a statement more after each
    var settings = config.toProperties();
    try {
      JDBC.createConnection("jdbc:sqlite::memory:", settings).close();
    } catch (SQLException e) {
      // Opening a file comes to the same, where it can be told.
      System.getLogger(Driver.class.getName())
          .log(System.Logger.Level.DEBUG, "loading SQLite's library", e);
    }
    return settings;
  }
}
