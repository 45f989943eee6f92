package io.mailtide.cli;

import io.mailtide.client.Profile;
import io.mailtide.client.ProfileException;
import io.mailtide.client.Session;
import io.mailtide.client.SyncEvent.SyncError;
import io.mailtide.client.Verdicts;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Shows what is known on this machine, without asking any server. */
@Command(name = "status", description = "Show the last run, its folders, what failed and why.")
final class StatusCommand implements Callable<Integer> {
  private final Options options;
  private final Host host;

  @Parameters(
      arity = "0..1",
      paramLabel = "STORE",
      description = "A store or group; default: every store.")
  private Optional<String> name = Optional.empty();

  StatusCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  @Override
  public Integer call() throws Trouble {
    var profile = options.profile(host);
    var session = Session.open(profile);
    int worst = Verdicts.DONE;
    try (var view = options.view(host, Optional.of(profile))) {
      profile.warnings().forEach(warning -> view.warning(warning.toString()));
      for (var store : stores(profile)) {
        var known = session.status(store);
        view.status(known, host.environment().clock().instant());
        worst = Math.max(worst, known.unreadable().map(SyncError::exitCode).orElse(Verdicts.DONE));
      }
    }
    return worst;
  }

  private List<String> stores(Profile profile) throws Trouble {
    if (name.isEmpty()) {
      return List.copyOf(profile.stores().keySet());
    }
    try {
      return profile.select(List.of(name.get())).stream()
          .map(Profile.Store::name)
          .toList();
    } catch (ProfileException e) {
      throw Options.trouble(e);
    }
  }
}
