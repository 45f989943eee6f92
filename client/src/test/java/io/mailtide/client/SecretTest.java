package io.mailtide.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.mailtide.engine.Cancellation;
import io.mailtide.engine.Fault;
import io.mailtide.engine.FaultException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretTest {
  private static final Duration LONG = Duration.ofMinutes(5);

  private final Cancellation cancellation = new Cancellation();

  @TempDir
  private Path folder;

  @Test
  void given_isTakenAsItIs() throws Exception {
    assertThat(fetch(new Secret.Given(" s3cret "))).isEqualTo(" s3cret ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "echo s3cret",
        "printf s3cret",
        "printf '  s3cret\\r\\nuser: ann\\n'",
        "echo s3cret; echo talk >&2",
        "echo $PASS",
        // More than a pipe holds, on both ways out.
        "echo s3cret; yes | head -c 300000; yes | head -c 300000 >&2",
        // What stays in the background keeps its output open.
        "sleep 30 & echo s3cret",
      })
  void command_givesItsFirstLine(String line) throws Exception {
    assertThat(fetch(new Secret.Command(line, LONG))).isEqualTo("s3cret");
  }

  @Test
  void command_readsNothingFromUs() throws Exception {
    assertThat(fetch(new Secret.Command("cat; echo s3cret", LONG))).isEqualTo("s3cret");
  }

  @Test
  void command_failed_saysWhatItSaid_withoutTheSecretOrTheCommand() {
    var fault = fault(new Secret.Command(
        "echo s3cret; printf 'no key for s3cret\\n\\033[31mgive up\\n' >&2; exit 3 # t0ken", LONG));

    assertThat(fault.doing()).isEqualTo("getting the password of store `work`");
    assertThat(fault.said())
        .isEqualTo("its command ended with status 3: no key for [hidden] [31mgive up");
    assertThat(fault.next()).isEqualTo("Run the command by hand to see what it needs.");
    assertThat(fault.toString()).doesNotContain("s3cret", "t0ken");
  }

  @Test
  void command_printsNothing_isAFault() {
    assertThat(fault(new Secret.Command("echo; echo late", LONG)).said())
        .isEqualTo("its command printed nothing");
  }

  @Test
  void command_talksMuch_isCutShort() {
    assertThat(
            fault(new Secret.Command("yes no | head -c 5000 >&2; exit 1", LONG)).said())
        .hasSizeLessThan(400)
        .endsWith("…");
  }

  @Test
  void command_tooSlow_isEnded() throws Exception {
    var pid = folder.resolve("pid");
    var fault = fault(new Secret.Command(
        "sleep 600 & echo $! > " + pid + ".part; mv " + pid + ".part " + pid + "; wait",
        Duration.ofSeconds(1)));

    assertThat(fault.said()).isEqualTo("its command did not end within 1 s");
    if (Files.exists(pid)) {
      // Where nobody collects the dead, a process that
      // has ended stays in the list, but runs no program.
      var child = ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()));
      child.ifPresent(handle -> {
        handle.onExit().completeOnTimeout(handle, 30, TimeUnit.SECONDS).join();
        assertThat(handle.info().command()).isEmpty();
      });
    }
  }

  @Test
  void command_tooLong_isAFault() {
    assertThat(fault(new Secret.Command("yes | tr -d '\\n' | head -c 100000", LONG))
            .said())
        .isEqualTo("it is longer than 65536 bytes");
  }

  @Test
  void command_interrupted_isCancelled() {
    Thread.currentThread().interrupt();

    assertThat(fault(new Secret.Command("echo s3cret", LONG)).kind())
        .isEqualTo(Fault.Kind.CANCELLED);
    assertThat(Thread.interrupted()).isTrue();
  }

  /** The signal may have come to Mailtide alone. */
  @Test
  @Timeout(120)
  void command_aStopIsAskedForMeanwhile_isEnded() throws Exception {
    assertThat(stoppedMeanwhile("exec sleep 600").kind()).isEqualTo(Fault.Kind.CANCELLED);
  }

  /** The terminal sends Ctrl-C to both, and the shell may be the first to hear of it. */
  @Test
  void command_endedByCtrlC_isCancelled() throws Exception {
    assertThat(stoppedMeanwhile("exit 130").kind()).isEqualTo(Fault.Kind.CANCELLED);
  }

  @Test
  void command_endedAsByCtrlC_andNobodyAskedForAStop_isAFault() {
    var fault = fault(new Secret.Command("echo no key >&2; exit 130", LONG));
    assertThat(fault.kind()).isEqualTo(Fault.Kind.CONFIGURATION);
    assertThat(fault.said()).isEqualTo("its command ended with status 130: no key");
  }

  /** The fault of a command during which a stop is asked for. */
  private Fault stoppedMeanwhile(String line) throws Exception {
    var begun = folder.resolve("begun");
    new ProcessBuilder("mkfifo", begun.toString()).start().waitFor();
    var reader = Thread.ofPlatform().start(() -> {
      try {
        var _ = Files.readString(begun); // waits for the command
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        cancellation.request();
      }
    });
    var fault = fault(new Secret.Command("echo > " + begun + "; " + line, LONG));
    reader.join();
    return fault;
  }

  @Test
  void variable_isReadFromTheEnvironment() throws Exception {
    assertThat(fetch(new Secret.Variable("PASS"))).isEqualTo("s3cret");
    assertThat(fault(new Secret.Variable("NONE")).said())
        .isEqualTo("the environment variable NONE is not set");
  }

  @Test
  void file_givesItsFirstLine() throws Exception {
    assertThat(fetch(inFile("s3cret\nand more\n"))).isEqualTo("s3cret");
    assertThat(fetch(inFile("s3cret\r\n"))).isEqualTo("s3cret");
  }

  @Test
  void file_wrong_saysWhatToDo() throws Exception {
    var path = folder.resolve("secret");

    assertThat(fault(new Secret.InFile(path)).said()).isEqualTo("there is no file " + path);
    assertThat(fault(inFile("\n")).said()).isEqualTo("the first line of " + path + " is empty");
    assertThat(fault(new Secret.InFile(folder)).said())
        .isEqualTo("cannot read " + folder + ": Is a directory");
  }

  @Test
  void toString_showsNoSecret() {
    assertThat(new Secret.Given("s3cret").toString()).doesNotContain("s3cret");
    assertThat(new Secret.Command("echo s3cret", LONG).toString()).doesNotContain("s3cret");
  }

  private Secret inFile(String text) throws IOException {
    return new Secret.InFile(Files.writeString(folder.resolve("secret"), text));
  }

  private String fetch(Secret secret) throws FaultException {
    return secret.fetch(
        "password of store `work`",
        Map.of("PASS", "s3cret", "PATH", System.getenv("PATH")),
        cancellation);
  }

  private Fault fault(Secret secret) {
    var thrown = catchThrowableOfType(FaultException.class, () -> fetch(secret));
    assertThat(thrown).isNotNull();
    return thrown.fault();
  }
}
