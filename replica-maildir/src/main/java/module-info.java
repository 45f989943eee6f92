/** The Maildir side of a synchronisation. */
module io.mailtide.replica.maildir {
  requires static org.jspecify;
  requires transitive io.mailtide.engine;

  exports io.mailtide.replica.maildir;

  provides io.mailtide.engine.ReplicaProvider with
      io.mailtide.replica.maildir.MaildirProvider;
}
