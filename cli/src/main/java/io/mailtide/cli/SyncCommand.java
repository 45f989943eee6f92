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
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Synchronises stores now. */
final class SyncCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;

  private final Options.Stores stores = new Options.Stores();
  private final Options.Folders folders = new Options.Folders();
  private final OptionSpec pull =
      Options.flag("Only bring here what is new at the server.", "--pull").build();
  private final OptionSpec push =
      Options.flag("Only take to the server what is new here.", "--push").build();
  private final OptionSpec headersOnly = Options.flag(
          "Fetch headers only; a later run without it fetches the rest.", "--headers-only")
      .build();
  private final OptionSpec dryRun =
      Options.flag("Only tell what would be done.", "--dry-run").build();
  private final OptionSpec full = Options.flag(
          "Compare everything, whatever is known from earlier runs.", "--full")
      .build();
  private final OptionSpec allowMassDelete = Options.flag(
          "Go on where so much was removed on a side that a run would stop.", "--allow-mass-delete")
      .build();

  SyncCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this)
        .name("sync")
        .addPositional(stores.spec())
        .addOption(folders.spec());
    List.of(pull, push, headersOnly, dryRun, full, allowMassDelete).forEach(spec::addOption);
    spec.usageMessage().description("Send what waits in the Outbox, and synchronise now.");
    return spec;
  }

  @Override
  public Integer call() throws Trouble, InterruptedException {
    var profile = options.profile(host);
    var chosen = stores.choose(profile);
    var names = chosen.stores().stream().map(Profile.Store::name).toList();
    var request = new Request(names, chosen.headersOnly(), wants(chosen.send()), folders.globs());
    try (var view = options.view(host, profile)) {
      return new Pump(host, view)
          .run(Pump.Work.of(new SendReceive(Session.open(profile), request)));
    }
  }

  /**
   * What is sent cannot be called back: a run that the user has narrowed sends nothing.
   *
   * @param send whether what was chosen is to be sent with
   */
  private Set<Want> wants(boolean send) {
    var wants = EnumSet.of(Want.ON_DEMAND);
    if (Options.given(pull) || !Options.given(push)) {
      wants.addAll(List.of(Want.DOWNLOAD_HIERARCHY, Want.DOWNLOAD_CONTENTS));
    }
    if (Options.given(push) || !Options.given(pull)) {
      wants.addAll(List.of(Want.UPLOAD_HIERARCHY, Want.UPLOAD_CONTENTS));
      if (send && folders.globs().isEmpty()) {
        wants.add(Want.OUTGOING_MAIL);
      }
    }
    if (Options.given(headersOnly)) {
      wants.add(Want.HEADERS_ONLY);
    }
    if (Options.given(dryRun)) {
      wants.add(Want.DRY_RUN);
    }
    if (Options.given(full)) {
      wants.add(Want.FULL);
    }
    if (Options.given(allowMassDelete)) {
      wants.add(Want.ALLOW_MASS_DELETE);
    }
    return wants;
  }
}
