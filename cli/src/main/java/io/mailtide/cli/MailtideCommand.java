package io.mailtide.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The program without a verb. */
@Command(
    name = "mailtide",
    description = "Keeps mail in step between a server and a local Maildir.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "  0:All done.",
      "  1:Done in part; status says what failed.",
      "  2:Wrong usage or configuration.",
      "  3:Sign-in refused, or no permission.",
      "  4:Network, or the server at its end.",
      "  5:The local store, the state, or the program itself.",
      "  6:Stopped by the brake.",
      "130:Cancelled."
    },
    versionProvider = MailtideCommand.Version.class)
final class MailtideCommand {
  @Mixin
  private final Options options;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version.")
  private boolean version;

  MailtideCommand(Options options) {
    this.options = options;
  }

  Options options() {
    return options;
  }

  boolean version() {
    return version;
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
