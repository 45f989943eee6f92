package io.mailtide.replica.maildir;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.testkit.ReplicaContract;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract, with another program that is as mutt or Dovecot are. */
class MaildirContractTest extends ReplicaContract {
  @TempDir
  Path root;

  private long delivered;

  String[] layout() {
    return new String[0];
  }

  TestMaildir maildir() {
    return new TestMaildir(root, layout());
  }

  @Override
  protected Replica open() throws FaultException {
    return maildir().open();
  }

  private interface Act<T> {
    T run() throws IOException, FaultException;
  }

  private static <T> T unchecked(Act<T> act) {
    try {
      return act.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (FaultException e) {
      throw new AssertionError(e);
    }
  }

  private Path directory(FolderName folder) throws FaultException {
    return new FolderPaths(root, layout().length > 0).of(folder);
  }

  @Override
  protected MessageKey deliver(FolderName folder, String crlfBody, Flags flags) {
    return unchecked(() -> {
      var base = "104.P7Q%d.mutt".formatted(++delivered);
      var tmp = directory(folder).resolve("tmp").resolve(base);
      Files.writeString(tmp, crlfBody.replace("\r\n", "\n"), StandardCharsets.ISO_8859_1);
      Files.move(tmp, directory(folder).resolve("new").resolve(base));
      return new MessageKey(base);
    });
  }

  private Path find(FolderName folder, MessageKey key) throws IOException, FaultException {
    for (var part : new String[] {"new", "cur"}) {
      try (var files = Files.newDirectoryStream(
          directory(folder).resolve(part),
          file -> file.getFileName().toString().startsWith(key.value()))) {
        for (var file : files) {
          return file;
        }
      }
    }
    throw new IOException("no " + key);
  }

  @Override
  protected void reflag(FolderName folder, MessageKey key, Flags flags) {
    unchecked(() -> {
      var letters = new StringBuilder();
      for (var flag : flags.names()) {
        letters.append(
            switch (flag) {
              case "\\Answered" -> 'R';
              case "\\Flagged" -> 'F';
              default -> 'S';
            });
      }
      return Files.move(
          find(folder, key), directory(folder).resolve("cur").resolve(key + ":2," + letters));
    });
  }

  @Override
  protected void delete(FolderName folder, MessageKey key) {
    unchecked(() -> {
      Files.delete(find(folder, key));
      return key;
    });
  }
}
