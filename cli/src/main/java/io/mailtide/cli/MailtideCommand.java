package io.mailtide.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The program without a verb. */
final class MailtideCommand {
  private static final Map<String, String> EXIT_CODES = UsageMessageSpec.keyValuesMap(
      "  0:All done.",
      "  1:Done in part; status says what failed.",
      "  2:Wrong usage or configuration.",
      "  3:Sign-in refused, or no permission.",
      "  4:Network, or the server at its end.",
      "  5:The local store, the state, or the program itself.",
      "  6:Stopped by the brake.",
      "130:Cancelled.");

  private final Options options;
  private final OptionSpec version =
      Options.flag("Print the version.", "-V", "--version").versionHelp(true).build();

  MailtideCommand(Options options) {
    this.options = options;
  }

  CommandSpec spec() {
    var spec = CommandSpec.wrapWithoutInspection(this)
        .name("mailtide")
        .versionProvider(new Version())
        .addOption(version);
    options.addTo(spec);
    spec.usageMessage()
        .description("Keeps mail in step between a server and a local Maildir.")
        .exitCodeListHeading("%nExit codes:%n")
        .exitCodeList(EXIT_CODES);
    return spec;
  }

  Options options() {
    return options;
  }

  boolean version() {
    return Options.given(version);
  }

  /** The version, as the build wrote it down. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      try (var in = Objects.requireNonNull(Version.class.getResourceAsStream("version.txt"))) {
        return new String[] {
          "mailtide " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip()
        };
      } catch (IOException e) {
        throw new UncheckedIOException("the version is not in the program", e);
      }
    }
  }
}
