package io.mailtide.client;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration is missing or wrong, or names no such store. The message is for people, a line
 * a problem.
 */
public final class ProfileException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  ProfileException(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /** All that is wrong, in the order of the file; at least one. */
  public List<Problem> problems() {
    return problems;
  }

  /**
   * One thing wrong with a configuration.
   *
   * @param file the configuration file
   * @param line the line, from 1; 0 where it is about the file as a whole
   * @param column the column, from 1; 0 where it is about the file as a whole
   * @param text what is wrong and what to do, without a secret in it
   */
  public record Problem(Path file, int line, int column, String text) {
    static Problem of(Path file, String text) {
      return new Problem(file, 0, 0, text);
    }

    /** Which of two comes first in a file. */
    static int byPlace(Problem one, Problem other) {
      int lines = Integer.compare(one.line, other.line);
      return lines != 0 ? lines : Integer.compare(one.column, other.column);
    }

    /** As compilers print it: {@code FILE:LINE:COLUMN: TEXT}. */
    @Override
    public String toString() {
      return line == 0 ? file + ": " + text : file + ":" + line + ":" + column + ": " + text;
    }
  }
}
