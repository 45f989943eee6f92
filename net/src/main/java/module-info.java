/** Sockets, TLS, deadlines, byte counts, and the pump around a protocol machine. */
module io.mailtide.net {
  requires static org.jspecify;
  requires transitive io.mailtide.wire;

  exports io.mailtide.net;
}
