package io.mailtide.transport.smtp;

import io.mailtide.account.Access;
import io.mailtide.engine.Fault;
import io.mailtide.engine.send.Transport;
import io.mailtide.engine.send.Transport.Envelope;
import io.mailtide.engine.send.Transport.Outcome;
import io.mailtide.engine.send.Transport.Verdict;
import io.mailtide.wire.smtp.Address;
import io.mailtide.wire.smtp.Reply;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The recipients of one message by their index, each with its address and, once known, what becomes
 * of it.
 */
final class Recipients {
  private final Access access;
  private final List<String> texts;
  private final List<Optional<Address>> addresses;
  private final Transport.@Nullable Reply[] replies;

  Recipients(Access access, Envelope envelope) {
    this.access = access;
    texts = envelope.recipients();
    replies = new Transport.Reply[texts.size()];
    addresses = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      addresses.add(parse(i));
    }
  }

  private Optional<Address> parse(int index) {
    try {
      return Optional.of(new Address(texts.get(index)));
    } catch (IllegalArgumentException e) {
      refuse(
          index,
          Fault.Kind.REFUSED,
          String.valueOf(e.getMessage()),
          "Correct the address, and send it again.");
      return Optional.empty();
    }
  }

  /** Those of whom nothing is known yet. */
  List<Integer> open() {
    return IntStream.range(0, replies.length)
        .filter(i -> replies[i] == null)
        .boxed()
        .toList();
  }

  Address address(int index) {
    return addresses.get(index).orElseThrow();
  }

  /** It does not go there, for what is found here. */
  void refuse(int index, Fault.Kind kind, String said, String next) {
    replies[index] = new Transport.Reply(
        Verdict.REFUSED,
        said,
        Optional.of(Faults.unsendable(access, shown(index), kind, said, next)));
  }

  /** The same for all of whom nothing is known yet. */
  void refuseOpen(Fault.Kind kind, String said, String next) {
    open().forEach(index -> refuse(index, kind, said, next));
  }

  /** The server has said what becomes of it there. */
  void answer(int index, Reply reply) {
    replies[index] = reply.isPositive()
        ? new Transport.Reply(Verdict.TAKEN, reply.toString(), Optional.empty())
        : new Transport.Reply(
            reply.isTransient() ? Verdict.DEFERRED : Verdict.REFUSED,
            reply.toString(),
            Optional.of(Faults.refused(access, shown(index), reply)));
  }

  /** The same for all of whom nothing is known yet. */
  void answerOpen(Reply reply) {
    open().forEach(index -> answer(index, reply));
  }

  /** A malformed address may hold anything. */
  private String shown(int index) {
    return texts.get(index).replaceAll("\\p{Cc}", "·");
  }

  /** What became of each, in their order; absent where nothing is known yet. */
  List<Optional<Transport.Reply>> replies() {
    return Arrays.stream(replies).map(Optional::ofNullable).toList();
  }

  /** What became of them all. */
  Outcome outcome() {
    return new Outcome.Answered(replies().stream().map(Optional::orElseThrow).toList());
  }
}
