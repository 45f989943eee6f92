package io.mailtide.cli;

import io.mailtide.client.Audit;
import io.mailtide.client.Profile;
import io.mailtide.client.ProfileException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares both sides by content. */
@Command(
    name = "verify",
    description = "Read every message on both sides and report every difference.")
final class VerifyCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;

  @Parameters(
      arity = "0..*",
      paramLabel = "STORE|GROUP",
      description = "What to compare; default: the group all, else every store.")
  private List<String> names = List.of();

  @Option(
      names = "--folder",
      paramLabel = "GLOB",
      description = "Only folders of such names; may be repeated, later ones win, ! leaves out.")
  private List<String> folders = List.of();

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
    var request = new Audit.Request(chosen(profile), folders, repair);
    try (var view = options.view(host, Optional.of(profile))) {
      profile.warnings().forEach(warning -> view.warning(warning.toString()));
      return new Pump(host, view).run(Pump.Work.of(new Audit(profile, request)));
    }
  }

  private List<Profile.Store> chosen(Profile profile) throws Trouble {
    try {
      return profile.select(names);
    } catch (ProfileException e) {
      throw Options.trouble(e);
    }
  }
}
