package io.mailtide.testkit;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;

/** A port on loopback where nobody listens, and which nobody else gets until this is closed. */
public final class ClosedPort implements AutoCloseable {
  private final Socket bound = new Socket();

  /** Takes a port that the system chooses. */
  public ClosedPort() throws IOException {
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  public int number() {
    return bound.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    bound.close();
  }
}
