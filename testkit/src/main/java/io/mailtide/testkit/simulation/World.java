package io.mailtide.testkit.simulation;

import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Side;
import io.mailtide.testkit.MemoryStore;
import io.mailtide.testkit.MemoryStore.Mail;
import io.mailtide.testkit.simulation.Step.Direction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;

/** Both sides in memory, and what their users do there; tells the model of it. */
final class World {
  private static final Instant START = Instant.parse("2020-01-01T00:00:00Z");
  private static final List<FolderName> NAMES = List.of(
      FolderName.INBOX,
      FolderName.parse("Work"),
      FolderName.parse("Work/Old"),
      FolderName.parse("Lists"),
      FolderName.parse("Lists/A/B"),
      FolderName.parse("Trash"));
  private static final List<String> FLAGS =
      List.of("\\Seen", "\\Flagged", "\\Deleted", "label", "far-only", "near-only");
  private static final int SMALL = 400;

  final MemoryStore near = new MemoryStore(Side.NEAR);
  final MemoryStore far = new MemoryStore(Side.FAR);
  final Model model;
  private final Set<String> refused = new HashSet<>();
  private final List<String> log;
  private final Map<String, Instant> arrivals = new HashMap<>();
  private int messages;
  private int folders;
  private boolean hasSkipped;

  World(Life.Server server, List<String> log) {
    this.log = log;
    model = new Model(near, far, server);
    if (!server.tracksChanges()) {
      far.trackNothing();
    }
    if (!server.tellsKeys()) {
      far.keepKeysSecret();
    }
    if (!server.keepsFlags()) {
      far.loseUploadedFlags();
    }
    far.stateWrongSizes(server.sizeError());
    near.create(FolderName.INBOX);
    far.create(FolderName.INBOX);
  }

  MemoryStore at(Side side) {
    return side == Side.NEAR ? near : far;
  }

  private static <T> T pick(List<T> all, int number) {
    return all.get(number % all.size());
  }

  /** A run begins. */
  void runs(Direction direction) {
    model.running(true);
    model.blind(direction == Direction.PUSH, refused);
  }

  /** Does what can be done of an act, with what is there. */
  void act(Act act) {
    switch (act.kind()) {
      case ARRIVE -> arrive(act);
      case ARRIVE_AGAIN, FLAG, REMOVE, MOVE, SKIP_MESSAGE, REFUSE_MESSAGE ->
        chosen(act).ifPresent(found -> toMessage(act, found));
      case MAKE_FOLDER -> {
        var name = pick(NAMES, act.where());
        make(act.side(), name);
      }
      case RENAME_FOLDER, DROP_FOLDER, RENUMBER, HIDE_FOLDER ->
        toFolder(act, pick(at(act.side()).folderNames(), act.which()));
      case LIMIT_SIZE -> {
        far.limitSize(SMALL);
        log("the server takes no large messages");
      }
    }
  }

  private void log(String what) {
    log.add("    " + what);
  }

  private record Found(FolderName folder, Mail mail) {}

  private Optional<Found> chosen(Act act) {
    var all = new ArrayList<Found>();
    var again = act.kind() == Act.Kind.ARRIVE_AGAIN;
    for (var side : again ? List.of(Side.values()) : List.of(act.side())) {
      for (var folder : at(side).folderNames()) {
        for (var mail : at(side).mail(folder)) {
          if (again || model.canFollow(side, folder, mail.bytes())) {
            all.add(new Found(folder, mail));
          }
        }
      }
    }
    return all.isEmpty() ? Optional.empty() : Optional.of(pick(all, act.which()));
  }

  private FolderName target(Act act) {
    var there = at(act.side()).folderNames();
    return act.where() % 8 == 0 ? pick(NAMES, act.where() / 8) : pick(there, act.where() / 8);
  }

  private static Flags flags(Side side, int how) {
    var names = new ArrayList<String>();
    for (var i = 0; i < FLAGS.size(); i++) {
      var foreign = FLAGS.get(i).startsWith(side.other().name().toLowerCase(Locale.ROOT) + "-");
      if (!foreign && (how >> (2 * i) & 3) == 0) {
        names.add(FLAGS.get(i));
      }
    }
    return Flags.of(names);
  }

