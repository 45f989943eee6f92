package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import io.mailtide.engine.Side;
import io.mailtide.replica.imap.session.Account;
import io.mailtide.replica.imap.session.SignIn;
import java.util.List;

/** Mailboxes at an IMAP server (RFC 3501, RFC 9051). Found as a service. */
public final class ImapProvider implements ReplicaProvider {
  @Override
  public String type() {
    return "imap";
  }

  @Override
  public Side side() {
    return Side.FAR;
  }

  @Override
  public List<Setting> settings() {
    return List.of(
        Setting.required(Account.HOST, Kind.TEXT, "name or address of the server"),
        Setting.optional(Account.PORT, Kind.NUMBER, "its port; default: 993, or 143 by tls"),
        Setting.choice(
            Account.TLS,
            List.of("implicit", "starttls", "none"),
            "how the connection is protected"),
        Setting.optional(
            Account.TLS_CA,
            Kind.PATH,
            "PEM file of the authorities to trust instead of the system's"),
        Setting.optional(
            Account.TLS_FINGERPRINT, Kind.TEXT, "the one certificate to trust, as sha256:HEX"),
        Setting.optional(
            Account.ALLOW_PLAINTEXT, Kind.BOOLEAN, "let tls = \"none\" leave this machine"),
        Setting.required(Account.USER, Kind.TEXT, "whom to sign in as"),
        Setting.choice(
            Account.AUTH,
            List.of("password", "token"),
            "what the secret is: a password, or an OAuth token"),
        Setting.required(Account.PASSWORD, Kind.SECRET, "the password or token"),
        Setting.choice(
            Account.REMOVALS,
            List.of("expunge", "trash"),
            "what becomes of messages removed on this machine: gone for good, or to the Trash"),
        Setting.optional(
            Account.WITHOUT,
            Kind.WORDS,
            "abilities of the server not to be used, though it offers them: MOVE, QRESYNC"),
        Setting.optional(Account.MAX_CONNECTIONS, Kind.NUMBER, "most connections at a time"));
  }

  /** Connects and signs in, in the calling thread. */
  @Override
  public Replica open(Settings settings, Context context) throws FaultException {
    var account = Account.of(settings);
    return new ImapReplica(SignIn.open(account, context), account.toTrash());
  }
}
