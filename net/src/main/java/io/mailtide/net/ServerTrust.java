package io.mailtide.net;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * A trust manager that decides on servers' certificates, in handshakes of engines, and on nothing
 * else. Any thread.
 */
abstract class ServerTrust extends X509ExtendedTrustManager {
  @Override
  public abstract void checkServerTrusted(X509Certificate[] chain, String method, SSLEngine engine)
      throws CertificateException;

  @Override
  public final X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String method)
      throws CertificateException {
    throw notDecidedHere();
  }

  @Override
  public final void checkServerTrusted(X509Certificate[] chain, String method, Socket socket)
      throws CertificateException {
    throw notDecidedHere();
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String method)
      throws CertificateException {
    throw notDecidedHere();
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String method, Socket socket)
      throws CertificateException {
    throw notDecidedHere();
  }

  @Override
  public final void checkClientTrusted(X509Certificate[] chain, String method, SSLEngine engine)
      throws CertificateException {
    throw notDecidedHere();
  }

  private static CertificateException notDecidedHere() {
    return new CertificateException(
        "only a server's certificate in an engine's handshake is decided on here");
  }
}
