package io.mailtide.tidy;

import java.util.List;

/** Places that may break a rule, each with its reason. */
final class KnownExceptions {
  private static final String CLIENT = "client/src/main/java/io/mailtide/client/";
  private static final String CLI = "cli/src/main/java/io/mailtide/cli/";
  private static final String MAILDIR =
      "replica-maildir/src/main/java/io/mailtide/replica/maildir/";
  private static final String SLIGHTLY = "a few lines more, to be split when it grows";
  private static final String HANDLES =
      "calls of native functions declare that they throw anything";
  private static final String ENGINE = "engine/src/main/java/io/mailtide/engine/";
  private static final List<Excepted> ALL = List.of(
      new Excepted(
          "catch", CLIENT + "BackgroundSync.java", "whatever crashed, each request gets its end"),
      new Excepted(
          "catch", CLIENT + "GuardedCallback.java", "a client's callback may throw anything"),
      new Excepted("catch", CLI + "TerminalSize.java", HANDLES),
      new Excepted("catch", MAILDIR + "disk/NativeSync.java", HANDLES),
      new Excepted("catch", ENGINE + "content/NativeSha256.java", HANDLES),
      new Excepted("catch", "bench/src/main/java/io/mailtide/bench/Usage.java", HANDLES),
      new Excepted(
          "console",
          "testkit/src/main/java/io/mailtide/testkit/simulation/Main.java",
          "it is a program"),
      new Excepted("environment", ENGINE + "run/SystemEnvironment.java", "it is the real one"),
      new Excepted("environment", "net/src/test/", "real sockets have real deadlines"),
      new Excepted(
          "file", "testkit/src/test/java/io/mailtide/testkit/PullScenariosTest.java", "a table"),
      new Excepted(
          "function", "client/src/test/java/io/mailtide/client/ProfileTest.java", "every key once"),
      new Excepted(
          "file", "replica-imap/src/test/java/io/mailtide/replica/imap/QuirksTest.java", SLIGHTLY),
      new Excepted(
          "undone",
          "replica-maildir/src/test/java/io/mailtide/replica/maildir/KeywordsTest.java",
          "it is a keyword's name"));

  private KnownExceptions() {}

  /** These without the excepted ones. */
  static List<Violation> without(List<Violation> violations) {
    return violations.stream()
        .filter(violation -> ALL.stream().noneMatch(excepted -> excepted.covers(violation)))
        .toList();
  }

  /**
   * An exception.
   *
   * @param pathStart where the path begins
   */
  private record Excepted(String rule, String pathStart, String reason) {
    boolean covers(Violation violation) {
      return violation.rule().equals(rule) && (violation.path() + "/").startsWith(pathStart);
    }
  }
}
