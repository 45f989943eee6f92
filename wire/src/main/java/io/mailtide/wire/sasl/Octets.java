package io.mailtide.wire.sasl;

import io.mailtide.wire.Secret;
import java.nio.charset.StandardCharsets;

/** Text as the bytes of a mechanism, and back. */
final class Octets {
  private static final int SAID_CHARS_MAX = 300;

  private Octets() {}

  static Secret<byte[]> of(String text) {
    return Secret.of(text.getBytes(StandardCharsets.UTF_8));
  }

  static Secret<byte[]> none() {
    return Secret.of(new byte[0]);
  }

  /** A challenge as one short line for people. */
  static String shown(byte[] challenge) {
    var text = new String(challenge, StandardCharsets.UTF_8)
        .replaceAll("\\p{Cntrl}+", " ")
        .strip();
    return text.length() > SAID_CHARS_MAX ? text.substring(0, SAID_CHARS_MAX) + "…" : text;
  }

  /** Refuses what would end a field early. */
  static void refuse(char separator, String value, String what) throws SaslException {
    if (value.indexOf(separator) >= 0) {
      throw new SaslException(
          SaslException.Reason.CREDENTIALS_UNUSABLE,
          "the " + what + " holds a control character that cannot be sent: 0x0" + (int) separator);
    }
  }

  /** The failure of a mechanism in which the server has nothing more to ask. */
  static SaslException unexpected(SaslMechanism mechanism, byte[] challenge) {
    return new SaslException(
        SaslException.Reason.CHALLENGE_INVALID,
        "the server asked for more than " + mechanism.registered() + " has to say: "
            + shown(challenge));
  }
}
