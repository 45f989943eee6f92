package io.mailtide.wire.imap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What servers get wrong is understood, and counted by name. */
final class QuirkTest {
  /** Reads one response and checks that exactly this quirk was met, so often. */
  private static Response read(String text, Quirk quirk, long count) {
    var reader = new ResponseReader(Limits.DEFAULT);
    var transcript = new Transcript(reader);
    transcript.accept(ByteBuffer.wrap(Transcript.bytes(text + "\n")));
    assertThat(reader.quirks()).isEqualTo(Map.of(quirk, count));
    assertThat(transcript.events()).hasSize(1);
    return (Response) transcript.events().getFirst();
  }

  private static Response read(String text, Quirk quirk) {
    return read(text, quirk, 1);
  }

  private static Response.Fetch fetch(String items, Quirk quirk) {
    return (Response.Fetch) read("* 1 FETCH (" + items + ")", quirk);
  }

  private static MailboxName name(String line, Quirk quirk) {
    return switch (read(line, quirk)) {
      case Response.ListEntry entry -> entry.name();
      case Response.MailboxStatus status -> status.name();
      case Response other -> throw new AssertionError(other);
    };
  }

  @Test
  void wellFormedCorpus_meetsNone() {
    for (var text : Corpus.WELL_FORMED) {
      var reader = new ResponseReader(Limits.DEFAULT);
      new Transcript(reader).accept(ByteBuffer.wrap(Transcript.bytes(text)));
      assertThat(reader.quirks()).as(text).isEmpty();
    }
  }

  @Test
  void row12_namesWithoutQuotationMarks() {
    assertThat(name("* LIST () \"/\" Sent Items", Quirk.NAME_UNQUOTED))
        .isEqualTo(MailboxName.of("Sent Items"));
    assertThat(name("* LIST () \"/\" a (b)", Quirk.NAME_UNQUOTED))
        .isEqualTo(MailboxName.of("a (b)"));
    assertThat(name("* LIST () \"/\" \"a\"b\"", Quirk.NAME_UNQUOTED))
        .isEqualTo(MailboxName.of("a\"b"));
    assertThat(name("* STATUS Sent Items (MESSAGES 1)", Quirk.NAME_UNQUOTED))
        .isEqualTo(MailboxName.of("Sent Items"));
    assertThat(name("* LIST () \"\\\" a", Quirk.BACKSLASH_UNQUOTED)).isEqualTo(MailboxName.of("a"));
    assertThat(name("* LIST () \"/\" \"a\\b\"", Quirk.BACKSLASH_UNQUOTED))
        .isEqualTo(MailboxName.of("a\\b"));
    assertThat(name("* LIST () \"/\" a&b", Quirk.NAME_NOT_ENCODED)).hasToString("a&b");
  }

  @Test
  void row15_codesWithoutPrefix() {
    var code = Optional.<ResponseCode>of(new ResponseCode.NextUid(new Uid(5)));
    var expected = new Response.Untagged(Response.Condition.OK, code, "next {5}");
    assertThat(read("[UIDNEXT 5] next {5}", Quirk.STATUS_WITHOUT_PREFIX)).isEqualTo(expected);
    assertThat(read("* [UIDNEXT 5] next {5}", Quirk.STATUS_WITHOUT_PREFIX)).isEqualTo(expected);
    assertThat(read("A1 OK", Quirk.STATUS_WITHOUT_TEXT))
        .isEqualTo(new Response.Tagged("A1", Response.Condition.OK, Optional.empty(), ""));
  }

  /** The n-th of one set is the n-th of the other, so their order must not be lost. */
  @Test
  void copyUid_notInOrder_saysNothing() {
    var expected = new ResponseCode.CopyUid(new UidValidity(1), UidSet.EMPTY, UidSet.parse("7:9"));
    for (var set : List.of("3,1:2", "3:1", "1,3,2")) {
      var tagged = (Response.Tagged)
          read("A1 OK [COPYUID 1 " + set + " 7,8,9] done", Quirk.COPYUID_EMPTY, 1);
      assertThat(tagged.code()).contains(expected);
    }
  }

