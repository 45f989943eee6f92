package io.mailtide.net;

/** Why a certificate is not trusted. */
public enum Distrust {
  /** Its time has passed, or not come yet; its own or that of the authority that signed it. */
  OUT_OF_DATE,
  /** It was made out to another host. */
  WRONG_HOST,
  /** It signed itself. */
  SELF_SIGNED,
  /** No trusted authority stands behind it. */
  UNKNOWN_AUTHORITY,
  /** It is not the one that the configuration pins. */
  NOT_THE_PINNED;

  String text(Presented certificate) {
    return switch (this) {
      case OUT_OF_DATE ->
        "it is good from " + certificate.from() + " until " + certificate.until() + " only";
      case WRONG_HOST -> "it is made out to other hosts: " + String.join(", ", certificate.names());
      case SELF_SIGNED -> "it is signed by itself";
      case UNKNOWN_AUTHORITY -> "no trusted authority has signed it";
      case NOT_THE_PINNED -> "it is not the one that tls-fingerprint names";
    };
  }

  String next(Presented certificate) {
    var pin = "tls-fingerprint = \"" + certificate.fingerprint() + "\"";
    return switch (this) {
      case OUT_OF_DATE ->
        "The server's keeper must renew it; check this machine's clock, too. To trust it none the less: "
            + pin;
      case WRONG_HOST -> "Set host to a name it is made out to. To trust it none the less: " + pin;
      case SELF_SIGNED, UNKNOWN_AUTHORITY ->
        "If you know this to be the right server, put into its configuration: " + pin
            + ", or tls-ca = \"FILE\" with the authority's certificate";
      case NOT_THE_PINNED -> "If you know that the server's certificate was renewed: " + pin;
    };
  }
}
