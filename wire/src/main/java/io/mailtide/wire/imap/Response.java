package io.mailtide.wire.imap;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/**
 * What a server says (RFC 9051 section 7), one response a value; only the bodies of messages come
 * in pieces.
 */
public sealed interface Response {
  /** The word that a status response begins with. */
  enum Condition {
    OK,
    NO,
    BAD,
    /** Greeting only: signed in already. */
    PREAUTH,
    /** The server closes the connection. */
    BYE
  }

  /** The end of a command. */
  record Tagged(String tag, Condition condition, Optional<ResponseCode> code, String text)
      implements Response {}

  /**
   * A status that ends no command: the greeting, a warning, a response code of SELECT, a farewell.
   */
  record Untagged(Condition condition, Optional<ResponseCode> code, String text)
      implements Response {}

  /**
   * The server waits for more of a command.
   *
   * @param text for people, or for AUTHENTICATE a challenge in base64
   */
  record Continuation(String text) implements Response {}

  /** Answer to CAPABILITY. */
  record Capability(Capabilities capabilities) implements Response {}

  /** What ENABLE switched on (RFC 5161). */
  record Enabled(Capabilities capabilities) implements Response {}

  /**
   * A mailbox in a listing.
   *
   * @param attributes as sent, for instance {@code \Noselect}, {@code \Sent}
   * @param delimiter between the levels of the name; absent where there are none
   * @param childInfo selection options that children meet (CHILDINFO); usually empty
   * @param oldName a former name (OLDNAME)
   */
  record ListEntry(
      List<String> attributes,
      Optional<Character> delimiter,
      MailboxName name,
      List<String> childInfo,
      Optional<MailboxName> oldName)
      implements Response {
    public ListEntry {
      attributes = List.copyOf(attributes);
      childInfo = List.copyOf(childInfo);
    }

    /** Whether the attribute is there, in any case. */
    public boolean has(String attribute) {
      return attributes.stream().anyMatch(attribute::equalsIgnoreCase);
    }
  }

  /**
   * The condition of a mailbox that need not be open (STATUS). What was not asked, or cannot be
   * right, is absent.
   *
   * @param unseen messages without {@code \Seen}
   * @param size bytes in all
   * @param others any other item, name in capitals, value as sent
   */
  record MailboxStatus(
      MailboxName name,
      OptionalLong messages,
      OptionalLong recent,
      OptionalLong unseen,
      OptionalLong deleted,
      OptionalLong size,
      Optional<Uid> uidNext,
      Optional<UidValidity> uidValidity,
      Optional<ModSeq> highestModSeq,
      Map<String, String> others)
      implements Response {
    public MailboxStatus {
      others = Collections.unmodifiableMap(new TreeMap<>(others));
    }
  }

  /** How many messages the open mailbox holds. */
  record Exists(long count) implements Response {}

  /** How many of them are new to this session. */
  record Recent(long count) implements Response {}

  /** The message at this position is gone, and those after it move up. */
  record Expunge(long sequence) implements Response {}

  /** The flags in use in the open mailbox. */
  record Flags(List<String> flags) implements Response {
    public Flags {
      flags = List.copyOf(flags);
    }
  }

  /**
   * What the server says of one message; its bodies came before. A server may send this unasked,
   * twice, or in several parts for one message.
   *
   * @param sequence the message's position; 0 where the server sent that, which says nothing
   * @param flags as sent; equal lists are often the same object
   * @param internalDate when it arrived; absent also where the date cannot be
   * @param size bytes, as the server states it
   * @param others any other item, name in capitals, value as sent
   */
  record Fetch(
      long sequence,
      Optional<Uid> uid,
      Optional<List<String>> flags,
      Optional<ModSeq> modSeq,
      Optional<Instant> internalDate,
      OptionalLong size,
      Map<String, String> others)
      implements Response {}

  /**
   * A body, or part of one, of a message begins. {@link BodyPiece}s and one {@link BodyEnd} follow,
   * then perhaps more bodies, and at last the {@link Fetch} that they belong to; or, when the rest
   * of the line makes no sense, a {@link Malformed}.
   *
   * @param sequence the message's position
   * @param uid where it came before the body; else it is in the {@link Fetch}
   * @param item what it is, in capitals, for instance {@code BODY[]}, {@code BODY[HEADER]},
   *     {@code BODY[]<0>}
   * @param length bytes that follow; absent when the server says that there is nothing such (NIL)
   */
  record BodyBegin(long sequence, Optional<Uid> uid, String item, OptionalLong length)
      implements Response {}

  /**
   * Bytes of the body that began last.
   *
   * @param bytes a view of the buffer that arrived, not a copy: valid until the machine is called
   *     again
   */
  record BodyPiece(ByteBuffer bytes) implements Response {}

  /** The body that began last is whole. */
  record BodyEnd() implements Response {}

  /**
   * Messages that are gone (RFC 7162 section 3.2.10).
   *
   * @param earlier whether it answers a question about the past, and moves no positions
   * @param uids may be open ({@code 12:*}) where a server breaks the rules; may name messages that
   *     never were
   */
  record Vanished(boolean earlier, UidSet uids) implements Response {}

  /**
   * Answer to SEARCH.
   *
   * @param messages UIDs where UIDs were asked for, else positions; in order, whatever the server's
   *     order
   * @param modSeq the highest of the messages found, when asked by modification sequence
   */
  record Search(UidSet messages, Optional<ModSeq> modSeq) implements Response {}

  /**
   * Answer to SEARCH RETURN (RFC 4731). What was not asked, or has no value, is absent.
   *
   * @param tag of the command that it answers; absent where the server left it out
   * @param uids whether the numbers are UIDs, else positions
   * @param all all messages found; absent when not asked, and when none was found
   */
  record ESearch(
      Optional<String> tag,
      boolean uids,
      OptionalLong count,
      OptionalLong min,
      OptionalLong max,
      Optional<UidSet> all,
      Optional<ModSeq> modSeq)
      implements Response {}

  /** Where mailboxes live (RFC 2342): the user's own, other users', shared by all. */
  record Namespace(List<Root> personal, List<Root> otherUsers, List<Root> shared)
      implements Response {
    public Namespace {
      personal = List.copyOf(personal);
      otherUsers = List.copyOf(otherUsers);
      shared = List.copyOf(shared);
    }

    /**
     * A prefix of mailbox names, often empty, and the delimiter between levels, where there are
     * levels.
     */
    public record Root(MailboxName prefix, Optional<Character> delimiter) {}
  }

  /**
   * Who the server is (RFC 2971).
   *
   * @param fields names in lower case; a field without a value is left out
   */
  record Id(Map<String, String> fields) implements Response {
    public Id {
      fields = Collections.unmodifiableMap(new TreeMap<>(fields));
    }
  }

  /**
   * A response that synchronisation does not need.
   *
   * @param keyword its first word, in capitals
   * @param text what follows, as sent
   */
  record Other(String keyword, String text) implements Response {}

  /**
   * A response that should be understood and cannot be. Where it might have said what is gone or
   * changed, nothing may be concluded from what else was heard.
   *
   * @param keyword its first word, in capitals; {@code FETCH} and its like where a number comes
   *     first
   * @param expected what should have come, and where, in words for people
   * @param text the whole line as sent; may hold what belongs in no log
   */
  record Malformed(String keyword, String expected, String text) implements Response {}
}
