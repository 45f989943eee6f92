package io.mailtide.cli;

import io.mailtide.client.Profile;
import io.mailtide.client.ProfileException;
import io.mailtide.client.SendReceive;
import io.mailtide.client.SendReceive.Request;
import io.mailtide.client.SendReceive.Want;
import io.mailtide.client.Session;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Synchronises stores now. */
@Command(name = "sync", description = "Synchronise now.")
final class SyncCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;

  @Parameters(
      arity = "0..*",
      paramLabel = "STORE|GROUP",
      description = "What to synchronise; default: the group all, else every store.")
  private List<String> names = List.of();

  @Option(names = "--pull", description = "Only bring here what is new at the server.")
  private boolean pull;

  @Option(names = "--push", description = "Only take to the server what is new here.")
  private boolean push;

  @Option(
      names = "--headers-only",
      description = "Fetch headers only; a later run without it fetches the rest.")
  private boolean headersOnly;

  @Option(names = "--dry-run", description = "Only tell what would be done.")
  private boolean dryRun;

  @Option(
      names = "--folder",
      paramLabel = "GLOB",
      description = "Only folders of such names; may be repeated, later ones win, ! leaves out.")
  private List<String> folders = List.of();

  @Option(
      names = "--full",
      description = "Compare everything, whatever is known from earlier runs.")
  private boolean full;

  @Option(
      names = "--allow-mass-delete",
      description = "Go on where so much was removed on a side that a run would stop.")
  private boolean allowMassDelete;

  SyncCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  @Override
  public Integer call() throws Trouble, InterruptedException {
    var profile = options.profile(host);
    var chosen = chosen(profile);
    var request = new Request(chosen, wants(), folders);
    try (var view = options.view(host, Optional.of(profile))) {
      profile.warnings().forEach(warning -> view.warning(warning.toString()));
      return new Pump(host, view)
          .run(Pump.Work.of(new SendReceive(Session.open(profile), request)));
    }
  }

  private List<String> chosen(Profile profile) throws Trouble {
    try {
      return profile.select(names).stream().map(Profile.Store::name).toList();
    } catch (ProfileException e) {
      throw Options.trouble(e);
    }
  }

  private Set<Want> wants() {
    var wants = EnumSet.of(Want.ON_DEMAND);
    if (pull || !push) {
      wants.addAll(List.of(Want.DOWNLOAD_HIERARCHY, Want.DOWNLOAD_CONTENTS));
    }
    if (push || !pull) {
      wants.addAll(List.of(Want.UPLOAD_HIERARCHY, Want.UPLOAD_CONTENTS));
    }
    if (headersOnly) {
      wants.add(Want.HEADERS_ONLY);
    }
    if (dryRun) {
      wants.add(Want.DRY_RUN);
    }
    if (full) {
      wants.add(Want.FULL);
    }
    if (allowMassDelete) {
      wants.add(Want.ALLOW_MASS_DELETE);
    }
    return wants;
  }
}
