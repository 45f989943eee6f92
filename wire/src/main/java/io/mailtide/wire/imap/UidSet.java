package io.mailtide.wire.imap;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/**
 * A set of message numbers, kept as ranges: what RFC 9051 calls a sequence-set. Immutable,
 * ascending, and never longer in memory than its text, whatever the ranges span.
 *
 * <p>The last range may be open: {@code 12:*} is 12 and all above, {@code *} alone the highest
 * number in use, whichever that is.
 */
public final class UidSet {
  /** No numbers; cannot be sent. */
  public static final UidSet EMPTY = new UidSet(new long[0]);

  /** All messages: {@code 1:*}. */
  public static final UidSet ALL = from(new Uid(1));

  /** The highest number in use: {@code *}. */
  public static final UidSet LAST = new UidSet(new long[] {UidSet.STAR, UidSet.STAR});

  /** Stands for {@code *}: above all numbers. */
  static final long STAR = Uid.MAX + 1;

  /** First and last of each range in turn; ranges neither touch nor overlap. */
  private final long[] bounds;

  private UidSet(long[] bounds) {
    this.bounds = bounds;
  }

  /** The set of one number. */
  public static UidSet of(Uid uid) {
    return new UidSet(new long[] {uid.value(), uid.value()});
  }

  /** The set of these numbers, in any order. */
  public static UidSet of(Collection<Uid> uids) {
    return builder().addAll(uids).build();
  }

  /** All numbers from first to last, both in it; the order of the two does not matter. */
  public static UidSet range(Uid first, Uid last) {
    return builder().add(first.value(), last.value()).build();
  }

  /** The number and all above it: {@code first:*}. */
  public static UidSet from(Uid first) {
    return new UidSet(new long[] {first.value(), STAR});
  }

  /**
   * Reads the text form.
   *
   * @throws IllegalArgumentException when it is not a sequence-set
   */
  public static UidSet parse(String text) {
    var builder = builder();
    for (var range : text.split(",", -1)) {
      var colon = range.indexOf(':');
      if (colon < 0) {
        var only = number(range, text);
        builder.add(only, only);
      } else {
        builder.add(
            number(range.substring(0, colon), text), number(range.substring(colon + 1), text));
      }
    }
    return builder.build();
  }

  private static long number(String digits, String text) {
    if (digits.equals("*")) {
      return STAR;
    }
    if (digits.isEmpty()
        || digits.length() > 10
        || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
      throw new IllegalArgumentException("not a sequence-set: " + text);
    }
    return new Uid(Long.parseLong(digits)).value();
  }

  static Builder builder() {
    return new Builder();
  }

  public boolean isEmpty() {
    return bounds.length == 0;
  }

  /** Whether the last range ends with {@code *}. */
  public boolean isOpen() {
    return bounds.length > 0 && bounds[bounds.length - 1] == STAR;
  }

