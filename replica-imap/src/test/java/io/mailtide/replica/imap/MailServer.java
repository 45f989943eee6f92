package io.mailtide.replica.imap;

import io.mailtide.wire.imap.Uid;
import io.mailtide.wire.imap.UidSet;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Mail at a server that knows the plain protocol (RFC 3501 with UIDPLUS, MOVE and SPECIAL-USE), and
 * outlives connections. What real servers were seen to do otherwise is switched on by its fields.
 * Messages have LF line ends here and CRLF on the wire.
 */
final class MailServer {
  static final String DATE = " 1-Feb-2003 04:05:06 +0000";
  private static final Pattern NAME = Pattern.compile("\"([^\"]*)\"");

  /** A mailbox. */
  static final class Box {
    final TreeMap<Long, Mail> mail = new TreeMap<>();
    final Set<String> attributes = new TreeSet<>();
    String id = "";
    long validity;
    long next = 1;

    private long add(Mail one) {
      mail.put(next, one);
      return next++;
    }
  }

  /** A message. */
  record Mail(String text, Set<String> flags, String date) {}

  final Map<String, Box> boxes = new LinkedHashMap<>();

  /** What it says of UIDs: all of it, nothing, or APPENDUID the wrong way round. */
  enum Telling {
    KEYS,
    NOTHING,
    SWAPPED
  }

  Telling telling = Telling.KEYS;

  /** What becomes of the text, and of the date, of a message that is added. */
  UnaryOperator<String> storing = text -> text;

  UnaryOperator<String> dating = date -> date;

  /** What it calls a message's text, where it tells which are the same. */
  ToIntFunction<String> naming = text -> text.hashCode() & Integer.MAX_VALUE;

  /** Flags that are lost when a message is added. */
  final Set<String> lostFlags = new HashSet<>();

  /** How much stated sizes are wrong, in bytes. */
  long sizeError;

  /** Messages that are listed and not handed over. */
  final Set<Long> unfetchable = new HashSet<>();

  /** Whether what was added shows only after CHECK. */
  boolean hidesUntilCheck;

  /** What it says of UIDNEXT and UIDVALIDITY when a mailbox is opened. */
  boolean tellsNext = true;

  boolean tellsValidity = true;

  /** Whether a message that is there already is not added again, but gets a new UID. */
  boolean merges;

  /** Whether a message that is there already is not added again, and its UID is told. */
  boolean keepsOne;

  /** What separates levels, as it is said. */
  String delimiter = "\"/\"";

  private final Set<Long> hidden = new HashSet<>();
  private String open = "INBOX";
  private long validities = 7;

  Box box(String name) {
    return boxes.computeIfAbsent(name, _ -> {
      var box = new Box();
      box.validity = ++validities;
      box.id = "F" + box.validity;
      return box;
    });
  }

  /** A message arrives. */
  long put(String name, String text, String... flags) {
    return box(name).add(new Mail(text, new TreeSet<>(Set.of(flags)), DATE));
  }

  /** All mailboxes get new UIDs. */
  void renumber() {
    for (var box : boxes.values()) {
      var mail = List.copyOf(box.mail.values());
      box.mail.clear();
      box.next += 100;
      box.validity += 100;
      mail.forEach(box::add);
    }
  }

  /** The texts of a mailbox's messages. */
  List<String> texts(String name) {
    return box(name).mail.values().stream().map(Mail::text).toList();
  }

  private Box open() {
    return box(open);
  }

  /** The answer to a command; lines end with LF, and {@code %t} stands for its tag. */
  String answer(String command, List<String> literals) {
    var words = command.split(" ", 3);
    return switch (words[0]) {
      case "LOGIN", "SUBSCRIBE", "UNSUBSCRIBE", "NOOP", "UNSELECT" -> "%t OK done";
      case "ID" -> "* ID NIL\n%t OK done";
      case "NAMESPACE" -> "* NAMESPACE ((\"\" \"/\")) NIL NIL\n%t OK done";
      case "CHECK" -> {
        hidden.clear();
        yield "%t OK done";
      }
      case "LIST" -> list(command);
      case "STATUS" -> status(name(command, 0), command);
      case "SELECT", "EXAMINE" -> select(name(command, 0), words[0].equals("SELECT"));
      case "CREATE" -> create(command);
      case "DELETE" -> boxes.remove(name(command, 0)) == null ? "%t NO none" : "%t OK done";
      case "RENAME" -> {
        var box = Objects.requireNonNull(boxes.remove(name(command, 0)));
        boxes.put(name(command, 1), box);
        yield "%t OK done";
      }
      case "APPEND" -> append(command, literals.getFirst());
      case "EXPUNGE" -> expunge(UidSet.ALL);
      case "UID" -> uid(words[1], command);
      default -> throw new AssertionError("no answer to " + command);
    };
  }

