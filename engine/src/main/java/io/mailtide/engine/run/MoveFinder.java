package io.mailtide.engine.run;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Side;
import io.mailtide.engine.content.Identity;
import io.mailtide.engine.plan.Action;
import io.mailtide.engine.run.FolderPlan.Compared;
import io.mailtide.engine.state.Contents.Content;
import io.mailtide.engine.state.Moves.Candidate;
import io.mailtide.engine.state.State.Folder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Recognises messages that a user moved to another folder: gone from one, new in another, and of
 * the same content. So they are moved on the other side too, and neither removed nor carried
 * across.
 *
 * <p>Near messages are compared by digest, far ones by size and {@link Identity}, for which a few
 * fields of the header are fetched. Where both users moved one message to different folders, it
 * follows the far one; the near one in a run that only sends.
 */
final class MoveFinder {
  private static final int PAGE = 500;

  private final Memory memory;
  private final Pairing pairing;
  private final Replica far;
  private final Map<Long, Folder> folders = new HashMap<>();
  private final Set<Long> rows = new HashSet<>();
  private final Set<Place> taken = new HashSet<>();
  private final List<Action.Move> moves = new ArrayList<>();

  private record Place(long folder, Side side, MessageKey key) {}

  MoveFinder(Memory memory, Pairing pairing, Replica far, List<Compared> compared) {
    this.memory = memory;
    this.pairing = pairing;
    this.far = far;
    compared.forEach(found -> folders.put(found.folder().id(), found.folder()));
  }

  /**
   * Finds the moves among folders that were all observed.
   *
   * @param nearAllowed whether messages may be moved near
   * @param farAllowed whether messages may be moved far
   */
  List<Action.Move> find(boolean nearAllowed, boolean farAllowed) throws FaultException {
    pairing.reconsider();
    if (farAllowed) {
      for (var candidate : memory.moves().near()) {
        if (free(candidate, Side.NEAR)) {
          enter(candidate, Side.FAR, candidate.key(), candidate.there(), Side.NEAR);
        }
      }
    }
    if (nearAllowed) {
      var candidates = memory.moves().far();
      identify(candidates);
      for (var candidate : candidates) {
        if (free(candidate, Side.FAR) && same(candidate)) {
          enter(candidate, Side.NEAR, candidate.key(), candidate.there(), Side.FAR);
        }
      }
    }
    if (nearAllowed || farAllowed) {
      movedByBoth(nearAllowed ? Side.NEAR : Side.FAR);
    }
    return List.copyOf(moves);
  }

  /** @param follows the side on which the message goes to where the other side's users put it */
  private void movedByBoth(Side follows) throws FaultException {
    if (memory.moves().anyGoneOnBoth()) {
      for (var folder : folders.values()) {
        pairing.readStrangers(folder);
      }
    }
    var candidates = memory.moves().both();
    identify(candidates);
    for (var candidate : candidates) {
      var near = new Place(candidate.from(), Side.NEAR, candidate.key());
      if (free(candidate, Side.FAR) && !taken.contains(near) && same(candidate)) {
        if (follows == Side.NEAR) {
          take(near);
          enter(candidate, Side.NEAR, candidate.key(), candidate.there(), Side.FAR);
        } else {
          take(new Place(candidate.to(), Side.FAR, candidate.there()));
          enter(candidate.reversed(), Side.FAR, candidate.there(), candidate.key(), Side.NEAR);
        }
      }
    }
  }

  private void take(Place place) throws FaultException {
    taken.add(place);
    memory.observations().claim(folder(place.folder()), place.side(), place.key());
  }

  private boolean free(Candidate candidate, Side there) {
    return folders.containsKey(candidate.from())
        && folders.containsKey(candidate.to())
        && !rows.contains(candidate.row())
        && !taken.contains(new Place(candidate.to(), there, candidate.there()));
  }

  private void enter(
      Candidate candidate, Side side, MessageKey key, MessageKey across, Side movedBy)
      throws FaultException {
    rows.add(candidate.row());
    take(new Place(candidate.to(), movedBy, candidate.there()));
    moves.add(new Action.Move(
        candidate.row(),
        side,
        folder(candidate.from()).name(),
        key,
        folder(candidate.to()).name(),
        across));
  }

  private Folder folder(long id) {
    return Objects.requireNonNull(folders.get(id));
  }

  /** Reads the identities of the far messages in question, folder by folder. */
  private void identify(List<Candidate> candidates) throws FaultException {
    var wanted = new LinkedHashMap<Long, Set<MessageKey>>();
    for (var candidate : candidates) {
      if (folders.containsKey(candidate.from()) && folders.containsKey(candidate.to())) {
        var to = folder(candidate.to());
        if (memory.contents().of(to, Side.FAR, candidate.there()).isEmpty()) {
          wanted.computeIfAbsent(to.id(), _ -> new HashSet<>()).add(candidate.there());
        }
      }
    }
    for (var entry : wanted.entrySet()) {
      var to = folder(entry.getKey());
      var opened = far.open(to.name());
      var keys = List.copyOf(entry.getValue());
      for (var from = 0; from < keys.size(); from += PAGE) {
        pairing.identify(to, opened, keys.subList(from, Math.min(keys.size(), from + PAGE)));
      }
    }
  }

  private boolean same(Candidate candidate) throws FaultException {
    var there = memory.contents().of(folder(candidate.to()), Side.FAR, candidate.there());
    Optional<String> identity = there.flatMap(Content::identity);
    return identity.isPresent()
        && identity.equals(pairing.nearIdentity(folder(candidate.from()), candidate.key()));
  }
}
