package io.mailtide.wire.imap;

import java.util.List;
import java.util.Optional;

/** What a status response says to programs: the part in brackets (RFC 9051 section 7.1). */
public sealed interface ResponseCode {
  /** A code that is a word alone. */
  record Plain(Name name) implements ResponseCode {}

  /** The server's abilities, unasked. */
  record CapabilityList(Capabilities capabilities) implements ResponseCode {}

  /**
   * The flags that a client can change for good.
   *
   * @param flags without {@code \*}
   * @param open whether new keywords can be made ({@code \*})
   */
  record PermanentFlags(List<String> flags, boolean open) implements ResponseCode {
    public PermanentFlags {
      flags = List.copyOf(flags);
    }
  }

  /** The mailbox's generation (UIDVALIDITY). */
  record Validity(UidValidity value) implements ResponseCode {}

  /** No message to come gets a lower number than this (UIDNEXT). */
  record NextUid(Uid uid) implements ResponseCode {}

  /** The position of the first unseen message (UNSEEN). */
  record FirstUnseen(long sequence) implements ResponseCode {}

  /** How far the mailbox's changes have come (RFC 7162 section 3.1.2.1). */
  record HighestModSeq(ModSeq value) implements ResponseCode {}

  /** What an upload became (RFC 4315); empty where the server leaves the numbers out. */
  record AppendUid(UidValidity validity, UidSet uids) implements ResponseCode {}

  /**
   * What a copy became (RFC 4315): the n-th of the source is the n-th of the target. Sets may be
   * empty.
   */
  record CopyUid(UidValidity validity, UidSet source, UidSet target) implements ResponseCode {}

  /**
   * Messages that a conditional STORE left alone, for they changed meanwhile (RFC 7162 section
   * 3.1.3).
   */
  record Modified(UidSet messages) implements ResponseCode {}

  /**
   * Any other code.
   *
   * @param name in capitals
   * @param text what follows it; may be empty
   */
  record Other(String name, String text) implements ResponseCode {}

  /** The words that say all; {@code _} stands for {@code -}. */
  enum Name {
    /** RFC 9051: the text must be shown to the user. */
    ALERT,
    /** RFC 5530: it exists already. */
    ALREADYEXISTS,
    /** RFC 5530: credentials refused. */
    AUTHENTICATIONFAILED,
    /** RFC 5530: signed in, but may not act for the other user. */
    AUTHORIZATIONFAILED,
    /** RFC 5530: will never be done. */
    CANNOT,
    /** RFC 5530: the server thinks that we broke the protocol. */
    CLIENTBUG,
    /** RFC 7162, RFC 9051: the mailbox open before is closed; what follows is about the new one. */
    CLOSED,
    /** RFC 4978: the connection is compressed already. */
    COMPRESSIONACTIVE,
    /** RFC 5530: the user should ask for help. */
    CONTACTADMIN,
    /** RFC 5530: the server's data is damaged. */
    CORRUPTION,
    /** RFC 5530: credentials out of date. */
    EXPIRED,
    /** RFC 5530: somebody removed messages; NOOP tells which. */
    EXPUNGEISSUED,
    /** RFC 9051: the mailbox has children and cannot be removed. */
    HASCHILDREN,
    /** RFC 5530: another holds a lock. */
    INUSE,
    /** RFC 5530: a limit of the server. */
    LIMIT,
    /** RFC 7162: the mailbox keeps no modification sequences. */
    NOMODSEQ,
    /** RFC 5530: it is not there. */
    NONEXISTENT,
    /** RFC 5530: no permission. */
    NOPERM,
    /** RFC 5182: no search result was saved. */
    NOTSAVED,
    /** RFC 5530: over quota. */
    OVERQUOTA,
    /** RFC 9051: a message's header or MIME structure cannot be parsed. */
    PARSE,
    /** RFC 5530: only with TLS. */
    PRIVACYREQUIRED,
    READ_ONLY,
    READ_WRITE,
    /** RFC 5530: a bug of the server. */
    SERVERBUG,
    /** In use at Gmail: slow down. */
    THROTTLED,
    /** RFC 7889, RFC 4469: too big to be taken in. */
    TOOBIG,
    /** RFC 9051: make the target mailbox first. */
    TRYCREATE,
    /** RFC 4315: UIDs are not kept. */
    UIDNOTSTICKY,
    /** RFC 5530: something behind the server is down. */
    UNAVAILABLE,
    /** RFC 3516: cannot decode the part. */
    UNKNOWN_CTE;

    /** The name as on the wire. */
    public String word() {
      return name().replace('_', '-');
    }

    /** The name of that word, given in capitals. */
    static Optional<Name> ofWord(String word) {
      for (var name : values()) {
        if (name.word().equals(word)) {
          return Optional.of(name);
        }
      }
      return Optional.empty();
    }
  }
}
