package io.mailtide.replica.imap;

import io.mailtide.testkit.Conversation;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A server by table: whatever command begins so is answered so, with the tag for {@code %t}. Lines
 * end with CRLF by themselves. It plays until the client leaves.
 */
final class Answers implements ScriptedPeer.Script {
  private final String greeting;
  private final Map<String, String> table = new LinkedHashMap<>();
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  /** Ends the connection behind what was answered. */
  static final String CUT = "\u0000";

  private Answers(String greeting) {
    this.greeting = greeting;
  }

  static Answers greeting(String greeting) {
    return new Answers(greeting);
  }

  /** A server that lets everybody in, has one INBOX, and can do this much. */
  static Answers server(String capabilities) {
    return greeting("* OK [CAPABILITY " + capabilities + "] ready")
        .on("LOGIN", "%t OK in")
        .on("CAPABILITY", "* CAPABILITY " + capabilities + "\n%t OK done")
        .on("LIST", "* LIST () \"/\" INBOX\n%t OK done")
        .on("ID", "* ID NIL\n%t OK done")
        .on("ENABLE", "%t OK done")
        .on("NAMESPACE", "* NAMESPACE ((\"\" \"/\")) NIL NIL\n%t OK done");
  }

  /** A folder that opens like this. */
  Answers mailbox(int exists, String codes) {
    var answer = new StringBuilder("* " + exists + " EXISTS\n");
    for (var code : codes.split(",", -1)) {
      answer.append("* OK [").append(code).append("] so\n");
    }
    return on("EXAMINE", answer + "%t OK [READ-ONLY] open");
  }

  /** The longest beginning that fits decides. */
  Answers on(String command, String answer) {
    table.put(command, answer);
    return this;
  }

  /** What came, without tags. */
  List<String> heard() {
    return List.copyOf(heard);
  }

  @Override
  public void play(Conversation conversation) throws IOException {
    send(conversation, greeting, "*");
    for (; ; ) {
      var next = conversation.lineOrEnd();
      if (next.isEmpty()) {
        return;
      }
      var line = next.get();
      var tag = line.substring(0, Math.max(0, line.indexOf(' ')));
      var command = line.substring(tag.isEmpty() ? 0 : tag.length() + 1);
      heard.add(command);
      if (command.equals("LOGOUT")) {
        return;
      }
      var answer = table.entrySet().stream()
          .filter(entry -> command.startsWith(entry.getKey()))
          .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
          .orElseThrow(() -> new AssertionError("no answer to " + line));
      send(conversation, answer.getValue(), tag);
      if (answer.getValue().endsWith(CUT)) {
        conversation.cut();
        return;
      }
    }
  }

  private static void send(Conversation conversation, String answer, String tag)
      throws IOException {
    if (answer.endsWith(CUT)) {
      conversation.send(answer.replace(CUT, "").replace("%t", tag).replace("\n", "\r\n"));
    } else {
      conversation.send(answer.replace("%t", tag).replace("\n", "\r\n") + "\r\n");
    }
  }
}
