package io.mailtide.replica.imap;

import io.mailtide.engine.Checkpoint;
import io.mailtide.wire.imap.ModSeq;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * How far a mailbox has been observed.
 *
 * @param generation UIDVALIDITY, in decimal; what else is written is of no use under another one
 * @param uidNext all messages below it have been observed
 * @param messages how many that were
 * @param modSeq all changes up to it have been observed; absent where the server does not count
 *     them
 * @param from changes are to be asked for from here, further back: the server may not have shown
 *     all of them yet; absent: from {@code modSeq}
 */
record ImapCheckpoint(
    String generation,
    long uidNext,
    long messages,
    Optional<ModSeq> modSeq,
    Optional<ModSeq> from) {
  private static final Pattern TEXT = Pattern.compile(
      "validity (\\d{1,10}) next (\\d{1,10}) messages (\\d{1,10}) modseq (\\d{1,19})"
          + "(?: from (\\d{1,19}))?");

  Checkpoint text() {
    return new Checkpoint("validity %s next %d messages %d modseq %d"
            .formatted(generation, uidNext, messages, modSeq.map(ModSeq::value).orElse(0L))
        + from.map(back -> " from " + back.value()).orElse(""));
  }

  /** Reads the text form; absent when it is none. */
  static Optional<ImapCheckpoint> parse(Checkpoint checkpoint) {
    var matcher = TEXT.matcher(checkpoint.value());
    if (!matcher.matches()) {
      return Optional.empty();
    }
    long modSeq = Long.parseLong(matcher.group(4));
    return Optional.of(new ImapCheckpoint(
        matcher.group(1),
        Long.parseLong(matcher.group(2)),
        Long.parseLong(matcher.group(3)),
        modSeq == 0 ? Optional.empty() : Optional.of(new ModSeq(modSeq)),
        Optional.ofNullable(matcher.group(5)).map(Long::parseLong).map(ModSeq::new)));
  }
}
