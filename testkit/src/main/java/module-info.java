/**
 * What tests share: in-memory replica, contract tests, scripted peer, real-server launchers,
 * corpus.
 */
module io.mailtide.testkit {
  requires static org.jspecify;
  requires transitive io.mailtide.engine;
  requires transitive org.junit.jupiter.api;
  requires org.assertj.core;
  requires java.sql;
  requires org.xerial.sqlitejdbc;

  exports io.mailtide.testkit;
}
