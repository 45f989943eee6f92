package io.mailtide.testkit.simulation;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.testkit.MemoryStore.Hook;
import io.mailtide.testkit.simulation.Step.Direction;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Everything that a run does, one by one: here troubles befall it, and what it may not do shows.
 */
final class Events implements Hook {
  /** Stands for {@code kill -9}. */
  static final class Killed extends Error {
    private static final long serialVersionUID = 1L;

    final boolean byPowerCut;

    Killed(boolean byPowerCut) {
      this.byPowerCut = byPowerCut;
    }
  }

  private static final Pattern CHANGE = Pattern.compile(
      "(NEAR|FAR) " + "(stage|publish|upload|setFlags|remove|removeEmpty|move|create|rename)\\b.*");
  private static final Pattern WRITING =
      Pattern.compile("NEAR (stage|publish|setFlags|move|create|harden)\\b.*|STATE commit");
  private static final Set<String> OF_THE_WHOLE =
      Set.of("folders", "settle", "purgeRemoved", "hardened");

  private final World world;
  private final Direction direction;
  private final List<Trouble> ahead;
  private final List<String> log;
  private int count;
  private int stored;
  private int changes;
  private boolean refused;
  private boolean dead;
  private boolean powerCut;

  Events(World world, Direction direction, List<Trouble> troubles, List<String> log) {
    this.world = world;
    this.direction = direction;
    this.ahead = new ArrayList<>(troubles);
    this.log = log;
  }

  int count() {
    return count;
  }

  /** How many uploads were stored. */
  int stored() {
    return stored;
  }

  /** How many calls were made that change a side. */
  int changes() {
    return changes;
  }

  /** Whether anything was refused, so that a run may not have seen all it should. */
  boolean refused() {
    return refused;
  }

  @Override
  public void before(String call) throws FaultException {
    if (dead) {
      throw new Killed(powerCut); // what is dead does nothing more, also not while it is unwound
    }
    count++;
    if (CHANGE.matcher(call).matches()) {
      changes++;
      if (!call.contains("stage:")) {
        log.add("      " + call);
      }
      checkDirection(call);
    }
    if (call.equals("FAR uploaded")) {
      stored++;
    }
    for (var trouble : List.copyOf(ahead)) {
      if (trouble.at() <= count && fits(trouble, call)) {
        ahead.remove(trouble);
        befall(trouble, call);
      }
    }
  }

  private void checkDirection(String call) {
    if ((direction == Direction.PULL && call.startsWith("FAR"))
        || (direction == Direction.PUSH && call.matches("NEAR (stage|setFlags|remove|move).*"))) {
      throw new Violation("changes the wrong side", direction + ": " + call);
    }
  }

  private static boolean fits(Trouble trouble, String call) {
    return switch (trouble.kind()) {
      case KILL, POWER_CUT, ACT -> true;
      case DISCONNECT -> call.startsWith("FAR");
      case DISK_FULL -> WRITING.matcher(call).matches();
      case REFUSE ->
        !call.startsWith("STATE") && !OF_THE_WHOLE.contains(call.substring(call.indexOf(' ') + 1));
    };
  }

  private void befall(Trouble trouble, String call) throws FaultException {
    log.add("    " + trouble.kind() + " before event " + count + ", " + call);
    if (trouble.kind() != Trouble.Kind.ACT) {
      world.model.interrupted();
    }
    switch (trouble.kind()) {
      case KILL, POWER_CUT -> {
        dead = true;
        powerCut = trouble.kind() == Trouble.Kind.POWER_CUT;
        throw new Killed(powerCut);
      }
      case ACT -> world.act(trouble.act().orElseThrow());
      case DISCONNECT -> throw fault(Kind.NETWORK, Reach.REPLICA, call, "connection lost");
      case DISK_FULL -> throw fault(Kind.DISK_FULL, Reach.REPLICA, call, "disk full");
      case REFUSE -> {
        refused = true;
        throw fault(Kind.REFUSED, Reach.FOLDER, call, "refused");
      }
    }
  }

  private static FaultException fault(Kind kind, Reach reach, String call, String said) {
    return new FaultException(Fault.of(kind, reach, call, said, ""));
  }
}
