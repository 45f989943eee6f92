package io.mailtide.wire.imap;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeSet;

/**
 * What a server says it can do: the words of a CAPABILITY or ENABLED response, in capitals (RFC
 * 9051 section 7.2.2).
 *
 * @param words the words in alphabetical order, for instance {@code IDLE}, {@code AUTH=PLAIN}
 */
public record Capabilities(SequencedSet<String> words) {
  /** None at all. */
  public static final Capabilities NONE = of(List.of());

  public Capabilities {
    var sorted = new TreeSet<String>();
    words.forEach(word -> sorted.add(word.toUpperCase(Locale.ROOT)));
    words = Collections.unmodifiableSequencedSet(sorted);
  }

  /** The set of these words, in any case. */
  public static Capabilities of(Collection<String> words) {
    return new Capabilities(new TreeSet<>(words));
  }

  /** The set of these words, in any case. */
  public static Capabilities of(String... words) {
    return of(List.of(words));
  }

  /** These without those words, in any case. */
  public Capabilities without(Collection<String> those) {
    var left = new TreeSet<>(words);
    those.forEach(word -> left.remove(word.toUpperCase(Locale.ROOT)));
    return new Capabilities(left);
  }

  /** Whether the word is there, in any case. */
  public boolean has(String word) {
    return words.contains(word.toUpperCase(Locale.ROOT));
  }

  /** What follows {@code name=}, for instance the number of {@code APPENDLIMIT=35651584}. */
  public Optional<String> value(String name) {
    return values(name).stream().findFirst();
  }

  /** What follows each {@code name=}, for instance the mechanisms of {@code AUTH}. */
  public List<String> values(String name) {
    var prefix = name.toUpperCase(Locale.ROOT) + "=";
    var found = new ArrayList<String>();
    for (var word : words) {
      if (word.startsWith(prefix)) {
        found.add(word.substring(prefix.length()));
      }
    }
    return found;
  }

  @Override
  public String toString() {
    return String.join(" ", words);
  }
}
