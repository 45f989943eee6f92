package io.mailtide.wire.imap;

import java.util.List;

/**
 * Dialogues of servers, each kind of response at least once; line ends are LF here and CRLF on the
 * wire.
 */
final class Corpus {
  /** As the rules have it, from the RFCs. */
  static final List<String> WELL_FORMED = List.of(
      "* OK [CAPABILITY IMAP4rev1 SASL-IR LITERAL+ AUTH=PLAIN] ready\n",
      "* PREAUTH IMAP4rev2 server logged in as Smith\n",
      "* BYE Autologout; idle for too long\n",
      "* CAPABILITY IMAP4rev1 STARTTLS AUTH=GSSAPI LOGINDISABLED\nA1 OK CAPABILITY completed\n",
      "* ENABLED QRESYNC CONDSTORE\n* ENABLED\n",
      "* ID (\"name\" \"Cyrus\" \"version\" NIL \"os\" {5}\nsunos)\n* ID NIL\n",
      "* NAMESPACE ((\"\" \"/\")) ((\"~\" \"/\")) ((\"#shared/\" \"/\")(\"#public/\" \"/\" "
          + "\"X-P\" (\"a\" \"b\")))\n",
      "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\n",
      "* LIST (\\Noselect) \"/\" ~/Mail/foo\n* LIST () NIL {9}\nfoo\"bar&-\n* LIST () \"\\\\\" \"a\\\\b\"\n",
      "* LIST (\\Subscribed \\HasChildren) \"/\" \"Fruit\" (\"CHILDINFO\" (\"SUBSCRIBED\"))\n",
      "* LIST () \"/\" \"new\" (\"OLDNAME\" (\"old\"))\n* LIST (\\Sent) \".\" INBOX.Gesendet\n",
      "* LIST () \"/\" \"Entw&APw-rfe\"\n* LIST () \"/\" {4}\nt{5}\n",
      "* STATUS blurdybloop (MESSAGES 231 UIDNEXT 44292)\n* STATUS \"a b\" ()\n",
      "* STATUS INBOX (MESSAGES 17 RECENT 1 UNSEEN 2 DELETED 3 SIZE 16234 UIDVALIDITY 1 UIDNEXT 18"
          + " HIGHESTMODSEQ 7011231777 MAILBOXID (F2212ea87))\n",
      """
          * 172 EXISTS
          * 1 RECENT
          * OK [UNSEEN 12] Message 12 is first unseen
          * OK [UIDVALIDITY 3857529045] UIDs valid
          * OK [UIDNEXT 4392] Predicted next UID
          * FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft)
          * OK [PERMANENTFLAGS (\\Deleted \\Seen \\*)] Limited
          * OK [HIGHESTMODSEQ 715194045007] Highest
          A142 OK [READ-WRITE] SELECT completed
          """,
      "* OK [CLOSED] Closed\n* OK [NOMODSEQ] Sorry\n* OK [PERMANENTFLAGS ()] None\n",
      "* 23 FETCH (FLAGS (\\Seen) RFC822.SIZE 44827)\n",
      "* 12 FETCH (UID 4 FLAGS (\\Seen $Forwarded) MODSEQ (624140003)"
          + " INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286)\n",
      "* 1 FETCH (UID 7 BODY[] {14}\nab\ncd\n)\n \n FLAGS ())\n* 2 EXPUNGE\n",
      """
          * 1 FETCH (BODY[HEADER.FIELDS (DATE {4}
          FROM)]<0> {3}
          a
           BODY[1] NIL UID 8 BODY[2] "q\\"\\\\q" BODY[3] {0}
          )
          """,
      "* 1 FETCH (BINARY[1] ~{3}\n\0\1\2 BINARY.SIZE[1] 3 RFC822.HEADER {2}\n\n RFC822 \"\" UID 9)\n",
      """
          * 1 FETCH (ENVELOPE ("date" {4}
          subj ((NIL NIL "a" {1}
          b)) NIL) X-GM-LABELS (\\Inbox {3}
          [a]) EMAILID (M1))
          """,
      "* 1 FETCH (BODYSTRUCTURE (\"TEXT\" \"PLAIN\" (\"CHARSET\" \"us-ascii\") NIL NIL "
          + "\"7BIT\" 3 1 NIL NIL) BODY (\"TEXT\" \"X\"))\n",
      "* VANISHED 405,407,410:420\n* VANISHED (EARLIER) 41,43:116\n",
      "* SEARCH 2 84 882\n* SEARCH\n* SEARCH 2 5 6 (MODSEQ 917162500)\n",
      """
          * ESEARCH (TAG "A282") UID MIN 2 MAX 99 COUNT 3 ALL 2,10:11,99 MODSEQ 5
          * ESEARCH (TAG A1)
          * ESEARCH UID X-NEW (1 2) COUNT 0
          """,
      "+ \n+ idling\n+ YGgGCSqGSIb3EgECAgIAb1kwV6ADAgEFoQMCAQ+iSzBJoAMC\n+\n",
      """
          A1 OK [APPENDUID 38505 3955] done
          A2 OK [COPYUID 38505 304,319:320 3956:3958] done
          A3 OK [MODIFIED 7,9] done
          """,
      """
          A4 NO [TOOBIG] Too big
          A5 NO [OVERQUOTA] Full
          A6 BAD [CLIENTBUG] Bad
          A7 NO [X-ODD a b {3}] text {5}
          A8 NO [ALERT] [x]
          """,
      """
          * OK [ALERT] System shutdown in 10 minutes {10}
          * NO disk full
          * BAD huh
          * XQUOTA ("" {3}
          a b)
          * 5 XMOVED now
          """,
      """
          A9 OK [CAPABILITY IMAP4rev1 IDLE] in
          A10 NO [UNKNOWN-CTE] x
          A11 OK [READ-ONLY] y
          A12 OK [MAILBOXID (F1)] z
          """,
      """
          A1 OK [APPENDUID 38505 3955:3957,3960] four at once
          * OK [COPYUID 432432 42:69 1202:1229] moved
          * 22 EXPUNGE
          * VANISHED 42:69
          A2 OK [HIGHESTMODSEQ 715194045319] moved
          * 5 FETCH (UID 9 MODSEQ (20013021))
          A3 OK [MODIFIED 12,101:103] all but these
          A4 OK [HIGHESTMODSEQ 715194045320] expunged
          """,
      """
          A1 NO [TRYCREATE] no such mailbox
          A2 NO [OVERQUOTA] full
          A3 NO [LIMIT] at most 100 messages at once
          A4 NO [TOOBIG] too big
          A5 NO [ALREADYEXISTS] there
          A6 NO [USEATTR] there is one for that
          A7 BAD [CLIENTBUG] what?
          """,
      """
          * LIST (\\HasNoChildren \\Drafts) "/" Drafts
          * LIST (\\All \\HasNoChildren) "/" "[Gmail]/All Mail"
          * LIST (\\Junk \\Flagged \\Archive \\Trash) "/" {4}
          Odds
          A1 OK [MAILBOXID (F2212ea87-6097-4256)] created
          * STATUS a (MAILBOXID (F2212ea87) APPENDLIMIT 257890)
          * 3 FETCH (EMAILID (M6d99ac3275) THREADID NIL X-GM-MSGID 1278455344230334865)
          """,
      """
          * ENABLED CONDSTORE QRESYNC UTF8=ACCEPT
          * ENABLED
          * ID ("name" "x" "version" NIL "support-url" "")
          * ID ()
          * NAMESPACE (("" "/")("#mh/" "/" "X-PARAM" ("FLAG1" "FLAG2"))) NIL (("Public/" "/" \
          "TRANSLATION" ("Oeffentlich/")))
          """);

