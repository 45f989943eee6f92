package io.mailtide.replica.imap.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.ReplicaProvider.Context;
import io.mailtide.testkit.ScriptedPeer;
import io.mailtide.testkit.settings.GivenSettings;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A further connection, of an account whose line is known to be slow. */
class SignInCompressionTest {
  @Test
  void compressionBegins_onceSignedInAndNotBefore() throws IOException, FaultException {
    var line = new Line(() -> {});
    line.slow();
    try (var peer = ScriptedPeer.playing(talk -> {
      talk.send("* OK [CAPABILITY IMAP4rev1 COMPRESS=DEFLATE] hello\r\n");
      var tag = talk.expectMatching("(\\S+) LOGIN .*").group(1);
      talk.send(tag + " OK come in\r\n");
      tag = talk.expectMatching("(\\S+) CAPABILITY").group(1);
      talk.send("* CAPABILITY IMAP4rev1 COMPRESS=DEFLATE\r\n" + tag + " OK that is all\r\n");
      tag = talk.expectMatching("(\\S+) COMPRESS DEFLATE").group(1);
      talk.send(tag + " NO not today\r\n");
      talk.readToEnd();
    })) {
      var settings = new GivenSettings(
          "work",
          Map.of(
              "host", "127.0.0.1",
              "port", (long) peer.port(),
              "tls", "none",
              "user", "ann",
              "password", "secret"));
      var context = new Context(Environment.system(), new Cancellation(), _ -> {});
      var session = SignIn.open(Account.of(settings, context.cancellation()), context, line);
      session.ahead().settle(_ -> {});
      assertThat(session.connection().isClosed()).isFalse();
      session.connection().close();
    }
  }
}
