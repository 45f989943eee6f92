package io.mailtide.testkit.simulation;

/** Something that must always hold does not. */
final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  Violation(String rule, String found) {
    super(rule + ": " + found);
  }
}
