package io.mailtide.client;

import io.mailtide.mapi.HResult;
import io.mailtide.mapi.IMAPISync;
import io.mailtide.mapi.IMsgStore;
import io.mailtide.mapi.MAPISIB;
import io.mailtide.mapi.MapiException;
import io.mailtide.mapi.SyncDone;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An open store. It carries the {@link Options} for what is started through it; all objects of one
 * store in a session share its place in the queue. Safe for use by several threads.
 */
public final class MailStore implements IMsgStore, IMAPISync {
  private final String name;
  private final Options options;
  private final BackgroundSync background;

  MailStore(String name, Options options, BackgroundSync background) {
    this.name = name;
    this.options = options;
    this.background = background;
  }

  @Override
  public String displayName() {
    return name;
  }

  @Override
  public SyncDone synchronizeInBackground(@Nullable MAPISIB request) throws MapiException {
    if (request == null) {
      throw new MapiException(HResult.MAPI_E_INVALID_PARAMETER, "no request was given");
    }
    return background.submit(request, options, this);
  }

  /**
   * Cancels what was started through this object, running or waiting, and returns at once. Such a
   * request ends with {@code MAPI_E_USER_CANCEL}; a run that others have joined goes on for them.
   */
  public void cancel() {
    background.cancel(this);
  }

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
  public record Options(
      boolean full, boolean dryRun, boolean allowMassDelete, List<String> folders) {
    /** Nothing special. */
    public static final Options NONE = new Options(false, false, false, List.of());

    public Options {
      folders = List.copyOf(folders);
    }
  }
}