  /** A message that no other one equals; its size and Message-ID may. */
  private void arrive(Act act) {
    var name = "m" + ++messages;
    var id = switch (act.which() % 6) {
      case 0 -> "";
      case 1 -> "Message-ID: <always@example.org>\r\nSubject: the same\r\n";
      default -> "Message-ID: <" + name + "@example.org>\r\nSubject: of " + name + "\r\n";
    };
    var length = id.contains("always") ? messages : act.which() % 7 == 0 ? SMALL : 0;
    var content =
        id + "From: ann@example.org\r\n\r\n" + "x".repeat(length) + "\r\n" + name + "\r\n";
    arrivals.put(content, START.plusSeconds(60L * messages));
    come(act.side(), target(act), content, flags(act.side(), act.how()));
  }

  private void come(Side side, FolderName folder, String content, Flags flags) {
    log("%s: %s comes to %s with [%s]".formatted(side, name(content), folder, flags));
    make(side, folder);
    model.arrived(side, folder, content, flags);
    var arrived = Objects.requireNonNull(arrivals.get(content));
    if (side == Side.NEAR && hardenCopies(content) == 0) {
      near.putSoftly(folder, content, flags, arrived);
    } else {
      at(side).put(folder, content, flags, arrived);
    }
  }

  /** Of what cannot be told apart, no more than one is not durable: else which one was undone? */
  private long hardenCopies(String content) {
    var copies = 0;
    for (var folder : near.folderNames()) {
      for (var mail : near.mail(folder)) {
        if (mail.bytes().equals(content)) {
          near.harden(folder, mail.key());
          copies++;
        }
      }
    }
    return copies;
  }

  /** The power fails here. */
  void cutPower(RandomGenerator random) {
    for (var content : near.cutPower(random)) {
      log("%s never came".formatted(name(content)));
      model.undone(content);
    }
  }

  private void make(Side side, FolderName folder) {
    if (!at(side).folderNames().contains(folder)) {
      log("%s: a folder is made: %s".formatted(side, folder));
      at(side).create(folder);
      if (side == Side.FAR) {
        model.numberedAnew(folder);
      }
    }
  }

  private void toMessage(Act act, Found found) {
    var side = act.side();
    var folder = found.folder();
    var content = found.mail().bytes();
    var key = found.mail().key();
    switch (act.kind()) {
      case ARRIVE_AGAIN -> come(side, target(act), content, flags(side, act.how()));
      case FLAG -> {
        var flags = flags(side, act.how());
        log("%s: %s in %s is given [%s] for [%s]"
            .formatted(side, name(content), folder, flags, found.mail().flags()));
        model.flagged(side, folder, content, found.mail().flags(), flags);
        at(side).setFlags(folder, key, flags);
      }
      case REMOVE -> {
        log("%s: %s is removed from %s".formatted(side, name(content), folder));
        model.removed(side, folder, content);
        at(side).remove(folder, key);
      }
      case MOVE -> {
        var to = target(act);
        if (!to.equals(folder)) {
          log("%s: %s is moved from %s to %s".formatted(side, name(content), folder, to));
          make(side, to);
          model.moved(side, folder, to, content, false);
          at(side).move(folder, key, to);
        }
      }
      case SKIP_MESSAGE -> {
        if (model.isSurelyKnown(content)) {
          log("the server's scans leave out %s in %s".formatted(name(content), folder));
          hasSkipped = true;
          model.skipped(content);
          far.skipInScans(folder, key);
        }
      }
      case REFUSE_MESSAGE -> {
        log("the server does not hand over %s in %s".formatted(name(content), folder));
        far.refuse(folder, key);
        refused.add(content);
        if (far.statesWrongSizes()) {
          model.untellable(content);
        }
      }
      case ARRIVE, MAKE_FOLDER, RENAME_FOLDER, DROP_FOLDER, RENUMBER, HIDE_FOLDER, LIMIT_SIZE ->
        throw new IllegalArgumentException("not about a message: " + act);
    }
  }

