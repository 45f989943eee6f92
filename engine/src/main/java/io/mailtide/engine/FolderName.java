package io.mailtide.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A folder's name as a path of decoded segments, free of any server's hierarchy separator and
 * encoding.
 *
 * <p>{@code INBOX} is one folder whatever its case (RFC 9051 section 5.1), and is kept in capitals.
 * The {@linkplain #text() text form} joins the segments with {@code /}; a {@code /} or {@code %}
 * inside a segment is written {@code %2F} or {@code %25}, so that {@link #parse} gives the same
 * name back.
 *
 * <p>A run compares names far more often than it makes one, so the text is kept.
 */
public final class FolderName implements Comparable<FolderName> {
  /** The primary folder of an account. */
  public static final FolderName INBOX = new FolderName(List.of("INBOX"));

  private final List<String> segments;
  private final String text;

  /**
   * A name of these segments.
   *
   * @param segments from the outermost folder inwards; at least one, none empty
   */
  public FolderName(List<String> segments) {
    if (segments.isEmpty() || segments.stream().anyMatch(String::isEmpty)) {
      throw new IllegalArgumentException("empty folder name or segment: " + segments);
    }
    this.segments = canonical(segments);
    var joined = new StringJoiner("/");
    this.segments.forEach(segment -> joined.add(escaped(segment)));
    text = joined.toString();
  }

  private static List<String> canonical(List<String> segments) {
    if (!segments.getFirst().equalsIgnoreCase("INBOX")) {
      return List.copyOf(segments);
    }
    var canonical = new ArrayList<>(segments);
    canonical.set(0, "INBOX");
    return List.copyOf(canonical);
  }

  /** Reads the {@linkplain #text() text form}. */
  public static FolderName parse(String text) {
    var segments = new ArrayList<String>();
    for (var segment : text.split("/", -1)) {
      segments.add(segment.replace("%2F", "/").replace("%25", "%"));
    }
    return new FolderName(segments);
  }

  /** From the outermost folder inwards. */
  public List<String> segments() {
    return segments;
  }

  /** The segments joined with {@code /}: what people see and write, and what the state keeps. */
  public String text() {
    return text;
  }

  private static String escaped(String segment) {
    return segment.replace("%", "%25").replace("/", "%2F");
  }

  /** Whether this folder is {@code top} or lies below it. */
  public boolean isWithin(FolderName top) {
    return segments.size() >= top.segments.size()
        && segments.subList(0, top.segments.size()).equals(top.segments);
  }

  /**
   * The name of this folder, which lies {@linkplain #isWithin within} {@code top}, once that is
   * called otherwise.
   */
  public FolderName renamed(FolderName top, FolderName to) {
    var renamed = new ArrayList<>(to.segments);
    renamed.addAll(segments.subList(top.segments.size(), segments.size()));
    return new FolderName(renamed);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof FolderName name && name.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  @Override
  public int compareTo(FolderName other) {
    return text.compareTo(other.text);
  }

  @Override
  public String toString() {
    return text;
  }
}
