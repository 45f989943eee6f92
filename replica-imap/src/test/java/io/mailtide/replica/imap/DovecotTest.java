package io.mailtide.replica.imap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Fault;
import io.mailtide.engine.Fault.Kind;
import io.mailtide.engine.Fault.Reach;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica.FolderSummary;
import io.mailtide.engine.ReplicaFolder;
import io.mailtide.replica.imap.Fixture.Bodies;
import io.mailtide.replica.imap.Fixture.Memory;
import io.mailtide.testkit.Corpus;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.SyntheticMail;
import io.mailtide.testkit.TestCertificates;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** A real Dovecot, in its ways that the scripts do not have. */
@Execution(ExecutionMode.CONCURRENT)
final class DovecotTest {
  @Test
  void pull_realMail_isByteExactWithFlagsAndDates() throws FaultException {
    var placed = Corpus.placed(11);
    try (var dovecot = Dovecot.start()) {
      Corpus.fill(dovecot, "ann", placed);
      Map<String, String> expected = new HashMap<>();
      Map<String, Long> next = new HashMap<>();
      for (var one : placed) {
        long uid = next.merge(one.folder(), 1L, Long::sum);
        var wire = one.message().wire();
        var taken =
            new Bodies.Taken(ImapTalk.sha256(wire), wire.length, Optional.of(one.arrived()));
        expected.put(one.folder() + " " + uid, Flags.of(one.flags()) + " " + taken);
      }
      Map<String, String> pulled = new HashMap<>();
      try (var replica = Fixture.at(dovecot.port()).open()) {
        assertThat(replica.folders(Map.of()))
            .extracting(folder -> folder.name().text())
            .containsAll(Corpus.FOLDERS);
        for (var folder : Corpus.FOLDERS) {
          var opened = replica.open(FolderName.parse(folder));
          var memory = new Memory();
          memory.scan(opened);
          var keys = memory.messages.keySet().stream()
              .map(uid -> new MessageKey(uid.toString()))
              .toList();
          var bodies = new Bodies();
          opened.fetch(keys, bodies);
          memory.messages.forEach((uid, flags) ->
              pulled.put(folder + " " + uid, flags + " " + bodies.taken.get(uid.toString())));
        }
      }
      assertThat(pulled).isEqualTo(expected);
    }
  }

  @Test
  void folders_namesOfAllSorts_comeAndOpen() throws FaultException {
    var names = List.of(
        "R&D", "a \"quoted\" one", "back\\slash", "Grüße", "受信箱", "100%", "x~y{z}", "dots.in.it");
    try (var dovecot = Dovecot.start()) {
      for (var name : names) {
        SyntheticMail.fill(dovecot, "ann", "Top/" + name, 1, 500, 1);
      }
      try (var replica = Fixture.at(dovecot.port()).open()) {
        var found = replica.folders(Map.of()).stream().map(FolderSummary::name).toList();
        for (var name : names) {
          var folder = new FolderName(List.of("Top", name));
          assertThat(found).contains(folder);
          var memory = new Memory();
          memory.scan(replica.open(folder));
          assertThat(memory.messages).hasSize(1);
        }
      }
    }
  }

