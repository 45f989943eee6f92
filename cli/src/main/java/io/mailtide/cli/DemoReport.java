package io.mailtide.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the demonstration came to.
 *
 * @param directory holds the Maildir, the configuration and the state
 * @param folders folders that the server has
 * @param messages messages that the server has
 * @param exact of these, how many arrived byte for byte
 * @param unexpected files in the Maildir that are no message of the server
 * @param copiedAgain messages that the second synchronisation copied
 * @param command what starts the program
 */
record DemoReport(
    Path directory,
    int folders,
    int messages,
    int exact,
    int unexpected,
    long copiedAgain,
    String command) {
  /** Whether all arrived, nothing else did, and nothing was left to do. */
  boolean good() {
    return exact == messages && unexpected == 0 && copiedAgain == 0;
  }

  /** That, and what to do next, for people. */
  List<String> lines(boolean colours) {
    var lines = new ArrayList<String>();
    lines.add("");
    if (!good()) {
      lines.add(Ink.RED.on(colours, "The check failed: ") + Text.count(exact) + " of "
          + Text.count(messages, "message") + " arrived byte for byte, "
          + Text.count(unexpected) + " files are not among them, and a second run copied "
          + Text.count(copiedAgain) + ".");
      lines.add("What there is stays in " + directory);
      return lines;
    }
    lines.add(Ink.GREEN.on(colours, "All is well: ") + Text.count(messages, "message")
        + " in " + Text.count(folders, "folder")
        + " arrived byte for byte, and a second run had nothing to do.");
    lines.add("Look around in " + directory.resolve("mail"));
    lines.add("");
    lines.add(
        Ink.STRONG.on(colours, "Now your own account.") + " Write ~/.config/mailtide/config.toml:");
    lines.add("");
    """
    [stores.work]
    type = "imap"
    host = "imap.example.org"
    user = "ann@example.org"
    password-command = "pass show mail/work"   # or password-env, password-file, password
    path = "~/Mail/work"
    """.lines().forEach(line -> lines.add("    " + Ink.CYAN.on(colours, line)));
    lines.add("");
    lines.add("and then: " + Ink.STRONG.on(colours, command + " sync work"));
    return lines;
  }
}
