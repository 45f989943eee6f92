package io.mailtide.cli.training;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.SequencedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The one folder of the small server: what is in it, and what was. One thread. */
final class SmallMailbox {
  private static final Pattern SINCE = Pattern.compile("CHANGEDSINCE (\\d+)");
  private static final Pattern CHANGE = Pattern.compile("([+-])FLAGS\\S* \\(([^)]*)\\)");
  private static final Pattern BODY = Pattern.compile("BODY\\.PEEK(\\[[^]]*])");
  private static final String DELETED = "\\Deleted";

  private final NavigableMap<Long, Mail> mail = new TreeMap<>();
  private final NavigableMap<Long, Long> gone = new TreeMap<>();
  private long changes = 1;
  private long next = 1;

  /** @param changed the number of the last change to it */
  private record Mail(String text, SequencedSet<String> flags, long changed) {}

  /** So many messages come. */
  void arrive(int count) {
    for (int at = 0; at < count; at++) {
      add("""
          Message-ID: <%d@small.example>\r
          Date: Sun, 22 Nov 2026 12:00:00 +0000\r
          From: Ann <ann@example.org>\r
          Subject: Small\r
          \r
          Hello\r
          """.formatted(next), "");
    }
  }

  /** Somebody answers one message and removes another. */
  void beUsed() {
    flag(mail.firstKey(), "+", "\\Answered");
    remove(mail.higherKey(mail.firstKey()));
  }

  /** Adds a message; its UID. */
  long add(String text, String flags) {
    mail.put(next, new Mail(text, words(flags), ++changes));
    return next++;
  }

  private static SequencedSet<String> words(String flags) {
    return Pattern.compile("[^ ()]+")
        .matcher(flags)
        .results()
        .map(MatchResult::group)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Mail get(long uid) {
    return Objects.requireNonNull(mail.get(uid));
  }

  private void remove(long uid) {
    mail.remove(uid);
    gone.put(uid, ++changes);
  }

  private void flag(long uid, String sign, String flags) {
    var before = get(uid);
    var now = new TreeSet<>(before.flags());
    if (sign.equals("+")) {
      now.addAll(words(flags));
    } else {
      now.removeAll(words(flags));
    }
    mail.put(uid, new Mail(before.text(), now, ++changes));
  }

  String status() {
    return "MESSAGES %d UIDNEXT %d UIDVALIDITY 1 HIGHESTMODSEQ %d"
        .formatted(mail.size(), next, changes);
  }

  List<String> opened() {
    return List.of(
        "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)",
        "* %d EXISTS".formatted(mail.size()),
        "* OK [UIDVALIDITY 1] valid",
        "* OK [UIDNEXT %d] next".formatted(next),
        "* OK [HIGHESTMODSEQ %d] highest".formatted(changes));
  }

  /** Answers a command about UIDs: FETCH, STORE, SEARCH, EXPUNGE. */
  List<String> answer(String command, String set, String line) {
    return switch (command) {
      case "FETCH" -> fetched(set, line);
      case "STORE" -> {
        var change = CHANGE.matcher(line);
        if (change.find()) {
          in(set).forEach(uid -> flag(uid, change.group(1), change.group(2)));
        }
        yield fetched(set, "FLAGS");
      }
      case "EXPUNGE" -> {
        var removed =
            in(set).stream().filter(uid -> get(uid).flags().contains(DELETED)).toList();
        removed.forEach(this::remove);
        yield vanished("", removed);
      }
      case "SEARCH" ->
        List.of("* SEARCH" + list(" ", in(line.substring(line.lastIndexOf(' ') + 1))));
      default -> List.of();
    };
  }

  private List<String> fetched(String set, String items) {
    var since = SINCE.matcher(items);
    long after = since.find() ? Long.parseLong(since.group(1)) : 0;
    var answers = new ArrayList<String>();
    if (items.contains("VANISHED")) {
      answers.addAll(vanished(
          "(EARLIER) ",
          gone.entrySet().stream()
              .filter(one -> one.getValue() > after)
              .map(Map.Entry::getKey)
              .toList()));
    }
    for (long uid : in(set)) {
      if (get(uid).changed() > after) {
        answers.add(fetched(uid, items));
      }
    }
    return answers;
  }

  private String fetched(long uid, String items) {
    var one = get(uid);
    var answer = "* %d FETCH (UID %d MODSEQ (%d)"
        .formatted(mail.headMap(uid, true).size(), uid, one.changed());
    if (items.contains("FLAGS")) {
      answer += " FLAGS (" + String.join(" ", one.flags()) + ")";
    }
    if (items.contains("RFC822.SIZE")) {
      answer += " RFC822.SIZE " + one.text().length();
    }
    if (items.contains("INTERNALDATE")) {
      answer += " INTERNALDATE \"22-Nov-2026 12:00:00 +0000\"";
    }
    var body = BODY.matcher(items);
    if (body.find()) {
      answer += " BODY%s {%d}\r\n%s".formatted(body.group(1), one.text().length(), one.text());
    }
    return answer + ")";
  }

  private static List<String> vanished(String earlier, List<Long> uids) {
    return uids.isEmpty()
        ? List.of()
        : List.of("* VANISHED " + earlier + list(",", uids).substring(1));
  }

  private static String list(String before, List<Long> uids) {
    return uids.stream().map(uid -> before + uid).collect(Collectors.joining());
  }

  /** The messages there are of a set of UIDs. */
  private List<Long> in(String set) {
    if (set.equals("ALL")) {
      return List.copyOf(mail.keySet());
    }
    var found = new TreeSet<Long>();
    for (var range : set.split(",", -1)) {
      var ends = range.split(":", -1);
      long from = Long.parseLong(ends[0]);
      long to = ends[ends.length - 1].equals("*") ? next : Long.parseLong(ends[ends.length - 1]);
      found.addAll(mail.subMap(from, true, Math.max(from, to), true).keySet());
    }
    return List.copyOf(found);
  }
}
