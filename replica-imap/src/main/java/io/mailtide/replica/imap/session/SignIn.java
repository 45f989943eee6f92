package io.mailtide.replica.imap.session;

import io.mailtide.account.Access;
import io.mailtide.account.AccessFaults;
import io.mailtide.account.Refusals;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.wire.Secret;
import io.mailtide.wire.imap.Capabilities;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.Response.Condition;
import io.mailtide.wire.imap.ResponseCode;
import io.mailtide.wire.imap.ResponseCode.Name;
import io.mailtide.wire.imap.Segment;
import io.mailtide.wire.sasl.Credentials;
import io.mailtide.wire.sasl.SaslException;
import io.mailtide.wire.sasl.SaslMechanism;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The way from nothing to a {@link Session}: greeting, TLS, credentials, abilities. */
public final class SignIn {
  private final Account account;
  private final Connection connection;

  private SignIn(Account account, Connection connection) {
    this.account = account;
    this.connection = connection;
  }

  /** Connects and signs in. */
  static Session open(Account account, Context context, Line line) throws FaultException {
    var connection = new Connection(account, context, line);
    boolean done = false;
    try {
      var session = new SignIn(account, connection).open();
      connection.signedIn();
      done = true;
      return session;
    } finally {
      if (!done) {
        connection.close();
      }
    }
  }

  private Session open() throws FaultException {
    if (!(connection.greeting() instanceof Response.Untagged greeting)
        || greeting.condition() == Condition.NO
        || greeting.condition() == Condition.BAD) {
      throw protocol("what greeted is no IMAP server");
    }
    boolean known = greeting.condition() == Condition.PREAUTH;
    if (account.access().protection() == Access.Protection.STARTTLS) {
      if (known) {
        throw noTls("the server signs in by itself before TLS could begin");
      }
      startTls();
    }
    if (!known) {
      learn();
      signIn();
    }
    return setUp(greeting.text());
  }

  /** Makes sure that the server's abilities are known. */
  private void learn() throws FaultException {
    if (connection.capabilities().words().isEmpty()) {
      connection.run(Command.Bare.CAPABILITY, response -> {});
    }
  }

  private void startTls() throws FaultException {
    learn();
    if (!connection.capabilities().has("STARTTLS")) {
      throw noTls("the server does not offer STARTTLS; it cannot, or somebody on the way hides it");
    }
    var answer = connection.run(Command.Bare.STARTTLS, response -> {});
    if (answer.condition() != Condition.OK) {
      throw noTls(answer.text());
    }
    connection.startTls();
  }

  private FaultException noTls(String said) {
    return new FaultException(AccessFaults.noTls(account.access(), said));
  }

  private FaultException protocol(String said) {
    return new FaultException(AccessFaults.protocol("talking to " + account.server(), said));
  }

  private void signIn() throws FaultException {
    var capabilities = connection.capabilities();
    boolean mayExpose = connection.isSecure() || account.access().mayExpose();
    var credentials = account.access().credentials().orElseThrow();
    var refusals = new Refusals();
    Optional<FaultException> last = Optional.empty();
    for (var mechanism :
        SaslMechanism.usable(capabilities.values("AUTH"), credentials, mayExpose)) {
      var answer = authenticate(mechanism, credentials, capabilities.has("SASL-IR"));
      if (answer.condition() == Condition.OK) {
        return;
      }
      last = Optional.of(refused(answer));
      if (answer.condition() == Condition.NO
          && refusals.isLast(mechanism, isAboutPassword(answer))) {
        throw last.get();
      }
    }
    if (credentials instanceof Credentials.Password password
        && mayExpose
        && !refusals.exhausted()
        && !capabilities.has("LOGINDISABLED")) {
      var answer =
          connection.run(new Command.Login(password.user(), password.password()), response -> {});
      if (answer.condition() == Condition.OK) {
        return;
      }
      last = Optional.of(refused(answer));
    }
    throw last.orElseGet(() -> new FaultException(
        AccessFaults.noMechanism(account.access(), capabilities.values("AUTH"))));
  }

  private static boolean isAboutPassword(Response.Tagged answer) {
    return answer.code().isEmpty()
        || answer.code().get().equals(new ResponseCode.Plain(Name.AUTHENTICATIONFAILED));
  }

