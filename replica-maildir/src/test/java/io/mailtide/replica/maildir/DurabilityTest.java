package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.DeliveringEditor;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.Access;
import io.mailtide.replica.maildir.disk.Buffers;
import io.mailtide.replica.maildir.disk.Durability;
import io.mailtide.replica.maildir.disk.Durability.Hardener;
import io.mailtide.replica.maildir.disk.FileByFileSync;
import io.mailtide.replica.maildir.disk.FileSystemSync;
import io.mailtide.replica.maildir.disk.NativeSync;
import io.mailtide.replica.maildir.disk.Writer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DurabilityTest {
  @TempDir
  Path root;

  @Test
  void onLinux_theSystemMakesAllDurableAtOnce() {
    try (var best = Durability.best()) {
      assertThat(best)
          .isInstanceOf(
              System.getProperty("os.name").equals("Linux")
                  ? FileSystemSync.class
                  : FileByFileSync.class);
    }
  }

  private void delivers(Durability durability) throws FaultException {
    try (var replica = new TestMaildir(root).open(durability)) {
      replica.editor().orElseThrow().create(FolderName.INBOX);
      var editor = DeliveringEditor.of(replica.open(FolderName.INBOX, Access.CHANGE));
      for (var i = 0; i < 50; i++) {
        var staged = editor.stage();
        staged.write(ByteBuffer.wrap(new byte[] {'x'}));
        staged.end(Instant.EPOCH);
        var dropped = editor.stage();
        dropped.end(Instant.EPOCH);
        dropped.discard();
        if (i % 10 == 9) {
          editor.harden();
        }
        assertThat(editor.publish(staged.key(), Flags.NONE)).isTrue();
      }
      editor.harden();
      editor.harden();
    }
    assertThat(root.resolve("INBOX/new")).isDirectoryContaining("glob:**mt*");
  }

  @Test
  void whenNeeded_choosesAtTheFirstChange() throws FaultException {
    var chosen = new AtomicInteger();
    var durability = new Durability.WhenNeeded(() -> {
      chosen.incrementAndGet();
      return new FileByFileSync();
    });
    try (var replica = new TestMaildir(root).open(durability)) {
      replica.folders(Map.of());
      assertThat(chosen).hasValue(0);
    }
    delivers(durability);
    assertThat(chosen).hasValue(1);
  }

  @Test
  void deliveryWorks_withOneCallForAll() throws FaultException {
    delivers(Durability.best());
  }

  @Test
  void deliveryWorks_fileByFile() throws FaultException {
    delivers(new FileByFileSync());
  }

  @Test
  void whatTheWriterCouldNotDo_forWhateverReason_isNeverTakenForDurable() throws IOException {
    var durability = new Counting();
    var writer = new Writer(new Buffers());
    try (writer;
        var hardener = new Hardener(durability, writer)) {
      var tooShort = new byte[1];
      writer.write(root.resolve("file"), tooShort, tooShort.length + 1, Instant.EPOCH);
      durability.wrote(root.resolve("file"));
      var failing = hardener.begin();
      assertThatThrownBy(() -> Hardener.await(failing)).isInstanceOf(IllegalStateException.class);
      durability.wrote(root.resolve("other"));
      var later = hardener.begin();
      assertThatThrownBy(() -> Hardener.await(later)).isInstanceOf(IllegalStateException.class);
      assertThat(durability.lots).isZero();
    }
  }

  @Test
  void aHardening_waitsForWhatIsDoneInTurnWithTheWriting() throws Exception {
    var durability = new Counting();
    var writer = new Writer(new Buffers());
    var mayGoOn = new CountDownLatch(1);
    try (writer;
        var hardener = new Hardener(durability, writer)) {
      var items = IntStream.range(0, 200).boxed().toList();
      var done = new ArrayList<Integer>();
      var acting = writer.each(items, item -> {
        try {
          mayGoOn.await();
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
        done.add(item);
      });
      durability.changed(root);
      var begun = hardener.begin();
      try {
        assertThatThrownBy(() -> begun.get(200, TimeUnit.MILLISECONDS))
            .isInstanceOf(TimeoutException.class);
      } finally {
        mayGoOn.countDown();
      }
      Hardener.await(begun);
      assertThat(acting).isDone();
      assertThat(done).isEqualTo(items);
      assertThat(durability.lots).isEqualTo(1);
      var failing = writer.each(List.of(1), _ -> {
        throw new IOException("one folder's trouble");
      });
      durability.wrote(root.resolve("file"));
      Hardener.await(hardener.begin());
      assertThat(failing.state()).isEqualTo(Future.State.FAILED);
    }
  }

  @Test
  void hardenAll_coversWhatOthersDid() throws FaultException {
    var counting = new Counting();
    try (var replica = new TestMaildir(root).open(counting)) {
      var editor = replica.editor().orElseThrow();
      editor.settle(Set.of());
      assertThat(counting.lots).as("nothing is ours").isZero();
      editor.hardenAll();
      assertThat(counting.lots).isEqualTo(1);
    }
  }

  @Test
  void fileByFile_forcesEachPath_andReportsWhatFails() throws IOException {
    var durability = new FileByFileSync();
    try (var hardener = new Hardener(durability, new Writer(new Buffers()))) {
      durability.wrote(Files.createFile(root.resolve("file")));
      durability.wrote(root.resolve("discarded"));
      Hardener.await(hardener.begin());
      durability.wrote(Files.createDirectory(root.resolve("not-a-file")));
      var failing = hardener.begin();
      assertThatThrownBy(() -> Hardener.await(failing)).isInstanceOf(IOException.class);
    }
  }

  /** What cannot be forced by itself shows by which way things go. */
  @ParameterizedTest
  @CsvSource({"1, false, true", "20, false, true", "40, false, false", "1, true, false"})
  void little_isForcedFileByFile_muchAtOnce(int count, boolean everything, boolean alone)
      throws IOException {
    var durability = Durability.best();
    durability.begin(root);
    try (var hardener = new Hardener(durability, new Writer(new Buffers()))) {
      for (var number = 0; number < count; number++) {
        durability.wrote(Files.createDirectory(root.resolve("not-a-file-" + number)));
      }
      if (everything) {
        durability.everything();
      }
      var begun = hardener.begin();
      if (alone) {
        assertThatThrownBy(() -> Hardener.await(begun)).isInstanceOf(IOException.class);
      } else {
        assertThatCode(() -> Hardener.await(begun)).doesNotThrowAnyException();
      }
    }
  }

  @Test
  void whatFailedOnce_isNeverTakenForDurable() throws IOException {
    var durability = new FileByFileSync();
    try (var hardener = new Hardener(durability, new Writer(new Buffers()))) {
      durability.wrote(Files.createDirectory(root.resolve("not-a-file")));
      var _ = hardener.begin();
      durability.wrote(Files.createFile(root.resolve("file")));
      var later = hardener.begin();
      var nothingMore = hardener.begin();
      assertThatThrownBy(() -> Hardener.await(later)).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> Hardener.await(nothingMore)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void theSystemsErrorNumber_comesThrough() {
    var system = NativeSync.load();
    system.ifPresent(linux -> {
      assertThatThrownBy(() -> linux.open(root.resolve("missing"))).isInstanceOf(IOException.class);
      assertThatThrownBy(() -> linux.sync(-1)).hasMessageContaining("error 9");
    });
  }

  /** Counts what it would have made durable. */
  private static final class Counting implements Durability {
    private boolean changed;
    private int lots;

    @Override
    public void begin(Path folder) {}

    @Override
    public void wrote(Path file) {
      changed = true;
    }

    @Override
    public void changed(Path directory) {
      changed = true;
    }

    @Override
    public void everything() {
      changed = true;
    }

    @Override
    public Optional<Callable<Void>> take() {
      if (!changed) {
        return Optional.empty();
      }
      changed = false;
      return Optional.of(() -> {
        lots++;
        return null;
      });
    }

    @Override
    public void close() {}
  }
}
