package io.mailtide.cli;

import io.mailtide.client.Verdicts;
import io.mailtide.engine.Fault;

/**
 * The program cannot do what it was asked for, before or beside any store. The message is a line or
 * two for people.
 */
final class Trouble extends Exception {
  private static final long serialVersionUID = 1L;

  private final Fault.Kind kind;

  Trouble(Fault.Kind kind, String text) {
    super(text);
    this.kind = kind;
  }

  static Trouble usage(String text) {
    return new Trouble(Fault.Kind.CONFIGURATION, text);
  }

  Fault.Kind kind() {
    return kind;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  int exitCode() {
    return Verdicts.exitCode(kind);
  }
}
