package io.mailtide.net;

import java.security.cert.CertificateException;
import java.util.Optional;

/** Carries out of a handshake why the certificate was refused. */
final class UntrustedException extends CertificateException {
  private static final long serialVersionUID = 1L;
  private static final int CAUSES_MAX = 10;

  private final Distrust why;
  private final transient Presented certificate;

  UntrustedException(Distrust why, Presented certificate) {
    super(why.text(certificate));
    this.why = why;
    this.certificate = certificate;
  }

  Distrust why() {
    return why;
  }

  Presented certificate() {
    return certificate;
  }

  /** The one among the causes of a handshake's failure, if that was it. */
  static Optional<UntrustedException> in(Throwable failure) {
    var cause = failure;
    for (int i = 0; cause != null && i < CAUSES_MAX; i++) {
      if (cause instanceof UntrustedException found) {
        return Optional.of(found);
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
