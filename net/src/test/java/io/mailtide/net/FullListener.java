package io.mailtide.net;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A port on which connections are neither accepted nor refused: its queue is full. */
final class FullListener implements AutoCloseable {
  private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  private final List<SocketChannel> waiting = new ArrayList<>();

  FullListener() throws IOException {
    var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getLocalPort());
    // These two fill the queue, so they must be in it before anyone else knocks.
    for (int i = 0; i < 2; i++) {
      waiting.add(SocketChannel.open(address));
    }
    for (int i = 0; i < 6; i++) {
      var channel = SocketChannel.open();
      channel.configureBlocking(false);
      channel.connect(address);
      waiting.add(channel);
    }
  }

  int port() {
    return server.getLocalPort();
  }

  @Override
  public void close() throws IOException {
    for (var each : waiting) {
      each.close();
    }
    server.close();
  }
}
