package io.mailtide.transport.smtp;

import java.util.List;
import java.util.Locale;

/**
 * What is known of a make of server beyond what it says of itself: one table of how each is
 * recognised and what it does. The first that is recognised counts.
 */
enum ServerMake {
  GMAIL(true, new Mark("gsmtp", ""), new Mark("", "smtp.gmail.com")),
  /** In Microsoft's own data centres; an Exchange elsewhere greets likewise and files nothing. */
  OUTLOOK(
      true,
      new Mark("outlook.com microsoft esmtp mail service", ""),
      new Mark("office365.com microsoft esmtp mail service", ""),
      new Mark("", "smtp.office365.com"),
      new Mark("", "smtp-mail.outlook.com")),
  GENERIC(false, new Mark("", ""));

  /**
   * A sign by which a server is recognised: all that is given must be there.
   *
   * @param word in its greeting, in lower case; empty: any
   * @param host the name it was reached by; empty: any
   */
  private record Mark(String word, String host) {
    boolean isOn(String greeting, String reached) {
      return greeting.contains(word) && (host.isEmpty() || host.equals(reached));
    }
  }

  private final boolean filesSentCopy;

  @SuppressWarnings("ImmutableEnumChecker") // made by List.of
  private final List<Mark> marks;

  ServerMake(boolean filesSentCopy, Mark... marks) {
    this.filesSentCopy = filesSentCopy;
    this.marks = List.of(marks);
  }

  /** Whether it puts a copy of what it is given into the user's Sent folder. */
  boolean filesSentCopy() {
    return filesSentCopy;
  }

  /**
   * The make of a server.
   *
   * @param greeting the text of its greeting
   * @param host the name it was reached by
   */
  static ServerMake of(String greeting, String host) {
    var said = greeting.toLowerCase(Locale.ROOT);
    var reached = host.toLowerCase(Locale.ROOT);
    for (var make : values()) {
      if (make.marks.stream().anyMatch(mark -> mark.isOn(said, reached))) {
        return make;
      }
    }
    return GENERIC;
  }
}
