package io.mailtide.bench;

/** What is timed. */
enum Work {
  /** All of an account, into an empty place. */
  PULL("pull"),
  /** A run that finds both sides in step. */
  NOTHING("nothing to do"),
  /** New local messages. */
  PUSH("push"),
  /** New messages, flags and removals at the server. */
  DELTA("delta");

  private final String label;

  Work(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