  /** How many numbers are in it; absent when it is open. */
  public OptionalLong count() {
    if (isOpen()) {
      return OptionalLong.empty();
    }
    long count = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      count += bounds[i + 1] - bounds[i] + 1;
    }
    return OptionalLong.of(count);
  }

  /** Whether the number is in it. {@code *} alone holds no known number. */
  public boolean contains(Uid uid) {
    int low = 0;
    int high = bounds.length / 2 - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (uid.value() < bounds[2 * middle]) {
        high = middle - 1;
      } else if (uid.value() > bounds[2 * middle + 1]) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** The lowest number; absent when it is empty or {@code *} alone. */
  public Optional<Uid> first() {
    return bounds.length == 0 || bounds[0] == STAR
        ? Optional.empty()
        : Optional.of(new Uid(bounds[0]));
  }

  /** The highest number; absent when it is empty or open. */
  public Optional<Uid> last() {
    return bounds.length == 0 || isOpen()
        ? Optional.empty()
        : Optional.of(new Uid(bounds[bounds.length - 1]));
  }

  /**
   * The same set with {@code *} made a number, as the server would: {@code 12:*} is {@code 7:12}
   * when 7 is the highest (RFC 9051 section 9, seq-range).
   *
   * @param highest the highest number in use
   */
  public UidSet closed(Uid highest) {
    if (!isOpen()) {
      return this;
    }
    var builder = builder();
    for (int i = 0; i < bounds.length; i += 2) {
      builder.add(
          bounds[i] == STAR ? highest.value() : bounds[i],
          bounds[i + 1] == STAR ? highest.value() : bounds[i + 1]);
    }
    return builder.build();
  }

  /**
   * The ranges, ascending; {@code *} alone is none. An open one ends with the highest number that
   * can be.
   */
  public List<Range> ranges() {
    var ranges = new ArrayList<Range>(bounds.length / 2);
    for (int i = 0; i < bounds.length && bounds[i] != STAR; i += 2) {
      ranges.add(new Range(new Uid(bounds[i]), new Uid(Math.min(bounds[i + 1], Uid.MAX))));
    }
    return ranges;
  }

  /** The numbers, ascending, one by one: at most so many, for a set may span billions. */
  public LongStream numbers(long limit) {
    return ranges().stream()
        .flatMapToLong(
            range -> LongStream.rangeClosed(range.first().value(), range.last().value()))
        .limit(limit);
  }

  /**
   * The set in pieces whose text is no longer than so many characters, for servers that limit their
   * lines.
   *
   * @param lengthMax at least 21, so that any one range fits
   */
  public List<UidSet> split(int lengthMax) {
    if (lengthMax < 21) {
      throw new IllegalArgumentException("a range needs 21 characters, not " + lengthMax);
    }
    var pieces = new ArrayList<UidSet>();
    int start = 0;
    int length = 0;
    for (int i = 0; i < bounds.length; i += 2) {
      int more = rangeText(i).length();
      if (i > start && length + 1 + more > lengthMax) {
        pieces.add(new UidSet(Arrays.copyOfRange(bounds, start, i)));
        start = i;
        length = more;
      } else {
        length += (i > start ? 1 : 0) + more;
      }
    }
    if (start < bounds.length) {
      pieces.add(new UidSet(Arrays.copyOfRange(bounds, start, bounds.length)));
    }
    return pieces;
  }

  private String rangeText(int i) {
    var first = bounds[i] == STAR ? "*" : Long.toString(bounds[i]);
    if (bounds[i] == bounds[i + 1]) {
      return first;
    }
    return first + ":" + (bounds[i + 1] == STAR ? "*" : Long.toString(bounds[i + 1]));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof UidSet that && Arrays.equals(bounds, that.bounds);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bounds);
  }

  /** The text form, as sent to servers: {@code 1:3,7,12:*}. */
  @Override
  public String toString() {
    var text = new StringBuilder();
    for (int i = 0; i < bounds.length; i += 2) {
      text.append(i > 0 ? "," : "").append(rangeText(i));
    }
    return text.toString();
  }

  /** Two numbers and all between them. */
  public record Range(Uid first, Uid last) {}

  /** Gathers ranges in any order; cheapest when they come in ascending order. */
  static final class Builder {
    private long[] bounds = new long[8];
    private int length;
    private boolean sorted = true;

    Builder addAll(Collection<Uid> uids) {
      uids.forEach(uid -> add(uid.value(), uid.value()));
      return this;
    }

    /**
     * Adds all from one number to the other, in either order; {@link UidSet#STAR} stands for
     * {@code *}.
     */
    Builder add(long one, long other) {
      long first = Math.min(one, other);
      long last = Math.max(one, other);
      if (length > 0 && sorted && first >= bounds[length - 2]) {
        if (first <= joining(bounds[length - 1])) {
          bounds[length - 1] = Math.max(bounds[length - 1], last);
          return this;
        }
      } else if (length > 0) {
        sorted = false;
      }
      if (length == bounds.length) {
        bounds = Arrays.copyOf(bounds, 2 * length);
      }
      bounds[length++] = first;
      bounds[length++] = last;
      return this;
    }

    /**
     * The highest start of a range that joins one that ends here: {@code *} is not the neighbour of
     * any number.
     */
    private static long joining(long last) {
      return last >= Uid.MAX ? last : last + 1;
    }

    UidSet build() {
      if (!sorted) {
        var ranges = new ArrayList<long[]>(length / 2);
        for (int i = 0; i < length; i += 2) {
          ranges.add(new long[] {bounds[i], bounds[i + 1]});
        }
        ranges.sort((a, b) -> Long.compare(a[0], b[0]));
        length = 0;
        sorted = true;
        ranges.forEach(range -> add(range[0], range[1]));
      }
      return length == 0 ? EMPTY : new UidSet(Arrays.copyOf(bounds, length));
    }
  }
}
