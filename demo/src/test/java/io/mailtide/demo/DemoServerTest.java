package io.mailtide.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DemoServerTest {
  private static List<DemoMail.Folder> mail = List.of();
  private static DemoServer server;

  @BeforeAll
  static void start() {
    mail = DemoMail.load();
    server = DemoServer.start(mail);
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Test
  void theSampleIsSomeHundredMessagesInSeveralFolders() {
    assertThat(mail)
        .extracting(DemoMail.Folder::name)
        .hasSize(5)
        .contains("INBOX", "Lists/Déjà lu");
    assertThat(mail.stream().mapToInt(folder -> folder.messages().size()).sum()).isEqualTo(300);
    assertThat(mail)
        .allSatisfy(folder -> assertThat(folder.messages()).allSatisfy(message -> {
          var text = new String(message.bytes(), StandardCharsets.ISO_8859_1);
          assertThat(text).doesNotStartWith("From ").doesNotContainPattern("[^\r]\n");
        }));
  }

  @Test
  void theServerHandsOutWhatWasPutIn() throws IOException {
    for (var folder : mail) {
      try (var client = new Client()) {
        client.command(
            "EXAMINE \"" + folder.name().replace('/', '.').replace("Déjà", "D&AOk-j&AOA-") + "\"");
        for (int i = 0; i < folder.messages().size(); i++) {
          var message = folder.messages().get(i);
          var fetched = client.fetch(i + 1);
          assertThat(fetched.bytes())
              .isEqualTo(new String(message.bytes(), StandardCharsets.ISO_8859_1));
          assertThat(fetched.flags()).hasSameElementsAs(message.flags());
          assertThat(fetched.arrived().toInstant()).isEqualTo(message.arrived());
        }
      }
    }
  }

  private record Fetched(List<String> flags, ZonedDateTime arrived, String bytes) {}

  /** Reads what the server sends without the help of any mail library. */
  private static final class Client implements AutoCloseable {
    private static final Pattern FLAGS = Pattern.compile("FLAGS \\(([^)]*)\\)");
    private static final Pattern DATE = Pattern.compile("INTERNALDATE \"([^\"]*)\"");
    private static final Pattern LITERAL = Pattern.compile("BODY\\[] \\{(\\d+)}$");
    private static final DateTimeFormatter DATE_TIME =
        DateTimeFormatter.ofPattern("d-MMM-yyyy HH:mm:ss Z", Locale.ENGLISH);

    private final Socket socket = new Socket(server.host(), server.port());
    private final DataInputStream in = new DataInputStream(socket.getInputStream());

    Client() throws IOException {
      assertThat(line()).startsWith("* OK");
      command("LOGIN " + server.user() + " " + server.password());
    }

    void command(String command) throws IOException {
      send(command);
      var line = line();
      while (!line.startsWith("a ")) {
        line = line();
      }
      assertThat(line).startsWith("a OK");
    }

    Fetched fetch(int number) throws IOException {
      send("FETCH " + number + " (FLAGS INTERNALDATE BODY.PEEK[])");
      var line = line();
      var body = new byte[Integer.parseInt(group(LITERAL, line))];
      in.readFully(body);
      assertThat(line()).isEqualTo(")");
      assertThat(line()).startsWith("a OK");
      var flags = List.of(group(FLAGS, line).replace("\\Recent", "").strip().split(" +"));
      return new Fetched(
          flags.equals(List.of("")) ? List.of() : flags,
          ZonedDateTime.parse(group(DATE, line).strip(), DATE_TIME),
          new String(body, StandardCharsets.ISO_8859_1));
    }

    private static String group(Pattern pattern, String line) {
      Matcher matcher = pattern.matcher(line);
      assertThat(matcher.find()).as("%s in %s", pattern, line).isTrue();
      return matcher.group(1);
    }

    private void send(String command) throws IOException {
      socket.getOutputStream().write(("a " + command + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }

    private String line() throws IOException {
      var bytes = new ByteArrayOutputStream();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException(bytes.toString(StandardCharsets.US_ASCII));
        }
        bytes.write(c);
      }
      return bytes.toString(StandardCharsets.US_ASCII).stripTrailing();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
