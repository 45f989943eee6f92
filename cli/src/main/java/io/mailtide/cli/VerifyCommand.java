package io.mailtide.cli;

import io.mailtide.client.Audit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Compares both sides by content. */
final class VerifyCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;
  private final Options.Stores stores = new Options.Stores();
  private final Options.Folders folders = new Options.Folders();
  private final OptionSpec repair = Options.flag(
          "Mend what can be mended without loss, synchronise, and compare again.", "--repair")
      .build();

  VerifyCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this)
        .name("verify")
        .addPositional(stores.spec())
        .addOption(folders.spec())
        .addOption(repair);
    spec.usageMessage()
        .description("Read every message on both sides and report every difference.");
    return spec;
  }

  @Override
  public Integer call() throws Trouble, InterruptedException {
    var profile = options.profile(host);
    var request = new Audit.Request(stores.of(profile), folders.globs(), Options.given(repair));
    try (var view = options.view(host, profile)) {
      return new Pump(host, view).run(Pump.Work.of(new Audit(profile, request)));
    }
  }
}
