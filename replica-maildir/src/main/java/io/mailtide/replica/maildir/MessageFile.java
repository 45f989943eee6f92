package io.mailtide.replica.maildir;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A message's file: in {@code new} or {@code cur}, and named {@code BASE} or
 * {@code BASE:2,LETTERS}.
 *
 * @param fresh whether it is in {@code new}
 */
record MessageFile(boolean fresh, String name) {
  private static final String INFO = ":2,";

  /** Between the base name and the letters. */
  static final int INFO_LENGTH = INFO.length();

  /**
   * The file of a message with these letters: without any, and never seen by anyone, it goes to
   * {@code new}.
   */
  static MessageFile delivered(String base, String letters) {
    return letters.isEmpty() ? new MessageFile(true, base) : new MessageFile(false, base, letters);
  }

  /** A file in {@code cur}. */
  MessageFile(boolean fresh, String base, String letters) {
    this(fresh, base + INFO + letters);
  }

  /** Whether no message can have this name: the base name is empty, or cannot be decoded. */
  static boolean isOdd(String name) {
    return name.startsWith(INFO) || FolderPaths.isUndecodable(name);
  }

  static int baseLength(String name) {
    var info = name.indexOf(INFO);
    return info < 0 ? name.length() : info;
  }

  /** Of a name in UTF-8. */
  static int baseLength(byte[] name) {
    for (var i = 0; i + INFO_LENGTH <= name.length; i++) {
      if (name[i] == ':' && name[i + 1] == '2' && name[i + 2] == ',') {
        return i;
      }
    }
    return name.length;
  }

  String base() {
    return name.substring(0, baseLength(name));
  }

  String letters() {
    var length = baseLength(name);
    return length == name.length() ? "" : name.substring(length + INFO_LENGTH);
  }

  /** Whether no file can be called so. */
  boolean isTooLong() {
    return name.getBytes(StandardCharsets.UTF_8).length > FolderPaths.NAME_BYTES_MAX;
  }

  /** The same message with other letters. */
  MessageFile with(String letters) {
    return letters.equals(letters()) ? this : new MessageFile(false, base(), letters);
  }

  /** Of these letters those that mean the same in every folder. */
  static String capitals(String letters) {
    return letters.replaceAll("[a-z]", "");
  }

  Path in(Path folder) {
    return folder.resolve(fresh ? "new" : "cur").resolve(name);
  }
}
