package io.mailtide.net;

import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/** Trusts what an authority has signed for this host, and says why not otherwise. */
final class TrustByAuthority extends ServerTrust {
  private final X509ExtendedTrustManager platform;

  TrustByAuthority(X509ExtendedTrustManager platform) {
    this.platform = platform;
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String method, SSLEngine engine)
      throws CertificateException {
    try {
      platform.checkServerTrusted(chain, method, engine);
    } catch (CertificateException e) {
      var untrusted = new UntrustedException(why(chain, method), Presented.of(chain[0]));
      untrusted.initCause(e);
      throw untrusted;
    }
  }

  /**
   * The platform gives its reason only in words, so the certificates are asked, and then it again
   * without the host.
   */
  private Distrust why(X509Certificate[] chain, String method) {
    for (var each : chain) {
      try {
        each.checkValidity();
      } catch (CertificateExpiredException | CertificateNotYetValidException e) {
        return Distrust.OUT_OF_DATE;
      }
    }
    try {
      platform.checkServerTrusted(chain, method);
      return Distrust.WRONG_HOST;
    } catch (CertificateException e) {
      return signedItself(chain[0]) ? Distrust.SELF_SIGNED : Distrust.UNKNOWN_AUTHORITY;
    }
  }

  private static boolean signedItself(X509Certificate certificate) {
    try {
      certificate.verify(certificate.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
