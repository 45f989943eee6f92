package io.mailtide.net;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The certificate that a server presented.
 *
 * @param subject whom it was made out to
 * @param issuer who signed it
 * @param names the hosts it is good for: DNS names and addresses
 * @param from the first moment it is good for
 * @param until the last
 */
public record Presented(
    String subject,
    String issuer,
    List<String> names,
    Instant from,
    Instant until,
    Fingerprint fingerprint) {
  private static final int NAMES_MAX = 20;

  public Presented {
    names = List.copyOf(names);
  }

  static Presented of(X509Certificate certificate) {
    return new Presented(
        certificate.getSubjectX500Principal().getName(),
        certificate.getIssuerX500Principal().getName(),
        names(certificate),
        certificate.getNotBefore().toInstant(),
        certificate.getNotAfter().toInstant(),
        Fingerprint.of(certificate));
  }

  /**
   * The subject alternative names that are DNS names (2) or addresses (7), RFC 5280 section
   * 4.2.1.6.
   */
  private static List<String> names(X509Certificate certificate) {
    var names = new ArrayList<String>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      if (all != null) {
        for (var each : all) {
          if (names.size() < NAMES_MAX && (each.get(0).equals(2) || each.get(0).equals(7))) {
            names.add(String.valueOf(each.get(1)));
          }
        }
      }
    } catch (CertificateParsingException e) {
      return List.of();
    }
    return names;
  }

  @Override
  public String toString() {
    return "subject " + subject + ", issuer " + issuer + ", fingerprint " + fingerprint;
  }
}
