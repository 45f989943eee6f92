package io.mailtide.transport.smtp;

import io.mailtide.testkit.Conversation;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.List;

/**
 * A dialogue as a server plays it, a line each: {@code S:} is said (at one go, {@code ⏎} being a
 * line end), {@code C:} must be heard. {@code STALL} says nothing until the test is over,
 * {@code CUT} ends the connection, {@code END} waits for the other side to.
 *
 * @param trouble the word to act on in place of the reply number {@code at}; empty: none
 */
record Dialogue(List<String> lines, String trouble, int at) implements ScriptedPeer.Script {
  /** The greeting, EHLO and the keywords, and then these lines. */
  static Dialogue session(String keywords, String lines) {
    var ehlo = new StringBuilder("S: 220 mail.example.org ESMTP\nC: EHLO [127.0.0.1]\n");
    for (var keyword : keywords.isEmpty() ? new String[0] : keywords.split(", ", -1)) {
      ehlo.append("S: 250-").append(keyword).append('\n');
      if (ehlo.indexOf("250-mail.example.org") < 0) {
        ehlo.insert(ehlo.indexOf("S: 250-"), "S: 250-mail.example.org\n");
      }
    }
    return of(ehlo + "S: 250 HELP\n" + lines);
  }

  static Dialogue of(String lines) {
    // Not lines(): a CR alone ends none.
    return new Dialogue(List.of(lines.split("\n", 0)), "", -1);
  }

  /** How many replies there are, each told in its last line. */
  int replies() {
    return (int) lines.stream().filter(Dialogue::isReply).count();
  }

  /** The same, with trouble in place of a reply. */
  Dialogue with(String trouble, int at) {
    return new Dialogue(lines, trouble, at);
  }

  private static boolean isReply(String line) {
    return line.matches("S: \\d{3}( .*)?");
  }

  @Override
  public void play(Conversation conversation) throws IOException {
    int reply = 0;
    for (var line : lines) {
      if (line.matches("S: \\d{3}.*") && reply == at) {
        play(conversation, trouble);
        return;
      }
      reply += isReply(line) ? 1 : 0;
      play(conversation, line);
    }
  }

  private static void play(Conversation conversation, String line) throws IOException {
    if (line.startsWith("S: ")) {
      conversation.send(line.substring(3).replace("⏎", "\r\n") + "\r\n");
    } else if (line.startsWith("C: ")) {
      conversation.expect(line.substring(3));
    } else if (line.equals("STALL")) {
      conversation.stall();
    } else if (line.equals("CUT")) {
      conversation.cut();
    } else if (line.equals("END")) {
      conversation.readToEnd();
    } else {
      throw new AssertionError("not a line of a dialogue: " + line);
    }
  }
}
