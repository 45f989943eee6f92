/** The mail server that mailtide demo starts on this machine. */
module io.mailtide.demo {
  requires static org.jspecify;
  requires greenmail;
  requires jakarta.mail;

  exports io.mailtide.demo;
}
