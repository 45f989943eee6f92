package io.mailtide.net;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;

/**
 * The SHA-256 of a certificate's DER form, which names that one certificate.
 *
 * @param hex 64 lower-case hexadecimal digits
 */
public record Fingerprint(String hex) {
  private static final String PREFIX = "sha256:";

  public Fingerprint {
    if (!hex.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException("not a SHA-256 in hexadecimal: " + hex);
    }
  }

  /**
   * Reads {@code sha256:HEX}; case, and colons between the digits, do not matter.
   *
   * @throws IllegalArgumentException when it is none
   */
  public static Fingerprint parse(String text) {
    var folded = text.strip().toLowerCase(Locale.ROOT);
    if (!folded.startsWith(PREFIX)) {
      throw new IllegalArgumentException(
          "a fingerprint begins with " + PREFIX + ", this does not: " + text);
    }
    return new Fingerprint(folded.substring(PREFIX.length()).replace(":", ""));
  }

  static Fingerprint of(X509Certificate certificate) {
    try {
      var digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return new Fingerprint(HexFormat.of().formatHex(digest));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("a certificate without DER form", e);
    }
  }

  /** As {@link #parse} reads it and as the configuration takes it. */
  @Override
  public String toString() {
    return PREFIX + hex;
  }
}
