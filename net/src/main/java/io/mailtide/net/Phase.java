package io.mailtide.net;

/** What is waited for: each has a time limit of its own in {@link Timeouts}. */
public enum Phase {
  /** The name being resolved and TCP being connected. */
  CONNECT("connecting to"),
  /** TLS being agreed upon. */
  HANDSHAKE("setting up TLS with"),
  /** The first words of the server. */
  GREETING("waiting for the greeting of"),
  /** The next answer to a command. */
  COMMAND("waiting for an answer of"),
  /** The next bytes of a message. */
  BODY("reading a message from"),
  /** The server taking in the next bytes of a message. */
  UPLOAD("sending a message to"),
  /** The server taking a message over that it has been sent whole. */
  ACCEPTANCE("waiting for a message to be taken by"),
  /** The answer to a farewell. */
  LOGOUT("saying goodbye to");

  private final String doing;

  Phase(String doing) {
    this.doing = doing;
  }

  /** A clause that lacks only the peer: "connecting to". */
  String doing() {
    return doing;
  }
}
