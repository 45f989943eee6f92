package io.mailtide.wire.sasl;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** The mechanisms there are, the strongest first among those for the same credentials. */
public enum SaslMechanism {
  /** RFC 7677. */
  SCRAM_SHA_256("SCRAM-SHA-256"),
  /** RFC 5802. */
  SCRAM_SHA_1("SCRAM-SHA-1"),
  /** RFC 4616. The password itself. */
  PLAIN("PLAIN"),
  /** Never standardised (draft-murchison-sasl-login). The password itself. */
  LOGIN("LOGIN"),
  /** RFC 7628. The token itself. */
  OAUTHBEARER("OAUTHBEARER"),
  /** Google's forerunner of OAUTHBEARER. The token itself. */
  XOAUTH2("XOAUTH2"),
  /** RFC 4422 appendix A. Nothing: TLS has shown the certificate. */
  EXTERNAL("EXTERNAL");

  private final String registered;

  SaslMechanism(String registered) {
    this.registered = registered;
  }

  /** The name as servers offer it. */
  public String registered() {
    return registered;
  }

  /** Whether it gives the secret itself to whoever listens. */
  public boolean exposesSecret() {
    return switch (this) {
      case PLAIN, LOGIN, OAUTHBEARER, XOAUTH2 -> true;
      case SCRAM_SHA_256, SCRAM_SHA_1, EXTERNAL -> false;
    };
  }

  /** Whether it takes credentials of this kind. */
  public boolean takes(Credentials credentials) {
    return switch (this) {
      case SCRAM_SHA_256, SCRAM_SHA_1, PLAIN, LOGIN -> credentials instanceof Credentials.Password;
      case OAUTHBEARER, XOAUTH2 -> credentials instanceof Credentials.Token;
      case EXTERNAL -> credentials instanceof Credentials.Certificate;
    };
  }

  /**
   * The mechanisms to sign in by, the best first.
   *
   * @param offered what the server offers, in any case; names unknown here are passed over
   * @param mayExpose whether those may be used that {@linkplain #exposesSecret expose the secret}:
   *     TLS is on, or the user allows plain text
   */
  public static List<SaslMechanism> usable(
      Collection<String> offered, Credentials credentials, boolean mayExpose) {
    var names =
        offered.stream().map(name -> name.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
    return Arrays.stream(values())
        .filter(each -> names.contains(each.registered) && each.takes(credentials))
        .filter(each -> mayExpose || !each.exposesSecret())
        .toList();
  }

  /**
   * Begins an attempt to sign in.
   *
   * @throws IllegalArgumentException when it does not {@linkplain #takes take} such credentials
   * @throws SaslException when the name or password cannot be used with it
   */
  public SaslExchange begin(Credentials credentials) throws SaslException {
    return switch (this) {
      case SCRAM_SHA_256, SCRAM_SHA_1 ->
        new ScramExchange(this, as(Credentials.Password.class, credentials));
      case PLAIN -> new PlainExchange(as(Credentials.Password.class, credentials));
      case LOGIN -> new LoginExchange(as(Credentials.Password.class, credentials));
      case OAUTHBEARER, XOAUTH2 ->
        new OauthExchange(this, as(Credentials.Token.class, credentials));
      case EXTERNAL -> new ExternalExchange(as(Credentials.Certificate.class, credentials));
    };
  }

  private <C extends Credentials> C as(Class<C> kind, Credentials credentials) {
    if (!kind.isInstance(credentials)) {
      throw new IllegalArgumentException(registered + " does not take such credentials");
    }
    return kind.cast(credentials);
  }
}
