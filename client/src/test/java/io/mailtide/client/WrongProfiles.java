package io.mailtide.client;

import java.util.List;
import java.util.stream.Stream;

/** Configurations with something wrong in them. */
final class WrongProfiles {
  /** Seven lines; what a case adds begins on the eighth, in the table of the store. */
  static final String STORE = """
      [stores.work]
      type = "imap"
      host = "imap.example.org"
      user = "ann"
      password = "s3cret"
      path = "mail"

      """;

  private static final String SECOND = """
      [stores.home]
      type = "pop3"
      path = "mail2"
      """;

  /**
   * A configuration and what is said of it.
   *
   * @param problems each as LINE:COLUMN: TEXT
   */
  record Case(String name, String text, List<String> problems) {
    Case(String name, String text, String... problems) {
      this(name, text, List.of(problems));
    }

    /** One that adds lines to a store which is right. */
    static Case store(String name, String more, String... problems) {
      return new Case(name, STORE + more, problems);
    }

    /** One that changes a store which is right. */
    static Case changed(String name, String from, String to, String... problems) {
      return new Case(name, STORE.replace(from, to), problems);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static final List<Case> KEYS = List.of(
      Case.changed(
          "a slip in a key",
          "password =",
          "pasword =",
          "1:1: [stores.work] needs `password`: what to sign in with (or one of password-command,"
              + " password-env, password-file)",
          "5:1: unknown key `pasword` in [stores.work]; did you mean `password`?"),
      Case.store(
          "a key like no other",
          "colour = 1",
          "8:1: unknown key `colour` in [stores.work]; known: allow-plaintext, deletions, folders,"
              + " headers-only, host, keep-removed, layout, max-age, max-connections, max-size, oauth,"
              + " password, password-command, password-env, password-file, path, port, tls, tls-ca,"
              + " type, user"),
      new Case(
          "an unknown table",
          STORE + "[group.all]",
          "8:1: unknown key `group`; did you mean `groups`?"),
      new Case(
          "an unknown key at the top",
          "statedir = \"x\"\n" + STORE,
          "1:1: unknown key `statedir`; did you mean `state-dir`?"),
      new Case(
          "an unknown key in a group",
          STORE + "[groups.all]\nstores = [\"work\"]\nevry = \"10m\"",
          "10:1: unknown key `evry` in [groups.all]; did you mean `every`?"),
      new Case(
          "an unknown key in a transport",
          STORE + "[transports.out]\nhost = \"a\"\nusername = \"ann\"",
          "10:1: unknown key `username` in [transports.out]; did you mean `user`?"),
      new Case(
          "an unknown key in the default store",
          STORE + "[default-store]\npath = \"local\"\nlayout = \"nested\"",
          "10:1: unknown key `layout` in [default-store]; known: path"),
      Case.changed(
          "required keys missing",
          "host = \"imap.example.org\"\nuser = \"ann\"\n",
          "",
          "1:1: [stores.work] needs `host`: the server's name",
          "1:1: [stores.work] needs `user`: who to sign in as"),
      Case.changed(
          "no type",
          "type = \"imap\"\n",
          "",
          "1:1: [stores.work] needs `type`: what kind of server this is, such as \"imap\""),
      Case.changed(
          "an unknown type",
          "\"imap\"",
          "\"impa\"",
          "2:1: `type` in [stores.work] cannot be `impa`; did you mean `imap`?"),
      Case.changed(
          "a type of the local side",
          "\"imap\"",
          "\"maildir\"",
          "2:1: `type` in [stores.work] cannot be `maildir`; known: imap, pop3"),
      new Case(
          "no stores at all", "", "1:1: no stores; add a table [stores.NAME] for each account"),
      new Case(
          "a default store without a path",
          STORE + "[default-store]",
          "8:1: [default-store] needs `path`: the directory of the local Inbox, Outbox and Sent"));

  static final List<Case> VALUES = List.of(
      Case.store(
          "text for a number",
          "port = \"993\"",
          "8:1: `port` in [stores.work] must be a whole number, not text"),
      Case.store(
          "a decimal",
          "port = 99.3",
          "8:1: `port` in [stores.work] must be a whole number, not a decimal number"),
      Case.store(
          "port zero", "port = 0", "8:1: `port` in [stores.work] must be from 1 to 65535, not 0"),
      Case.store(
          "a high port",
          "port = 70000",
          "8:1: `port` in [stores.work] must be from 1 to 65535, not 70000"),
      Case.changed(
          "a number for text",
          "\"ann\"",
          "7",
          "4:1: `user` in [stores.work] must be text in quotes, not a number"),
      Case.changed(
          "a number for a secret",
          "\"s3cret\"",
          "7",
          "5:1: `password` in [stores.work] must be text in quotes, not a number"),
      Case.changed(
          "an empty secret",
          "\"s3cret\"",
          "\"\"",
          "5:1: `password` in [stores.work] must not be empty"),
      Case.changed(
          "empty text", "\"ann\"", "\"\"", "4:1: `user` in [stores.work] must not be empty"),
      Case.changed(
          "a line break in text",
          "\"ann\"",
          "\"a\\nb\"",
          "4:1: `user` in [stores.work] must not have control characters"),
      Case.store(
          "text for a switch",
          "headers-only = \"no\"",
          "8:1: `headers-only` in [stores.work] must be true or false, not text"),
      Case.store(
          "a wrong choice",
          "tls = \"startls\"",
          "8:1: `tls` in [stores.work] cannot be `startls`; did you mean `starttls`?"),
      Case.store(
          "wrong deletions",
          "deletions = \"all\"",
          "8:1: `deletions` in [stores.work] cannot be `all`; known: both, none, pull, push"),
      Case.store(
          "wrong layout",
          "layout = \"maildir+\"",
          "8:1: `layout` in [stores.work] cannot be `maildir+`; did you mean `maildir++`?"),
      Case.store(
          "a duration without a unit",
          "keep-removed = \"30\"",
          "8:1: `keep-removed` in [stores.work] must be a number above zero, of nine digits"
              + " at most, and one of s, m, h, d, w, such as \"30d\" or \"10m\", not \"30\""),
      Case.store(
          "a duration of nothing",
          "keep-removed = \"0d\"",
          "8:1: `keep-removed` in [stores.work] must be a number above zero, of nine digits"
              + " at most, and one of s, m, h, d, w, such as \"30d\" or \"10m\", not \"0d\""),
      Case.store(
          "a duration of more digits than anyone means",
          "keep-removed = \"1000000000s\"",
          "8:1: `keep-removed` in [stores.work] must be a number above zero, of nine digits"
              + " at most, and one of s, m, h, d, w, such as \"30d\" or \"10m\", not \"1000000000s\""),
      Case.store(
          "a number for a duration",
          "keep-removed = 30",
          "8:1: `keep-removed` in [stores.work] must be a duration in quotes, such as \"30d\", not a number"),
      Case.store(
          "no connections",
          "max-connections = 0",
          "8:1: `max-connections` in [stores.work] must be from 1 to 32, not 0"),
      Case.store(
          "folders that are text",
          "folders = \"*\"",
          "8:1: `folders` in [stores.work] must be a list of texts, not text"),
      Case.store(
          "no folders",
          "folders = []",
          "8:1: `folders` in [stores.work] must have from 1 to 1000 texts"),
      Case.store(
          "a list of all sorts",
          "folders = [\n\"*\",\n3,\n\"\",\n\"!\"]",
          "8:1: `folders` in [stores.work] must not be empty",
          "10:1: `folders` in [stores.work] must hold nothing but texts in quotes",
          "12:1: `!` leaves out nothing; write a folder name or glob after it"),
      Case.changed(
          "a path that cannot be",
          "\"mail\"",
          "\"a\\u0000b\"",
          "6:1: `path` in [stores.work] must not have control characters"),
      Case.changed(
          "another's home",
          "\"mail\"",
          "\"~bob/mail\"",
          "6:1: `path` in [stores.work] is not read by a shell; of its short forms only ~/ is known"),
      Case.changed(
          "a variable in a path",
          "\"mail\"",
          "\"$HOME/mail\"",
          "6:1: `path` in [stores.work] is not read by a shell; of its short forms only ~/ is known"),
      Case.store(
          "a date",
          "port = 2026-01-01",
          "8:1: `port` in [stores.work] must be a whole number, not a date or time"),
      new Case(
          "stores that are no table",
          "stores = 3",
          "1:1: `stores` must be a table, not a number",
          "1:1: no stores; add a table [stores.NAME] for each account"),
      new Case(
          "a store that is no table",
          "[stores]\nwork = 3",
          "2:1: `work` in [stores] must be a table, not a number"));

  static final List<Case> RULES = List.of(
      Case.store(
          "two ways to one secret",
          "password-command = \"pass\"",
          "8:1: `password` and `password-command` in [stores.work] are both given; keep one"),
      Case.changed(
          "OAuth",
          "password = \"s3cret\"",
          "oauth = \"google\"",
          "5:1: signing in by OAuth is not in this version; use `password-command` with an app password"),
      Case.store(
          "a size without a number",
          "max-size = \"large\"",
          "8:1: `max-size` in [stores.work] must be a number above zero, of bytes or with K, M or G,"
              + " such as \"25M\", not \"large\""),
      Case.store(
          "a size of nothing",
          "max-size = \"0K\"",
          "8:1: `max-size` in [stores.work] must be a number above zero, of bytes or with K, M or G,"
              + " such as \"25M\", not \"0K\""),
      Case.store(
          "a size beyond all counting",
          "max-size = \"999999999999999999G\"",
          "8:1: `max-size` in [stores.work] must be at most 9223372036854775807 bytes, not"
              + " \"999999999999999999G\""),
      Case.store(
          "an age without quotes",
          "max-age = 365",
          "8:1: `max-age` in [stores.work] must be a duration in quotes, such as \"30d\", not a"
              + " number"),
      Case.store(
          "what its type complains of", "tls = \"none\"", "8:1: `tls` in [stores.work]: not so"),
      new Case(
          "what the type of a transport complains of",
          STORE + "[transports.out]\nhost = \"localhost.example.org\"\ntls = \"none\"",
          "10:1: `tls` in [transports.out]: not so"),
      new Case(
          "two stores in one directory",
          STORE + SECOND.replace("mail2", "./x/../mail"),
          "10:1: `path` in [stores.home] is also that of store `work`; give each a directory of its own"),
      new Case(
          "a store inside another",
          STORE + SECOND.replace("mail2", "mail/home"),
          "10:1: `path` in [stores.home] lies inside that of store `work`; give each a directory of its own"),
      new Case(
          "a store around the default store",
          "[default-store]\npath = \"mail/local\"\n" + STORE,
          "8:1: `path` in [stores.work] contains that of the default store; give each a "
              + "directory of its own"),
      new Case(
          "an unknown store in a group",
          STORE + SECOND + "[groups.all]\nstores = [\"home\",\n  \"wrk\"]",
          "13:3: no store `wrk` in [groups.all]; did you mean `work`?"),
      new Case(
          "a group without stores",
          STORE + "[groups.all]\nheaders-only = true",
          "8:1: [groups.all] needs `stores`: the names of its stores"),
      new Case(
          "a group that sends, and nothing to send with",
          STORE + "[groups.all]\nstores = [\"work\"]\nsend = true",
          "10:1: `send` in [groups.all] needs a [default-store] and a [transports.NAME]"),
      Case.changed(
          "a store with the name of the Outbox",
          "stores.work",
          "stores.outbox",
          "1:1: [stores.outbox] would be taken for the Outbox; give it another name"),
      new Case(
          "a group with the name of a store",
          STORE + "[groups.work]\nstores = [\"work\"]",
          "8:1: group `work` has the name of a store; give it another"),
      new Case(
          "a name that is no file name",
          STORE + SECOND.replace("stores.home", "stores.\"../x\""),
          "8:1: [stores.../x] is no name: use up to 64 of A-Z a-z 0-9 . _ -"),
      new Case(
          "names that differ by capitals",
          STORE + SECOND.replace("home", "Work"),
          "8:1: [stores.Work] differs from another only by capitals"),
      new Case(
          "wrong addresses and places",
          STORE + "[transports.out]\nhost = \"a\"\nfrom = [\"ann\"]\nsent-to = \"Sent\"",
          "10:9: `ann` in [transports.out] is no mail address",
          "11:1: `sent-to` in [transports.out] must be STORE/FOLDER, such as \"work/Sent\""),
      new Case(
          "sent mail into an unknown store",
          STORE + "[transports.out]\nhost = \"a\"\nsent-to = \"wok/Sent\"",
          "10:1: no store `wok` in [transports.out]; did you mean `work`?"),
      new Case(
          "a transport without a host",
          STORE + "[transports.out]",
          "8:1: [transports.out] needs `host`: the server's name or address"));

  /** None of these may show what stands in place of the password. */
  static final List<Case> SYNTAX = List.of(
      Case.changed(
          "a password without quotes", "\"s3cret\"", "s3cret", "5:12: not TOML: expected a value"),
      Case.changed(
          "a quote in a password",
          "\"s3cret\"",
          "\"a\"s3cret\"",
          "5:15: not TOML: expected a newline or end-of-input"),
      Case.changed(
          "a password without an equals sign",
          "= \"s3cret\"",
          "s3cret",
          "5:10: not TOML: expected . or ="),
      Case.changed(
          "a backslash in a password",
          "\"s3cret\"",
          "\"\\s3cret\"",
          "5:13: not TOML: Invalid escape sequence"),
      Case.store(
          "a key twice",
          "user = \"bob\"",
          "8:1: not TOML: user previously defined at line 4, column 1"),
      new Case(
          "two slips",
          STORE.replace("\"ann\"", "ann").replace("\"mail\"", "\"mail"),
          "4:8: not TOML: expected a value",
          "6:13: not TOML: expected \" or a character"));

  static final List<Case> CASES =
      Stream.of(KEYS, VALUES, RULES, SYNTAX).flatMap(List::stream).toList();

  private WrongProfiles() {}
}
