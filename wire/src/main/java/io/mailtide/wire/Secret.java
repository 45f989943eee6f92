package io.mailtide.wire;

/**
 * A value that never shows in a log, an error or a transcript: its text form is three stars. Who
 * needs the value itself asks for it by {@link #reveal}, where a reader of the code sees it.
 *
 * @param <T> the type of the value
 */
public final class Secret<T> {
  private final T value;

  private Secret(T value) {
    this.value = value;
  }

  public static <T> Secret<T> of(T value) {
    return new Secret<>(value);
  }

  /** The value; the caller keeps it from everybody else. */
  public T reveal() {
    return value;
  }

  @Override
  public String toString() {
    return "***";
  }
}
