package io.mailtide.replica.imap;

import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.UploadContract;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A real Dovecot, with and without the abilities that changes profit from. It tells UIDs whatever
 * it says of its abilities.
 */
@Execution(ExecutionMode.CONCURRENT)
final class DovecotUploadContractTest {
  @Nested
  final class WithAllItHas extends ServerContract {
    WithAllItHas() {
      super(server().start());
    }
  }

  @Nested
  final class WithLittle extends ServerContract {
    WithLittle() {
      super(server().capability("IMAP4rev1").start());
    }
  }

  @Nested
  final class WithoutMultiappendAndMove extends ServerContract {
    WithoutMultiappendAndMove() {
      super(server()
          .capability("IMAP4rev1 UIDPLUS LITERAL+ ENABLE CONDSTORE QRESYNC")
          .start());
    }
  }

  private static Dovecot.Builder server() {
    return Dovecot.builder()
        .user("ann", "secret")
        .setting("mail_plugins = quota")
        .setting("protocol imap {\n  mail_plugins = quota imap_quota\n}")
        .setting("plugin {\n  quota = count:all\n  quota_vsizes = yes\n"
            + "  quota_max_mail_size = " + UploadContract.SIZE_MAX + "\n}");
  }
}
