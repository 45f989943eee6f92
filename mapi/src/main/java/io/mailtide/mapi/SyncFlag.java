package io.mailtide.mapi;

import java.util.EnumSet;
import java.util.Set;

/** What to synchronise: the bits of {@code ulFlags}. */
public enum SyncFlag {
  /** Push folder changes to the server. */
  SYNC_UPLOAD_HIERARCHY(0x00000001),
  /** Pull folder changes from the server. */
  SYNC_DOWNLOAD_HIERARCHY(0x00000002),
  /** Push message changes to the server. */
  SYNC_UPLOAD_CONTENTS(0x00000040),
  /** Pull message changes from the server. */
  SYNC_DOWNLOAD_CONTENTS(0x00000080),
  /** Send the outgoing messages first. */
  SYNC_OUTGOING_MAIL(0x00000200),
  /** Only headers, not full bodies. */
  SYNC_GLOBAL_HEADERS(0x02000000),
  /** A user started it: it goes before scheduled work. */
  SYNC_ON_DEMAND(0x20000000);

  private static final Set<SyncFlag> DIRECTIONS = EnumSet.of(
      SYNC_UPLOAD_HIERARCHY, SYNC_DOWNLOAD_HIERARCHY, SYNC_UPLOAD_CONTENTS, SYNC_DOWNLOAD_CONTENTS);

  private final int bit;

  SyncFlag(int bit) {
    this.bit = bit;
  }

  /** The bit in {@code ulFlags}. */
  public int bit() {
    return bit;
  }

  /** Whether this flag names a direction and what to take along it; every request needs one. */
  public boolean isDirection() {
    return DIRECTIONS.contains(this);
  }

  /** The flags of {@code ulFlags}. */
  static Set<SyncFlag> of(int ulFlags) throws MapiException {
    var flags = EnumSet.noneOf(SyncFlag.class);
    int unknown = ulFlags;
    for (var flag : values()) {
      if ((ulFlags & flag.bit) != 0) {
        flags.add(flag);
        unknown &= ~flag.bit;
      }
    }
    if (unknown != 0) {
      throw new MapiException(
          HResult.MAPI_E_UNKNOWN_FLAGS, "unknown bits in ulFlags: " + new HResult(unknown).hex());
    }
    return flags;
  }
}