  private void toFolder(Act act, FolderName folder) {
    var side = act.side();
    switch (act.kind()) {
      case RENAME_FOLDER -> {
        if (!folder.equals(FolderName.INBOX) && canFollowAll(side, folder, true)) {
          var to = FolderName.parse("New" + ++folders);
          log("%s: the folder %s is renamed %s".formatted(side, folder, to));
          rename(side, folder, to);
        }
      }
      case DROP_FOLDER -> {
        if (!folder.equals(FolderName.INBOX) && canFollowAll(side, folder, false)) {
          log("%s: the folder %s is removed".formatted(side, folder));
          at(side).mail(folder).forEach(mail -> model.removed(side, folder, mail.bytes()));
          at(side).drop(folder);
        }
      }
      case RENUMBER -> {
        log("the server numbers %s anew".formatted(folder));
        tellAll();
        model.numberedAnew(folder);
        refused.forEach(model::untellable);
        far.renumber(folder);
      }
      case HIDE_FOLDER -> {
        log("the server's listings leave out %s".formatted(folder));
        model.hidden(folder);
        far.hide(folder);
      }
      case ARRIVE,
          ARRIVE_AGAIN,
          FLAG,
          REMOVE,
          MOVE,
          MAKE_FOLDER,
          SKIP_MESSAGE,
          REFUSE_MESSAGE,
          LIMIT_SIZE -> throw new IllegalArgumentException("not about a folder: " + act);
    }
  }

  private boolean canFollowAll(Side side, FolderName top, boolean withBelow) {
    return at(side).folderNames().stream()
        .filter(name -> withBelow ? name.isWithin(top) : name.equals(top))
        .allMatch(name -> at(side).mail(name).stream()
            .allMatch(mail -> model.canFollow(side, name, mail.bytes())));
  }

  private void rename(Side side, FolderName from, FolderName to) {
    for (var name : at(side).folderNames()) {
      if (name.isWithin(from)) {
        at(side)
            .mail(name)
            .forEach(mail -> model.moved(side, name, name.renamed(from, to), mail.bytes(), true));
      }
    }
    at(side).rename(from, to);
    model.renamed(from, to);
  }

  /** The server leaves nothing out any more. */
  void tellAll() {
    far.tellAll();
    model.toldAll();
  }

  /**
   * The server tells the truth again, and takes and gives everything.
   *
   * @return whether a scan may have left out what no later one will show, but a full one
   */
  boolean heal() {
    var skipped = hasSkipped;
    hasSkipped = false;
    tellAll();
    far.refuseNothing();
    refused.clear();
    far.limitSize(Long.MAX_VALUE);
    return skipped;
  }

  /** Both sides must hold the same: folders, messages to the byte, times of arrival, flags. */
  void checkSame() {
    if (!near.folderNames().equals(far.folderNames())) {
      throw new Violation(
          "folders differ", "near " + near.folderNames() + ", far " + far.folderNames());
    }
    for (var folder : near.folderNames()) {
      var here = shown(Side.NEAR, folder);
      var there = shown(Side.FAR, folder);
      if (!here.equals(there)) {
        throw new Violation("sides differ", folder + " near " + here + ", far " + there);
      }
      if (!near.staged(folder).isEmpty()) {
        throw new Violation("leftovers", folder + " " + near.staged(folder));
      }
    }
  }

  private List<String> shown(Side side, FolderName folder) {
    return at(side).mail(folder).stream()
        .map(mail -> {
          if (!mail.arrived().equals(arrivals.get(mail.bytes()))) {
            throw new Violation("time of arrival", side + " " + name(mail.bytes()));
          }
          return name(mail.bytes()) + " [" + FlagActs.shared(mail.flags()) + "]";
        })
        .sorted()
        .toList();
  }

  /** The short name of a message. */
  static String name(String content) {
    return content
        .substring(content.lastIndexOf("\r\n", content.length() - 3) + 2)
        .strip();
  }
}
