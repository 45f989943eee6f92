/** Protocols without input or output: framing, parsing, printing. */
module io.mailtide.wire {
  requires static org.jspecify;
  requires com.ongres.scram.client;

  exports io.mailtide.wire;
  exports io.mailtide.wire.imap;
  exports io.mailtide.wire.sasl;
  exports io.mailtide.wire.smtp;
}
