package io.mailtide.wire.imap;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.stream.Collectors;

/** Writes commands; one use, one command. */
final class CommandPrinter {
  /** Longer strings are sent as literals, for servers limit their lines. */
  private static final int QUOTED_LENGTH_MAX = 1_000;

  /**
   * A message larger than that is announced and waited for, so that a server that will not take it
   * can say so before it is sent.
   */
  private static final long UNASKED_BYTES_MAX = 1 << 20;

  private final Dialect dialect;
  private final List<Segment> segments = new ArrayList<>();
  private final ByteArrayOutputStream pending = new ByteArrayOutputStream();

  CommandPrinter(Dialect dialect) {
    this.dialect = dialect;
  }

  // command = tag SP (command-any / command-auth / command-nonauth / command-select) CRLF
  List<Segment> print(String tag, Command command) {
    raw(tag + " ");
    switch (command) {
      case Command.Bare bare -> raw(bare.name().replace('_', ' '));
      case Command.Id id -> id(id);
      case Command.Enable enable -> raw("ENABLE " + String.join(" ", enable.capabilities()));
      case Command.Login login -> {
        raw("LOGIN ");
        string(utf8(login.user()), false);
        raw(" ");
        string(utf8(login.password().reveal()), true);
      }
      case Command.Authenticate authenticate -> authenticate(authenticate);
      case Command.ListMailboxes list -> list(list);
      case Command.Status status -> {
        raw("STATUS ");
        mailbox(status.mailbox());
        raw(" " + names(status.items()));
      }
      case Command.Select select -> select(select);
      case Command.Fetch fetch -> fetch(fetch);
      case Command.Search search -> search(search);
      case Command.Manage manage -> {
        raw(manage.verb() + " ");
        mailbox(manage.mailbox());
      }
      case Command.CreateForUse create -> {
        raw("CREATE ");
        mailbox(create.mailbox());
        raw(" (USE (" + create.use() + "))");
      }
      case Command.Rename rename -> {
        raw("RENAME ");
        mailbox(rename.from());
        raw(" ");
        mailbox(rename.to());
      }
      case Command.Append append -> append(append);
      case Command.Store store ->
        raw("UID STORE " + store.messages() + " " + store.change().text + " "
            + list(store.flags()));
      case Command.Transfer transfer -> {
        raw("UID " + transfer.way() + " " + transfer.messages() + " ");
        mailbox(transfer.target());
      }
      case Command.UidExpunge expunge -> raw("UID EXPUNGE " + expunge.messages());
    }
    raw("\r\n");
    flush(false, false);
    return List.copyOf(segments);
  }

  // id = "ID" SP id-params-list
  private void id(Command.Id id) {
    raw("ID ");
    if (id.fields().isEmpty()) {
      raw("NIL");
      return;
    }
    var separator = "(";
    for (var field : id.fields().entrySet()) {
      raw(separator);
      string(utf8(field.getKey()), false);
      raw(" ");
      string(utf8(field.getValue()), false);
      separator = " ";
    }
    raw(")");
  }

  // authenticate = "AUTHENTICATE" SP auth-type [SP (base64 / "=")] *(CRLF base64)
  private void authenticate(Command.Authenticate authenticate) {
    raw("AUTHENTICATE " + authenticate.mechanism());
    if (authenticate.initial().isPresent()) {
      raw(" ");
      flush(false, false);
      byte[] initial = authenticate.initial().get().reveal();
      raw(initial.length == 0 ? "=" : Base64.getEncoder().encodeToString(initial));
      flush(true, false);
    }
  }

  // list = "LIST" [SP list-select-opts] SP mailbox SP mbox-or-pat [SP list-return-opts]
  private void list(Command.ListMailboxes list) {
    raw("LIST ");
    if (!list.selection().isEmpty()) {
      raw(names(list.selection()) + " ");
    }
    string(MailboxName.encoded(list.reference(), dialect.utf8Names()), false);
    boolean several = list.patterns().size() > 1;
    var separator = several ? " (" : " ";
    for (var pattern : list.patterns()) {
      raw(separator);
      string(MailboxName.encoded(pattern, dialect.utf8Names()), false);
      separator = " ";
    }
    raw(several ? ")" : "");
    var returns = new ArrayList<String>();
    list.returns().forEach(option -> returns.add(word(option)));
    if (!list.statuses().isEmpty()) {
      returns.add("STATUS " + names(list.statuses()));
    }
    if (!returns.isEmpty()) {
      raw(" RETURN (" + String.join(" ", returns) + ")");
    }
  }

