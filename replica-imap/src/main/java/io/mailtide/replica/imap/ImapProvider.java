package io.mailtide.replica.imap;

import io.mailtide.account.Access;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica;
import io.mailtide.engine.ReplicaProvider;
import io.mailtide.engine.Settings;
import io.mailtide.engine.Settings.Setting;
import io.mailtide.engine.Settings.Setting.Kind;
import io.mailtide.engine.Settings.Wrong;
import io.mailtide.engine.Side;
import io.mailtide.net.Endpoint;
import io.mailtide.replica.imap.SpecialFolders.Use;
import io.mailtide.replica.imap.session.Account;
import io.mailtide.replica.imap.session.Connection;
import io.mailtide.replica.imap.session.Lanes;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Mailboxes at an IMAP server (RFC 3501, RFC 9051). Found as a service. */
public final class ImapProvider implements ReplicaProvider {
  /** Servers whose compressed connections broke, since the program started. */
  private final Set<Endpoint> uncompressed = ConcurrentHashMap.newKeySet();

  /** Servers that refused or ended a second connection, since the program started. */
  private final Set<Endpoint> crowded = ConcurrentHashMap.newKeySet();

  /** Runs what signs in on further connections. */
  private final Executor background;

  private final Duration worth;

  /** For the service loader. */
  public ImapProvider() {
    this(Lanes.BACKGROUND, Lanes.WORTH);
  }

  /**
   * For tests.
   *
   * @param background runs what signs in on further connections
   * @param worth how long answers were waited for before that is worth it
   */
  ImapProvider(Executor background, Duration worth) {
    this.worth = worth;
    this.background = background;
  }

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
    var settings = new ArrayList<>(Account.PROTOCOL.settings());
    settings.addAll(List.of(
        Setting.choice(
            Account.REMOVALS,
            List.of("expunge", "trash"),
            "what becomes of messages removed on this machine: gone for good, or to the Trash"),
        Setting.optional(
            Account.WITHOUT,
            Kind.WORDS,
            "abilities of the server not to be used, though it offers them: MOVE, QRESYNC"),
        Setting.optional(Account.MAX_CONNECTIONS, Kind.NUMBER, "most connections at a time")));
    for (var use : Use.values()) {
      settings.add(Setting.optional(
          use.setting(),
          Kind.TEXT,
          "what the server's folder for this use is called here; default: as there"));
    }
    return List.copyOf(settings);
  }

  @Override
  public List<Wrong> check(Settings settings) {
    var wrong = new ArrayList<>(Access.check(settings, Account.PROTOCOL));
    wrong.addAll(wrongFolders(settings));
    return wrong;
  }

  /** Connects and signs in, in the calling thread. */
  @Override
  public Replica open(Settings settings, Context context) throws FaultException {
    var account = Account.of(settings, context.cancellation());
    var server = account.server();
    if (uncompressed.contains(server)) {
      account = account.without(Connection.COMPRESSION);
    }
    if (crowded.contains(server)) {
      account = account.alone();
    }
    var special = special(settings);
    var lanes = Lanes.open(
        account,
        context,
        new Lanes.Terms(
            background, worth, () -> uncompressed.add(server), () -> crowded.add(server)));
    return new ImapReplica(lanes, account.removals(), special);
  }

  /** {@inheritDoc} Here: the cryptography of SCRAM and TLS. */
  @Override
  public void preload() {
    try {
      // Long enough for the compiler to see what is worth its while, and no longer.
      SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(new PBEKeySpec("x".toCharArray(), new byte[16], 400, 256));
    } catch (GeneralSecurityException e) {
      System.getLogger(ImapProvider.class.getName())
          .log(System.Logger.Level.DEBUG, "loading what signing in needs", e);
    }
  }

  private static SpecialFolders special(Settings settings) throws FaultException {
    Access.refuse(settings, wrongFolders(settings));
    var local = new EnumMap<Use, FolderName>(Use.class);
    for (var use : Use.values()) {
      settings.text(use.setting()).ifPresent(name -> local.put(use, FolderName.parse(name)));
    }
    return new SpecialFolders(local);
  }

  private static List<Wrong> wrongFolders(Settings settings) {
    var wrong = new ArrayList<Wrong>();
    var taken = new HashSet<>(Set.of(FolderName.INBOX));
    for (var use : Use.values()) {
      var name = settings.text(use.setting());
      try {
        if (name.isPresent() && !taken.add(FolderName.parse(name.get()))) {
          wrong.add(new Wrong(
              use.setting(),
              "\"%s\" is another folder already; give each a name of its own"
                  .formatted(name.get())));
        }
      } catch (IllegalArgumentException _) {
        wrong.add(
            new Wrong(use.setting(), "\"%s\" is no name of a folder".formatted(name.orElse(""))));
      }
    }
    return wrong;
  }
}
