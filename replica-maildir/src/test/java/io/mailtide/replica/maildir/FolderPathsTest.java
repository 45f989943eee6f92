package io.mailtide.replica.maildir;

import static org.assertj.core.api.Assertions.assertThat;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.Replica.FolderSummary;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderPathsTest {
  private static final List<String> PIECES = List.of(
      "cur",
      "New",
      "tmp",
      "%",
      "%2",
      "%2F",
      "%25",
      "%+",
      "%u00E9",
      ".",
      "..",
      "/",
      "\\",
      "\0",
      "\t",
      "a",
      "Z",
      " ",
      "é",
      "e\u0301",
      "受",
      "😀",
      "\uD83D",
      "\uDE00",
      "\uFFFD",
      ".mailtide",
      "mailtide",
      "INBOX",
      "~",
      "x".repeat(200));

  @TempDir
  Path root;

  private Set<FolderName> listed(String... layout) throws FaultException {
    try (var replica = new TestMaildir(root, layout).open()) {
      return replica.folders(Map.of()).stream()
          .map(FolderSummary::name)
          .collect(Collectors.toSet());
    }
  }

  private static FolderName name(Random random) {
    var segments = new ArrayList<String>();
    for (var i = random.nextInt(1, 4); i > 0; i--) {
      var segment = new StringBuilder();
      for (var j = random.nextInt(1, 5); j > 0; j--) {
        segment.append(PIECES.get(random.nextInt(PIECES.size())));
      }
      segments.add(segment.toString());
    }
    return new FolderName(segments);
  }

  private void everyNameComesBack(String... layout) throws FaultException {
    var seed = 20_261_121L;
    var random = new Random(seed);
    var names = new HashSet<FolderName>();
    try (var replica = new TestMaildir(root, layout).open()) {
      for (var i = 0; i < 400; i++) {
        var name = name(random);
        replica.editor().orElseThrow().create(name);
        names.add(name);
      }
    }
    assertThat(listed(layout)).as("seed " + seed).isEqualTo(names);
  }

  @Test
  void everyNameComesBack_nested() throws FaultException {
    everyNameComesBack();
  }

  @Test
  void everyNameComesBack_maildirPlusPlus() throws FaultException {
    everyNameComesBack("maildir++");
  }

  @Test
  void layouts_areAsDocumented() throws FaultException {
    var nested = new FolderPaths(root, false);
    var plus = new FolderPaths(root, true);
    var name = FolderName.parse("A/B.c");
    assertThat(nested.of(name)).isEqualTo(root.resolve("A/B.c"));
    assertThat(nested.of(FolderName.INBOX)).isEqualTo(root.resolve("INBOX"));
    assertThat(plus.of(name)).isEqualTo(root.resolve(".A.B%2Ec"));
    assertThat(plus.of(FolderName.INBOX)).isEqualTo(root);
    assertThat(nested.of(new FolderName(List.of(".x", "cur", "a/b"))))
        .isEqualTo(root.resolve("%2Ex/%63ur/a%2Fb"));
    assertThat(plus.of(FolderName.parse("Mailtide"))).isEqualTo(root.resolve(".%4Dailtide"));
  }

  @Test
  void aNameOfMoreThan255Bytes_isSpreadOverDirectories() throws FaultException {
    var name = FolderName.parse("é".repeat(300));
    for (var part : root.relativize(new FolderPaths(root, false).of(name))) {
      assertThat(part.toString().getBytes(StandardCharsets.UTF_8).length).isLessThan(256);
    }
    assertThat(root.relativize(new FolderPaths(root, false).of(name)).getNameCount())
        .isEqualTo(3);
  }

  @Test
  void directoriesWithoutAllParts_andOurOwn_areNoFolders() throws FaultException, IOException {
    Files.createDirectories(root.resolve("half/cur"));
    Files.createDirectories(root.resolve("half/new"));
    for (var part : new String[] {"cur", "new", "tmp"}) {
      Files.createDirectories(root.resolve(".mailtide/removed/2026-01-01/A").resolve(part));
      Files.createDirectories(root.resolve("parent/child").resolve(part));
    }
    assertThat(listed()).containsExactly(FolderName.parse("parent/child"));
  }

  @Test
  void aDirectorySpeltOtherwise_isLeftAlone_withANotice() throws FaultException, IOException {
    for (var part : new String[] {"cur", "new", "tmp"}) {
      Files.createDirectories(root.resolve("%41").resolve(part));
    }
    var maildir = new TestMaildir(root);
    try (var replica = maildir.open()) {
      assertThat(replica.folders(Map.of())).isEmpty();
    }
    assertThat(maildir.notices).singleElement().asString().contains("%41");
  }

  @Test
  void aLinkThatLeadsBack_endsTheListing() throws FaultException, IOException {
    try (var replica = new TestMaildir(root).open()) {
      replica.editor().orElseThrow().create(FolderName.parse("A"));
    }
    Files.createSymbolicLink(root.resolve("A/loop"), root);
    assertThat(listed()).containsExactly(FolderName.parse("A"));
  }
}