  private static String name(String command, int index) {
    return NAME.matcher(command).results().skip(index).findFirst().orElseThrow().group(1);
  }

  private String list(String command) {
    var pattern = name(command, 1);
    var answer = new StringBuilder();
    if (pattern.isEmpty()) {
      answer.append("* LIST (\\Noselect) ").append(delimiter).append(" \"\"\n");
    }
    boxes.forEach((name, box) -> {
      if (pattern.equals("*") || pattern.equals(name)) {
        answer
            .append("* LIST (%s) %s".formatted(String.join(" ", box.attributes), delimiter))
            .append(" \"%s\"\n".formatted(name));
      }
    });
    return answer + "%t OK done";
  }

  private String create(String command) {
    var name = name(command, 0);
    if (boxes.containsKey(name)) {
      return "%t NO [ALREADYEXISTS] there";
    }
    var use = Pattern.compile("\\(USE \\((\\S+)\\)\\)").matcher(command).results();
    use.map(found -> found.group(1)).forEach(box(name).attributes::add);
    box(name);
    return "%t OK done";
  }

  private String status(String name, String command) {
    if (!boxes.containsKey(name)) {
      return "%t NO [NONEXISTENT] no such mailbox";
    }
    var box = box(name);
    var items = new ArrayList<String>();
    for (var item :
        command.substring(command.indexOf('(') + 1, command.length() - 1).split(" ", -1)) {
      items.add(item
          + switch (item) {
            case "MESSAGES" -> " " + box.mail.size();
            case "UIDNEXT" -> " " + box.next;
            case "UIDVALIDITY" -> " " + box.validity;
            case "MAILBOXID" -> " (" + box.id + ")";
            default -> throw new AssertionError(command);
          });
    }
    return "* STATUS \"%s\" (%s)\n%%t OK done".formatted(name, String.join(" ", items));
  }

  private String select(String name, boolean change) {
    if (!boxes.containsKey(name)) {
      return "%t NO [NONEXISTENT] no such mailbox";
    }
    open = name;
    var box = open();
    return "* %d EXISTS\n".formatted(shown(UidSet.ALL).size())
        + "* OK [UIDVALIDITY %d] so\n".formatted(tellsValidity ? box.validity : 0)
        + (tellsNext ? "* OK [UIDNEXT %d] so\n".formatted(box.next) : "")
        + "* OK [PERMANENTFLAGS (\\Seen \\Answered \\Flagged \\Deleted \\*)] so\n"
        + (change ? "%t OK [READ-WRITE] open" : "%t OK [READ-ONLY] open");
  }

  private Map<Long, Mail> shown(UidSet set) {
    var shown = new TreeMap<Long, Mail>();
    open().mail.forEach((uid, one) -> {
      if (set.contains(new Uid(uid)) && !hidden.contains(uid)) {
        shown.put(uid, one);
      }
    });
    return shown;
  }

  private String append(String command, String literal) {
    var box = box(name(command, 0));
    var flags = new TreeSet<>(Set.of(group(command, "^[^(]*\\(([^)]*)\\)", 1).split(" ", -1)));
    flags.remove("");
    flags.removeAll(lostFlags);
    var text = storing.apply(literal.replace("\r\n", "\n"));
    if (merges) {
      box.mail.values().removeIf(one -> one.text().equals(text));
    }
    var uid = box.mail.entrySet().stream()
        .filter(entry -> keepsOne && entry.getValue().text().equals(text))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseGet(() -> box.add(new Mail(text, flags, dating.apply(name(command, 1)))));
    if (hidesUntilCheck) {
      hidden.add(uid);
    }
    return switch (telling) {
      case KEYS -> "%%t OK [APPENDUID %d %d] done".formatted(box.validity, uid);
      case NOTHING -> "%t OK done";
      case SWAPPED -> "%%t OK [APPENDUID %d %d] done".formatted(uid, box.validity);
    };
  }

  private static String group(String text, String regex, int group) {
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .findFirst()
        .map((MatchResult found) -> found.group(group))
        .orElse("");
  }

