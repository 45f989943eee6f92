package io.mailtide.tidy;

import java.nio.file.Path;

/**
 * A place where a rule is broken.
 *
 * @param rule the rule's short name, as the list of exceptions spells it
 * @param path from the root of the repository
 * @param line from 1; 0 where the whole file is meant
 * @param what what is wrong there
 */
record Violation(String rule, Path path, long line, String what) {
  @Override
  public String toString() {
    return (line == 0 ? path.toString() : path + ":" + line) + ": " + what;
  }
}
