package io.mailtide.replica.imap;

import io.mailtide.testkit.ImapServer;
import io.mailtide.testkit.UploadContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Real servers other than Dovecot. */
@Execution(ExecutionMode.CONCURRENT)
final class ServersUploadContractTest {
  @Nested
  final class Cyrus extends ServerContract {
    Cyrus() {
      super(ImapServer.cyrus("maxmessagesize: " + UploadContract.SIZE_MAX));
    }

    @Override
    protected boolean keepsFoldersAbove() {
      return true;
    }
  }

  @Nested
  final class PrefixedCyrus extends ServerContract {
    PrefixedCyrus() {
      super(ImapServer.prefixedCyrus("maxmessagesize: " + UploadContract.SIZE_MAX));
    }

    @Override
    protected boolean keepsFoldersAbove() {
      return true;
    }
  }

  /** It has no limit for single messages, and ends the last line of each. */
  @Nested
  final class Courier extends ServerContract {
    Courier() {
      super(ImapServer.courier());
    }

    @Override
    protected boolean refusesLarge() {
      return false;
    }

    @Override
    protected String stored(String body) {
      return body.endsWith("\r\n") ? body : body + "\r\n";
    }
  }
}
