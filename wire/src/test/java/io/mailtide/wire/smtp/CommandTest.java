package io.mailtide.wire.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.mailtide.wire.Secret;
import io.mailtide.wire.smtp.Command.Body;
import io.mailtide.wire.smtp.Command.EnvelopeId;
import io.mailtide.wire.smtp.Command.Notify;
import io.mailtide.wire.smtp.Command.Ret;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CommandTest {
  private static final Address ANN = new Address("ann@example.org");
  private static final Address UMLAUT = new Address("jörg@müller.example");

  private static String sent(Command command) {
    return StandardCharsets.UTF_8.decode(command.bytes()).toString();
  }

  private static Command.Mail mail(Optional<Address> sender, boolean utf8) {
    return new Command.Mail(
        sender, OptionalLong.empty(), Body.SEVEN_BIT, utf8, Optional.empty(), Optional.empty());
  }

  @Test
  void bytes_mail_hasItsParameters() {
    assertThat(sent(mail(Optional.empty(), false))).isEqualTo("MAIL FROM:<>\r\n");
    assertThat(sent(new Command.Mail(
            Optional.of(ANN),
            OptionalLong.of(120),
            Body.EIGHT_BIT,
            true,
            Optional.of(Ret.HDRS),
            Optional.of(new EnvelopeId("a b+c=d/1")))))
        .isEqualTo("MAIL FROM:<ann@example.org> SIZE=120 BODY=8BITMIME SMTPUTF8 RET=HDRS"
            + " ENVID=a+20b+2Bc+3Dd/1\r\n");
    assertThat(sent(new Command.Mail(
            Optional.of(ANN),
            OptionalLong.empty(),
            Body.BINARY,
            false,
            Optional.of(Ret.FULL),
            Optional.empty())))
        .isEqualTo("MAIL FROM:<ann@example.org> BODY=BINARYMIME RET=FULL\r\n");
  }

  @Test
  void bytes_rcpt_hasItsParameters() {
    assertThat(sent(new Command.Rcpt(ANN, Set.of(), false)))
        .isEqualTo("RCPT TO:<ann@example.org>\r\n");
    assertThat(sent(new Command.Rcpt(
            new Address("a+b=c@x.org"), Set.of(Notify.DELAY, Notify.SUCCESS), false)))
        .isEqualTo("RCPT TO:<a+b=c@x.org> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;a+2Bb+3Dc@x.org\r\n");
    assertThat(sent(new Command.Rcpt(UMLAUT, Set.of(Notify.NEVER), true)))
        .isEqualTo(
            "RCPT TO:<jörg@müller.example> NOTIFY=NEVER ORCPT=utf-8;jörg@müller.example\r\n");
  }

  /** Its length is that of its xtext, which is what servers keep room for. */
  @Test
  void envelopeId_limits_areThoseOfTheRfc() {
    assertThat(new EnvelopeId("x".repeat(100)).text()).hasSize(100);
    assertThat(new EnvelopeId("+".repeat(33)).text()).hasSize(33);
    for (var text : List.of("", "x".repeat(101), "+".repeat(34), "é", "a\tb", "a\u007f")) {
      assertThatIllegalArgumentException().isThrownBy(() -> new EnvelopeId(text));
    }
  }

  @Test
  void rcpt_neverAndMore_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Command.Rcpt(ANN, Set.of(Notify.NEVER, Notify.DELAY), false));
  }

  @Test
  void bytes_others_areAsInTheRfcs() {
    assertThat(sent(Command.Bare.DATA)).isEqualTo("DATA\r\n");
    assertThat(sent(new Command.Ehlo("[127.0.0.1]"))).isEqualTo("EHLO [127.0.0.1]\r\n");
    assertThat(sent(new Command.BdatLast(86))).isEqualTo("BDAT 86 LAST\r\n");
  }

  @Test
  void auth_secrets_areSentAndNeverShown() {
    var secret = Optional.of(Secret.of("\0ann\0secret".getBytes(StandardCharsets.US_ASCII)));
    var auth = new Command.Auth("PLAIN", secret);
    assertThat(sent(auth)).isEqualTo("AUTH PLAIN AGFubgBzZWNyZXQ=\r\n");
    assertThat(auth).hasToString("AUTH PLAIN ***");
    assertThat(auth.fits()).isTrue();
    var answer = new Command.AuthAnswer(secret.get());
    assertThat(sent(answer)).isEqualTo("AGFubgBzZWNyZXQ=\r\n");
    assertThat(answer).hasToString("***");
  }

  @Test
  void auth_initialResponse_emptyIsToldAndALongOneDoesNotFit() {
    assertThat(sent(new Command.Auth("EXTERNAL", Optional.of(Secret.of(new byte[0])))))
        .isEqualTo("AUTH EXTERNAL =\r\n");
    assertThat(new Command.Auth("XOAUTH2", Optional.of(Secret.of(new byte[400]))).fits())
        .isFalse();
  }

  @Test
  void beyondAscii_withoutSmtputf8_isRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> mail(Optional.of(UMLAUT), false));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Command.Rcpt(UMLAUT, Set.of(), false));
    assertThat(sent(mail(Optional.of(UMLAUT), true)))
        .isEqualTo("MAIL FROM:<jörg@müller.example> SMTPUTF8\r\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ann@example.org",
        "a.b+c_d/e=f@x-y.example",
        "\"a b\\\"c@d\"@example.org",
        "ann@[192.0.2.1]",
        "ann@[IPv6:2001:db8::1]",
        "ann@localhost",
        "受信@例え.example"
      })
  void address_right_isTaken(String text) {
    assertThat(new Address(text).text()).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "ann",
        "@example.org",
        "ann@",
        "ann@example.org ",
        " ann@example.org",
        "<ann@example.org>",
        "ann@example.org> SIZE=1",
        "ann@exam ple.org",
        "a..b@example.org",
        ".a@example.org",
        "a b@example.org",
        "ann@-x.org",
        "ann@x..org",
        "ann@example.org\r\nRCPT TO:<eve@example.org>",
        "\"a\r\nDATA\r\n\"@example.org",
        "ann\u0000@example.org",
        "ann\n@example.org",
        "ann\u0085@example.org",
        "ann\u2028@example.org",
        "ann\ud800@example.org",
        "\"a\\\r\"@example.org"
      })
  void address_wrong_isRefused(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Address(text))
        .withMessageStartingWith("not a mail address: ")
        .satisfies(refusal -> assertThat(refusal.getMessage()).doesNotContainPattern("\\p{Cc}"));
  }

  @Test
  void address_tooLong_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Address("a".repeat(500) + "@example.org"));
  }

  /** No argument of any command gets a second line in, one of each kind at each place. */
  @ParameterizedTest
  @ValueSource(strings = {"\r", "\n", "\r\n", "\0"})
  void injection_nothingGetsIn(String poison) {
    for (var text : List.of("ann@example.org", "[127.0.0.1]", "PLAIN")) {
      for (int at = 0; at <= text.length(); at++) {
        var poisoned = text.substring(0, at) + poison + text.substring(at);
        assertThatIllegalArgumentException().isThrownBy(() -> new Address(poisoned));
        assertThatIllegalArgumentException().isThrownBy(() -> new Command.Ehlo(poisoned));
        assertThatIllegalArgumentException()
            .isThrownBy(() -> new Command.Auth(poisoned, Optional.empty()));
        assertThatIllegalArgumentException().isThrownBy(() -> new EnvelopeId(poisoned));
      }
    }
  }
}
