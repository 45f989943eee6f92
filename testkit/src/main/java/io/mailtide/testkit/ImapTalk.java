package io.mailtide.testkit;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A few IMAP commands for tests to change and read a real server, sharing no code with the product.
 * One connection, one thread; anything but OK fails the test.
 */
public final class ImapTalk implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 600_000;
  private static final DateTimeFormatter DATE_TIME =
      DateTimeFormatter.ofPattern("d-MMM-yyyy HH:mm:ss Z", Locale.ROOT);
  private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)}$");
  private static final Pattern UID = Pattern.compile("UID (\\d+)");
  private static final Pattern FLAGS = Pattern.compile("FLAGS \\(([^)]*)\\)");
  private static final Pattern DATE = Pattern.compile("INTERNALDATE \"([^\"]*)\"");

  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private int tag;
  private boolean literalsGoAhead;

  /**
   * A message as the server holds it.
   *
   * @param flags without {@code \Recent}
   * @param sha256 of the message as sent on the wire, in hexadecimal
   */
  public record Held(long uid, TreeSet<String> flags, Instant arrived, long size, String sha256) {}

  /**
   * An untagged response: its text with each literal left out after its <code>{n}</code>, and the
   * literals.
   */
  public record Answer(String text, List<byte[]> literals) {}

  private ImapTalk(int port) throws IOException {
    socket = new Socket(InetAddress.getLoopbackAddress(), port);
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
    out = new BufferedOutputStream(socket.getOutputStream(), 1 << 16);
  }

  /**
   * What a server says when it is ready to sign someone in; absent: nobody listens on this port.
   */
  public static Optional<String> greeting(int port) {
    try (var talk = new ImapTalk(port)) {
      for (; ; ) {
        var text = talk.answer().text();
        if (!text.startsWith("* OK Waiting")) {
          return Optional.of(text);
        }
      }
    } catch (ConnectException e) {
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(e.toString());
    }
  }

  /** Connects without TLS and signs in. */
  public static ImapTalk signIn(int port, String user, String password) {
    try {
      var talk = new ImapTalk(port);
      talk.answer();
      talk.send("LOGIN " + quoted(user) + " " + quoted(password));
      talk.literalsGoAhead =
          talk.send("CAPABILITY").stream().anyMatch(one -> one.text().contains("LITERAL+"));
      return talk;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a command and returns what came untagged before its OK. */
  public List<Answer> send(String command) {
    try {
      var mark = "t" + ++tag;
      out.write((mark + " " + command + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      return until(mark, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appends a message given in wire form. The folder is written as on the wire, unquoted. */
  public void append(String folder, byte[] message, String flags, Instant arrived) {
    var date = DATE_TIME.format(OffsetDateTime.ofInstant(arrived, ZoneOffset.UTC));
    var command = "APPEND %s (%s) \"%s\" {%d%s}\r\n"
        .formatted(quoted(folder), flags, padded(date), message.length, literalsGoAhead ? "+" : "");
    try {
      var mark = "t" + ++tag;
      out.write((mark + " " + command).getBytes(StandardCharsets.UTF_8));
      if (!literalsGoAhead) {
        out.flush();
        until("+", command);
      }
      out.write(message);
      out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      until(mark, command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Everything in a folder, in order of UID. */
  public List<Held> held(String folder) {
    send("EXAMINE " + quoted(folder));
    var found = new TreeMap<Long, Held>();
    try {
      var mark = "t" + ++tag;
      var command = mark + " UID FETCH 1:* (UID FLAGS INTERNALDATE BODY.PEEK[])\r\n";
      out.write(command.getBytes(StandardCharsets.US_ASCII));
      out.flush();
      for (; ; ) {
        var answer = answer();
        if (answer.text().startsWith(mark + " ")) {
          // Courier appends nothing to a mailbox while it is open for reading only.
          send("CLOSE");
          return List.copyOf(found.values());
        }
        if (answer.text().contains(" FETCH (") && !answer.literals().isEmpty()) {
          var held = held(answer);
          found.put(held.uid(), held);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Held held(Answer answer) {
    var body = answer.literals().getFirst();
    var flags = new TreeSet<>(List.of(group(FLAGS, answer).split(" ", -1)));
    flags.removeAll(List.of("", "\\Recent"));
    var arrived = OffsetDateTime.parse(group(DATE, answer).strip(), DATE_TIME).toInstant();
    return new Held(Long.parseLong(group(UID, answer)), flags, arrived, body.length, sha256(body));
  }

  private static String group(Pattern pattern, Answer answer) {
    var matcher = pattern.matcher(answer.text());
    if (!matcher.find()) {
      throw new IllegalStateException("no " + pattern + " in " + answer.text());
    }
    return matcher.group(1);
  }

  /** The digest of a message in wire form, in hexadecimal. */
  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<Answer> until(String mark, String command) throws IOException {
    var answers = new ArrayList<Answer>();
    for (; ; ) {
      var answer = answer();
      if (answer.text().startsWith(mark + " OK") || answer.text().startsWith("+ ")) {
        return answers;
      }
      if (answer.text().matches("t\\d+ .*")) {
        throw new IllegalStateException("server refused " + command + ": " + answer.text());
      }
      answers.add(answer);
    }
  }

  private Answer answer() throws IOException {
    var text = new StringBuilder();
    var literals = new ArrayList<byte[]>();
    for (; ; ) {
      text.append(line());
      var matcher = LITERAL.matcher(text);
      if (!matcher.find()) {
        return new Answer(text.toString(), literals);
      }
      literals.add(in.readNBytes(Integer.parseInt(matcher.group(1))));
    }
  }

  private String line() throws IOException {
    var line = new StringBuilder();
    for (int octet = in.read(); octet != '\n'; octet = in.read()) {
      if (octet < 0) {
        throw new EOFException("server closed after: " + line);
      }
      if (octet != '\r') {
        line.append((char) octet);
      }
    }
    return line.toString();
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
  }

  /** A day of one digit has a blank in front (RFC 9051: date-day-fixed). */
  private static String padded(String date) {
    return date.indexOf('-') == 1 ? " " + date : date;
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
