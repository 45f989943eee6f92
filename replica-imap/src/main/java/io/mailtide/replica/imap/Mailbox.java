package io.mailtide.replica.imap;

import io.mailtide.wire.imap.MailboxName;
import io.mailtide.wire.imap.ModSeq;
import io.mailtide.wire.imap.Response;
import io.mailtide.wire.imap.ResponseCode;
import io.mailtide.wire.imap.ResponseCode.Name;
import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidValidity;
import java.util.Optional;

/** The open mailbox, as the server describes it while it opens and whenever it likes thereafter. */
final class Mailbox {
  final MailboxName name;

  /** Absent where the server gave none that can be. */
  Optional<UidValidity> validity = Optional.empty();

  Optional<Uid> uidNext = Optional.empty();
  Optional<ModSeq> modSeq = Optional.empty();

  /** Messages in it now. */
  long exists;

  /** Messages removed by others since {@link #watch}. */
  long removed;

  Mailbox(MailboxName name) {
    this.name = name;
  }

  /** The generation's text; {@code 0} stands for unknown. */
  String generation() {
    return validity.map(UidValidity::toString).orElse("0");
  }

  /** Begins to count removals anew. */
  void watch() {
    removed = 0;
  }

  /** Takes note of what concerns the mailbox as a whole. */
  void note(Response response) {
    switch (response) {
      case Response.Exists(var count) -> exists = count;
      case Response.Expunge _ -> removed(1);
      case Response.Vanished(var earlier, var uids)
      when !earlier -> removed(uids.count().orElse(0));
      case Response.Untagged untagged -> untagged.code().ifPresent(this::note);
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
      case ResponseCode.Plain(var plain)
      when plain == Name.CLOSED -> {
        // All before was about the mailbox that was open until now.
        exists = 0;
        watch();
      }
      case ResponseCode _ -> {}
    }
  }
}
