package io.mailtide.wire.imap;

import io.mailtide.wire.Secret;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/** What a client asks of a server (RFC 9051 section 6). */
public sealed interface Command {
  /**
   * The command as it is sent: its segments in order, the last one ends with CRLF.
   *
   * @param tag letters and digits, different for each command of a connection
   * @param dialect what the server understands
   */
  default List<Segment> print(String tag, Dialect dialect) {
    return new CommandPrinter(dialect).print(tag, this);
  }

  /** Commands that are a word alone. */
  enum Bare implements Command {
    CAPABILITY,
    /** Asks for news of the open mailbox. */
    NOOP,
    LOGOUT,
    /** TLS begins right behind the tagged OK. */
    STARTTLS,
    /** Compression begins right behind the tagged OK (RFC 4978). */
    COMPRESS_DEFLATE,
    /** RFC 2342. */
    NAMESPACE,
    /** RFC 3501: makes some servers show what was just added. */
    CHECK,
    /** Removes all messages of the open mailbox that are marked as deleted, whoever marked them. */
    EXPUNGE,
    /**
     * Closes the open mailbox; removes messages marked as deleted, unless it was opened by EXAMINE.
     */
    CLOSE,
    /** Closes the open mailbox and removes nothing (RFC 3691). */
    UNSELECT,
    /**
     * Asks for news as they come, until {@link Segment#DONE} (RFC 2177). The server answers with a
     * continuation.
     */
    IDLE
  }

