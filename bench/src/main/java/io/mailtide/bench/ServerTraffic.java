package io.mailtide.bench;

import java.util.regex.Pattern;

/**
 * What a server exchanged with a tool. On the loopback interface: what Dovecot says of sessions
 * that have ended, sign-in left out.
 *
 * @param received bytes that clients sent
 * @param sent bytes that it sent to clients
 */
record ServerTraffic(long received, long sent) {
  private static final Pattern ENDED = Pattern.compile(": Disconnected: .* in=(\\d+) out=(\\d+)");

  static ServerTraffic in(String log) {
    var sum = new ServerTraffic(0, 0);
    var ended = ENDED.matcher(log);
    while (ended.find()) {
      sum = new ServerTraffic(
          sum.received + Long.parseLong(ended.group(1)), sum.sent + Long.parseLong(ended.group(2)));
    }
    return sum;
  }

  ServerTraffic minus(ServerTraffic before) {
    return new ServerTraffic(received - before.received, sent - before.sent);
  }
}
