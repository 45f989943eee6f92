package io.mailtide.cli.training;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import javax.crypto.Mac;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An IMAP server with one folder, which answers as those do that most users have and the
 * demonstration's does not: TLS, SCRAM, LIST-STATUS, QRESYNC, MULTIAPPEND. One connection at a
 * time; before some of them, mail comes, is answered and removed.
 */
final class SmallServer implements AutoCloseable {
  private static final String CERTIFICATE = "small.pem";
  private static final String ALIAS = "small";
  private static final String PASSWORD = "secret";
  private static final byte[] SALT = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  private static final int ITERATIONS = 4096;

  private final ServerSocket listening;
  private final SmallMailbox mailbox = new SmallMailbox();

  private SmallServer(ServerSocket listening) {
    this.listening = listening;
  }

  /**
   * Starts it.
   *
   * @param directory takes its key and its certificate, {@value #CERTIFICATE}
   */
  static SmallServer start(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    var keys = keys(directory);
    Files.writeString(directory.resolve(CERTIFICATE), pem(keys.getCertificate(ALIAS)));
    var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    managers.init(keys, PASSWORD.toCharArray());
    var tls = SSLContext.getInstance("TLS");
    tls.init(managers.getKeyManagers(), null, null);
    var server = new SmallServer(
        tls.getServerSocketFactory().createServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    Thread.ofPlatform().daemon().start(server::serve);
    return server;
  }

  /** A key and a certificate that it signed itself, by the JDK's own tool. */
  private static KeyStore keys(Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    var store = directory.resolve("keys");
    var tool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var made = new ProcessBuilder(List.of(
            tool,
            "-genkeypair",
            "-alias",
            ALIAS,
            "-keyalg",
            "EC",
            "-dname",
            "CN=small",
            "-ext",
            "san=ip:127.0.0.1",
            "-keystore",
            store.toString(),
            "-storepass",
            PASSWORD))
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
    if (made.waitFor() != 0) {
      throw new IOException("keytool made no key");
    }
    return KeyStore.getInstance(store.toFile(), PASSWORD.toCharArray());
  }

  private static String pem(Certificate certificate) throws GeneralSecurityException {
    var base64 = Base64.getMimeEncoder().encodeToString(certificate.getEncoded());
    return "-----BEGIN CERTIFICATE-----\n" + base64 + "\n-----END CERTIFICATE-----\n";
  }

  /** A configuration with one store, which is kept in step with this server. */
  String configuration() {
    return """
        state-dir = "state"

        [stores.small]
        type = "imap"
        host = "127.0.0.1"
        port = %d
        tls-ca = "%s"
        user = "ann"
        max-connections = 1
        password-command = "echo %s"
        path = "small"
        """.formatted(listening.getLocalPort(), CERTIFICATE, PASSWORD);
  }

  /** Until it is closed, or something is not as it should be: then nobody need wait for it. */
  private void serve() {
    try {
      for (int connection = 1; !listening.isClosed(); connection++) {
        serve(connection);
      }
    } finally {
      close();
    }
  }

  private void serve(int connection) {
    try (var socket = listening.accept()) {
      if (connection == Training.MAIL_COMES) {
        mailbox.arrive(4);
      } else if (connection == Training.MAIL_IS_USED) {
        mailbox.beUsed();
        mailbox.arrive(1);
      }
      new Talk(socket, mailbox).run();
    } catch (IOException _) {
      // The client is gone without waiting for the last answer, or the server is closed.
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      listening.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What is said on one connection. */
  private static final class Talk {
    private final BufferedReader in;
    private final OutputStream out;
    private final SmallMailbox mailbox;

    Talk(Socket socket, SmallMailbox mailbox) throws IOException {
      this.mailbox = mailbox;
      in = new BufferedReader(
          new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
      out = socket.getOutputStream();
    }

    void run() throws IOException, GeneralSecurityException {
      say("* OK [CAPABILITY IMAP4rev1 SASL-IR ID ENABLE LITERAL+ AUTH=SCRAM-SHA-256] ready");
      String line;
      while ((line = in.readLine()) != null) {
        var words = line.split(" ", -1);
        var code = answer(words[1].toUpperCase(Locale.ROOT), words, line);
        say(words[0] + " OK " + code + "done");
      }
    }

    /** Answers a command, but for its end; what goes there. */
    private String answer(String command, String[] words, String line)
        throws IOException, GeneralSecurityException {
      switch (command) {
        case "AUTHENTICATE" -> signIn(words[3]);
        case "CAPABILITY" ->
          say("* CAPABILITY IMAP4rev1 SASL-IR ID ENABLE LITERAL+ NAMESPACE UIDPLUS MOVE MULTIAPPEND"
              + " LIST-EXTENDED LIST-STATUS SPECIAL-USE ESEARCH CONDSTORE QRESYNC UNSELECT");
        case "ID" -> say("* ID (\"name\" \"small\")");
        case "ENABLE" -> say("* ENABLED CONDSTORE QRESYNC");
        case "NAMESPACE" -> say("* NAMESPACE ((\"\" \"/\")) NIL NIL");
        case "LIST" -> {
          say("* LIST () \"/\" INBOX");
          say("* STATUS INBOX (" + mailbox.status() + ")");
        }
        case "SELECT", "EXAMINE" -> sayAll(mailbox.opened());
        case "UID" -> sayAll(mailbox.answer(words[2], words[3], line));
        case "APPEND" -> {
          return "[APPENDUID 1 " + appended(line) + "] ";
        }
        case "LOGOUT" -> say("* BYE");
        default -> {}
      }
      return "";
    }

    /** Takes messages, each announced by its length; their UIDs. */
    private String appended(String line) throws IOException {
      var uids = new ArrayList<String>();
      for (var rest = line; rest.endsWith("+}"); rest = in.readLine()) {
        var text =
            new char[Integer.parseInt(rest, rest.lastIndexOf('{') + 1, rest.length() - 2, 10)];
        for (int at = 0; at < text.length; ) {
          at += in.read(text, at, text.length - at);
        }
        uids.add(Long.toString(mailbox.add(new String(text), "\\Seen")));
      }
      return String.join(",", uids);
    }

    /** SCRAM (RFC 5802 section 5) from the server's side. */
    private void signIn(String initial) throws IOException, GeneralSecurityException {
      var first = decoded(initial).substring("n,,".length());
      var nonce = first.substring(first.indexOf("r=")) + "x";
      var challenge = nonce + ",s=" + Base64.getEncoder().encodeToString(SALT) + ",i=" + ITERATIONS;
      say("+ " + encoded(challenge));
      var last = decoded(in.readLine());
      var signed = first + "," + challenge + "," + last.substring(0, last.indexOf(",p="));
      var salted = SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(new PBEKeySpec(PASSWORD.toCharArray(), SALT, ITERATIONS, 256))
          .getEncoded();
      var signature = hmac(hmac(salted, "Server Key"), signed);
      say("+ " + encoded("v=" + Base64.getEncoder().encodeToString(signature)));
      in.readLine();
    }

    private static byte[] hmac(byte[] key, String text) throws GeneralSecurityException {
      var mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String encoded(String text) {
      return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String decoded(String text) {
      return new String(Base64.getDecoder().decode(text), StandardCharsets.US_ASCII);
    }

    private void sayAll(List<String> lines) throws IOException {
      for (var line : lines) {
        say(line);
      }
    }

    private void say(String line) throws IOException {
      out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
    }
  }
}
