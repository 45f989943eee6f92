package io.mailtide.bench;

import java.util.List;

/**
 * What is timed on which mail.
 *
 * @param label what it is called on the command line
 * @param runs how many runs of each tool tell something in bearable time
 * @param work what is timed; after a pull, a run with nothing to do is timed, too
 * @param change what comes before each run, unless a pull is timed
 */
record Case(String label, String description, int runs, Work work, Filling filling, Change change) {
  static final String PASSWORD = "secret";

  /** Small enough for the ordinary tests: it shows that the benchmark itself works. */
  static final Case SMOKE = pull("smoke", "50 generated messages in one folder", 1, letters(1, 50));

  private static final String HUNDRED_THOUSAND =
      "100,000 generated messages of about 5 kB in one folder";
  private static final int FEW = 3;
  private static final int SOME = 5;
  private static final int MANY = 9;

  /** Those that tell something, in the order in which they are run and reported. */
  static final List<Case> TELLING = List.of(
      pull("real6k", "6,046 real messages in eight folders", MANY, Filling.real()),
      pull("many", "20,000 generated messages in 2,000 folders", FEW, letters(2_000, 10)),
      pull(
          "large",
          "200 generated messages of 1 to 30 MB in one folder",
          FEW,
          Filling.generated(1, 200, Filling.Size.ATTACHMENT)),
      pull("big100k", HUNDRED_THOUSAND, FEW, letters(1, 100_000)),
      pull("folders20k", "20,000 generated messages in 20,000 folders", 1, letters(20_000, 1)),
      new Case(
          "push-small",
          "1,000 messages pushed into ten folders of 100 and more",
          SOME,
          Work.PUSH,
          letters(10, 100),
          Change.push(1_000)),
      new Case(
          "push-big",
          "1,000 messages pushed into a folder of 100,000 and more",
          FEW,
          Work.PUSH,
          letters(1, 100_000),
          Change.push(1_000)),
      new Case(
          "nothing-many",
          "nothing to do in 2,000 folders of ten messages",
          MANY,
          Work.NOTHING,
          letters(2_000, 10),
          Change.none()),
      new Case(
          "nothing-big",
          "nothing to do in one folder of 100,000 messages",
          MANY,
          Work.NOTHING,
          letters(1, 100_000),
          Change.none()),
      new Case(
          "delta",
          "100 new messages, 1,000 flags and 50 removals at the server, in a folder of 100,000",
          SOME,
          Work.DELTA,
          letters(1, 100_000),
          Change.delta(100, 1_000, 50)));

  private static Case pull(String label, String description, int runs, Filling filling) {
    return new Case(label, description, runs, Work.PULL, filling, Change.none());
  }

  private static Filling letters(int folders, int each) {
    return Filling.generated(folders, each, Filling.Size.LETTER);
  }
}
