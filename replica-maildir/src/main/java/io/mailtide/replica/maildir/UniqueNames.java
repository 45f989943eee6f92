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
 * is published under its unique name with {@code ,R=1} at its end; one that is the header alone,
 * with {@code ,H=1}, which goes first. What is staged in {@code tmp} bears the unique name alone.
 */
final class UniqueNames {
  private static final Pattern OURS = Pattern.compile("[0-9]+\\.R([0-9a-f]{16})Q[0-9]+mt\\..+");
  private static final String AS_IT_IS = ",R=1";
  private static final String HEADERS_ONLY = ",H=1";

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

  /** Whether a name was made by an earlier run. */
  boolean isOfEarlierRun(String name) {
    var matcher = OURS.matcher(name);
    return matcher.matches() && !matcher.group(1).equals(run);
  }

  /**
   * A base name.
   *
   * @param headersOnly whether it is of the header of a message alone
   * @param asItIs whether it is read back as it is
   */
  static String marked(String unique, boolean headersOnly, boolean asItIs) {
    return unique + (headersOnly ? HEADERS_ONLY : "") + (asItIs ? AS_IT_IS : "");
  }

  /** A new base name with the marks of another: the message is read as that one is. */
  String like(String base) {
    return marked(next(), isHeadersOnly(base), isAsItIs(base));
  }

  static boolean isAsItIs(String base) {
    return base.endsWith(AS_IT_IS) && OURS.matcher(base).matches();
  }

  static boolean isHeadersOnly(String base) {
    return without(AS_IT_IS, base).endsWith(HEADERS_ONLY) && OURS.matcher(base).matches();
  }

  private static String without(String mark, String base) {
    return base.endsWith(mark) ? base.substring(0, base.length() - mark.length()) : base;
  }

  /** The name in {@code tmp} of a message that is published under this base name. */
  static String staged(String base) {
    return OURS.matcher(base).matches() ? without(HEADERS_ONLY, without(AS_IT_IS, base)) : base;
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
