/** Sending by SMTP. */
module io.mailtide.transport.smtp {
  requires static org.jspecify;
  requires transitive io.mailtide.engine;
  requires io.mailtide.account;
  requires io.mailtide.net;
  requires io.mailtide.wire;

  exports io.mailtide.transport.smtp;

  provides io.mailtide.engine.send.TransportProvider with
      io.mailtide.transport.smtp.SmtpProvider;
}
