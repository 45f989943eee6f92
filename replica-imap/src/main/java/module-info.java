/** The IMAP side of a synchronisation. */
module io.mailtide.replica.imap {
  requires static org.jspecify;
  requires transitive io.mailtide.engine;
  requires io.mailtide.account;
  requires io.mailtide.net;
  requires io.mailtide.wire;

  exports io.mailtide.replica.imap;

  provides io.mailtide.engine.ReplicaProvider with
      io.mailtide.replica.imap.ImapProvider;
}
