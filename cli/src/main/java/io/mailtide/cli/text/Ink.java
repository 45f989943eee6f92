package io.mailtide.cli.text;

/** Colours of a terminal (ECMA-48 section 8.3.117), or none. */
public enum Ink {
  PLAIN(""),
  STRONG("1"),
  FAINT("2"),
  RED("31"),
  GREEN("32"),
  YELLOW("33"),
  CYAN("36");

  private final String code;

  Ink(String code) {
    this.code = code;
  }

  /** The text in this colour, where colours are wanted. */
  public String on(boolean colours, String text) {
    return colours && this != PLAIN && !text.isEmpty()
        ? "\u001b[" + code + "m" + text + "\u001b[0m"
        : text;
  }
}
