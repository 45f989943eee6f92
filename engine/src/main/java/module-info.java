/**
 * The synchronisation engine: vocabulary, ports, planner, journal and state. Knows neither MAPI nor
 * IMAP.
 */
module io.mailtide.engine {
  requires static org.jspecify;
  requires java.sql;
  requires org.xerial.sqlitejdbc;

  exports io.mailtide.engine;
  exports io.mailtide.engine.send;
  exports io.mailtide.engine.state to
      io.mailtide.testkit;

  uses io.mailtide.engine.ReplicaProvider;
}
