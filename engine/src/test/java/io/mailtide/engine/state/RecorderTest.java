package io.mailtide.engine.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.Environment;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Side;
import io.mailtide.engine.Sighting;
import io.mailtide.engine.content.Digest;
import io.mailtide.engine.state.Journal.Intent;
import io.mailtide.engine.state.State.Folder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listing of the near side: what is as agreed is passed over, all else is not. */
class RecorderTest {
  private static final Digest DIGEST = new Digest("ab".repeat(32));
  private static final List<Flags> FLAGS = List.of(
      Flags.NONE, Flags.parse("\\Seen"), Flags.parse("\\Flagged \\Seen"), Flags.parse("work"));

  @TempDir
  Path directory;

  private Database database;
  private Observations observations;
  private Folder folder;

  @BeforeEach
  void open() throws FaultException {
    database = Database.open(directory.resolve("state.sqlite"), Environment.system());
    observations = new Observations(database);
    var state = new State(database);
    state.add(FolderName.parse("Other"));
    folder = state.add(FolderName.parse("INBOX"));
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static MessageKey key(int number, String odd) {
    return new MessageKey(
        switch (number % 3) {
          case 0 -> Integer.toString(number);
          case 1 -> "1795371014.Q" + number + "mt.host";
          default -> "0é\"" + number + (number == 8 ? odd : "") + ",\\\n";
        });
  }

  private static Sighting sighting(int number, String odd) {
    return new Sighting(
        key(number, odd),
        FLAGS.get(number / 100 % FLAGS.size()),
        OptionalLong.empty(),
        Optional.empty(),
        number % 10 == 0);
  }

  private void agreeOn(int messages, String odd) throws FaultException {
    var intents = new ArrayList<Intent>();
    for (var number = 1; number <= messages; number++) {
      var here = sighting(number, odd);
      intents.add(new Intent(
          folder,
          new MessageKey(Integer.toString(number)),
          here.key(),
          here.flags(),
          here.flags(),
          10,
          DIGEST,
          here.headersOnly()));
    }
    new Journal(database).advance(intents, List.of());
  }

  private List<String> seen() throws FaultException {
    return database.keys("SELECT key FROM temp.seen WHERE folder = ?", folder.id()).stream()
        .map(MessageKey::value)
        .toList();
  }

  /**
   * More than fits one page; and a key with what is put between keys there, where more than the
   * news may be recorded.
   */
  @ParameterizedTest
  @CsvSource({"8, false", "8, true", "12000, false", "12000, true"})
  void onlyNews_areRecorded(int messages, boolean isOdd) throws FaultException {
    var odd = isOdd ? "\u001e" : "";
    agreeOn(messages, odd);
    var listing = new ArrayList<Sighting>();
    for (var number = 1; number <= messages; number++) {
      listing.add(sighting(number, odd));
    }
    var gone = listing.remove(4);
    var flagged = listing.remove(2);
    var completed = listing.remove(1);
    var news = List.of(
        new Sighting(flagged.key(), Flags.parse("\\Answered"), OptionalLong.empty()),
        new Sighting(
            completed.key(), completed.flags(), OptionalLong.empty(), Optional.empty(), true),
        new Sighting(new MessageKey("new"), Flags.NONE, OptionalLong.empty()));
    listing.addAll(news);
    Collections.shuffle(listing, new Random(1));

    try (var recorder = observations.recordNews(folder, false)) {
      for (var sighting : listing) {
        recorder.present(sighting);
      }
      recorder.finish(true);
    }

    var recorded = seen();
    assertThat(recorded).containsAll(news.stream().map(one -> one.key().value()).toList());
    if (!isOdd) {
      assertThat(recorded).hasSize(news.size());
    }
    assertThat(observations.missing(folder, Side.NEAR)).containsExactly(gone.key());
  }
}
