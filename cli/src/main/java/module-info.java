/** The mailtide program. */
module io.mailtide.cli {
  requires static org.jspecify;
  requires io.mailtide.client;
  requires io.mailtide.demo;
  requires info.picocli;
  requires com.fasterxml.jackson.core;
  requires java.logging;

  exports io.mailtide.cli;
}
