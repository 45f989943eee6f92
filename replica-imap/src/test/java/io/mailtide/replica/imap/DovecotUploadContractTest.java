package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.testkit.Dovecot;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.UploadContract;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;

/** A real Dovecot, with and without the abilities that changes profit from. */
final class DovecotUploadContractTest {
  @Nested
  final class WithAllItHas extends Contract {
    WithAllItHas() {
      super(server());
    }
  }

  @Nested
  final class WithLittle extends Contract {
    WithLittle() {
      super(server().capability("IMAP4rev1"));
    }
  }

  @Nested
  final class WithoutMultiappendAndMove extends Contract {
    WithoutMultiappendAndMove() {
      super(server().capability("IMAP4rev1 UIDPLUS LITERAL+ ENABLE CONDSTORE QRESYNC"));
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

  abstract static class Contract extends UploadContract {
    private final Dovecot dovecot;

    Contract(Dovecot.Builder builder) {
      dovecot = builder.start();
    }

    @AfterEach
    void stop() {
      dovecot.close();
    }

    @Override
    protected Replica open() throws FaultException {
      return Fixture.at(dovecot.port()).open();
    }

    /** Dovecot tells them whatever it says of its abilities. */
    @Override
    protected boolean tellsKeys() {
      return true;
    }

    @Override
    protected void delete(FolderName folder, MessageKey key) {
      try (var talk = dovecot.talk("ann")) {
        select(talk, folder);
        talk.send("UID STORE " + key + " +FLAGS (\\Deleted)");
        talk.send("UID EXPUNGE " + key);
      }
    }

    @Override
    protected void reflag(FolderName folder, MessageKey key, Flags flags) {
      try (var talk = dovecot.talk("ann")) {
        select(talk, folder);
        talk.send("UID STORE " + key + " FLAGS (" + flags + ")");
      }
    }

    private static void select(ImapTalk talk, FolderName folder) {
      talk.send("SELECT \""
          + folder.text().replace("&", "&-").replace("\u00E4", "&AOQ-").replace("\u00F6", "&APY-")
          + "\"");
    }
  }
}