  private FaultException refused(Response.Tagged answer) {
    return new FaultException(Faults.signIn(account, answer.code(), answer.text()));
  }

  // authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)
  private Response.Tagged authenticate(
      SaslMechanism mechanism, Credentials credentials, boolean initialAllowed)
      throws FaultException {
    try {
      var exchange = mechanism.begin(credentials);
      var early = initialAllowed ? exchange.initial() : Optional.<Secret<byte[]>>empty();
      var late = initialAllowed ? Optional.<Secret<byte[]>>empty() : exchange.initial();
      var tag = connection.begin(new Command.Authenticate(mechanism.registered(), early));
      for (var response = connection.receive(); ; ) {
        if (response instanceof Response.Tagged answer && answer.tag().equals(tag)) {
          if (answer.condition() == Condition.OK) {
            exchange.complete();
          }
          return answer;
        } else if (response instanceof Response.Continuation(var challenge)) {
          var reply = late.isPresent() ? late.get() : exchange.respond(decoded(challenge));
          late = Optional.empty();
          response = connection.converse(Segment.answer(reply));
        } else {
          response = connection.receive();
        }
      }
    } catch (SaslException e) {
      throw new FaultException(AccessFaults.sasl(account.access(), e), e);
    }
  }

  private byte[] decoded(String challenge) throws FaultException {
    try {
      return Base64.getDecoder().decode(challenge.strip());
    } catch (IllegalArgumentException e) {
      throw protocol("a challenge in the sign-in that is not base64");
    }
  }

  /**
   * All that is said once after signing in, at one go where the server's abilities are known
   * already.
   */
  private Session setUp(String greeting) throws FaultException {
    var told = connection.capabilities();
    var findings = new Findings();
    var profile = ServerProfile.of(told, greeting, Map.of(), account.server().host());
    var first = new ArrayList<Command>();
    // Asked even when told unasked: quirks 5 and 43.
    first.add(Command.Bare.CAPABILITY);
    if (told.has("ID")) {
      first.add(new Command.Id(new TreeMap<>(Map.of("name", "Mailtide", "version", "0.1.0"))));
    }
    var ahead = abilities(told, profile);
    first.addAll(ahead);
    connection.run(first, first.size(), findings);
    var now = connection.capabilities();
    profile = ServerProfile.of(now, greeting, findings.id, account.server().host());
    var rest = new ArrayList<>(abilities(now, profile));
    if (ahead.isEmpty() && !rest.isEmpty()) {
      connection.run(rest, rest.size(), findings);
    }
    return new Session(connection, profile, findings.enabled, findings.prefix);
  }

  private static List<Command> abilities(Capabilities told, ServerProfile profile) {
    var commands = new ArrayList<Command>();
    var wanted = new ArrayList<String>();
    if (told.has("QRESYNC") && !profile.has(Workaround.NO_QRESYNC)) {
      wanted.add("QRESYNC");
    } else if (told.has("CONDSTORE") && !profile.has(Workaround.NO_CONDSTORE)) {
      wanted.add("CONDSTORE");
    }
    for (var word : List.of("IMAP4rev2", "UTF8=ACCEPT")) {
      if (told.has(word)) {
        wanted.add(word);
      }
    }
    if (told.has("ENABLE") && !wanted.isEmpty()) {
      commands.add(new Command.Enable(wanted));
    }
    if (told.has("NAMESPACE") && !profile.has(Workaround.NO_NAMESPACE)) {
      commands.add(Command.Bare.NAMESPACE);
    }
    return commands;
  }

  /** What the server said of itself. */
  private static final class Findings implements Exchange.Handler {
    private final Map<String, String> id = new HashMap<>();
    private Capabilities enabled = Capabilities.NONE;
    private String prefix = "";

    @Override
    public void accept(Response response) {
      switch (response) {
        case Response.Id(var fields) -> id.putAll(fields);
        case Response.Enabled(var list) -> enabled = list;
        case Response.Namespace namespace
        when !namespace.personal().isEmpty() ->
          prefix = namespace.personal().getFirst().prefix().text();
        case Response _ -> {}
      }
    }
  }
}
