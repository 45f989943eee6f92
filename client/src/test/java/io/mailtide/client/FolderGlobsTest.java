package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FolderName;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FolderGlobsTest {
  @ParameterizedTest
  @CsvSource({
    "*, Work, true",
    "*, Lists/Java, true",
    "Lists, Lists, true",
    "Lists, Lists/Java, false",
    "Lists/*, Lists/Java/Dev, true",
    "Lists/*, Lists, false",
    "*/Java, Lists/Java, true",
    "*/Java, Lists/Java/Dev, false",
    "L*s/*a*, Lists/Java, true",
    "?ists, Lists, true",
    "?ists, ists, false",
    "Year??, Year99, true",
    "Year??, Year9, false",
    "?, 😀, true",
    "lists, Lists, false",
    "a*b*c, aXbXbXc, true",
    "a*b*c, aXbXbX, false",
    "*%2F*, a%2Fb, true",
    "[ab], a, false",
    "Spam, Spam and more, false",
  })
  void test_oneGlob(String glob, String folder, boolean takesPart) {
    assertThat(takesPart(folder, glob)).isEqualTo(takesPart);
  }

  @Test
  void test_theLastGlobThatMatchesDecides() {
    assertThat(takesPart("Spam", "*", "!Spam")).isFalse();
    assertThat(takesPart("Ham", "*", "!Spam")).isTrue();
    assertThat(takesPart("Lists/Java", "*", "!Lists/*", "Lists/Java")).isTrue();
    assertThat(takesPart("Lists/Go", "*", "!Lists/*", "Lists/Java")).isFalse();
    assertThat(takesPart("Spam", "!Spam", "*")).isTrue();
  }

  @Test
  void test_aListThatBeginsByLeavingOut_beginsWithEverything() {
    assertThat(takesPart("Ham", "!Spam")).isTrue();
    assertThat(takesPart("Spam", "!Spam")).isFalse();
    assertThat(takesPart("Ham", "Eggs", "!Spam")).isFalse();
  }

  @Test
  void test_inboxInAnyCase_butOnlyInbox() {
    for (var inbox : List.of("inbox", "Inbox", "INBOX", "in*", "?nbOX")) {
      assertThat(takesPart("INBOX", inbox)).as(inbox).isTrue();
    }
    assertThat(takesPart("INBOX/Work", "inbox/Work")).isTrue();
    assertThat(takesPart("INBOX/Work", "inbox/work")).isFalse();
    assertThat(takesPart("INBOXES", "inboxes")).isFalse();
    assertThat(takesPart("Old/INBOX", "Old/inbox")).isFalse();
  }

  @Test
  void test_manyStars_endSoon() {
    assertThat(takesPart("a".repeat(1000), "a*".repeat(200) + "b")).isFalse();
  }

  private static boolean takesPart(String folder, String... globs) {
    return new FolderGlobs(Stream.of(globs).toList()).test(FolderName.parse(folder));
  }
}
