package io.mailtide.engine.state;

import io.mailtide.engine.Environment;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;

/**
 * Connects to the database of a state, where the {@link Environment} of a run is one of these. So a
 * simulation, which runs more often than any user, can hand out the same connection again: making
 * one costs more than a small run.
 */
public interface Connector {
  /**
   * Connects, in the run's thread, which closes it.
   *
   * @param url of JDBC
   */
  Connection connect(String url, Properties settings) throws SQLException;
}
