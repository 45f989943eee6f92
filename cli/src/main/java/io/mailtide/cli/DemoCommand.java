package io.mailtide.cli;

import io.mailtide.cli.text.Text;
import io.mailtide.client.Profile;
import io.mailtide.client.ProfileException;
import io.mailtide.client.SendReceive;
import io.mailtide.client.SendReceive.Request;
import io.mailtide.client.SendReceive.Want;
import io.mailtide.client.Session;
import io.mailtide.client.SyncEvent.StoreDone;
import io.mailtide.client.Verdicts;
import io.mailtide.demo.DemoMail;
import io.mailtide.demo.DemoServer;
import io.mailtide.engine.Fault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/**
 * All of it on this machine: an embedded server, real mail, one synchronisation, a check, and what
 * to do next.
 */
final class DemoCommand implements Callable<Integer> {
  private static final String STORE = "demo";

  private final Options options;
  private final Host host;
  private final PositionalParamSpec directory = PositionalParamSpec.builder()
      .arity("0..1")
      .paramLabel("DIRECTORY")
      .type(Optional.class)
      .auxiliaryTypes(Path.class)
      .initialValue(Optional.empty())
      .description(
          "Put mail, configuration and state there; it must be empty or new. Default: a temporary directory.")
      .build();

  DemoCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this).name("demo").addPositional(directory);
    spec.usageMessage()
        .description(
            "Show all of it on this machine: an embedded server, real mail, one synchronisation.");
    return spec;
  }

  @Override
  public Integer call() throws Trouble, InterruptedException {
    var there = place();
    var mail = DemoMail.load();
    int count = mail.stream().mapToInt(folder -> folder.messages().size()).sum();
    try (var view = options.view(host, Optional.empty());
        var server = DemoServer.start(mail)) {
      view.note("An IMAP server of its own, at " + server.host() + ":" + server.port() + ", holds "
          + Text.count(count, "real message") + " in " + Text.count(mail.size(), "folder")
          + ". Synchronising them:");
      var session = Session.open(profile(there, server));
      var copied = new AtomicLong();
      int code = synchronise(session, view, copied);
      if (code != Verdicts.DONE) {
        return code;
      }
      view.note("Comparing every file with what the server was given.");
      var found = DemoCheck.compare(mail, there.resolve("mail"));
      view.note("Synchronising again:");
      code = synchronise(session, view, copied);
      if (code != Verdicts.DONE) {
        return code;
      }
      var report = new DemoCheck.Report(
          there,
          mail.size(),
          count,
          found.exact(),
          found.unexpected(),
          copied.get(),
          host.command());
      view.demo(report);
      return report.good() ? Verdicts.DONE : Verdicts.LOCAL;
    } catch (IOException e) {
      throw disk(there, e);
    }
  }

  private int synchronise(Session session, View view, AtomicLong copied)
      throws InterruptedException {
    var work = Pump.Work.of(new SendReceive(
        session,
        new Request(
            List.of(STORE),
            Set.of(Want.DOWNLOAD_HIERARCHY, Want.DOWNLOAD_CONTENTS, Want.ON_DEMAND),
            List.of())));
    return new Pump(host, view).run(work.watched(event -> {
      if (event instanceof StoreDone done) {
        copied.set(done.copied());
      }
    }));
  }

  private Path place() throws Trouble {
    var named = directory.<Optional<Path>>getValue();
    if (named.isEmpty()) {
      try {
        return Files.createTempDirectory("mailtide-demo-");
      } catch (IOException e) {
        throw disk(Path.of(System.getProperty("java.io.tmpdir")), e);
      }
    }
    var there = named.get().toAbsolutePath().normalize();
    try {
      Files.createDirectories(there);
      try (var entries = Files.list(there)) {
        if (entries.findAny().isPresent()) {
          throw Trouble.usage(there + " is not empty; name a new or an empty directory");
        }
      }
      return there;
    } catch (IOException e) {
      throw disk(there, e);
    }
  }

  private Trouble disk(Path there, IOException e) {
    return new Trouble(
        Fault.Kind.DISK,
        "cannot work in " + there + ": " + e.getMessage() + "; name another directory: "
            + host.command() + " demo DIRECTORY");
  }

  private Profile profile(Path there, DemoServer server) throws IOException, Trouble {
    var file = there.resolve("config.toml");
    var text =
        "# Made by mailtide demo. Its server ends with it, so this is to be read, not to be used again.\n"
            + server.configuration(STORE);
    if (there.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.createFile(
          file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    }
    Files.writeString(file, text, StandardOpenOption.CREATE);
    try {
      return Profile.load(file, host.surroundings());
    } catch (ProfileException e) {
      throw Options.trouble(e);
    }
  }
}
