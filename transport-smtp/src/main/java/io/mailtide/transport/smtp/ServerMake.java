package io.mailtide.transport.smtp;

import java.util.Locale;
import java.util.Set;

/**
 * What is known of a make of server beyond what it says of itself: one table of how each is
 * recognised and what it does. The first that is recognised counts.
 */
enum ServerMake {
  GMAIL(true, "smtp.gmail.com", "smtp.googlemail.com"),
  OUTLOOK(true, "smtp.office365.com", "smtp-mail.outlook.com", "outlook.office365.com"),
  GENERIC(false);

  private final boolean filesSentCopy;

  @SuppressWarnings("ImmutableEnumChecker") // made by Set.of
  private final Set<String> hosts;

  ServerMake(boolean filesSentCopy, String... hosts) {
    this.filesSentCopy = filesSentCopy;
    this.hosts = Set.of(hosts);
  }

  /** Whether it puts a copy of what it is given into the user's Sent folder. */
  boolean filesSentCopy() {
    return filesSentCopy;
  }

  /**
   * The make of a server, by the name it was reached by or calls itself. Relays of the same
   * providers, which greet alike but for the name, and sessions of nobody have no Sent folder.
   *
   * @param greeting its greeting, with the code
   * @param host the name it was reached by
   */
  static ServerMake of(String greeting, String host, boolean signedIn) {
    var words = greeting.toLowerCase(Locale.ROOT).split(" ", 3);
    var name = words.length > 1 ? words[1] : "";
    var reached = host.toLowerCase(Locale.ROOT);
    for (var make : values()) {
      if (signedIn && (make.hosts.contains(reached) || make.hosts.contains(name))) {
        return make;
      }
    }
    return GENERIC;
  }
}