  /**
   * Says who we are (RFC 2971).
   *
   * @param fields may be empty
   */
  record Id(SequencedMap<String, String> fields) implements Command {
    public Id {
      fields = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(fields));
    }
  }

  /**
   * Switches on what the server may do only when asked (RFC 5161), for instance {@code QRESYNC}.
   */
  record Enable(List<String> capabilities) implements Command {
    public Enable {
      capabilities = List.copyOf(capabilities);
    }
  }

  /** Signs in with a password in clear text. */
  record Login(String user, Secret<String> password) implements Command {}

  /**
   * Signs in by a SASL mechanism; each {@link Response.Continuation} that follows is a challenge,
   * to be answered by {@link Segment#answer}.
   *
   * @param initial what the client says first; only where the server has SASL-IR (RFC 4959)
   */
  record Authenticate(String mechanism, Optional<Secret<byte[]>> initial) implements Command {}

  /**
   * Lists mailboxes. With several patterns, or any option, this is the extended LIST (RFC 5258).
   *
   * @param selection which to list; none: all
   * @param reference usually empty
   * @param patterns {@code *} stands for anything, {@code %} for anything within one level
   * @param returns what else to say of each
   * @param statuses the STATUS items to send along for each (RFC 5819)
   */
  record ListMailboxes(
      List<ListOption> selection,
      String reference,
      List<String> patterns,
      List<ListOption> returns,
      List<StatusItem> statuses)
      implements Command {
    public ListMailboxes {
      selection = List.copyOf(selection);
      patterns = List.copyOf(patterns);
      returns = List.copyOf(returns);
      statuses = List.copyOf(statuses);
      require(!patterns.isEmpty(), "a pattern");
    }

    /** The LIST that every server knows. */
    public static ListMailboxes plain(String reference, String pattern) {
      return new ListMailboxes(List.of(), reference, List.of(pattern), List.of(), List.of());
    }
  }

  /** Options of the extended LIST: to select by, to return, or both. */
  enum ListOption {
    /** To select and to return. */
    SUBSCRIBED,
    /** To select and to return (RFC 6154). */
    SPECIAL_USE,
    /** To select: also those whose children are selected. */
    RECURSIVEMATCH,
    /** To return. */
    CHILDREN
  }

  /** Asks for the condition of a mailbox that need not be open. */
  record Status(MailboxName mailbox, List<StatusItem> items) implements Command {
    public Status {
      items = List.copyOf(items);
      require(!items.isEmpty(), "an item");
    }
  }

  /** Items of STATUS. */
  enum StatusItem {
    MESSAGES,
    UIDNEXT,
    UIDVALIDITY,
    UNSEEN,
    RECENT,
    /** RFC 8438, RFC 9051. */
    SIZE,
    /** RFC 9051. */
    DELETED,
    /** RFC 7162. */
    HIGHESTMODSEQ,
    /** RFC 7889: the largest message to be added; the answer is among the others. */
    APPENDLIMIT,
    /** RFC 8474; the answer is among the others. */
    MAILBOXID
  }

  /** Opens a mailbox; the one open before is closed. */
  record Select(Access access, MailboxName mailbox, Tracking tracking) implements Command {
    /** What may be done with it. */
    public enum Access {
      /** SELECT. */
      READ_WRITE,
      /** EXAMINE. */
      READ_ONLY
    }

    /** What to say of changes (RFC 7162). */
    public sealed interface Tracking {
      /** Trackings without arguments. */
      enum Simple implements Tracking {
        NONE,
        CONDSTORE
      }

      /**
       * Asks what changed and vanished since then, at once. Only after ENABLE QRESYNC.
       *
       * @param known the UIDs that the client knows; empty: all below the highest it could know
       */
      record Resync(UidValidity validity, ModSeq since, UidSet known) implements Tracking {}
    }
  }

  /** Whether message numbers are UIDs or positions. */
  enum Numbering {
    UID,
    SEQUENCE
  }

  /**
   * Asks for items of messages.
   *
   * @param since only messages changed since; absent: all
   */
  record Fetch(
      Numbering numbering, UidSet messages, List<FetchItem> items, Optional<ChangedSince> since)
      implements Command {
    public Fetch {
      items = List.copyOf(items);
      require(!items.isEmpty(), "an item");
      require(!messages.isEmpty(), "a message");
    }

    /**
     * A question about the past (RFC 7162 section 3.1.4).
     *
     * @param vanished whether to name also what is gone; only with UIDs and after ENABLE QRESYNC
     */
    public record ChangedSince(ModSeq value, boolean vanished) {}
  }

  /** What to ask of a message; bodies are asked for without marking the message as seen. */
  enum FetchItem {
    UID("UID"),
    FLAGS("FLAGS"),
    /** RFC 7162. */
    MODSEQ("MODSEQ"),
    INTERNALDATE("INTERNALDATE"),
    SIZE("RFC822.SIZE"),
    /** RFC 8474 section 5.1; the answer is among the others. */
    EMAILID("EMAILID"),
    /** Gmail's, which came before it; the answer is among the others. */
    GMAIL_MESSAGE_ID("X-GM-MSGID"),
    /** The whole message; it comes as {@code BODY[]}. */
    MESSAGE("BODY.PEEK[]"),
    /** The message's header with the blank line behind it; it comes as {@code BODY[HEADER]}. */
    HEADER("BODY.PEEK[HEADER]"),
    /**
     * The header's fields that tell messages apart; they come as {@code BODY[HEADER.FIELDS …]}, in
     * a spelling of the server's.
     */
    IDENTITY("BODY.PEEK[HEADER.FIELDS (MESSAGE-ID DATE FROM SUBJECT)]");

    final String text;

    FetchItem(String text) {
      this.text = text;
    }

    /** As it is asked for, and named where it is among the others. */
    public String text() {
      return text;
    }
  }

  /**
   * Asks which messages there are.
   *
   * @param results what to say of those found (RFC 4731); none: the plain SEARCH that lists them
   * @param keys which to find: all must hold
   */
  record Search(Numbering numbering, List<SearchResult> results, List<SearchKey> keys)
      implements Command {
    public Search {
      results = List.copyOf(results);
      keys = List.copyOf(keys);
      require(!keys.isEmpty(), "a key");
    }
  }

  /** What to say of the messages found. */
  enum SearchResult {
    ALL,
    COUNT,
    MIN,
    MAX
  }

  /** A condition of SEARCH. */
  sealed interface SearchKey {
    /** Any message. */
    record All() implements SearchKey {}

    /** Those of these UIDs. */
    record Uids(UidSet uids) implements SearchKey {
      public Uids {
        require(!uids.isEmpty(), "a message");
      }
    }

    /** Those changed at that modification sequence or later (RFC 7162 section 3.1.5). */
    record From(ModSeq modSeq) implements SearchKey {}

    /** Those marked as deleted. */
    record Deleted() implements SearchKey {}
  }

  /** Makes, removes or (un)subscribes a mailbox. */
  record Manage(Verb verb, MailboxName mailbox) implements Command {
    /** What to do with it. */
    public enum Verb {
      CREATE,
      DELETE,
      SUBSCRIBE,
      UNSUBSCRIBE
    }
  }

  /**
   * Creates a mailbox for a special use (RFC 6154 section 3).
   *
   * @param use the attribute, for instance {@code \Sent}
   */
  record CreateForUse(MailboxName mailbox, String use) implements Command {}

  /** Renames a mailbox and those below it. */
  record Rename(MailboxName from, MailboxName to) implements Command {}

  /**
   * Adds messages to a mailbox; several only where the server has MULTIAPPEND (RFC 3502), and then
   * all or none. The bytes of each message are not part of the command: see
   * {@link Segment#follows}.
   */
  record Append(MailboxName mailbox, List<Upload> messages) implements Command {
    public Append {
      messages = List.copyOf(messages);
      require(!messages.isEmpty(), "a message");
    }
  }

  /**
   * What to say of a message that is added.
   *
   * @param flags may be empty
   * @param arrived its INTERNALDATE, kept to the second
   * @param size its exact size in bytes; not 0, for that would take the command back
   */
  record Upload(List<String> flags, Instant arrived, long size) {
    public Upload {
      flags = List.copyOf(flags);
      require(size > 0, "a message that is not empty");
    }
  }

  /** Sets or clears flags, by UID, leaving the others as they are. */
  record Store(UidSet messages, Change change, List<String> flags) implements Command {
    public Store {
      flags = List.copyOf(flags);
      require(!messages.isEmpty(), "a message");
      require(!flags.isEmpty(), "a flag");
    }

    /** What to do with the flags. A silent change is not answered by the flags there are then. */
    public enum Change {
      SET("+FLAGS"),
      CLEAR("-FLAGS"),
      SET_SILENTLY("+FLAGS.SILENT");

      final String text;

      Change(String text) {
        this.text = text;
      }
    }
  }

  /** Brings messages to another mailbox, by UID. */
  record Transfer(Way way, UidSet messages, MailboxName target) implements Command {
    public Transfer {
      require(!messages.isEmpty(), "a message");
    }

    /** How. */
    public enum Way {
      COPY,
      /** RFC 6851. */
      MOVE
    }
  }

  /** Removes those of the messages that are marked as deleted (RFC 4315). */
  record UidExpunge(UidSet messages) implements Command {
    public UidExpunge {
      require(!messages.isEmpty(), "a message");
    }
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new IllegalArgumentException("a command needs " + what);
    }
  }
}