  @Test
  void row16_emptyCopyUid() {
    var expected = new ResponseCode.CopyUid(new UidValidity(1), UidSet.EMPTY, UidSet.EMPTY);
    for (var sets : List.of("", " ", "  ", " \"\" \"\"")) {
      var tagged =
          (Response.Tagged) read("A1 OK [COPYUID 1" + sets + "] done", Quirk.COPYUID_EMPTY, 2);
      assertThat(tagged.code()).contains(expected);
    }
    var malformed = (Response.Tagged) read("A1 OK [COPYUID 1 x y] done", Quirk.CODE_MALFORMED);
    assertThat(malformed.code()).contains(new ResponseCode.Other("COPYUID", "1 x y"));
    var unclosed = (Response.Tagged) read("A1 OK [COPYUID 1", Quirk.CODE_MALFORMED);
    assertThat(unclosed.text()).isEqualTo("[COPYUID 1");
  }

  @Test
  void row32_flagsWithBrackets() {
    assertThat(fetch("FLAGS (a]b \\Seen)", Quirk.FLAG_WITH_BRACKET).flags())
        .contains(List.of("a]b", "\\Seen"));
    var twice = new ResponseReader(Limits.DEFAULT);
    var line = "* 1 FETCH (FLAGS (a]b))\n";
    new Transcript(twice).accept(ByteBuffer.wrap(Transcript.bytes(line + line)));
    assertThat(twice.quirks()).isEqualTo(Map.of(Quirk.FLAG_WITH_BRACKET, 2L));
    var status =
        (Response.Untagged) read("* OK [PERMANENTFLAGS (a] \\*)] x", Quirk.FLAG_WITH_BRACKET);
    assertThat(status.code()).contains(new ResponseCode.PermanentFlags(List.of("a]"), true));
  }

  @Test
  void row44_malformedVanishedIsNotUnderstood() {
    for (var uids : List.of(
        "", " ", " 1:", " 0", " (EARLIER)", " (EARLIER) ,", " 1 2", " 1:99999999999", " (X) 1")) {
      assertThat(Transcript.of("* VANISHED" + uids + "\n").getFirst())
          .as(uids)
          .isInstanceOf(Response.Malformed.class);
    }
    assertThat(read("* VANISHED", Quirk.VANISHED_MALFORMED)).isInstanceOf(Response.Malformed.class);
  }

  @Test
  void row53_impossibleModSeq() {
    for (var value :
        List.of("-1", "18446744073709551615", "9223372036854775808", "99999999999999999999999")) {
      assertThat(fetch("MODSEQ (" + value + ")", Quirk.MODSEQ_OUT_OF_RANGE).modSeq())
          .isEmpty();
    }
    assertThat(((Response.Untagged) read("* OK [HIGHESTMODSEQ -1] x", Quirk.MODSEQ_OUT_OF_RANGE))
            .code())
        .contains(new ResponseCode.Other("HIGHESTMODSEQ", "-1"));
  }

  @Test
  void row54_floats() {
    assertThat(fetch("RFC822.SIZE 9.37e+06", Quirk.NUMBER_AS_FLOAT).size())
        .isEqualTo(OptionalLong.of(9_370_000));
    assertThat(Transcript.of("* 1 FETCH (RFC822.SIZE 1.5)\n").getFirst())
        .isInstanceOf(Response.Malformed.class);
    assertThat(Transcript.of("* 1 FETCH (RFC822.SIZE 1e99)\n").getFirst())
        .isInstanceOf(Response.Malformed.class);
  }

  @Test
  void row54_roundedNumbersNameNothing() {
    assertThat(fetch("UID 9.37e+06", Quirk.NUMBER_AS_FLOAT).uid()).isEmpty();
    var status =
        (Response.MailboxStatus) read("* STATUS a (UIDNEXT 9.37e+06)", Quirk.NUMBER_AS_FLOAT);
    assertThat(status.uidNext()).isEmpty();
    assertThat(
            ((Response.Untagged) read("* OK [UIDNEXT 9.37e+06] x", Quirk.NUMBER_AS_FLOAT)).code())
        .contains(new ResponseCode.Other("UIDNEXT", "9.37e+06"));
    assertThat(((Response.Exists) read("* 9.37e+06 EXISTS", Quirk.NUMBER_AS_FLOAT)).count())
        .isEqualTo(9_370_000);
    for (var line : List.of(
        "VANISHED 9.37e+06",
        "SEARCH 9.37e+06",
        "ESEARCH ALL 9.37e+06 COUNT 3 X 1",
        "9.37e+06 EXPUNGE",
        "9.37e+06 FETCH (FLAGS ())")) {
      assertThat(Transcript.of("* " + line + "\n").getFirst())
          .as(line)
          .isInstanceOf(Response.Malformed.class);
    }
  }

