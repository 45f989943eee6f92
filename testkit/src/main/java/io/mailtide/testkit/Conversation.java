package io.mailtide.testkit;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SSLSocket;

/**
 * One connection of a {@link ScriptedPeer}. Lines end with CRLF and are read one byte at a time, so
 * that what follows a line stays in the socket. Text is ISO 8859-1: a character a byte. An
 * expectation that is not met fails the script.
 */
public final class Conversation implements AutoCloseable {
  private static final int LINE_BYTES_MAX = 1 << 20;

  private final CountDownLatch stalled;
  private final CountDownLatch released;
  private final Socket plain;
  private Socket socket;

  Conversation(Socket socket, CountDownLatch stalled, CountDownLatch released) {
    plain = socket;
    this.socket = socket;
    this.stalled = stalled;
    this.released = released;
  }

  /** Reads a line, whatever it is; without its CRLF. */
  public String line() throws IOException {
    var bytes = new ByteArrayOutputStream();
    InputStream in = socket.getInputStream();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || bytes.size() > LINE_BYTES_MAX) {
        throw new AssertionError(
            "expected a line, got " + (next < 0 ? "the end" : "too much") + " after: " + bytes);
      }
      bytes.write(next);
    }
    var line = bytes.toString(StandardCharsets.ISO_8859_1);
    if (!line.endsWith("\r")) {
      throw new AssertionError("a line that ends with LF alone: " + line);
    }
    return line.substring(0, line.length() - 1);
  }

  /** Reads a line, without its CRLF; empty: the other side is gone. */
  public Optional<String> lineOrEnd() throws IOException {
    int first;
    try {
      first = socket.getInputStream().read();
    } catch (SocketException e) {
      return Optional.empty();
    }
    return first < 0 ? Optional.empty() : Optional.of((char) first + line());
  }

  /** Reads a line, which must be this. */
  public Conversation expect(String expected) throws IOException {
    var line = line();
    if (!line.equals(expected)) {
      throw new AssertionError("expected: " + expected + "\n but got: " + line);
    }
    return this;
  }

  /** Reads a line, which must match as a whole. */
  public Matcher expectMatching(String regex) throws IOException {
    var line = line();
    var matcher = Pattern.compile(regex).matcher(line);
    if (!matcher.matches()) {
      throw new AssertionError("expected a match of: " + regex + "\n but got: " + line);
    }
    return matcher;
  }

  /** Reads so many bytes. */
  public byte[] bytes(int count) throws IOException {
    var bytes = socket.getInputStream().readNBytes(count);
    if (bytes.length < count) {
      throw new AssertionError("expected " + count + " bytes, got " + bytes.length);
    }
    return bytes;
  }

  /** The other side must close now, without another word. */
  public Conversation expectEnd() throws IOException {
    int next = socket.getInputStream().read();
    if (next >= 0) {
      throw new AssertionError("expected the end, got byte " + next);
    }
    return this;
  }

  /** Reads whatever comes, until the other side is gone. */
  public Conversation readToEnd() throws IOException {
    try {
      socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    } catch (SocketException e) {
      // It ended with a reset.
      return this;
    }
    return this;
  }

  /** Sends the text as it is: line ends are up to the script. */
  public Conversation send(String text) throws IOException {
    return send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  public Conversation send(byte[] bytes) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(bytes);
    out.flush();
    return this;
  }

  /** Sends bytes past TLS, as somebody on the way could. */
  public Conversation sendBeneathTls(byte[] bytes) throws IOException {
    plain.getOutputStream().write(bytes);
    return this;
  }

  /**
   * Sends the text in pieces of so many bytes, each in a segment of its own as far as the system
   * lets it.
   */
  public Conversation sendInPieces(String text, int size) throws IOException {
    socket.setTcpNoDelay(true);
    for (int from = 0; from < text.length(); from += size) {
      send(text.substring(from, Math.min(text.length(), from + size)));
    }
    return this;
  }

  /** Says nothing until {@link ScriptedPeer#release}. */
  public Conversation stall() throws IOException {
    stalled.countDown();
    try {
      released.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stalling", e);
    }
    return this;
  }

  /** Begins TLS, as a server. */
  public Conversation startTls(TestCertificates.Leaf leaf) throws IOException {
    var factory = leaf.context().getSocketFactory();
    if (factory.createSocket(plain, null, plain.getPort(), true) instanceof SSLSocket secured) {
      secured.setUseClientMode(false);
      secured.startHandshake();
      socket = secured;
    }
    return this;
  }

  /** Begins TLS, as a server, and the other side must break it off. */
  public void startTlsInVain(TestCertificates.Leaf leaf) throws IOException {
    try {
      startTls(leaf);
    } catch (IOException e) {
      // A TLS alert, or the end of a connection that was not waited for.
      return;
    }
    throw new AssertionError("the other side accepted the certificate");
  }

  /** The server names that the other side asked for when TLS began (RFC 6066 section 3). */
  public List<String> namesAskedFor() {
    return socket instanceof SSLSocket secured
            && secured.getSession() instanceof ExtendedSSLSession session
        ? session.getRequestedServerNames().stream()
            .map(name -> new String(name.getEncoded(), StandardCharsets.US_ASCII))
            .toList()
        : List.of();
  }

  /** Ends the connection at once, without TLS's farewell. */
  public void cut() throws IOException {
    plain.close();
  }

  /** Ends the connection with a reset: what was sent and not yet read is lost. */
  public void reset() throws IOException {
    plain.setSoLinger(true, 0);
    plain.close();
  }

  /** Says that no more will come, and still listens. */
  public Conversation halfClose() throws IOException {
    socket.shutdownOutput();
    return this;
  }

  @Override
  public void close() throws IOException {
    socket.close();
    plain.close();
  }
}
