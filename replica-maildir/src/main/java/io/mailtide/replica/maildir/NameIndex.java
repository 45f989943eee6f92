package io.mailtide.replica.maildir;

import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * From base names to files: some 75 bytes a message, for a folder may hold a million.
 *
 * <p>Names lie one behind the other in chunks: a byte that says where the file is, two for the
 * length of the base name, two for the length of the whole, then the name in UTF-8. An
 * open-addressed table holds their positions.
 */
final class NameIndex {
  private static final int CHUNK_BITS = 18;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int HEAD = 5;
  private static final byte CUR = 0;
  private static final byte NEW = 1;
  private static final byte GONE = 2;

  private final List<byte[]> chunks = new ArrayList<>();
  private int free = CHUNK;
  private int[] table = new int[64];
  private int used;

  /** Enters a file in place of the one of the same base name; whether that one was there. */
  boolean put(MessageFile file) {
    if (used * 2 >= table.length) {
      grow();
    }
    var name = file.name().getBytes(StandardCharsets.UTF_8);
    var base = MessageFile.baseLength(name);
    var slot = slot(name, 0, base);
    var known = table[slot] != 0 && where(table[slot] - 1) != GONE;
    if (table[slot] == 0) {
      used++;
    } else {
      gone(table[slot] - 1);
    }
    table[slot] = 1 + append(file.fresh() ? NEW : CUR, base, name);
    return known;
  }

  /** How many base names were entered, also those that were removed since. */
  int size() {
    return used;
  }

  Optional<MessageFile> get(String base) {
    var position = position(base);
    if (position < 0 || where(position) == GONE) {
      return Optional.empty();
    }
    return Optional.of(file(chunks.get(position >>> CHUNK_BITS), position & (CHUNK - 1)));
  }

  /** Visits every file, in the order in which they were entered. */
  void each(Messages.Visitor visitor) throws IOException, FaultException {
    for (var chunk : chunks) {
      for (int at = 0, length; at + HEAD < CHUNK && (length = number(chunk, at + 3)) > 0; ) {
        if (chunk[at] != GONE) {
          visitor.visit(file(chunk, at));
        }
        at += HEAD + length;
      }
    }
  }

  private static MessageFile file(byte[] chunk, int at) {
    var name = new String(chunk, at + HEAD, number(chunk, at + 3), StandardCharsets.UTF_8);
    return new MessageFile(chunk[at] == NEW, name);
  }

  void remove(String base) {
    var position = position(base);
    if (position >= 0) {
      gone(position);
    }
  }

  private void gone(int position) {
    chunks.get(position >>> CHUNK_BITS)[position & (CHUNK - 1)] = GONE;
  }

  private int position(String base) {
    var bytes = base.getBytes(StandardCharsets.UTF_8);
    return table[slot(bytes, 0, bytes.length)] - 1;
  }

  private int append(byte where, int baseLength, byte[] name) {
    if (free + HEAD + name.length > CHUNK) {
      chunks.add(new byte[CHUNK]);
      free = 0;
    }
    var chunk = chunks.getLast();
    var at = free;
    chunk[at] = where;
    chunk[at + 1] = (byte) (baseLength >>> 8);
    chunk[at + 2] = (byte) baseLength;
    chunk[at + 3] = (byte) (name.length >>> 8);
    chunk[at + 4] = (byte) name.length;
    System.arraycopy(name, 0, chunk, at + HEAD, name.length);
    free += HEAD + name.length;
    return ((chunks.size() - 1) << CHUNK_BITS) + at;
  }

  private byte where(int position) {
    return chunks.get(position >>> CHUNK_BITS)[position & (CHUNK - 1)];
  }

  private static int number(byte[] chunk, int at) {
    return (chunk[at] & 0xFF) << 8 | (chunk[at + 1] & 0xFF);
  }

  /** The slot that holds the base name from there to there, or is free for it. */
  private int slot(byte[] bytes, int from, int to) {
    for (var slot = first(bytes, from, to); ; slot = (slot + 1) & (table.length - 1)) {
      if (table[slot] == 0 || isBase(table[slot] - 1, bytes, from, to)) {
        return slot;
      }
    }
  }

  private int first(byte[] bytes, int from, int to) {
    var hash = 1;
    for (var i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    var mixed = hash * 0x9E37_79B9;
    return (mixed ^ (mixed >>> 15)) & (table.length - 1);
  }

  private boolean isBase(int position, byte[] bytes, int begin, int end) {
    var chunk = chunks.get(position >>> CHUNK_BITS);
    var from = (position & (CHUNK - 1)) + HEAD;
    var length = number(chunk, from - 4);
    return Arrays.equals(chunk, from, from + length, bytes, begin, end);
  }

  private void grow() {
    var old = table;
    table = new int[old.length * 2];
    for (var entry : old) {
      if (entry != 0) {
        var chunk = chunks.get((entry - 1) >>> CHUNK_BITS);
        var at = (entry - 1) & (CHUNK - 1);
        // None of them is there twice: the first free one is its own.
        var slot = first(chunk, at + HEAD, at + HEAD + number(chunk, at + 1));
        while (table[slot] != 0) {
          slot = (slot + 1) & (table.length - 1);
        }
        table[slot] = entry;
      }
    }
  }
}
