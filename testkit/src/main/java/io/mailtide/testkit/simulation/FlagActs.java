package io.mailtide.testkit.simulation;

import io.mailtide.engine.Flags;
import io.mailtide.engine.Side;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What the users of each side last did to each flag of a message. */
final class FlagActs {
  private final Map<Side, Map<String, Boolean>> last = new EnumMap<>(Side.class);
  private final Set<String> wavered = new TreeSet<>();

  void add(Side side, Flags before, Flags after) {
    var acts = last.computeIfAbsent(side, _ -> new TreeMap<>());
    after.minus(before).names().forEach(name -> add(acts, name, true));
    before.minus(after).names().forEach(name -> add(acts, name, false));
  }

  private void add(Map<String, Boolean> acts, String name, boolean set) {
    var earlier = acts.put(name, set);
    if (earlier != null && earlier != set) {
      wavered.add(name);
    }
  }

  boolean isEmpty() {
    return last.isEmpty();
  }

  /** Whether that side's users set the flag, or cleared it; null: neither. */
  @Nullable
  Boolean by(Side side, String flag) {
    return last.getOrDefault(side, Map.of()).get(flag);
  }

  /** Whether users of one side did and undid it. */
  boolean wavered(String flag) {
    return wavered.contains(flag);
  }

  Set<String> names() {
    var names = new TreeSet<String>();
    last.values().forEach(acts -> names.addAll(acts.keySet()));
    return names;
  }

  /** Whether only one side can hold the flag. */
  static boolean isForeign(String flag) {
    return flag.startsWith("near-") || flag.startsWith("far-");
  }

  /** Those of the flags that both sides can hold. */
  static Flags shared(Flags flags) {
    return Flags.of(flags.names().stream().filter(flag -> !isForeign(flag)).toList());
  }

  @Override
  public String toString() {
    return last.toString();
  }
}
