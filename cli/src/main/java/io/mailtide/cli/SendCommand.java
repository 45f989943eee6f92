package io.mailtide.cli;

import io.mailtide.cli.text.Ink;
import io.mailtide.cli.text.Text;
import io.mailtide.client.OutgoingMail;
import io.mailtide.client.Sending;
import io.mailtide.client.Session;
import io.mailtide.engine.send.Outbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** Flushes the Outbox. */
final class SendCommand implements Callable<Integer> {
  private static final String HELD = "all";

  private final Options options;
  private final Host host;
  private final OptionSpec retry = option("--retry", String.class)
      .arity("1..*")
      .paramLabel("ID")
      .description(
          "Try these again, though they were refused or are in doubt, then send; all: those held.")
      .build();
  private final OptionSpec to = option("--to", String.class)
      .arity("1")
      .paramLabel("ADDRESS")
      .description("Try it again with these in place of all who have not taken it.")
      .build();
  private final OptionSpec from = OptionSpec.builder("--from")
      .type(String.class)
      .paramLabel("ADDRESS")
      .description("Try it again with this sender; <> for nobody.")
      .build();
  private final OptionSpec drop = option("--drop", Long.class)
      .arity("1..*")
      .paramLabel("ID")
      .description("Take these out of the Outbox, into the undo area; send nothing.")
      .build();
  private final OptionSpec dryRun =
      Options.flag("Only tell what would be sent or taken out.", "--dry-run").build();

  SendCommand(Options options, Host host) {
    this.options = options;
    this.host = host;
  }

  private static OptionSpec.Builder option(String name, Class<?> type) {
    return OptionSpec.builder(name).type(List.class).auxiliaryTypes(type).initialValue(List.of());
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this).name("send");
    List.of(retry, to, from, drop, dryRun).forEach(spec::addOption);
    spec.usageMessage().description("Send what waits in the Outbox.");
    return spec;
  }

  @Override
  public Integer call() throws Trouble, InterruptedException {
    var request = new Outbox.Request(retry(), drop.getValue(), Options.given(dryRun));
    if (request.retry().ids().stream().anyMatch(request.drop()::contains)) {
      throw Trouble.usage("--retry sends a message, --drop takes it out: give one of the two");
    }
    var profile = options.profile(host);
    try (var view = options.view(host, profile)) {
      return new Pump(host, view).run(Pump.Work.of(new Sending(Session.open(profile), request)));
    }
  }

  private Outbox.Retry retry() throws Trouble {
    var ids = new ArrayList<Long>();
    var held = false;
    for (var word : retry.<List<String>>getValue()) {
      if (word.equals(HELD)) {
        held = true;
      } else {
        ids.add(id(word));
      }
    }
    List<String> others = to.getValue();
    var sender = Optional.<String>ofNullable(from.getValue());
    if ((!others.isEmpty() || sender.isPresent()) && (held || ids.size() != 1)) {
      throw Trouble.usage((others.isEmpty() ? "--from" : "--to")
          + " addresses one message anew: name it, and no other, with --retry");
    }
    return new Outbox.Retry(ids, held, others, sender);
  }

  private static Long id(String word) throws Trouble {
    try {
      return Long.valueOf(word);
    } catch (NumberFormatException _) {
      throw Trouble.usage("--retry takes numbers of messages, as mailtide status shows them, or "
          + HELD + " for those that are held; `" + word + "` is neither");
    }
  }

  /** What is in the Outbox, for people. A pure function of the messages and the time. */
  static final class OutboxText {
    private static final int SUBJECT_COLUMNS = 60;
    private static final int SHOWN_MAX = 50;

    private final boolean colours;
    private final Instant now;

    OutboxText(boolean colours, Instant now) {
      this.colours = colours;
      this.now = now;
    }

    List<String> lines(List<OutgoingMail.Message> messages) {
      var lines = new ArrayList<String>();
      lines.add(Ink.STRONG.on(colours, OutgoingMail.NAME) + ": "
          + Text.count(messages.size(), "message") + " to be sent");
      messages.stream().limit(SHOWN_MAX).forEach(message -> lines.addAll(lines(message)));
      if (messages.size() > SHOWN_MAX) {
        lines.add(
            "  and " + Text.count(messages.size() - SHOWN_MAX) + " more (all of them: --json)");
      }
      return lines;
    }

    private List<String> lines(OutgoingMail.Message message) {
      var lines = new ArrayList<String>();
      var subject = message.subject().isEmpty() ? "(no subject)" : message.subject();
      lines.add("  " + message.id() + "  "
          + Text.clip(Text.harmless(subject), SUBJECT_COLUMNS) + ", from "
          + Text.harmless(message.sender().isEmpty() ? "nobody" : message.sender()) + " with "
          + message.transport() + ", " + Text.bytes(message.size()) + ": " + state(message));
      for (var recipient : message.recipients()) {
        var verdict = recipient.verdict().orElse("");
        lines.add("     to " + Text.harmless(recipient.address())
            + (verdict.isEmpty() ? "" : ": " + verdict)
            + (verdict.isEmpty() || recipient.said().isEmpty()
                ? ""
                : " (" + Text.harmless(recipient.said()) + ")"));
      }
      message
          .trouble()
          .ifPresent(error -> lines.add(
              "     " + Text.harmless((error.said() + ". " + error.next()).replace("..", "."))));
      return lines;
    }

    private String state(OutgoingMail.Message message) {
      return switch (message.state()) {
        case "queued" -> queued(message);
        case "submitting" -> "being sent";
        case "sent" -> "sent; its copy is filed by the next run";
        case "in-doubt" -> Ink.RED.on(colours, "in doubt");
        default -> Ink.RED.on(colours, "waits for your word");
      };
    }

    private String queued(OutgoingMail.Message message) {
      var later = message.nextTry().filter(next -> next.isAfter(now));
      return "waits since " + Text.whole(Duration.between(message.submitted(), now))
          + (message.tries() == 0 ? "" : ", tried " + Text.count(message.tries(), "time"))
          + ", next try "
          + later
              .map(next -> "not before " + Text.whole(Duration.between(now, next)) + " from now")
              .orElse("with the next run");
    }
  }
}
