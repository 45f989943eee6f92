package io.mailtide.replica.maildir;

import io.mailtide.engine.Environment;
import io.mailtide.engine.ReplicaProvider.Context;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

/**
 * Makes base names that no other program and no other run makes: the seconds, 64 random bits drawn
 * once a run and a counter, the host. {@code mt} marks them as ours.
 *
 * <p>A message that must be read back as it is although it has bare line feeds ({@link LineEnds})
 * is published under its unique name with {@code ,R=1} at its end. What is staged in {@code tmp}
 * bears the unique name alone.
 */
final class UniqueNames {
  private static final Pattern OURS = Pattern.compile("[0-9]+\\.R([0-9a-f]{16})Q[0-9]+mt\\..+");
  private static final String AS_IT_IS = ",R=1";

  private final Environment environment;
  private final String run;
  private final String host;
  private long sequence;

  UniqueNames(Environment environment, String host) {
    this.environment = environment;
    this.run = "%016x".formatted(environment.random().nextLong());
    this.host = escaped(host);
  }

  static UniqueNames of(Context context) {
    return new UniqueNames(context.environment(), hostName());
  }

  /** A new unique name; it holds no {@code /}, {@code :} or comma. */
  String next() {
    return environment.clock().instant().getEpochSecond() + ".R" + run + "Q" + ++sequence + "mt."
        + host;
  }

  /** A new base name for a message that is read as one of this base name is. */
  String like(String base) {
    return isAsItIs(base) ? asItIs(next()) : next();
  }

  /** Whether a name was made by an earlier run. */
  boolean isOfEarlierRun(String name) {
    var matcher = OURS.matcher(name);
    return matcher.matches() && !matcher.group(1).equals(run);
  }

  /** The base name of a message that is read back as it is. */
  static String asItIs(String unique) {
    return unique + AS_IT_IS;
  }

  static boolean isAsItIs(String base) {
    return base.endsWith(AS_IT_IS) && OURS.matcher(base).matches();
  }

  /** The name in {@code tmp} of a message that is published under this base name. */
  static String staged(String base) {
    return isAsItIs(base) ? base.substring(0, base.length() - AS_IT_IS.length()) : base;
  }

  private static String escaped(String host) {
    var text = new StringBuilder();
    host.strip().chars().limit(64).forEach(c -> {
      if (c > ' ' && c < 0x7F && c != '/' && c != ':' && c != ',' && c != '\\') {
        text.append((char) c);
      } else {
        text.append("\\%03o".formatted(c));
      }
    });
    return text.isEmpty() ? "localhost" : text.toString();
  }

  private static String hostName() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname"));
    } catch (IOException _) {
      return ""; // not Linux; the random bits make the name unique
    }
  }
}
