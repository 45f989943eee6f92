package io.mailtide.replica.imap.session;

import io.mailtide.wire.imap.Capabilities;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is known of a make of server beyond what it says of itself, as data. The numbers in the
 * remarks are those of the list of quirks.
 */
public enum ServerProfile {
  GMAIL(),
  /** 6, 11, 17, 20. */
  EXCHANGE(
      Workaround.NO_NAMESPACE,
      Workaround.SUBSTITUTE_NOTES,
      Workaround.NO_MOVE,
      Workaround.FOLDED_NAMES),
  /** 11, 14, 17. */
  OUTLOOK(Workaround.SUBSTITUTE_NOTES, Workaround.FOLDED_NAMES),
  /** 39: a CONDSTORE of its own. */
  YAHOO(Workaround.NO_CONDSTORE, Workaround.NO_QRESYNC),
  /** 44: VANISHED that cannot be believed. */
  ICLOUD(Workaround.NO_QRESYNC),
  /** 46, 47. */
  PROTON(Workaround.NO_QRESYNC),
  /** 52, 55. */
  YANDEX(Workaround.NO_SEARCH),
  /** 49, 55. */
  COREMAIL(Workaround.NO_SEARCH),
  /** 61: UIDVALIDITY means nothing before SELECT. */
  COURIER(Workaround.SELECT),
  CYRUS(),
  DOVECOT(),
  ZIMBRA(),
  GMX(),
  GENERIC();

  /** What to do differently. */
  public enum Workaround {
    NO_CONDSTORE,
    NO_QRESYNC,
    NO_NAMESPACE,
    /** SEARCH is missing or wrong: list instead. */
    NO_SEARCH,
    /** SELECT instead of EXAMINE. */
    SELECT,
    /** Notes in place of messages that the server cannot give. */
    SUBSTITUTE_NOTES,
    /** MOVE loses messages or their flags: copy and remove instead. */
    NO_MOVE,
    /** Names of folders ignore case; a folder may take those below it along when it is deleted. */
    FOLDED_NAMES
  }

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Workaround> workarounds;

  ServerProfile(Workaround... workarounds) {
    this.workarounds = List.of(workarounds);
  }

  public boolean has(Workaround workaround) {
    return workarounds.contains(workaround);
  }

  /**
   * The profile of a server.
   *
   * @param greeting the text of its greeting
   * @param id what it said of itself (RFC 2971); may be empty
   * @param host the name it was reached by
   */
  public static ServerProfile of(
      Capabilities capabilities, String greeting, Map<String, String> id, String host) {
    if (capabilities.has("X-GM-EXT-1")) {
      return GMAIL;
    }
    if (capabilities.has("XAPPLEPUSHSERVICE") && isAt(host, "mail.me.com")) {
      return ICLOUD;
    }
    var name = id.getOrDefault("name", "").toLowerCase(Locale.ROOT);
    var said = (name + " " + greeting).toLowerCase(Locale.ROOT);
    if (said.contains("microsoft exchange")) {
      return isAt(host, "outlook.com") || isAt(host, "office365.com") ? OUTLOOK : EXCHANGE;
    }
    for (var known : BY_WORD.entrySet()) {
      if (said.contains(known.getKey())) {
        return known.getValue();
      }
    }
    if (isAt(host, "yahoo.com") || isAt(host, "aol.com") || capabilities.has("XYMHIGHESTMODSEQ")) {
      return YAHOO;
    }
    return GENERIC;
  }

  private static final Map<String, ServerProfile> BY_WORD = Map.of(
      "dovecot", DOVECOT,
      "cyrus", CYRUS,
      "courier", COURIER,
      "coremail", COREMAIL,
      "zimbra", ZIMBRA,
      "yandex", YANDEX,
      "proton", PROTON,
      "gmx", GMX,
      "gluon", PROTON);

  private static boolean isAt(String host, String domain) {
    var folded = host.toLowerCase(Locale.ROOT);
    return folded.equals(domain) || folded.endsWith("." + domain);
  }
}
