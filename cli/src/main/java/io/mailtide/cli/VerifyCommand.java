package io.mailtide.cli;

import io.mailtide.client.Audit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Compares both sides by content. */
@Command(
    name = "verify",
    description = "Read every message on both sides and report every difference.")
final class VerifyCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;

  @Mixin
  private final Options.Stores stores = new Options.Stores();

  @Mixin
  private final Options.Folders folders = new Options.Folders();

  @Option(
      names = "--repair",
      description = "Mend what can be mended without loss, synchronise, and compare again.")
  private boolean repair;

  VerifyCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  @Override
  public Integer call() throws Trouble, InterruptedException {
    var profile = options.profile(host);
    var request = new Audit.Request(stores.of(profile), folders.globs(), repair);
    try (var view = options.view(host, profile)) {
      return new Pump(host, view).run(Pump.Work.of(new Audit(profile, request)));
    }
  }
}