  // select = "SELECT" SP mailbox [select-params]
  // select-params = SP "(" select-param *(SP select-param) ")"
  // select-param =/ "QRESYNC" SP "(" uidvalidity SP mod-sequence-value
  //   [SP known-uids] [SP seq-match-data] ")"
  private void select(Command.Select select) {
    raw(
        switch (select.access()) {
          case READ_WRITE -> "SELECT ";
          case READ_ONLY -> "EXAMINE ";
        });
    mailbox(select.mailbox());
    raw(
        switch (select.tracking()) {
          case Command.Select.Tracking.Simple simple ->
            switch (simple) {
              case NONE -> "";
              case CONDSTORE -> " (CONDSTORE)";
            };
          case Command.Select.Tracking.Resync(var validity, var since, var known) ->
            " (QRESYNC (" + validity + " " + since + (known.isEmpty() ? "" : " " + known) + "))";
        });
  }

  // fetch = "FETCH" SP sequence-set SP ("ALL" / "FULL" / "FAST" / fetch-att /
  //   "(" fetch-att *(SP fetch-att) ")") [fetch-modifiers]
  // uid = "UID" SP (copy / move / fetch / search / store / uid-expunge)
  private void fetch(Command.Fetch fetch) {
    var items = fetch.items().stream().map(item -> item.text).collect(Collectors.joining(" "));
    raw(prefix(fetch.numbering()) + "FETCH " + fetch.messages() + " (" + items + ")");
    fetch
        .since()
        .ifPresent(since ->
            raw(" (CHANGEDSINCE " + since.value() + (since.vanished() ? " VANISHED)" : ")")));
  }

  // search = "SEARCH" [search-return-opts] SP search-program
  private void search(Command.Search search) {
    raw(prefix(search.numbering()) + "SEARCH");
    if (!search.results().isEmpty()) {
      raw(" RETURN " + names(search.results()));
    }
    for (var key : search.keys()) {
      raw(
          switch (key) {
            case Command.SearchKey.All() -> " ALL";
            case Command.SearchKey.Uids(var uids) -> " UID " + uids;
            case Command.SearchKey.From(var modSeq) -> " MODSEQ " + modSeq;
            case Command.SearchKey.Deleted() -> " DELETED";
          });
    }
  }

  // append = "APPEND" SP mailbox 1*append-message
  // append-message = [SP flag-list] [SP date-time] SP literal
  private void append(Command.Append append) {
    raw("APPEND ");
    mailbox(append.mailbox());
    for (var message : append.messages()) {
      raw(message.flags().isEmpty() ? "" : " " + list(message.flags()));
      boolean wait =
          message.size() > UNASKED_BYTES_MAX || dialect.literals().needWait(message.size());
      raw(" \"" + InternalDate.print(message.arrived()) + "\" {" + message.size()
          + (wait ? "}\r\n" : "+}\r\n"));
      flush(false, wait, message.size());
    }
  }

  private static String list(List<String> words) {
    return "(" + String.join(" ", words) + ")";
  }

  private static String prefix(Command.Numbering numbering) {
    return switch (numbering) {
      case UID -> "UID ";
      case SEQUENCE -> "";
    };
  }

  private static String names(List<? extends Enum<?>> words) {
    return words.stream().map(CommandPrinter::word).collect(Collectors.joining(" ", "(", ")"));
  }

  private static String word(Enum<?> word) {
    return word.name().replace('_', '-');
  }

  // mailbox = "INBOX" / astring
  private void mailbox(MailboxName name) {
    string(name.encoded(dialect.utf8Names()), false);
  }

  /** The text's bytes, a character each. */
  private static String utf8(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  // string = quoted / literal
  /** A string of bytes, a character each. */
  private void string(String bytes, boolean secret) {
    if (isQuotable(bytes)) {
      part(secret, '"' + bytes.replace("\\", "\\\\").replace("\"", "\\\"") + '"');
      return;
    }
    boolean wait = dialect.literals().needWait(bytes.length());
    raw("{" + bytes.length() + (wait ? "}\r\n" : "+}\r\n"));
    if (wait) {
      flush(false, true);
    }
    part(secret, bytes);
  }

  // QUOTED-CHAR = <any TEXT-CHAR except quoted-specials> / "\" quoted-specials /
  //   UTF8-2 / UTF8-3 / UTF8-4
  private boolean isQuotable(String bytes) {
    return bytes.length() <= QUOTED_LENGTH_MAX
        && bytes
            .chars()
            .allMatch(
                c -> c == '\t' || (c >= 0x20 && c < 0x7F) || (c >= 0x80 && dialect.utf8Names()));
  }

  private void part(boolean secret, String bytes) {
    if (secret) {
      flush(false, false);
    }
    raw(bytes);
    if (secret) {
      flush(true, false);
    }
  }

  private void raw(String bytes) {
    pending.writeBytes(bytes.getBytes(StandardCharsets.ISO_8859_1));
  }

  private void flush(boolean secret, boolean awaits) {
    flush(secret, awaits, 0);
  }

  private void flush(boolean secret, boolean awaits, long follows) {
    if (pending.size() > 0) {
      segments.add(new Segment(ByteBuffer.wrap(pending.toByteArray()), secret, awaits, follows));
      pending.reset();
    }
  }
}
