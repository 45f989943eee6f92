package io.mailtide.cli;

import io.mailtide.client.Profile;
import io.mailtide.client.SendReceive;
import io.mailtide.client.SendReceive.Request;
import io.mailtide.client.SendReceive.Want;
import io.mailtide.client.Session;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Synchronises stores now. */
@Command(name = "sync", description = "Synchronise now.")
final class SyncCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;

  @Mixin
  private final Options.Stores stores = new Options.Stores();

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

  @Mixin
  private final Options.Folders folders = new Options.Folders();

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
    var names = stores.of(profile).stream().map(Profile.Store::name).toList();
    var request = new Request(names, wants(), folders.globs());
    try (var view = options.view(host, profile)) {
      return new Pump(host, view)
          .run(Pump.Work.of(new SendReceive(Session.open(profile), request)));
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
