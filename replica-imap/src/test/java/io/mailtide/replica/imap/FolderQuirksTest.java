package io.mailtide.replica.imap;

import static io.mailtide.replica.imap.EditQuirksTest.EXCHANGE;
import static io.mailtide.replica.imap.EditQuirksTest.fault;
import static io.mailtide.replica.imap.EditQuirksTest.heard;
import static io.mailtide.replica.imap.EditQuirksTest.play;
import static io.mailtide.replica.imap.EditQuirksTest.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Checkpoint;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Generation;
import io.mailtide.engine.Replica;
import io.mailtide.engine.Replica.Access;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.Replica.Observed;
import io.mailtide.engine.ReplicaEditor;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What servers were seen to do to one who creates, renames and removes folders. The numbers are
 * those of the list of quirks.
 */
final class FolderQuirksTest {
  private static ReplicaEditor editor(Replica replica) {
    return replica.editor().orElseThrow();
  }

  /** How all looks is told only where any change is bound to show in it. 30, 46, 50 among them. */
  @ParameterizedTest
  @CsvSource({
    "CONDSTORE LIST-STATUS, MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50, true",
    "CONDSTORE LIST-STATUS, MESSAGES 0 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 0, true",
    "CONDSTORE LIST-STATUS, MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 0, false",
    "CONDSTORE LIST-STATUS, MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7, false",
    "CONDSTORE LIST-STATUS, UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50, false",
    "CONDSTORE LIST-STATUS, MESSAGES 3 UIDVALIDITY 7 HIGHESTMODSEQ 50, false",
    "CONDSTORE LIST-STATUS, MESSAGES 3 UIDNEXT 11 HIGHESTMODSEQ 50, false",
    "LIST-STATUS, MESSAGES 0 UIDNEXT 11 UIDVALIDITY 7, false",
    "CONDSTORE, MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50, false",
    "CONDSTORE LIST-STATUS X-GM-EXT-1, MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50, false",
    "XYMHIGHESTMODSEQ CONDSTORE LIST-STATUS,"
        + " MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50, false"
  })
  void appearance_onlyWhereItProvesSomething(String abilities, String status, boolean told)
      throws IOException, FaultException {
    var server = server("IMAP4rev1 " + abilities)
        .on("LIST", "* LIST () \"/\" INBOX\n* STATUS INBOX (" + status + ")\n%t OK");
    play(server, replica -> assertThat(replica.appearance().isPresent()).isEqualTo(told));
  }

  @Test
  void appearance_ofAMailboxWithoutStatus_isNotTold() throws IOException, FaultException {
    var server = server("IMAP4rev1 CONDSTORE LIST-STATUS").on("LIST", """
            * LIST () "/" INBOX
            * STATUS INBOX (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50)
            * LIST () "/" A
            %t OK""");
    play(server, replica -> assertThat(replica.appearance()).isEmpty());
  }

  @Test
  void folders_afterTheAppearance_areNotAskedForAgain() throws IOException, FaultException {
    var server = server("IMAP4rev1 CONDSTORE LIST-STATUS").on("LIST", """
            * LIST () "/" INBOX
            * STATUS INBOX (MESSAGES 3 UIDNEXT 11 UIDVALIDITY 7 HIGHESTMODSEQ 50)
            * LIST (\\Noselect) "/" A
            %t OK""");
    var checkpoint = new Checkpoint("validity 7 next 11 messages 3 modseq 50");
    var known = Map.of(FolderName.INBOX, new Observed(new Generation("7"), checkpoint));
    play(server, replica -> {
      assertThat(replica.appearance()).isPresent();
      assertThat(heard(server, "LIST")).hasSize(1);
      assertThat(replica.folders(known)).containsExactly(new FolderSummary(FolderName.INBOX, true));
      assertThat(heard(server, "LIST")).hasSize(1);
      assertThat(replica.folders(known)).hasSize(1);
    });
    assertThat(heard(server, "LIST")).hasSize(2);
  }

  @Test
  void create_subscribes() throws IOException, FaultException {
    var server = server("IMAP4rev1").on("CREATE", "%t OK").on("SUBSCRIBE", "%t OK");
    play(server, replica -> {
      editor(replica).create(FolderName.parse("A/V\u00e4ter"));
      editor(replica).create(FolderName.parse("A/V\u00e4ter"));
      editor(replica).create(FolderName.INBOX);
    });
    assertThat(heard(server, "CREATE")).containsExactly("CREATE \"A/V&AOQ-ter\"");
    assertThat(heard(server, "SUBSCRIBE")).containsExactly("SUBSCRIBE \"A/V&AOQ-ter\"");
  }

