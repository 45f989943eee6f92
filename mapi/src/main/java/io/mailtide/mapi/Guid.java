package io.mailtide.mapi;

import java.util.UUID;
import java.util.regex.Pattern;

/** A globally unique identifier, as interfaces are known by. */
public record Guid(UUID value) {
  private static final Pattern TEXT =
      Pattern.compile("\\{(\\p{XDigit}{8}(?:-\\p{XDigit}{4}){3}-\\p{XDigit}{12})}");

  /**
   * Reads the registry form, {@code {5024a385-2d44-486a-81a8-8f0ecb6071dd}}, in either case.
   *
   * @throws IllegalArgumentException when it is written otherwise
   */
  public static Guid parse(String text) {
    var parts = TEXT.matcher(text);
    if (!parts.matches()) {
      throw new IllegalArgumentException("not a GUID: " + text);
    }
    return new Guid(UUID.fromString(parts.group(1)));
  }

  /** The registry form, in lower case. */
  @Override
  public String toString() {
    return "{" + value + "}";
  }
}
