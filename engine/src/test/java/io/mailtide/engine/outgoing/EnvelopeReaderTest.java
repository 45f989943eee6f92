package io.mailtide.engine.outgoing;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FaultException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** From whom and to whom a message goes that was sent before. */
class EnvelopeReaderTest {
  private static final String WRITTEN =
      "From: Writer <writer@example.com>\nTo: ann@example.org\nCc: other@example.com\n\n";

  private static Header header(String... parts) {
    return Header.of((String.join("", parts) + WRITTEN)
        .replace("\n", "\r\n")
        .getBytes(StandardCharsets.ISO_8859_1));
  }

  @Test
  void bounced_itGoesFromWhoBouncesIt_asMuttWritesIt() throws FaultException {
    var bounced = header("""
        Resent-From: Ann <ann@example.org>
        Resent-Date: Sun, 22 Nov 2026 07:00:00 +0000
        Resent-Message-ID: <1@example.org>
        Resent-To: bob@example.net
        Return-Path: <writer@example.com>
        Received: from a by b
        """);
    assertThat(EnvelopeReader.sender(bounced)).contains("ann@example.org");
    assertThat(EnvelopeReader.recipients(bounced)).containsExactly("bob@example.net");
    assertThat(EnvelopeReader.sender(header())).contains("writer@example.com");
  }

  @Test
  void aResentSender_goesBefore() {
    var resent = header("Resent-From: ann@example.org\nResent-Sender: desk@example.org\n");
    assertThat(EnvelopeReader.sender(resent)).contains("desk@example.org");
  }

  @Test
  void whoResentIt_isNeverWhoWroteIt() {
    assertThat(EnvelopeReader.sender(header("Resent-From: ann\n"))).isEmpty();
  }

  @Test
  void resentMoreThanOnce_theLastTimeCounts() throws FaultException {
    var last = "Resent-From: ann@example.org\nX-Other: 1\nResent-To: bob@example.net\n";
    var first = """
        Resent-Sender: old-desk@example.com
        Resent-From: old@example.com
        Resent-To: ann@example.org
        Resent-Cc: old-cc@example.com
        """;
    var carried = header(last, "Received: from a by b\n", first);
    assertThat(EnvelopeReader.sender(carried)).contains("ann@example.org");
    assertThat(EnvelopeReader.recipients(carried)).containsExactly("bob@example.net");
    var atOnce = header(last, first.substring(first.indexOf("Resent-From")));
    assertThat(EnvelopeReader.sender(atOnce)).contains("ann@example.org");
    assertThat(EnvelopeReader.recipients(atOnce)).containsExactly("bob@example.net");
  }
}
