package io.mailtide.engine;

/**
 * A message's identity on one side, within its folder and {@link Generation}: for IMAP its UID in
 * decimal, for Maildir the base name of its file.
 *
 * @param value not empty
 */
public record MessageKey(String value) {
  public MessageKey {
    if (value.isEmpty()) {
      throw new IllegalArgumentException("empty message key");
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
