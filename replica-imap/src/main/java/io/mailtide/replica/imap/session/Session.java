package io.mailtide.replica.imap.session;

import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.wire.imap.Capabilities;
import io.mailtide.wire.imap.Command;
import io.mailtide.wire.imap.Command.FetchItem;
import java.util.Optional;

/**
 * A connection that is signed in, and what can be done with it.
 *
 * @param enabled what ENABLE switched on
 * @param prefix what the names of the user's own mailboxes begin with, such as {@code INBOX.};
 *     often empty
 */
public record Session(
    Connection connection, ServerProfile profile, Capabilities enabled, String prefix) {
  private static final int PIPELINE_MAX = 25;

  /** Of commands that are sent ahead of their turn: with each folder a new one takes its place. */
  private static final int AHEAD_MAX = 100;

  /** About 10,000 messages show where not all do. */
  private static final long SHOWN_MIN = 9_900;

  /**
   * Whether the server says what changed, and what vanished, since a modification sequence (RFC
   * 7162).
   */
  public boolean hasQresync() {
    return enabled.has("QRESYNC") && !profile.has(Workaround.NO_QRESYNC);
  }

  /** Whether the server says what changed since a modification sequence (RFC 7162). */
  public boolean hasCondstore() {
    return hasQresync() || (can("CONDSTORE") && !profile.has(Workaround.NO_CONDSTORE));
  }

  public boolean hasListStatus() {
    return can("LIST-STATUS") || can("IMAP4rev2");
  }

  public boolean hasEsearch() {
    return can("ESEARCH") || can("IMAP4rev2");
  }

  /**
   * Whether the server hides messages of a mailbox (quirk 35), so that one missing may be there all
   * the same.
   *
   * @param messages how many it shows
   */
  public boolean showsPart(long messages) {
    return profile.has(Workaround.NEWEST_ONLY) && messages >= SHOWN_MIN;
  }

  /** Whether single messages can be removed for good, and the UIDs of new ones are told. */
  public boolean hasUidplus() {
    return can("UIDPLUS") || can("IMAP4rev2");
  }

  public boolean hasMove() {
    return (can("MOVE") || can("IMAP4rev2")) && !profile.has(Workaround.NO_MOVE);
  }

  /** What makes the server show what was just added (quirk 72); IMAP4rev2 has no CHECK. */
  public Command check() {
    return can("IMAP4rev1") ? Command.Bare.CHECK : Command.Bare.NOOP;
  }

  /** What the server tells by which messages in whatever mailbox are the same, if it does. */
  public Optional<FetchItem> contentId() {
    if (can("OBJECTID")) {
      return Optional.of(FetchItem.EMAILID);
    }
    return can("X-GM-EXT-1") ? Optional.of(FetchItem.GMAIL_MESSAGE_ID) : Optional.empty();
  }

  public boolean can(String capability) {
    return connection.capabilities().has(capability);
  }

  /** How many commands may be on their way at once. */
  public int window() {
    return PIPELINE_MAX;
  }

  /**
   * How many commands may be on their way ahead of their turn. As many are answered in one round
   * trip, so more are better, but some servers lose count (quirk 14).
   */
  public int windowAhead() {
    return profile.has(Workaround.FEW_COMMANDS) ? PIPELINE_MAX : AHEAD_MAX;
  }

  /** What is sent before its turn. */
  public LookAhead ahead() {
    return connection.lookAhead();
  }
}
