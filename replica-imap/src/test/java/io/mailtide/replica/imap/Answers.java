package io.mailtide.replica.imap;

import io.mailtide.testkit.Conversation;
import io.mailtide.testkit.ScriptedPeer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A server by table: whatever command begins so is answered so, with the tag for {@code %t}. Lines
 * end with CRLF by themselves. It plays until the client leaves.
 */
final class Answers implements ScriptedPeer.Script {
  private final String greeting;
  private static final Pattern LITERAL = Pattern.compile("\\{(\\d+)(\\+?)}$");

  private final Map<String, List<String>> table = new LinkedHashMap<>();
  private final Map<String, String> unwanted = new LinkedHashMap<>();
  private Optional<MailServer> behind = Optional.empty();
  private final List<String> literals = Collections.synchronizedList(new ArrayList<>());
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
    return server(capabilities, "ready");
  }

  /** One of the make that is told by this greeting. */
  static Answers server(String capabilities, String greeting) {
    return greeting("* OK [CAPABILITY " + capabilities + "] " + greeting)
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
    return on("EXAMINE", answer + "%t OK [READ-ONLY] open")
        .on("SELECT", answer + "%t OK [READ-WRITE] open");
  }

  /**
   * The longest beginning that fits decides. Of several answers each is given once, the last ever
   * after.
   */
  Answers on(String command, String... answers) {
    table.put(command, new ArrayList<>(List.of(answers)));
    return this;
  }

  /** What the table has no answer to, this one answers. */
  Answers before(MailServer server) {
    behind = Optional.of(server);
    return this;
  }

  /** Answers so where a command that begins so announces a literal, instead of waiting for it. */
  Answers refusing(String command, String answer) {
    unwanted.put(command, answer);
    return this;
  }

  /** The literals that came. */
  List<String> literals() {
    return List.copyOf(literals);
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
      var refusal = Optional.<String>empty();
      var added = new ArrayList<String>();
      for (var literal = LITERAL.matcher(command);
          literal.find();
          literal = LITERAL.matcher(command)) {
        if (literal.group(2).isEmpty()) {
          refusal = longest(unwanted, command);
          if (refusal.isPresent()) {
            break;
          }
          conversation.send("+ go on\r\n");
        }
        var bytes = conversation.bytes(Integer.parseInt(literal.group(1)));
        added.add(new String(bytes, StandardCharsets.ISO_8859_1));
        command += "|" + conversation.line();
      }
      heard.add(command);
      literals.addAll(added);
      if (command.equals("LOGOUT")) {
        return;
      }
      var answer = refusal.isPresent() ? refusal.get() : answer(command, added);
      send(conversation, answer, tag);
      if (answer.endsWith(CUT)) {
        conversation.cut();
        return;
      }
    }
  }

  private String answer(String command, List<String> added) {
    var known = longest(table, command);
    if (known.isEmpty() && behind.isPresent()) {
      return behind.get().answer(command, added);
    }
    var answers = known.orElseThrow(() -> new AssertionError("no answer to " + command));
    return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
  }

  private static <T> Optional<T> longest(Map<String, T> table, String command) {
    return table.entrySet().stream()
        .filter(entry -> command.startsWith(entry.getKey()))
        .max((a, b) -> Integer.compare(a.getKey().length(), b.getKey().length()))
        .map(Map.Entry::getValue);
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
