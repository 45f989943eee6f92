package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Environment;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeywordsTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  @TempDir
  Path folder;

  private final List<Duration> slept = new ArrayList<>();

  private final Environment environment = new Environment() {
    @Override
    public InstantSource clock() {
      return InstantSource.fixed(NOW);
    }

    @Override
    public RandomGenerator random() {
      return RandomGenerator.getDefault();
    }

    @Override
    public void sleep(Duration duration) {
      slept.add(duration);
    }
  };

  private Keywords keywords() throws FaultException, IOException {
    return new Keywords(folder, environment);
  }

  private static Flags numbered(int count) {
    return Flags.of(IntStream.range(0, count).mapToObj("k%02d"::formatted).toList());
  }

  @Test
  void systemFlags_haveTheLettersOfMaildir() throws FaultException, IOException {
    var flags = Flags.of("\\Draft", "\\Flagged", "$Forwarded", "\\Answered", "\\Seen", "\\Deleted");
    assertThat(keywords().letters(flags, "")).isEqualTo("DFPRST");
    assertThat(keywords().flags("DFPRST")).isEqualTo(flags);
    assertThat(folder.resolve("dovecot-keywords")).doesNotExist();
  }

  @Test
  void keywords_areNumberedInDovecotsFile() throws FaultException, IOException {
    Files.writeString(folder.resolve("dovecot-keywords"), "1 $Junk\n3 todo\n99 far\nrubbish\n\n");
    var keywords = keywords();
    assertThat(keywords.flags("bdzS")).isEqualTo(Flags.of("$Junk", "todo", "\\Seen"));
    assertThat(keywords.letters(Flags.of("TODO", "new", "\\Seen"), "")).isEqualTo("Sad");
    assertThat(folder.resolve("dovecot-keywords")).hasContent("0 new\n1 $Junk\n3 todo\n");
    assertThat(keywords().flags("a")).isEqualTo(Flags.of("new"));
  }

  @Test
  void the27thKeyword_isLeftOut() throws FaultException, IOException {
    var keywords = keywords();
    var all = IntStream.range(0, 26).mapToObj(i -> String.valueOf((char) ('a' + i)));
    assertThat(keywords.letters(numbered(26), "")).isEqualTo(all.collect(Collectors.joining()));
    assertThat(keywords.flags(keywords.letters(numbered(27), ""))).isEqualTo(numbered(26));
    assertThat(keywords().flags(keywords().letters(numbered(27), ""))).isEqualTo(numbered(26));
  }

  @Test
  void lettersOfUnknownMeaning_stay() throws FaultException, IOException {
    assertThat(keywords().letters(Flags.of("\\Seen"), "FXz")).isEqualTo("SXz");
  }

  @Test
  void whatIsNoKeyword_cannotBeHeld() throws FaultException, IOException {
    assertThat(keywords().letters(Flags.of(List.of("\\Strange", "two words", "line\nend")), ""))
        .isEmpty();
    assertThat(folder.resolve("dovecot-keywords")).doesNotExist();
  }

  @Test
  void asManyAsThereAreLetters_fitIntoTheFile_andLongerOnesAreNotHeld()
      throws FaultException, IOException {
    var longest = IntStream.range(0, 26)
        .mapToObj(i -> "é".repeat(126) + "%03d".formatted(i))
        .toList();
    assertThat(keywords().letters(Flags.of("x".repeat(256)), "")).isEmpty();
    assertThat(keywords().letters(Flags.of(longest), "")).hasSize(26);
    assertThat(keywords().flags("z")).isEqualTo(Flags.of(longest.getLast()));
  }

  @Test
  void aFileThatIsTooLong_concernsItsFolder() throws IOException {
    Files.writeString(folder.resolve("dovecot-keywords"), "0 todo\n".repeat(10_000));
    assertThatThrownBy(this::keywords).isInstanceOfSatisfying(FaultException.class, e -> {
      assertThat(e.fault().kind()).isEqualTo(Kind.DISK);
      assertThat(e.fault().reach()).isEqualTo(Reach.FOLDER);
      assertThat(e.fault().said()).contains("64 KiB");
    });
  }

  @Test
  void aFileThatBecomesTooLong_leavesNoLock() throws FaultException, IOException {
    var keywords = keywords();
    Files.writeString(folder.resolve("dovecot-keywords"), "0 todo\n".repeat(10_000));
    assertThatThrownBy(() -> keywords.letters(Flags.of("new"), ""))
        .isInstanceOf(FaultException.class);
    assertThat(folder.resolve("dovecot-keywords.lock")).doesNotExist();
  }

  @Test
  void aKeywordAddedByDovecotMeanwhile_keepsItsLetter() throws FaultException, IOException {
    var keywords = keywords();
    Files.writeString(folder.resolve("dovecot-keywords"), "0 theirs\n");
    assertThat(keywords.letters(Flags.of("ours"), "")).isEqualTo("b");
    assertThat(folder.resolve("dovecot-keywords")).hasContent("0 theirs\n1 ours\n");
  }

  @Test
  void aLockHeld_isWaitedFor_andIsAFaultInTheEnd() throws IOException {
    var lock = Files.createFile(folder.resolve("dovecot-keywords.lock"));
    Files.setLastModifiedTime(lock, FileTime.from(NOW.minusSeconds(10)));
    assertThatThrownBy(() -> keywords().letters(Flags.of("new"), ""))
        .isInstanceOfSatisfying(
            FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(Kind.BUSY));
    assertThat(slept).hasSizeGreaterThan(10);
    assertThat(lock).exists();
  }

  @Test
  void aLockLeftBehind_isBroken() throws FaultException, IOException {
    var lock = Files.createFile(folder.resolve("dovecot-keywords.lock"));
    Files.setLastModifiedTime(lock, FileTime.from(NOW.minusSeconds(200)));
    assertThat(keywords().letters(Flags.of("new"), "")).isEqualTo("a");
    assertThat(lock).doesNotExist();
  }

  @Test
  void aLockThatAKilledRunOfOursLeft_isBrokenAtOnce() throws FaultException, IOException {
    var ours = Files.createFile(folder.resolve("dovecot-keywords.mailtide"));
    Files.createLink(folder.resolve("dovecot-keywords.lock"), ours);
    assertThat(keywords().letters(Flags.of("new"), "")).isEqualTo("a");
    assertThat(slept).isEmpty();
    try (var left = Files.list(folder)) {
      assertThat(left.map(file -> file.getFileName().toString())
              .filter(name -> name.startsWith("dovecot")))
          .containsExactly("dovecot-keywords");
    }
  }

  @Test
  void aLockOfAnother_staysWhereAKilledRunOfOursWaitedForIt() throws IOException {
    Files.createFile(folder.resolve("dovecot-keywords.mailtide"));
    var lock = Files.createFile(folder.resolve("dovecot-keywords.lock"));
    Files.setLastModifiedTime(lock, FileTime.from(NOW.minusSeconds(10)));
    assertThatThrownBy(() -> keywords().letters(Flags.of("new"), ""))
        .isInstanceOf(FaultException.class);
    assertThat(lock).exists();
  }
}
