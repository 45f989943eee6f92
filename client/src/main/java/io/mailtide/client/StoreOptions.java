package io.mailtide.client;

import java.util.List;

/**
 * What a request of the contract cannot carry; a store object carries it, for all that is started
 * through it.
 *
 * @param full compare everything, whatever the checkpoints say
 * @param dryRun only tell what would be done
 * @param allowMassDelete let the run pass the brake
 * @param folders globs on folder names like those of the configuration, to narrow its choice;
 *     empty: no narrowing
 */
public record StoreOptions(
    boolean full, boolean dryRun, boolean allowMassDelete, List<String> folders) {
  /** Nothing special. */
  public static final StoreOptions NONE = new StoreOptions(false, false, false, List.of());

  public StoreOptions {
    folders = List.copyOf(folders);
  }
}
