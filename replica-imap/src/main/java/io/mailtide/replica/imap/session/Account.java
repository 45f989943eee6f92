package io.mailtide.replica.imap.session;

import io.mailtide.account.Access;
import io.mailtide.engine.Cancellation;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Settings;
import io.mailtide.net.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The settings of a store: where and as whom to sign in, and what is done otherwise there.
 *
 * @param removals what becomes of removed messages
 * @param without abilities of the server that are not used, though it offers them
 * @param connectionsMax how many connections may be open at a time
 */
public record Account(Access access, Removals removals, List<String> without, int connectionsMax) {
  /** What IMAP has of its own in reaching a server (RFC 8314 section 3.2). */
  public static final Access.Protocol PROTOCOL = new Access.Protocol(993, 143, false);

  public static final String MAX_CONNECTIONS = "max-connections";
  public static final String REMOVALS = "removals";
  public static final String WITHOUT = "without";

  private static final long CONNECTIONS_MAX_DEFAULT = 4;

  /** What becomes of messages removed on this machine. */
  public enum Removals {
    /** What is usual at the server: the user says nothing of it. */
    USUAL,
    EXPUNGE,
    TRASH
  }

  /** Reads and checks the settings; asks for the secret. */
  public static Account of(Settings settings, Cancellation cancellation) throws FaultException {
    var removals =
        Removals.valueOf(settings.text(REMOVALS).orElse("usual").toUpperCase(Locale.ROOT));
    int connectionsMax =
        Math.toIntExact(settings.number(MAX_CONNECTIONS).orElse(CONNECTIONS_MAX_DEFAULT));
    return new Account(
        Access.of(settings, PROTOCOL, cancellation),
        removals,
        settings.words(WITHOUT),
        connectionsMax);
  }

  /** The same when one more ability of the server is not used. */
  public Account without(String ability) {
    var more = new ArrayList<>(without);
    more.add(ability);
    return new Account(access, removals, List.copyOf(more), connectionsMax);
  }

  /** The same over one connection. */
  public Account alone() {
    return new Account(access, removals, without, 1);
  }

  public Endpoint server() {
    return access.server();
  }

  /** For people: who signs in where. */
  @Override
  public String toString() {
    return access.toString();
  }
}
