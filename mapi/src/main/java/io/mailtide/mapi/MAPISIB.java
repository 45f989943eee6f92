package io.mailtide.mapi;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A request to synchronise, checked and copied when it is built: whoever holds one holds a valid
 * one. Its {@code ulSize} has no use here, and its out parameter {@code phSyncDoneEvent} is what
 * {@link IMAPISync#synchronizeInBackground} returns.
 */
public final class MAPISIB {
  private final Set<SyncFlag> flags;
  private final IMAPISession session;
  private final IUnknown callback;

  private MAPISIB(Set<SyncFlag> flags, IMAPISession session, IUnknown callback) {
    this.flags = flags;
    this.session = session;
    this.callback = callback;
  }

  /**
   * A request.
   *
   * @param ulFlags the bits of {@link SyncFlag}s, any combination with at least one
   *     {@linkplain SyncFlag#isDirection() direction}
   * @param psesSync the session
   * @param punkCallBack the object on which to report; it is asked for
   *     {@link IMAPISyncProgressCallback}
   * @throws MapiException {@code MAPI_E_UNKNOWN_FLAGS}: a bit that is not documented;
   *     {@code MAPI_E_INVALID_PARAMETER}: no direction, session or callback
   */
  public static MAPISIB of(
      int ulFlags, @Nullable IMAPISession psesSync, @Nullable IUnknown punkCallBack)
      throws MapiException {
    return of(SyncFlag.of(ulFlags), psesSync, punkCallBack);
  }

  /** A request, like {@link #of(int, IMAPISession, IUnknown)}. */
  public static MAPISIB of(
      Set<SyncFlag> flags, @Nullable IMAPISession session, @Nullable IUnknown callback)
      throws MapiException {
    var copy = EnumSet.noneOf(SyncFlag.class);
    copy.addAll(flags);
    if (copy.stream().noneMatch(SyncFlag::isDirection)) {
      throw invalid("neither upload nor download was asked for");
    }
    if (session == null) {
      throw invalid("no session was given");
    }
    if (callback == null) {
      throw invalid("no object to report on was given");
    }
    return new MAPISIB(Set.copyOf(copy), session, callback);
  }

  private static MapiException invalid(String why) {
    return new MapiException(HResult.MAPI_E_INVALID_PARAMETER, why);
  }

  /** What to synchronise; immutable. */
  public Set<SyncFlag> flags() {
    return flags;
  }

  /** What to synchronise, as documented. */
  public int ulFlags() {
    return flags.stream().mapToInt(SyncFlag::bit).reduce(0, (bits, bit) -> bits | bit);
  }

  public IMAPISession session() {
    return session;
  }

  /** The object on which to report. */
  public IUnknown callback() {
    return callback;
  }
}
