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

  /**
   * The secret; may run a command or read a file each time. Never logged by anyone.
   *
   * @return absent where none is configured
   * @throws FaultException {@link Fault.Kind#CONFIGURATION} when the command failed or the file
   *     cannot be read
   */
  Optional<String> secret(String name) throws FaultException;

  /**
   * Whether a host is this machine, to which mail and password may travel in the clear. Told by the
   * spelling alone: to ask what a name means is to trust the answer.
   */
  static boolean isLoopback(String host) {
    return host.matches("(?i)localhost|::1|127(\\.[0-9]+){3}");
  }
}