  /** As the rules do not have it, but understood. */
  static final List<String> QUIRKY = List.of(
      """
          * LIST (\\HasNoChildren) "/" Sent Items
          * LIST () "/" a\tb (c)
          * LIST () "\\" a\\b
          * LIST () "/" "a\\b"
          """,
      """
          * LIST () "/" a&b
          * LIST () "/" "Entw\u00C3\u00BCrfe"
          * LIST () "/" caf\u00E9
          * STATUS Sent Items (MESSAGES 1)
          """,
      "[CAPABILITY IMAP4rev1] ready\n* [UIDNEXT 5] next\n",
      """
          A1 OK [COPYUID 1  ] done
          A2 OK [COPYUID 1 "" ""] done
          A3 OK
          A4 OK [COPYUID x] done
          A5 OK [oops
          """,
      "* 1 FETCH (FLAGS (foo[bar] \\Seen) UID 1)\n* FLAGS (a] b)\n* OK [PERMANENTFLAGS (a] \\*)] x\n",
      "* VANISHED\n* VANISHED (EARLIER) \n* VANISHED 1:\n* VANISHED 0\n* VANISHED (EARLIER) 12:*\n",
      """
          * 1 FETCH (MODSEQ (-1) UID 2)
          * OK [HIGHESTMODSEQ -1] x
          * STATUS a (HIGHESTMODSEQ 18446744073709551615)
          """,
      "* STATUS a (MESSAGES 9.37e+06 SIZE 1.0)\n* 1 FETCH (RFC822.SIZE 9.37e+06)\n",
      "* 0 FETCH (FLAGS ())\n* 0 FETCH (BODY[] {2}\nxx)\n",
      """
          * OK [UIDVALIDITY 0] x
          * OK [UIDNEXT 0] x
          * STATUS a (UIDNEXT 0 UIDVALIDITY 0)
          * 1 FETCH (UID 0)
          * SEARCH 0 5
          """,
      "* 1 FETCH (INTERNALDATE \"00-Jan-0000 00:00:00 +0000\" UID 1))\n* 1 FETCH (INTERNALDATE NIL)\n",
      """
          *  capability  imap4rev1 LITERAL +  IDLE\s

          * CAPABILITY (IMAP4rev1, "IDLE")
          * status  a ( messages  1 )
          """,
      "* 1 fetch (uid 5 flags (\\seen ) body[header] {2}\nab )\na1 ok done\n",
      """
          * LIST rubbish
          * 1 FETCH (UID x)
          * 1 FETCH (BODY[] {2}
          ab UID)
          * 1 FETCH rubbish {3}
          abc)
          * 5 EXISTS
          """,
      """
          A1 OK [APPENDUID 7 ] no number
          A2 OK [APPENDUID 31] one number
          A3 OK [APPENDUID 7 31:*] open
          A4 OK [COPYUID 1 1:2] half
          A5 OK [COPYUID 1 3:1 7:9] backwards
          A6 OK [MODIFIED] none
          A7 OK [HIGHESTMODSEQ] none
          A8 OK [APPENDUID 0 0] zero
          """,
      """
          * ENABLED QRESYNC,CONDSTORE
          * NAMESPACE NIL NIL
          * NAMESPACE (("" "/")
          * ID
          * ID ("name")
          * ID (name x)
          * LIST (\\Sent "/" Sent
          * LIST \\Sent "/" Sent
          * STATUS a (MAILBOXID)
          * VANISHED (EARLIER) 1:2:3
          """);

  private Corpus() {}
}
