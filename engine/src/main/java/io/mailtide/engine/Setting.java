package io.mailtide.engine;

import java.util.List;

/**
 * A configuration key that a replica or transport type understands.
 *
 * @param name as written in the configuration, for instance {@code tls-ca}
 * @param kind what its value must be
 * @param required whether it must be given
 * @param choices the allowed values of a {@link Kind#CHOICE}, else empty
 * @param meaning one line of help
 */
public record Setting(
    String name, Kind kind, boolean required, List<String> choices, String meaning) {
  public Setting {
    choices = List.copyOf(choices);
  }

  /** What a value must be. */
  public enum Kind {
    TEXT,
    /** A whole number, zero or more. */
    NUMBER,
    BOOLEAN,
    /** One of a few words. */
    CHOICE,
    /** A list of words. */
    WORDS,
    /** A file or directory; {@code ~} and paths relative to the configuration file are resolved. */
    PATH,
    /**
     * A secret. Key {@code password} stands for the family {@code password},
     * {@code password-command}, {@code password-env} and {@code password-file}, of which one is
     * given.
     */
    SECRET
  }

  public static Setting optional(String name, Kind kind, String meaning) {
    return new Setting(name, kind, false, List.of(), meaning);
  }

  public static Setting required(String name, Kind kind, String meaning) {
    return new Setting(name, kind, true, List.of(), meaning);
  }

  public static Setting choice(String name, List<String> choices, String meaning) {
    return new Setting(name, Kind.CHOICE, false, choices, meaning);
  }
}
