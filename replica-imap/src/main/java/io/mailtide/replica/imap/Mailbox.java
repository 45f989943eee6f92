package io.mailtide.replica.imap;

import io.mailtide.engine.Flags;
import io.mailtide.replica.imap.session.ServerProfile.Workaround;
import io.mailtide.replica.imap.session.Session;
import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.ModSeq;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.ResponseCode;
import io.mailtide.wire.imap.ResponseCode.Name;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidValidity;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.LongStream;

/** The open mailbox, as the server describes it while it opens and whenever it likes thereafter. */
final class Mailbox {
  private static final Flags SYSTEM_FLAGS =
      Flags.of("\\Answered", "\\Deleted", "\\Draft", "\\Flagged", "\\Seen");

  /** So many messages a folder shows, and no more, where its user chose so (quirk 33). */
  private static final Set<Long> CAPS = Set.of(1_000L, 2_000L, 5_000L, 10_000L);

  // atom = 1*ATOM-CHAR
  private static final Pattern ATOM = Pattern.compile("[!#$&'+,\\-./0-9:;<=>?@A-Z\\[^_`a-z|}~]+");

  final MailboxName name;

  /** Absent where the server gave none that can be. */
  Optional<UidValidity> validity = Optional.empty();

  Optional<Uid> uidNext = Optional.empty();
  Optional<ModSeq> modSeq = Optional.empty();

  /** Whether it is open for reading alone. */
  boolean readOnly;

  /** The flags that can be changed for good; absent where the server does not say. */
  Optional<ResponseCode.PermanentFlags> permanentFlags = Optional.empty();

  /** The flags in use. */
  List<String> flags = List.of();

  /** Keywords that the server was seen to refuse. */
  final Set<Flags> refusedKeywords = new HashSet<>();

  /** Whether we changed it since it was opened. */
  boolean changed;

  /** What was uploaded since it was last looked through. */
  final UploadedSample uploaded;

  final Gone gone;

  /** Messages in it now. */
  long exists;

  /** Whether it was said to have as many as a capped one, since it was opened. */
  private boolean looksCapped;

  /** Messages removed by others since {@link #watch}. */
  long removed;

  Mailbox(MailboxName name, UploadedSample uploaded, Gone gone) {
    this.name = name;
    this.uploaded = uploaded;
    this.gone = gone;
  }

  /**
   * UIDs of some messages that went since a folder was first scanned from a checkpoint: what is
   * forgotten meanwhile is known no more, and yet was counted in that.
   */
  static final class Gone {
    private static final int MAX = 1_000;

    private final Set<Long> uids = new HashSet<>();
    private Optional<ImapCheckpoint> since = Optional.empty();

    /** Whether the user was told that older messages may be hidden. */
    private boolean told;

    /** Whether the user is to be told that: once for all of its scans. */
    boolean toTell() {
      boolean first = !told;
      told = true;
      return first;
    }

    /** A scan begins; from another checkpoint than before, or from none, so does this. */
    void begin(Optional<ImapCheckpoint> from) {
      if (!from.equals(since)) {
        uids.clear();
        since = from;
      }
    }

    /** Remembers that these are gone, while they are not too many. */
    void add(Uid first, Uid last) {
      for (var uid = first.value(); uid <= last.value() && uids.size() < MAX; uid++) {
        uids.add(uid);
      }
    }

    LongStream uids() {
      return uids.stream().mapToLong(Long::longValue);
    }
  }

  /** Whether a folder with so many messages looks as if its user had it capped. */
  static boolean isCap(Session session, long messages) {
    return session.profile().has(Workaround.CAPPED) && CAPS.contains(messages);
  }

  /** Whether messages older than the oldest that shows may be there all the same (quirk 33). */
  boolean mayBeCapped(Session session) {
    return session.profile().has(Workaround.CAPPED) && looksCapped;
  }

  /** The generation's text; {@code 0} stands for unknown. */
  String generation() {
    return validity.map(UidValidity::toString).orElse("0");
  }

  /**
   * Those of the flags that this mailbox can keep. A keyword must also be one that can be sent, and
   * new ones may be made only where the server says so (quirk 10).
   */
  Flags representable(Flags wanted) {
    return Flags.of(wanted.names().stream().filter(this::isRepresentable).toList());
  }

  private boolean isRepresentable(String name) {
    boolean listed = permanentFlags
        .map(said -> Flags.of(said.flags()).contains(name))
        .orElseGet(() -> SYSTEM_FLAGS.contains(name) || Flags.of(flags).contains(name));
    boolean open = permanentFlags.map(ResponseCode.PermanentFlags::open).orElse(false);
    boolean system = SYSTEM_FLAGS.contains(name);
    boolean keyword = ATOM.matcher(name).matches();
    boolean allowed = listed ? system || keyword : open && keyword;
    return allowed && !refusedKeywords.contains(Flags.of(name));
  }

  /**
   * It is about to be opened once more: what is said before that tells its UIDVALIDITY is about the
   * mailbox that is open until then.
   */
  void reopening() {
    validity = Optional.empty();
    looksCapped = false;
  }

  /** Begins to count removals anew. */
  void watch() {
    removed = 0;
  }

  /** Takes note of what concerns the mailbox as a whole. */
  void note(Response response) {
    switch (response) {
      case Response.Exists(var count) -> {
        exists = count;
        looksCapped |= CAPS.contains(count);
      }
      case Response.Expunge _ -> removed(1);
      case Response.Vanished(var earlier, var uids)
      when !earlier -> {
        removed(uids.count().orElse(0));
        // What comes before that is about the mailbox that was open until now.
        if (validity.isPresent()) {
          uids.ranges().forEach(range -> gone.add(range.first(), range.last()));
        }
      }
      case Response.Flags(var names) -> flags = names;
      case Response.Untagged untagged -> untagged.code().ifPresent(this::note);
      case Response.Tagged tagged -> tagged.code().ifPresent(this::note);
      case Response _ -> {}
    }
  }

  private void removed(long count) {
    removed += count;
    exists = Math.max(0, exists - count);
  }

  private void note(ResponseCode code) {
    switch (code) {
      case ResponseCode.Validity(var value) -> validity = Optional.of(value);
      case ResponseCode.NextUid(var uid) -> uidNext = Optional.of(uid);
      case ResponseCode.HighestModSeq(var value) -> modSeq = Optional.of(value);
      case ResponseCode.PermanentFlags allowed -> permanentFlags = Optional.of(allowed);
      case ResponseCode.Plain(var plain) when plain == Name.READ_ONLY -> readOnly = true;
      case ResponseCode.Plain(var plain) when plain == Name.READ_WRITE -> readOnly = false;
      case ResponseCode.Plain(var plain)
      when plain == Name.CLOSED -> {
        // All before was about the mailbox that was open until now.
        exists = 0;
        looksCapped = false;
        watch();
      }
      case ResponseCode _ -> {}
    }
  }
}
