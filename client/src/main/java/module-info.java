/**
 * What Outlook is in the documents: profile, session, stores, and the Send/Receive view's events.
 */
module io.mailtide.client {
  requires static org.jspecify;
  requires transitive io.mailtide.engine;
  requires transitive io.mailtide.mapi;
  requires apache.mime4j.core;
  requires org.tomlj;

  exports io.mailtide.client;

  uses io.mailtide.engine.ReplicaProvider;
  uses io.mailtide.engine.send.TransportProvider;
}
