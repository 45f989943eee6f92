/**
 * The synchronisation engine: vocabulary, ports, planner, journal and state. Knows neither MAPI nor
 * IMAP.
 */
module io.mailtide.engine {
  requires static org.jspecify;
  requires transitive java.sql;
  requires org.xerial.sqlitejdbc;

  exports io.mailtide.engine;

  uses io.mailtide.engine.ReplicaProvider;
}
