package io.mailtide.cli.text;

import java.time.Duration;
import java.util.Locale;

/** Numbers and foreign text as people read them on a terminal. Pure functions. */
public final class Text {
  private static final String[] UNITS = {"kB", "MB", "GB", "TB"};

  private Text() {}

  /** {@code 6,046}. */
  public static String count(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }

  /** {@code 1 message}, {@code 6,046 messages}. */
  public static String count(long number, String noun) {
    return count(number) + " " + noun + (number == 1 ? "" : "s");
  }

  /** In decimal units: {@code 512 B}, {@code 33.1 MB}, {@code 512 GB}. */
  public static String bytes(long bytes) {
    if (bytes < 1000) {
      return bytes + " B";
    }
    double value = bytes / 1000.0;
    int unit = 0;
    while (value >= 999.5 && unit < UNITS.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, value < 99.95 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
  }

  /**
   * For what was measured: {@code 0.4 s}, {@code 2.3 s}, {@code 41 s}, {@code 3 min 20 s}, {@code 2
   * h 5 min}.
   */
  public static String took(Duration duration) {
    return duration.toMillis() < 9_950
        ? String.format(Locale.ROOT, "%.1f s", Math.max(0, duration.toMillis()) / 1000.0)
        : whole(duration);
  }

  /** For what is guessed: {@code 41 s}, {@code 3 min 20 s}, {@code 2 h 5 min}, {@code 3 d 4 h}. */
  public static String whole(Duration duration) {
    long seconds = Math.max(0, Math.round(duration.toMillis() / 1000.0));
    if (seconds < 60) {
      return seconds + " s";
    }
    if (seconds < 3600) {
      return pair(seconds / 60, "min", seconds % 60, "s");
    }
    return seconds < 86_400
        ? pair(seconds / 3600, "h", seconds % 3600 / 60, "min")
        : pair(seconds / 86_400, "d", seconds % 86_400 / 3600, "h");
  }

  private static String pair(long large, String largeUnit, long small, String smallUnit) {
    return large + " " + largeUnit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }

  /**
   * Without what could steer a terminal: what a server says is shown, never obeyed. Line ends
   * become blanks.
   */
  public static String harmless(String text) {
    var out = new StringBuilder(text.length());
    text.codePoints().forEach(point -> {
      if (point == '\n' || point == '\t' || point == '\r') {
        out.append(' ');
      } else if (Character.isISOControl(point) || bidirectional(point)) {
        out.append('?');
      } else {
        out.appendCodePoint(point);
      }
    });
    return out.toString();
  }

  private static boolean bidirectional(int point) {
    return (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069);
  }

  /** How many columns of a terminal the text takes. */
  public static int cells(String text) {
    return text.codePoints().map(Text::cells).sum();
  }

  /** The text, cut with an ellipsis where it takes more columns than this. */
  public static String clip(String text, int columns) {
    if (cells(text) <= columns) {
      return text;
    }
    if (columns <= 0) {
      return "";
    }
    var out = new StringBuilder();
    int used = 1;
    int at = 0;
    while (at < text.length()) {
      int point = text.codePointAt(at);
      used += cells(point);
      if (used > columns) {
        break;
      }
      out.appendCodePoint(point);
      at += Character.charCount(point);
    }
    return out.append('…').toString();
  }

  /** The text with blanks after it, up to this many columns. */
  public static String pad(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - cells(text)));
  }

  private static int cells(int point) {
    int type = Character.getType(point);
    if (type == Character.NON_SPACING_MARK
        || type == Character.ENCLOSING_MARK
        || type == Character.FORMAT) {
      return 0;
    }
    return wide(point) ? 2 : 1;
  }

  private static boolean wide(int point) {
    return point >= 0x1100
        && (point <= 0x115F
            || (point >= 0x2E80 && point <= 0xA4CF)
            || (point >= 0xAC00 && point <= 0xD7A3)
            || (point >= 0xF900 && point <= 0xFAFF)
            || (point >= 0xFE30 && point <= 0xFE6F)
            || (point >= 0xFF00 && point <= 0xFF60)
            || (point >= 0xFFE0 && point <= 0xFFE6)
            || (point >= 0x1F300 && point <= 0x1FAFF)
            || (point >= 0x20000 && point <= 0x3FFFD));
  }
}
