package io.mailtide.mapi;

/** A call was refused; {@link #result} says why. */
public final class MapiException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient HResult result;

  /**
   * A refusal.
   *
   * @param result a failure
   * @param message why, for people
   */
  public MapiException(HResult result, String message) {
    super(message);
    this.result = result;
  }

  public HResult result() {
    return result;
  }
}
