package io.mailtide.net;

import java.util.ArrayList;
import java.util.List;

/**
 * The last things that were said on a {@link Link}, for whoever looks into a failure. It keeps what
 * it is given as objects, and makes text of them only when asked: who gives it a secret gives it
 * masked, as {@code Secret} and the printed commands do by themselves. The link's thread only.
 */
public final class Transcript {
  private static final int ENTRIES_MAX = 64;
  private static final int CHARS_MAX = 300;

  private record Entry(String mark, Object what) {}

  private final Entry[] ring = new Entry[ENTRIES_MAX];
  private long count;

  Transcript() {}

  /**
   * Keeps what was sent.
   *
   * @param what its text form must hold no secret, and not change
   */
  public void sent(Object what) {
    add("> ", what);
  }

  /** Keeps what was received; the same holds for it. */
  void received(Object what) {
    add("< ", what);
  }

  /** Keeps what happened to the connection itself. */
  void noted(Object what) {
    add("* ", what);
  }

  private void add(String mark, Object what) {
    ring[(int) (count++ % ENTRIES_MAX)] = new Entry(mark, what);
  }

  /**
   * The last entries, oldest first, each as one short line: {@code >} sent, {@code <} received,
   * {@code *} happened.
   */
  public List<String> lines() {
    var lines = new ArrayList<String>();
    for (long i = Math.max(0, count - ENTRIES_MAX); i < count; i++) {
      var entry = ring[(int) (i % ENTRIES_MAX)];
      var text = entry.what().toString().strip().replaceAll("\\p{Cntrl}", "·");
      lines.add(
          entry.mark() + (text.length() > CHARS_MAX ? text.substring(0, CHARS_MAX) + "…" : text));
    }
    return lines;
  }
}
