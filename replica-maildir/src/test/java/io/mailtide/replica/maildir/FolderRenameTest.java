package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.replica.maildir.disk.Durability;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Renames of folders that cannot be done, or not in one go. */
class FolderRenameTest {
  private static final FolderName ARCHIVE = FolderName.parse("Archive");

  @TempDir
  Path root;

  @Test
  void rename_intoItself_isACollision() throws FaultException {
    var below = FolderName.parse("Archive/2001/old");
    try (var replica = new TestMaildir(root).open()) {
      var editor = replica.editor().orElseThrow();
      editor.create(ARCHIVE);
      assertThatThrownBy(() -> editor.rename(ARCHIVE, below))
          .isInstanceOfSatisfying(
              FaultException.class, e -> assertThat(e.fault().kind()).isEqualTo(Kind.COLLISION));
    }
    assertThat(root.resolve("Archive/cur")).exists();
    assertThat(root.resolve("Archive/2001")).doesNotExist();
  }

  @Test
  void rename_inMaildirPlus_thatWasCutOff_canBeRepeated() throws FaultException, IOException {
    try (var other = new TestMaildir(root, "maildir++").open()) {
      var editor = other.editor().orElseThrow();
      for (var name : List.of("Old", "Old/a", "Old/b")) {
        editor.create(FolderName.parse(name));
      }
      try (var cut = new TestMaildir(root, "maildir++").open(new CutOff())) {
        assertThatThrownBy(() ->
                cut.editor().orElseThrow().rename(FolderName.parse("Old"), FolderName.parse("New")))
            .hasMessage("cut off");
      }
      assertThat(files()).containsExactly(".New.b", ".Old", ".Old.a");
      editor.rename(FolderName.parse("Old"), FolderName.parse("New"));
      assertThat(files()).containsExactly(".New", ".New.a", ".New.b");
    }
  }

  private List<String> files() throws IOException {
    try (var files = Files.list(root)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** A power cut when the first rename is done. */
  private static final class CutOff implements Durability {
    @Override
    public void begin(Path folder) {}

    @Override
    public void wrote(Path file) {}

    @Override
    public void changed(Path directory) {
      throw new IllegalStateException("cut off");
    }

    @Override
    public void everything() {}

    @Override
    public Optional<Callable<Void>> take() {
      return Optional.empty();
    }

    @Override
    public void close() {}
  }
}