  /** 85. */
  @Test
  void create_underAPrefix() throws IOException, FaultException {
    var server = server("IMAP4rev1 NAMESPACE")
        .on("NAMESPACE", "* NAMESPACE ((\"INBOX.\" \".\")) NIL NIL\n%t OK")
        .on("LIST", "* LIST () \".\" INBOX\n%t OK")
        .on("CREATE", "%t OK")
        .on("SUBSCRIBE", "%t NO never");
    var fault = fault(server, replica -> {
      editor(replica).create(FolderName.parse("A/B"));
      editor(replica).create(FolderName.parse("a.b"));
    });
    assertThat(fault.kind()).isEqualTo(Kind.REFUSED);
    assertThat(fault.said()).contains("\".\"");
    assertThat(heard(server, "CREATE")).containsExactly("CREATE \"INBOX.A.B\"");
  }

  /** Exists already, whether the server says so in a code or shows it in a list. */
  @ParameterizedTest
  @ValueSource(strings = {"%t NO [ALREADYEXISTS] there", "%t NO exists"})
  void create_thereAlready_isFine(String answer) throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("CREATE", answer)
        .on("LIST \"\" \"A\"", "* LIST () \"/\" A\n%t OK")
        .on("SUBSCRIBE", "%t OK");
    play(server, replica -> editor(replica).create(FolderName.parse("A")));
    assertThat(heard(server, "CREATE")).hasSize(1);
  }

  /** A server that makes nothing above what it was asked for. */
  @Test
  void create_withoutParents_makesThem() throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("CREATE \"A/B\"", "%t NO no parent", "%t OK")
        .on("LIST \"\" \"A/B\"", "%t OK")
        .on("CREATE \"A\"", "%t OK")
        .on("SUBSCRIBE", "%t OK");
    play(server, replica -> editor(replica).create(FolderName.parse("A/B")));
    assertThat(heard(server, "CREATE"))
        .containsExactly("CREATE \"A/B\"", "CREATE \"A\"", "CREATE \"A/B\"");
  }

  @ParameterizedTest
  @CsvSource({"%t NO bad name, REFUSED", "%t NO [NOPERM] no, NO_ACCESS"})
  void create_refused_isAFaultOfTheFolder(String answer, Kind kind)
      throws IOException, FaultException {
    var server = server("IMAP4rev1").on("CREATE", answer).on("LIST \"\" \"A\"", "%t OK");
    var fault = fault(server, replica -> editor(replica).create(FolderName.parse("A")));
    assertThat(fault.kind()).isEqualTo(kind);
    assertThat(fault.reach()).isEqualTo(Reach.FOLDER);
    assertThat(fault.folder()).contains(FolderName.parse("A"));
  }

  /** 59. */
  @Test
  void create_noHierarchy_refusesLevels() throws IOException, FaultException {
    var server = server("IMAP4rev1").on("LIST", "* LIST () NIL INBOX\n%t OK");
    var fault = fault(server, replica -> {
      replica.folders(Map.of());
      editor(replica).create(FolderName.parse("A/B"));
    });
    assertThat(fault.kind()).isEqualTo(Kind.REFUSED);
    assertThat(fault.said()).contains("no folders within folders");
  }

  /** 66: a folder that is said to have none below it is asked for them before it goes. */
  @ParameterizedTest
  @CsvSource({"* LIST () \"/\" A/B, 0", "'', 1"})
  void row66_saidToHaveNoChildren_isLookedBelow(String below, int deletions)
      throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1", EXCHANGE)
        .on("LIST", "* LIST () \"/\" INBOX\n* LIST (\\HasNoChildren) \"/\" A\n%t OK")
        .on("LIST \"\" \"A/*\"", below.isEmpty() ? "%t OK" : below + "\n%t OK")
        .on("STATUS \"A\" (MESSAGES)", "* STATUS A (MESSAGES 0)\n%t OK")
        .on("DELETE \"A\"", "%t OK")
        .on("UNSUBSCRIBE", "%t OK");
    play(server, replica -> {
      replica.folders(Map.of());
      editor(replica).removeEmpty(FolderName.parse("A"));
    });
    assertThat(heard(server, "DELETE")).hasSize(deletions);
  }

  /** 11. */
  @Test
  void create_sameButForCase_isACollisionAtExchange() throws IOException, FaultException {
    var server = Answers.server("IMAP4rev1", EXCHANGE)
        .on("LIST", "* LIST () \"/\" INBOX\n* LIST () \"/\" Trash\n%t OK");
    var fault = fault(server, replica -> {
      replica.folders(Map.of());
      editor(replica).create(FolderName.parse("trash"));
    });
    assertThat(fault.kind()).isEqualTo(Kind.COLLISION);
  }

  @Test
  void rename_takesThoseBelowAlong() throws IOException, FaultException {
    var server = server("IMAP4rev1 UNSELECT")
        .on("LIST", """
            * LIST () "/" INBOX
            * LIST () "/" A
            * LIST () "/" A/B
            * LIST () "/" AB
            %t OK""")
        .on("LIST \"\" \"C\"", "%t OK")
        .on("RENAME \"A\" \"C\"", "%t OK")
        .on("UNSELECT", "%t OK")
        .on("SUBSCRIBE", "%t OK")
        .on("UNSUBSCRIBE", "%t OK");
    play(server, replica -> {
      replica.folders(Map.of());
      replica.open(FolderName.parse("A/B"), Access.CHANGE);
      editor(replica).rename(FolderName.parse("A"), FolderName.parse("C"));
      replica.open(FolderName.parse("C/B"), Access.CHANGE);
    });
    assertThat(heard(server, "UNSELECT")).hasSize(1);
    assertThat(heard(server, "SELECT")).containsExactly("SELECT \"A/B\"", "SELECT \"C/B\"");
    assertThat(heard(server, "SUBSCRIBE")).containsExactly("SUBSCRIBE \"C\"", "SUBSCRIBE \"C/B\"");
    assertThat(heard(server, "UNSUBSCRIBE")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"* LIST () \"/\" C, %t OK", "'', %t NO [ALREADYEXISTS] there"})
  void rename_toOneThatIsThere_isACollision(String listed, String answer)
      throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("LIST \"\" \"C\"", listed.isEmpty() ? "%t OK" : listed + "\n%t OK")
        .on("RENAME", answer);
    var fault = fault(
        server, replica -> editor(replica).rename(FolderName.parse("A"), FolderName.parse("C")));
    assertThat(fault.kind()).isEqualTo(Kind.COLLISION);
    assertThat(fault.folder()).contains(FolderName.parse("C"));
  }

  @ParameterizedTest
  @CsvSource({
    "'* STATUS A (MESSAGES 0)\n%t OK', 1",
    "'* STATUS A (MESSAGES 1)\n%t OK', 0",
    "'* STATUS A ()\n%t OK', 0",
    "%t OK, 0",
    "%t NO no such mailbox, 0"
  })
  void removeEmpty_onlyWhatIsSaidToBeEmpty(String status, int deletions)
      throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("STATUS \"A\" (MESSAGES)", status)
        .on("DELETE \"A\"", "%t OK")
        .on("UNSUBSCRIBE", "%t OK");
    play(server, replica -> {
      editor(replica).removeEmpty(FolderName.parse("A"));
      editor(replica).removeEmpty(FolderName.INBOX);
    });
    assertThat(heard(server, "DELETE")).hasSize(deletions);
  }

  @Test
  void removeEmpty_refused_isAFaultOfTheFolder() throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("STATUS \"A\" (MESSAGES)", "* STATUS A (MESSAGES 0)\n%t OK")
        .on("LIST \"\" \"A\"", "* LIST () \"/\" A\n%t OK")
        .on("DELETE", "%t NO [HASCHILDREN] no");
    var fault = fault(server, replica -> editor(replica).removeEmpty(FolderName.parse("A")));
    assertThat(fault.kind()).isEqualTo(Kind.REFUSED);
    assertThat(fault.reach()).isEqualTo(Reach.FOLDER);
  }

  /** Cyrus removes no folder that has others below it: its turn comes after theirs. */
  @Test
  void removeEmpty_refusedForThoseBelow_isDoneAfterThem() throws IOException, FaultException {
    var server = server("IMAP4rev1")
        .on("STATUS \"A\" (MESSAGES)", "* STATUS A (MESSAGES 0)\n%t OK")
        .on("STATUS \"A/B/C\" (MESSAGES)", "* STATUS A/B/C (MESSAGES 0)\n%t OK")
        .on("LIST \"\" \"\"", "* LIST (\\Noselect) \"/\" \"\"\n%t OK")
        .on("LIST \"\" \"A\"", "* LIST () \"/\" A\n%t OK")
        .on("LIST \"\" \"A/*\"", "* LIST () \"/\" A/B/C\n%t OK")
        .on("DELETE \"A\"", "%t NO Mailbox has inferior hierarchical names", "%t OK")
        .on("DELETE \"A/B/C\"", "%t OK")
        .on("UNSUBSCRIBE", "%t OK");
    play(server, replica -> {
      editor(replica).removeEmpty(FolderName.parse("A"));
      editor(replica).removeEmpty(FolderName.parse("A/B/C"));
    });
    assertThat(heard(server, "DELETE"))
        .containsExactly("DELETE \"A\"", "DELETE \"A/B/C\"", "DELETE \"A\"");
  }
}
