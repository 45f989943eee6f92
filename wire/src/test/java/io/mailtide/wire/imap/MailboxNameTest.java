package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class MailboxNameTest {
  private static final long SEED = 20261121;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "~peter/mail/&U,BTFw-/&ZeVnLIqe-|~peter/mail/台北/日本語", // RFC 3501 section 5.1.3
        "&Jjo-!|☺!",
        "A&-B|A&B",
        "Entw&APw-rfe|Entwürfe",
        "&2D3cCQ-|\uD83D\uDC09",
        "Sent Items|Sent Items",
      })
  void modifiedUtf7_goesBothWays(String encoded, String text) {
    var name = MailboxName.received(encoded, false);
    assertThat(name.text()).isEqualTo(text);
    assertThat(name).isEqualTo(MailboxName.of(text)).hasSameHashCodeAs(MailboxName.of(text));
    assertThat(MailboxName.of(text).encoded(false)).isEqualTo(encoded);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a&b",
        "&AGE-",
        "&",
        "&Jjo",
        "&Jjo!-",
        "&U,BTFw-&ZeVnLIqe-",
        "&2D0-",
        "&J-",
        "caf\u00E9",
        "Entw\u00C3\u00BCrfe",
        "a\tb",
        "&AAA",
        "&IKwAA-"
      })
  void oddSpelling_isSentBackAsItCame(String spelling) {
    var name = MailboxName.received(spelling, false);
    assertThat(name.encoded(false)).isEqualTo(spelling);
    assertThat(name.isRespelt()).isTrue();
    assertThat(name).isNotEqualTo(MailboxName.of(name.text()));
  }

  @Test
  void rawUtf8_isReadWhereModifiedUtf7IsDue() {
    assertThat(MailboxName.received("Entw\u00C3\u00BCrfe", false)).hasToString("Entwürfe");
    assertThat(MailboxName.received("caf\u00E9", false)).hasToString("café");
  }

  @Test
  void utf8Session_readsAndWritesUtf8() {
    var name = MailboxName.received("Entw\u00C3\u00BCrfe", true);
    assertThat(name).isEqualTo(MailboxName.of("Entwürfe"));
    assertThat(name.encoded(true)).isEqualTo("Entw\u00C3\u00BCrfe");
    assertThat(MailboxName.received("A&-B", true)).isEqualTo(MailboxName.of("A&-B"));
    var broken = MailboxName.received("\u00FF", true);
    assertThat(broken.encoded(true)).isEqualTo("\u00FF");
  }

  @Test
  void inbox_isOneInAnyCase() {
    assertThat(MailboxName.received("inBox", false)).isEqualTo(MailboxName.INBOX);
    assertThat(MailboxName.of("Inbox").isInbox()).isTrue();
    assertThat(MailboxName.of("Inbox/a").isInbox()).isFalse();
    assertThat(MailboxName.of("Inbox").encoded(false)).isEqualTo("INBOX");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\0b", "\uD83D", "a\uDC09"})
  void of_refusesWhatNoServerTakes(String text) {
    assertThatThrownBy(() -> MailboxName.of(text)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anyText_comesBackFromEitherEncoding() {
    var random = new Random(SEED);
    for (int round = 0; round < 20_000; round++) {
      var text = text(random);
      var name = MailboxName.of(text);
      for (boolean utf8 : new boolean[] {false, true}) {
        assertThat(MailboxName.received(name.encoded(utf8), utf8))
            .as("seed %s round %s", SEED, round)
            .isEqualTo(name);
      }
      assertThat(name.encoded(false)).matches("[\\x20-\\x7E]*");
    }
  }

  @Test
  void anyBytes_areSentBackAsTheyCame() {
    var random = new Random(SEED);
    for (int round = 0; round < 20_000; round++) {
      var spelling = random
          .ints(random.nextInt(12), 0, 256)
          .map(b -> random.nextInt(3) == 0 ? "&-,AJjo".charAt(b % 7) : b)
          .collect(StringBuilder::new, (s, b) -> s.append((char) b), StringBuilder::append)
          .toString();
      for (boolean utf8 : new boolean[] {false, true}) {
        var name = MailboxName.received(spelling, utf8);
        assertThat(name.encoded(utf8)).as("seed %s round %s", SEED, round).isEqualTo(spelling);
      }
    }
  }

  private static String text(Random random) {
    var text = new StringBuilder();
    for (int length = random.nextInt(12); length > 0; length--) {
      int c = switch (random.nextInt(4)) {
        case 0 -> "&-/+,. ".charAt(random.nextInt(7));
        case 1 -> 1 + random.nextInt(0x7F);
        case 2 -> 0x80 + random.nextInt(0xD800 - 0x80);
        default -> 0xE000 + random.nextInt(0x110000 - 0xE000);
      };
      text.appendCodePoint(c);
    }
    return text.toString();
  }
}
