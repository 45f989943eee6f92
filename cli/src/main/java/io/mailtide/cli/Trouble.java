package io.mailtide.cli;

import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.Verdicts;
import io.mailtide.engine.Fault;
import java.util.Optional;

/** The program cannot do what it was asked for. The message is a line or two for people. */
final class Trouble extends Exception {
  private static final long serialVersionUID = 1L;

  private final Fault.Kind kind;
  private final transient Optional<SyncError> error;

  /** Before or beside any store. */
  Trouble(Fault.Kind kind, String text) {
    this(kind, text, Optional.empty());
  }

  /** With a store, or with the Outbox. */
  Trouble(Fault.Kind kind, SyncError error) {
    this(kind, error.text(), Optional.of(error));
  }

  private Trouble(Fault.Kind kind, String text, Optional<SyncError> error) {
    super(text);
    this.kind = kind;
    this.error = error;
  }

  static Trouble usage(String text) {
    return new Trouble(Fault.Kind.CONFIGURATION, text);
  }

  Fault.Kind kind() {
    return kind;
  }

  /** The same with all that is known of it, where it is about a store. */
  Optional<SyncError> error() {
    return error;
  }

  String text() {
    return String.valueOf(getMessage());
  }

  int exitCode() {
    return Verdicts.exitCode(kind);
  }
}