  @Test
  void row61_fetchOfZero() {
    assertThat(((Response.Fetch) read("* 0 FETCH (FLAGS ())", Quirk.FETCH_OF_ZERO)).sequence())
        .isZero();
  }

  @Test
  void row64_datesThatCannotBe() {
    assertThat(fetch("INTERNALDATE \"00-Jan-0000 00:00:00 +0000\"", Quirk.DATE_UNUSABLE)
            .internalDate())
        .isEmpty();
    assertThat(fetch("INTERNALDATE NIL", Quirk.DATE_UNUSABLE).internalDate()).isEmpty();
    assertThat(fetch("UID 1)", Quirk.STRAY_PARENTHESIS).uid()).contains(new Uid(1));
  }

  @Test
  void row69_zeroIsUnknown() {
    assertThat(fetch("UID 0", Quirk.NUMBER_ZERO).uid()).isEmpty();
    assertThat(((Response.Untagged) read("* OK [UIDVALIDITY 0] x", Quirk.NUMBER_ZERO)).code())
        .contains(new ResponseCode.Other("UIDVALIDITY", "0"));
    var status =
        (Response.MailboxStatus) read("* STATUS a (UIDNEXT 0 UIDVALIDITY 0)", Quirk.NUMBER_ZERO, 2);
    assertThat(status.uidNext()).isEmpty();
    assertThat(status.uidValidity()).isEmpty();
    assertThat(((Response.Search) read("* SEARCH 0 5", Quirk.NUMBER_ZERO)).messages())
        .isEqualTo(UidSet.parse("5"));
  }

  @Test
  void row74_oddWords() {
    assertThat(read("* CAPABILITY IMAP4rev1 LITERAL + IDLE", Quirk.LITERAL_PLUS_PARTED))
        .isEqualTo(new Response.Capability(Capabilities.of("IMAP4rev1", "LITERAL+", "IDLE")));
    assertThat(read("* CAPABILITY (IMAP4rev1, \"IDLE\") , X", Quirk.CAPABILITY_ODD, 3))
        .isEqualTo(new Response.Capability(Capabilities.of("IMAP4rev1", "IDLE", "X")));
    assertThat(read("* status a (messages 1)", Quirk.LOWER_CASE_WORD, 2))
        .isInstanceOf(Response.MailboxStatus.class);
    assertThat(read("* 1 fetch (uid 5)", Quirk.LOWER_CASE_WORD, 2))
        .isInstanceOf(Response.Fetch.class);
    assertThat(read("a1 ok x", Quirk.LOWER_CASE_WORD)).isInstanceOf(Response.Tagged.class);
    assertThat(read("*  172  EXISTS ", Quirk.STRAY_BLANK, 2)).isEqualTo(new Response.Exists(172));
    assertThat(read("* 1 FETCH ( UID 5  FLAGS ( \\Seen ) )", Quirk.STRAY_BLANK, 5))
        .isInstanceOf(Response.Fetch.class);
  }

  @Test
  void row83_openRangesStayClosedUp() {
    assertThat(read("* VANISHED (EARLIER) 12:*", Quirk.RANGE_OPEN))
        .isEqualTo(new Response.Vanished(true, UidSet.from(new Uid(12))));
  }

  @Test
  void lineFeedAlone_endsALine() {
    var reader = new ResponseReader(Limits.DEFAULT);
    var transcript = new Transcript(reader);
    transcript.accept(
        ByteBuffer.wrap("* 1 EXISTS\n* LIST () NIL {1}\na\n".getBytes(StandardCharsets.US_ASCII)));
    assertThat(transcript.events()).hasSize(2).contains(new Response.Exists(1));
    assertThat(reader.quirks()).isEqualTo(Map.of(Quirk.BARE_LINE_FEED, 3L));
  }
}
