package io.mailtide.engine;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** The checked values of a type's {@link Setting}s in one store's configuration. */
public interface Settings {
  /** The store's name, for messages. */
  String store();

  Optional<String> text(String name);

  OptionalLong number(String name);

  /** The value, or false where it is not given. */
  boolean flag(String name);

  Optional<Path> path(String name);

  /** The words of a list, or none where it is not given. */
  List<String> words(String name);

  /** Whether there is a value; a secret is not asked for. */
  boolean has(String name);

  /**
   * The secret; may run a command or read a file each time. Never logged by anyone.
   *
   * @param cancellation ends the command
   * @return absent where none is configured
   * @throws FaultException {@link Fault.Kind#CONFIGURATION} when the command failed or the file
   *     cannot be read; {@link Fault.Kind#CANCELLED} when a stop was asked for meanwhile
   */
  Optional<String> secret(String name, Cancellation cancellation) throws FaultException;

  /**
   * Whether a host is this machine, to which mail and password may travel in the clear. Told by the
   * spelling alone: to ask what a name means is to trust the answer.
   */
  static boolean isLoopback(String host) {
    return host.matches("(?i)localhost|::1|127(\\.[0-9]+){3}");
  }

  /**
   * What is wrong with values that are each of their kind.
   *
   * @param name the setting that it is said of
   * @param said what is wrong, for people, and what to do
   */
  record Wrong(String name, String said) {}

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
      /**
       * A file or directory; {@code ~} and paths relative to the configuration file are resolved.
       */
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
}
