package io.mailtide.net;

import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;

/** Trusts the one certificate that is pinned, whatever its host, authority and dates. */
final class TrustByFingerprint extends ServerTrust {
  private final Fingerprint pinned;

  TrustByFingerprint(Fingerprint pinned) {
    this.pinned = pinned;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String method, SSLEngine engine)
      throws CertificateException {
    if (!pinned.equals(Fingerprint.of(chain[0]))) {
      throw new UntrustedException(Distrust.NOT_THE_PINNED, Presented.of(chain[0]));
    }
  }
}
