package io.mailtide.engine;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedCollection;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The flags and keywords of a message (RFC 9051 section 2.3.2), an immutable set that ignores case.
 *
 * <p>System flags and well-known keywords are spelt as registered ({@code \Seen},
 * {@code $Forwarded}); any other keyword keeps the spelling it came with. {@code \Recent} is about
 * a session, not the message, and is never held.
 */
public final class Flags {
  /** No flags. */
  public static final Flags NONE = new Flags(List.of());

  private static final Map<String, String> REGISTERED = Stream.of(
          "\\Answered",
          "\\Deleted",
          "\\Draft",
          "\\Flagged",
          "\\Seen",
          "$Forwarded",
          "$MDNSent",
          "$Junk",
          "$NotJunk",
          "$Phishing",
          "$Important")
      .collect(Collectors.toUnmodifiableMap(Flags::fold, Function.identity()));

  private final TreeMap<String, String> names = new TreeMap<>();
  private final String text;

  private Flags(Collection<String> names) {
    for (var name : names) {
      var key = fold(name);
      if (!name.isEmpty() && !key.equals("\\recent")) {
        this.names.putIfAbsent(key, REGISTERED.getOrDefault(key, name));
      }
    }
    text = String.join(" ", this.names.values());
  }

  /**
   * The set of these names, in any order and case; empty names and {@code \Recent} are left out.
   */
  public static Flags of(Collection<String> names) {
    return names.isEmpty() ? NONE : new Flags(names);
  }

  /** The set of these names. */
  public static Flags of(String... names) {
    return of(List.of(names));
  }

  /** Reads the {@linkplain #toString() text form}: names separated by blanks. */
  public static Flags parse(String text) {
    return text.isEmpty() ? NONE : of(List.of(text.split(" ")));
  }

  /** All names, ordered by their lower-case spelling. */
  public SequencedCollection<String> names() {
    return List.copyOf(names.values());
  }

  public boolean contains(String name) {
    return names.containsKey(fold(name));
  }

  public boolean isEmpty() {
    return names.isEmpty();
  }

  /** These and those. */
  public Flags plus(Flags those) {
    return of(
        Stream.concat(names.values().stream(), those.names.values().stream()).toList());
  }

  /** These without those. */
  public Flags minus(Flags those) {
    return of(names.values().stream().filter(name -> !those.contains(name)).toList());
  }

  /** The keywords among these: all but system flags. */
  public Flags keywords() {
    return of(names.values().stream().filter(name -> !name.startsWith("\\")).toList());
  }

  /**
   * These with the change applied that leads from {@code before} to {@code after}, each flag by
   * itself.
   */
  public Flags changed(Flags before, Flags after) {
    return minus(before.minus(after)).plus(after.minus(before));
  }

  private static String fold(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Flags that && names.keySet().equals(that.names.keySet());
  }

  @Override
  public int hashCode() {
    return names.keySet().hashCode();
  }

  /** The names in order, separated by blanks; {@link #parse} reads it back. */
  @Override
  public String toString() {
    return text;
  }
}