  private String uid(String verb, String command) {
    var set = UidSet.ALL;
    var named = group(command, "^UID \\S+ (?:UID )?([0-9:,*]+)(?: |$)", 1);
    if (!named.isEmpty()) {
      set = UidSet.parse(named);
    }
    return switch (verb) {
      case "FETCH" -> fetch(set, command);
      case "SEARCH" -> search(set, command.endsWith(" DELETED"));
      case "STORE" -> store(set, command);
      case "EXPUNGE" -> expunge(set);
      case "COPY", "MOVE" -> transfer(set, name(command, 0), verb.equals("MOVE"));
      default -> throw new AssertionError(command);
    };
  }

  private String fetch(UidSet set, String command) {
    var answer = new StringBuilder();
    var place = 0;
    for (var entry : shown(UidSet.ALL).entrySet()) {
      place++;
      if (set.contains(new Uid(entry.getKey()))) {
        answer.append("* %d FETCH (".formatted(place));
        answer.append(items(entry.getKey(), entry.getValue(), command)).append(")\n");
      }
    }
    return answer + "%t OK done";
  }

  private String items(long uid, Mail mail, String command) {
    var items = new StringBuilder("UID " + uid);
    if (command.contains("FLAGS")) {
      items.append(" FLAGS (").append(String.join(" ", mail.flags())).append(')');
    }
    if (command.contains("RFC822.SIZE")) {
      items.append(" RFC822.SIZE ").append(length(mail.text()) + sizeError);
    }
    if (command.contains("X-GM-MSGID")) {
      items.append(" X-GM-MSGID ").append(naming.applyAsInt(mail.text()));
    }
    if (command.contains("EMAILID")) {
      items.append(" EMAILID (M").append(naming.applyAsInt(mail.text())).append(')');
    }
    if (command.contains("INTERNALDATE")) {
      items.append(" INTERNALDATE \"").append(mail.date()).append('"');
    }
    if (command.contains("BODY.PEEK[") && !unfetchable.contains(uid)) {
      var header = mail.text().substring(0, mail.text().indexOf("\n\n") + 2);
      var part = command.contains("BODY.PEEK[]") ? mail.text() : header;
      var name = command.contains("BODY.PEEK[]") ? "BODY[]" : "BODY[HEADER]";
      items.append(" %s {%d}\n%s".formatted(name, length(part), part));
    }
    return items.toString();
  }

  private static int length(String text) {
    return text.replace("\n", "\r\n").length();
  }

  private String search(UidSet set, boolean deleted) {
    var answer = new StringBuilder("* SEARCH");
    shown(set).forEach((uid, one) -> {
      if (!deleted || one.flags().contains("\\Deleted")) {
        answer.append(' ').append(uid);
      }
    });
    return answer + "\n%t OK done";
  }

  private String store(UidSet set, String command) {
    var flags = Set.of(group(command, "FLAGS\\S* \\(([^)]*)\\)", 1).split(" ", -1));
    var answer = new StringBuilder();
    shown(set).forEach((uid, one) -> {
      if (command.contains(" +FLAGS")) {
        one.flags().addAll(flags);
      } else {
        one.flags().removeAll(flags);
      }
      answer.append(
          "* 1 FETCH (UID %d FLAGS (%s))\n".formatted(uid, String.join(" ", one.flags())));
    });
    return answer + "%t OK done";
  }

  private String expunge(UidSet set) {
    var answer = new StringBuilder();
    var place = 0;
    for (var entry : shown(UidSet.ALL).entrySet()) {
      place++;
      if (set.contains(new Uid(entry.getKey())) && entry.getValue().flags().contains("\\Deleted")) {
        open().mail.remove(entry.getKey());
        answer.append("* %d EXPUNGE\n".formatted(place--));
      }
    }
    return answer + "%t OK done";
  }

  private String transfer(UidSet set, String to, boolean move) {
    if (!boxes.containsKey(to)) {
      return "%t NO [TRYCREATE] no such mailbox";
    }
    var target = box(to);
    var from = new ArrayList<String>();
    var there = new ArrayList<String>();
    for (var entry : shown(set).entrySet()) {
      from.add("" + entry.getKey());
      there.add("" + target.add(entry.getValue()));
      if (move) {
        open().mail.remove(entry.getKey());
      }
    }
    var code = telling == Telling.KEYS && !from.isEmpty()
        ? "[COPYUID %d %s %s] "
            .formatted(target.validity, String.join(",", from), String.join(",", there))
        : "";
    return "* OK " + code + "so\n" + (move ? "* 1 EXPUNGE\n".repeat(from.size()) : "") + "%t OK";
  }
}
