/** How a server is reached and signed in to: what all protocols share. */
module io.mailtide.account {
  requires static org.jspecify;
  requires transitive io.mailtide.engine;
  requires transitive io.mailtide.net;
  requires transitive io.mailtide.wire;

  exports io.mailtide.account;
}
