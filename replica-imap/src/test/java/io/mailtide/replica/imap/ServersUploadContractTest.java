package io.mailtide.replica.imap;

import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapServer;
import io.mailtide.testkit.UploadContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * Real servers: Dovecot with and without the abilities that changes profit from (it tells UIDs
 * whatever it says of its abilities), and others.
 */
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
    protected boolean tellsLooks() {
      return false;
    }

    @Override
    protected String stored(String body) {
      return body.endsWith("\r\n") ? body : body + "\r\n";
    }
  }

  @Nested
  final class DovecotWithAllItHas extends ServerContract {
    DovecotWithAllItHas() {
      super(dovecot().start());
    }
  }

  @Nested
  final class DovecotWithLittle extends ServerContract {
    DovecotWithLittle() {
      super(dovecot().capability("IMAP4rev1").start());
    }

    @Override
    protected boolean tellsLooks() {
      return false;
    }
  }

  @Nested
  final class DovecotWithoutMultiappendAndMove extends ServerContract {
    DovecotWithoutMultiappendAndMove() {
      super(dovecot()
          .capability("IMAP4rev1 UIDPLUS LITERAL+ ENABLE CONDSTORE QRESYNC")
          .start());
    }

    @Override
    protected boolean tellsLooks() {
      return false;
    }
  }

  private static Dovecot.Builder dovecot() {
    return Dovecot.builder()
        .user("ann", "secret")
        .setting("mail_plugins = quota")
        .setting("protocol imap {\n  mail_plugins = quota imap_quota\n}")
        .setting("plugin {\n  quota = count:all\n  quota_vsizes = yes\n"
            + "  quota_max_mail_size = " + UploadContract.SIZE_MAX + "\n}");
  }
}
