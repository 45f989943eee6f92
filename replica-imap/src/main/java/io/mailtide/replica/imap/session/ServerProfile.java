package io.mailtide.replica.imap.session;

import io.mailtide.wire.imap.Capabilities;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What is known of a make of server beyond what it says of itself: one table of how each is
 * recognised and what is done differently there. The first that is recognised counts. What the user
 * sets in the configuration ({@code without}, {@code removals}) goes before it.
 */
public enum ServerProfile {
  GMAIL(
      List.of(Mark.capability("X-GM-EXT-1")),
      Workaround.LATE_CHANGES,
      Workaround.LABELS,
      Workaround.CAPPED),
  ICLOUD(List.of(Mark.capability("XAPPLEPUSHSERVICE").at("mail.me.com")), Workaround.NO_QRESYNC),
  OUTLOOK(
      List.of(
          Mark.word("microsoft exchange").at("outlook.com"),
          Mark.word("microsoft exchange").at("office365.com")),
      Workaround.FEW_COMMANDS,
      Workaround.SUBSTITUTE_NOTES,
      Workaround.FOLDED_NAMES,
      Workaround.NON_MAIL_FOLDERS,
      Workaround.WRONG_SIZES),
  EXCHANGE(
      List.of(Mark.word("microsoft exchange")),
      Workaround.FEW_COMMANDS,
      Workaround.NO_NAMESPACE,
      Workaround.SUBSTITUTE_NOTES,
      Workaround.NO_MOVE,
      Workaround.FOLDED_NAMES,
      Workaround.NON_MAIL_FOLDERS,
      Workaround.WRONG_SIZES),
  PROTON(
      List.of(Mark.word("proton"), Mark.word("gluon")),
      Workaround.NO_QRESYNC,
      Workaround.UNSTEADY_UIDS),
  GMX(List.of(Mark.word("gmx")), Workaround.UNSTEADY_UIDS),
  YANDEX(List.of(Mark.word("yandex")), Workaround.NO_SEARCH),
  COREMAIL(List.of(Mark.word("coremail")), Workaround.NO_SEARCH),
  COURIER(List.of(Mark.word("courier")), Workaround.SELECT),
  YAHOO(
      List.of(
          Mark.capability("XYMHIGHESTMODSEQ"),
          Mark.anywhere().at("yahoo.com"),
          Mark.anywhere().at("aol.com")),
      Workaround.NO_CONDSTORE,
      Workaround.NO_QRESYNC,
      Workaround.NEWEST_ONLY),
  GENERIC(List.of(Mark.anywhere()));

  /** What to do differently, with the numbers of the list of quirks that call for it. */
  public enum Workaround {
    /** 14: loses count of commands when some 50 are on their way. */
    FEW_COMMANDS(14),
    /** 39: its modification sequences are its own. */
    NO_CONDSTORE(39),
    /** 44, 46: VANISHED cannot be believed, or UIDs change. */
    NO_QRESYNC(44, 46),
    /** 20: NAMESPACE ends the connection. */
    NO_NAMESPACE(20),
    /** 55: SEARCH is missing or wrong: list instead. */
    NO_SEARCH(55),
    /** 61: UIDVALIDITY means nothing before SELECT: no EXAMINE. */
    SELECT(61),
    /** 17: notes in place of messages that the server cannot give. */
    SUBSTITUTE_NOTES(17),
    /** 6: MOVE loses messages or their flags: copy and remove instead. */
    NO_MOVE(6),
    /**
     * 11: names of folders ignore case; a folder may take those below it along when it is deleted.
     */
    FOLDED_NAMES(11),
    /** 13: calendar, contacts and files are listed as folders of mail: leave them out. */
    NON_MAIL_FOLDERS(13),
    /** 8: stated sizes are wrong: conclude nothing from them. */
    WRONG_SIZES(8),
    /** 35: of a large folder only the newest messages show: take none for removed. */
    NEWEST_ONLY(35),
    /**
     * 33: its user may have let folders show no more than so many messages: take none for removed
     * that is older than those.
     */
    CAPPED(33),
    /** 30: modification sequences move before the changes show: ask from further back. */
    LATE_CHANGES(30),
    /**
     * 46, 50: a UID may come to name another message: remove nothing for good, but to the Trash.
     */
    UNSTEADY_UIDS(46, 50),
    /** 26: folders are labels; a message is removed by moving it from All Mail to the Trash. */
    LABELS(26);

    @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
    private final Set<Integer> rows;

    Workaround(Integer... rows) {
      this.rows = Set.of(rows);
    }

    /** The rows of the list of quirks that it comes from. */
    public Set<Integer> rows() {
      return rows;
    }
  }

  /**
   * A sign by which a server is recognised: all that is given must be there.
   *
   * @param capability among its abilities; empty: any
   * @param word in its greeting or its name by ID (RFC 2971), in lower case; empty: any
   * @param domain that the name it was reached by is in; empty: any
   */
  private record Mark(String capability, String word, String domain) {
    static Mark capability(String capability) {
      return new Mark(capability, "", "");
    }

    static Mark word(String word) {
      return new Mark("", word, "");
    }

    static Mark anywhere() {
      return new Mark("", "", "");
    }

    Mark at(String domain) {
      return new Mark(capability, word, domain);
    }

    boolean isOn(Capabilities capabilities, String said, String host) {
      return (capability.isEmpty() || capabilities.has(capability))
          && said.contains(word)
          && (domain.isEmpty() || host.equals(domain) || host.endsWith("." + domain));
    }
  }

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Mark> marks;

  @SuppressWarnings("ImmutableEnumChecker") // never changed
  private final Set<Workaround> workarounds = EnumSet.noneOf(Workaround.class);

  ServerProfile(List<Mark> marks, Workaround... workarounds) {
    this.marks = marks;
    this.workarounds.addAll(Arrays.asList(workarounds));
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
    var said = (id.getOrDefault("name", "") + " " + greeting).toLowerCase(Locale.ROOT);
    var folded = host.toLowerCase(Locale.ROOT);
    for (var profile : values()) {
      if (profile.marks.stream().anyMatch(mark -> mark.isOn(capabilities, said, folded))) {
        return profile;
      }
    }
    return GENERIC;
  }
}
