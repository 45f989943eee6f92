package io.mailtide.replica.imap;

/**
 * A growing set of UIDs in about 16 bytes each or less: a scan of a million messages remembers them
 * all.
 */
final class UidTable {
  private static final int MULTIPLIER = 0x9E3779B1;

  private int[] slots = new int[64];
  private int size;

  /** Adds a UID, 1 to 4,294,967,295; whether it was not there before. */
  boolean add(long uid) {
    if (2 * size >= slots.length) {
      grow();
    }
    int slot = find(slots, (int) uid);
    if (slots[slot] != 0) {
      return false;
    }
    slots[slot] = (int) uid;
    size++;
    return true;
  }

  boolean contains(long uid) {
    return slots[find(slots, (int) uid)] != 0;
  }

  /** The lowest of them; 0 where there are none. */
  long lowest() {
    long lowest = 0;
    for (int slot : slots) {
      long uid = Integer.toUnsignedLong(slot);
      lowest = uid != 0 && (lowest == 0 || uid < lowest) ? uid : lowest;
    }
    return lowest;
  }

  int size() {
    return size;
  }

  private void grow() {
    var larger = new int[2 * slots.length];
    for (int uid : slots) {
      if (uid != 0) {
        larger[find(larger, uid)] = uid;
      }
    }
    slots = larger;
  }

  /** Where the UID is, or would be. */
  private static int find(int[] slots, int uid) {
    int slot = (uid * MULTIPLIER) >>> Integer.numberOfLeadingZeros(slots.length - 1);
    while (slots[slot] != 0 && slots[slot] != uid) {
      slot = (slot + 1) & (slots.length - 1);
    }
    return slot;
  }
}