  @Test
  void open_uidValidityChanged_showsAnotherGeneration() throws FaultException {
    try (var dovecot = Dovecot.start();
        var talk = dovecot.talk("ann")) {
      SyntheticMail.fill(dovecot, "ann", "A", 3, 500, 1);
      var memory = new Memory();
      var name = FolderName.parse("A");
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        memory.scan(replica.open(name));
      }
      talk.send("DELETE A");
      talk.send("CREATE A");
      for (int index = 0; index < 3; index++) {
        talk.append("A", Corpus.crlf(SyntheticMail.message(2, index, 500)), "", Instant.EPOCH);
      }
      try (var replica = Fixture.at(dovecot.port()).open()) {
        assertThat(replica.folders(Fixture.known(name, memory)))
            .contains(new FolderSummary(name, false));
        var folder = replica.open(name);
        assertThat(folder.generation())
            .isNotEqualTo(memory.observed.orElseThrow().generation());
        memory.scan(folder);
        assertThat(memory.last.orElseThrow().complete()).isTrue();
      }
    }
  }

  @Test
  void open_tls_trustsWhomItShould(@TempDir Path directory) throws FaultException {
    var certificates = new TestCertificates(directory);
    var leaf = certificates.leaf(TestCertificates.Kind.GOOD);
    try (var dovecot = Dovecot.builder()
        .user("ann", "secret")
        .tls(leaf.certificate(), leaf.key())
        .setting("disable_plaintext_auth = yes")
        .start()) {
      var implicit =
          Fixture.at(dovecot.tlsPort()).with("host", "localhost").with("tls", "implicit");
      var starttls = Fixture.at(dovecot.port()).with("host", "localhost").with("tls", "starttls");
      for (var fixture : List.of(implicit, starttls)) {
        assertThat(fixture.fault().kind()).isEqualTo(Kind.TLS);
        fixture.with("tls-ca", certificates.authority());
        try (var replica = fixture.open()) {
          assertThat(replica.folders(Map.of())).hasSize(1);
        }
      }
      try (var replica = Fixture.at(dovecot.tlsPort())
          .with("tls", "implicit")
          .with("tls-fingerprint", "sha256:" + leaf.fingerprint())
          .open()) {
        assertThat(replica.folders(Map.of())).hasSize(1);
      }
    }
  }

  @Test
  void open_wrongPassword_isRefusedOnceAndClearly() {
    try (var dovecot = Dovecot.start()) {
      var fault = Fixture.at(dovecot.port()).with("password", "wrong").fault();
      assertThat(fault.kind()).isEqualTo(Kind.SIGN_IN);
      assertThat(fault.doing()).contains("ann").contains("127.0.0.1");
      assertThat(fault.said()).isNotEmpty();
      assertThat(fault.toString() + dovecot.log()).doesNotContain("secret");
    }
  }

  /**
   * A sink that cannot take more ends the fetch with its own fault, and a new connection goes on.
   */
  @Test
  void fetch_sinkFails_endsWithItsFault() throws FaultException {
    try (var dovecot = Dovecot.start()) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 20, 50_000, 1);
      var full = Fault.of(Kind.DISK_FULL, Reach.REPLICA, "writing", "no space left", "");
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        var folder = replica.open(FolderName.INBOX);
        var thrown = catchThrowableOfType(
            FaultException.class, () -> folder.fetch(Fixture.keys(1, 2, 3), () -> new Full(full)));
        assertThat(thrown.fault()).isSameAs(full);
        var after =
            catchThrowableOfType(FaultException.class, () -> replica.open(FolderName.INBOX));
        assertThat(after.fault().reach()).isEqualTo(Reach.REPLICA);
      }
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        var bodies = new Bodies();
        replica.open(FolderName.INBOX).fetch(Fixture.keys(1, 2, 3), bodies);
        assertThat(bodies.taken).hasSize(3);
      }
    }
  }

  private record Full(Fault fault) implements ReplicaFolder.Body {
    @Override
    public void write(ByteBuffer bytes) throws FaultException {
      throw new FaultException(fault);
    }

    @Override
    public void end(MessageKey key, Optional<Instant> arrived) {}

    @Override
    public void abandon() {}
  }

  /** First scans of a mailbox that never had its changes counted, then one change. */
  @Test
  void scan_afterOneChangeAmongMany_tellsOfThatOne() throws FaultException {
    try (var dovecot = Dovecot.start();
        var talk = dovecot.talk("ann")) {
      SyntheticMail.fill(dovecot, "ann", "INBOX", 5_000, 400, 1);
      var memory = new Memory();
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Map.of());
        memory.scan(replica.open(FolderName.INBOX));
      }
      assertThat(memory.messages).hasSize(5_000);
      talk.send("SELECT INBOX");
      talk.send("UID STORE 1234 +FLAGS (\\Answered)");
      try (var replica = Fixture.at(dovecot.port()).open()) {
        replica.folders(Fixture.known(FolderName.INBOX, memory));
        long before = replica.traffic().bytesIn();
        memory.scan(replica.open(FolderName.INBOX));
        assertThat(memory.lastPresent).containsExactly(1234L);
        assertThat(replica.traffic().bytesIn() - before).isLessThan(2_000);
      }
    }
  }
}
