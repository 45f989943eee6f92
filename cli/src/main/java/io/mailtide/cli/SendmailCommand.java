package io.mailtide.cli;

import io.mailtide.client.OutgoingMail;
import io.mailtide.client.Session;
import io.mailtide.engine.FaultException;
import io.mailtide.engine.send.Submission;
import io.mailtide.engine.send.Transport.Reports;
import io.mailtide.engine.send.Transport.Returned;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Takes a message from standard input into the Outbox, as sendmail does. Its options are
 * sendmail's, and follow the rules of getopt: letters may be joined, a value may stand behind its
 * letter or in the next word.
 */
final class SendmailCommand implements Callable<Integer> {
  private static final String NAME = "sendmail";

  private final Options options;
  private final Host host;
  private final Words words;

  SendmailCommand(Options options, Host host, Words words) {
    this.options = options;
    this.host = host;
    this.words = words;
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this).name(NAME);
    spec.usageMessage()
        .customSynopsis("mailtide sendmail [-t] [-i] [-f FROM] [-F NAME] [-N WHEN] [-R WHAT]"
            + " [-V ID] [--] [RCPT...]")
        .description(
            "Take a message from standard input into the Outbox; mailtide send sends it.",
            "",
            "  -t       recipients are in To, Cc and Bcc, too",
            "  -i, -oi  a line with a dot alone does not end the message",
            "  -f, -r   the sender, where reports of failure go to; <> for nobody",
            "  -F       the sender's name, where the message has no field From",
            "  -N       report on: never, or success,failure,delay",
            "  -R       what a report of failure brings back: full or hdrs",
            "  -V       the envelope id, by which reports name the message",
            "",
            "What else callers of sendmail give is accepted, and changes nothing.");
    return spec;
  }

  @Override
  public Integer call() throws Trouble {
    var arguments = words.arguments();
    var profile = options.profile(host);
    var submission = new Submission(
        host.in(),
        !arguments.ignoreDots,
        arguments.recipients,
        arguments.recipientsInHeader,
        arguments.sender,
        arguments.fullName,
        new Reports(arguments.notifyOn, arguments.returned, arguments.envelopeId));
    try (var view = options.view(host, profile)) {
      var outbox = Session.open(profile).outbox();
      var id = outbox.submit(submission);
      view.submitted(id);
      return 0;
    } catch (FaultException e) {
      throw new Trouble(e.fault().kind(), OutgoingMail.error(e));
    }
  }

  /**
   * A command line in two parts.
   *
   * @param ours without sendmail's own arguments
   * @param sendmails those alone; empty where this is another command
   */
  record Words(List<String> ours, List<String> sendmails) {
    private static final Set<String> FLAGS =
        Set.of("--json", "--quiet", "--verbose", "--no-color", "--help");

    /** Takes sendmail's arguments out, for they follow rules of their own. */
    static Words of(List<String> args) {
      var ours = new ArrayList<String>();
      var at = globals(args, 0, ours);
      if (at == args.size() || !args.get(at).equals(NAME)) {
        return new Words(args, List.of());
      }
      ours.add(NAME);
      var sendmails = new ArrayList<String>();
      for (at++;
          at < args.size() && args.get(at).startsWith("-") && !args.get(at).equals("--"); ) {
        var next = globals(args, at, ours);
        if (next == at) {
          sendmails.add(args.get(at));
          next = at + 1;
          if (takesNext(args.get(at)) && next < args.size()) {
            sendmails.add(args.get(next++));
          }
        }
        at = next;
      }
      sendmails.addAll(args.subList(at, args.size()));
      return new Words(List.copyOf(ours), List.copyOf(sendmails));
    }

    /** Moves the options that every command has; where the first other word is. */
    private static int globals(List<String> args, int from, List<String> ours) {
      var at = from;
      while (at < args.size()) {
        var word = args.get(at);
        if (FLAGS.contains(word) || word.startsWith("--config=")) {
          ours.add(word);
        } else if (word.equals("--config") && at + 1 < args.size()) {
          ours.add(word);
          ours.add(args.get(++at));
        } else {
          break;
        }
        at++;
      }
      return at;
    }

    /** Whether the last letter of a word has its value in the next one. */
    private static boolean takesNext(String word) {
      for (var i = 1; i < word.length(); i++) {
        if (Arguments.VALUED.indexOf(word.charAt(i)) >= 0) {
          return i == word.length() - 1;
        }
        if (Arguments.ATTACHED.indexOf(word.charAt(i)) >= 0) {
          return false;
        }
      }
      return false;
    }

    Arguments arguments() throws Trouble {
      return new Arguments(sendmails);
    }
  }

  /** What sendmail's arguments say. */
  static final class Arguments {
    /** Letters with a value, behind them or in the next word. */
    static final String VALUED = "ABCFLNORVXbefhopr";

    /** Letters that take what is behind them in their word, if anything. */
    static final String ATTACHED = "dq";

    private static final String PLAIN = "GIUcimnstvx";
    private static final Set<String> BODIES = Set.of("7BIT", "8BITMIME");
    private static final Set<String> RETURNS = Set.of("full", "hdrs");

    final List<String> recipients = new ArrayList<>();
    boolean recipientsInHeader;
    boolean ignoreDots;
    Optional<String> sender = Optional.empty();
    Optional<String> fullName = Optional.empty();
    List<String> notifyOn = List.of();
    Optional<Returned> returned = Optional.empty();
    Optional<String> envelopeId = Optional.empty();

    Arguments(List<String> words) throws Trouble {
      var at = 0;
      for (; at < words.size(); at++) {
        var word = words.get(at);
        if (word.equals("--")) {
          at++;
          break;
        }
        if (!word.startsWith("-") || word.equals("-")) {
          break;
        }
        if (letters(
            word, at + 1 < words.size() ? Optional.of(words.get(at + 1)) : Optional.empty())) {
          at++;
        }
      }
      recipients.addAll(words.subList(Math.min(at, words.size()), words.size()));
    }

    /** Reads a word of options; whether the next word was a value of it. */
    private boolean letters(String word, Optional<String> next) throws Trouble {
      for (var i = 1; i < word.length(); i++) {
        var letter = word.charAt(i);
        var rest = word.substring(i + 1);
        if (VALUED.indexOf(letter) >= 0) {
          valued(letter, rest.isEmpty() ? next.orElseThrow(() -> missing(letter)) : rest);
          return rest.isEmpty();
        }
        if (ATTACHED.indexOf(letter) >= 0) {
          if (letter == 'q') {
            throw refused("-q", "mailtide send sends the Outbox");
          }
          return false;
        }
        switch (letter) {
          case 't' -> recipientsInHeader = true;
          case 'i' -> ignoreDots = true;
          default -> {
            if (PLAIN.indexOf(letter) < 0) {
              var option = letter == '-' ? word : "-" + letter;
              throw Trouble.usage("there is no option `" + option + "` of sendmail in `" + word
                  + "`\nWhat it takes: mailtide sendmail --help");
            }
          }
        }
      }
      return false;
    }

    private static Trouble missing(char letter) {
      return Trouble.usage("the option -" + letter + " needs a value");
    }

    private static Trouble refused(String option, String instead) {
      return Trouble.usage("sendmail's `" + option + "` is not to be had here: " + instead
          + ". Nothing was queued.");
    }

    private void valued(char letter, String value) throws Trouble {
      switch (letter) {
        case 'f', 'r' -> sender = Optional.of(value);
        case 'F' -> fullName = Optional.of(value);
        case 'o' -> ignoreDots |= value.equals("i");
        case 'N' -> notifyOn = List.of(value.strip().toUpperCase(Locale.ROOT).split(" *, *"));
        case 'B' -> known("-B", value.toUpperCase(Locale.ROOT), BODIES);
        case 'R' -> {
          known("-R", value.toLowerCase(Locale.ROOT), RETURNS);
          returned = Optional.of(Returned.valueOf(value.toUpperCase(Locale.ROOT)));
        }
        case 'V' -> envelopeId = Optional.of(value);
        case 'b' -> mode(value);
        default -> {}
      }
    }

    private static void known(String option, String value, Set<String> known) throws Trouble {
      if (!known.contains(value)) {
        throw Trouble.usage("the value of " + option + " is one of "
            + String.join(", ", known.stream().sorted().toList()));
      }
    }

    private static void mode(String mode) throws Trouble {
      switch (mode) {
        case "m" -> {}
        case "s" ->
          throw refused("-bs", "it speaks no SMTP; hand the message in on standard input");
        case "p" -> throw refused("-bp", "mailtide status shows the Outbox");
        case "d", "D" ->
          throw refused("-b" + mode, "no daemon takes mail; mailtide send sends the Outbox");
        default -> throw refused("-b" + mode, "it only takes messages in");
      }
    }
  }
}
