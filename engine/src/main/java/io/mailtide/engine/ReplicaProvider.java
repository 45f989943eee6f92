package io.mailtide.engine;

import java.util.List;

/** Makes {@link Replica}s of one type; found as a service ({@link java.util.ServiceLoader}). */
public interface ReplicaProvider {
  /** The type's name in the configuration: {@code imap}, {@code maildir}. */
  String type();

  /** The side that replicas of this type stand on. */
  Side side();

  /** The configuration keys that this type understands, for checking and help. */
  List<Settings.Setting> settings();

  /**
   * What is wrong with values beyond their kinds; asks no server and for no secret.
   *
   * @param settings checked against {@link #settings()}; what was wrong then, or is missing, is not
   *     there
   */
  default List<Settings.Wrong> check(Settings settings) {
    return List.of();
  }

  /**
   * Opens a replica: connects and signs in, or finds the directory.
   *
   * @param settings checked against {@link #settings()}, and by {@link #check}
   * @param context what the replica lives in
   */
  Replica open(Settings settings, Context context) throws FaultException;

  /**
   * Loads what opening most replicas of this type needs, so that the first one of a process need
   * not. Any thread; never throws, for what is wrong shows when one is opened.
   */
  default void preload() {}

  /**
   * What a replica lives in.
   *
   * @param environment clock and dice
   * @param cancellation wakes it from blocking calls
   * @param notices told, in any thread, what a person may want to know and need not act on
   */
  record Context(Environment environment, Cancellation cancellation, Notices notices) {}

  /** Told what a person may want to know. */
  @FunctionalInterface
  interface Notices {
    void notice(String text);
  }
}
