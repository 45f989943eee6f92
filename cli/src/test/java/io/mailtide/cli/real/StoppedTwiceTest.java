package io.mailtide.cli.real;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.send.Outbox;
import io.mailtide.engine.send.Outgoing;
import io.mailtide.engine.send.Outgoing.State;
import io.mailtide.testkit.ScriptedPeer;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ctrl-C once and again, while a server that has all of a message does not answer. */
class StoppedTwiceTest {
  @TempDir
  private Path directory;

  private Program program(int port) {
    return new Program(
        directory,
        "host = \"127.0.0.1\"",
        "port = 1",
        "tls = \"none\"",
        "[default-store]",
        "path = \"local\"",
        "[transports.work]",
        "host = \"127.0.0.1\"",
        "port = " + port,
        "tls = \"none\"");
  }

  private void submit(Program program, String subject) throws Exception {
    var process = program.start("sendmail", "-f", "ann@example.org", "bob@example.net");
    try (var in = process.getOutputStream()) {
      in.write("From: ann@example.org\nSubject: %s\n\nx\n"
          .formatted(subject)
          .getBytes(StandardCharsets.UTF_8));
    }
    assertThat(process.waitFor()).isZero();
  }

  private static void awaitSaid(BufferedReader out, String words) throws IOException {
    var line = out.readLine();
    while (line != null && !line.contains(words)) {
      line = out.readLine();
    }
    assertThat(line).isNotNull();
  }

  @Test
  void theSecondTime_nobodyWaitsForTheServer_andNothingIsLost() throws Exception {
    ScriptedPeer.Script silent = conversation -> {
      conversation.send("220 ready\r\n").line();
      conversation.send("250 hello\r\n").expect("MAIL FROM:<ann@example.org>");
      conversation.send("250 ok\r\n").expect("RCPT TO:<bob@example.net>");
      conversation.send("250 ok\r\n").expect("DATA").send("354 go\r\n");
      var line = conversation.line();
      while (!line.equals(".")) {
        line = conversation.line();
      }
      conversation.stall();
    };
    try (var peer = ScriptedPeer.playing(silent)) {
      var program = program(peer.port());
      submit(program, "one");
      submit(program, "two");
      var process =
          new ProcessBuilder(program.command("send")).redirectErrorStream(true).start();
      peer.awaitStall();
      process.toHandle().destroy(); // process.destroy() would close what it says
      try (var out = process.inputReader()) {
        awaitSaid(out, "Ctrl-C again: at once");
        process.toHandle().destroy();
        assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
      }
      peer.release();
      assertThat(process.exitValue()).isEqualTo(130);
    }
    var waiting = Outbox.waiting(directory.resolve("state"));
    assertThat(waiting).extracting(Outgoing::state).containsExactly(State.IN_DOUBT, State.QUEUED);
    assertThat(waiting.getFirst().trouble().orElseThrow().said())
        .as("it was not waited for what the first time is: its own word on the doubt")
        .isEqualTo("Mailtide was stopped before the server's answer came");
    assertThat(waiting.getFirst().tries()).as("nothing was recorded after that").isZero();
  }
}
