package io.mailtide.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Execution(ExecutionMode.CONCURRENT)
final class DovecotTest {
  @Test
  void held_filledFolder_isWhatWasPutThere() {
    var message = SyntheticMail.message(7, 1, 5_000);
    var arrived = Instant.ofEpochSecond(1_000_000_000);
    try (var dovecot = Dovecot.start()) {
      try (var filler = dovecot.fill("ann", "Lists/R&D")) {
        filler.add(message, Set.of("\\Seen", "\\Flagged", "$Forwarded", "todo"), arrived);
        filler.add(SyntheticMail.message(7, 2, 600), Set.of("todo"), arrived);
      }
      try (var talk = dovecot.talk("ann")) {
        var held = talk.held("Lists/R&-D");
        assertThat(held).hasSize(2);
        assertThat(held.getFirst().uid()).isEqualTo(1);
        assertThat(held.getFirst().flags())
            .containsExactly("$Forwarded", "\\Flagged", "\\Seen", "todo");
        assertThat(held.getFirst().arrived()).isEqualTo(arrived);
        assertThat(held.getFirst().sha256()).isEqualTo(ImapTalk.sha256(Corpus.crlf(message)));
        assertThat(held.getLast().flags()).containsExactly("todo");
      }
    }
  }

  @Test
  void append_anyStore_isHeld() {
    var wire = Corpus.crlf(SyntheticMail.message(7, 1, 5_000));
    try (var dovecot = Dovecot.builder().user("ann", "se\"cret").mdbox().start();
        var talk = dovecot.talk("ann")) {
      talk.append("INBOX", wire, "\\Seen", Instant.ofEpochSecond(1_000_000_000));
      assertThat(talk.held("INBOX"))
          .singleElement()
          .returns(ImapTalk.sha256(wire), ImapTalk.Held::sha256)
          .returns(Instant.ofEpochSecond(1_000_000_000), ImapTalk.Held::arrived);
    }
  }

  @Test
  void capability_overridden_isAllThatIsSaid() {
    try (var dovecot = Dovecot.builder()
            .user("ann", "secret")
            .capability("IMAP4rev1 LITERAL+")
            .start();
        var talk = dovecot.talk("ann")) {
      assertThat(talk.send("CAPABILITY"))
          .extracting(ImapTalk.Answer::text)
          .isEqualTo(List.of("* CAPABILITY IMAP4rev1 LITERAL+"));
    }
  }

  @Test
  void corpus_inDovecot_isByteExact() {
    var placed = Corpus.placed(1);
    assertThat(placed).hasSize(Corpus.SIZE);
    try (var dovecot = Dovecot.start()) {
      Corpus.fill(dovecot, "ann", placed);
      try (var talk = dovecot.talk("ann")) {
        var held = talk.held("Spam");
        var expected =
            placed.stream().filter(one -> one.folder().equals("Spam")).toList();
        assertThat(held).hasSameSizeAs(expected);
        for (int index = 0; index < held.size(); index++) {
          var message = expected.get(index);
          assertThat(held.get(index).sha256())
              .as(message.message().name())
              .isEqualTo(ImapTalk.sha256(message.message().wire()));
          assertThat(held.get(index).flags()).isEqualTo(message.flags());
          assertThat(held.get(index).arrived()).isEqualTo(message.arrived());
        }
      }
    }
  }
}
