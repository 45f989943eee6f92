package io.mailtide.replica.imap;

import io.mailtide.engine.FaultException;
import io.mailtide.engine.Flags;
import io.mailtide.engine.FolderName;
import io.mailtide.engine.MessageKey;
import io.mailtide.engine.Replica;
import io.mailtide.testkit.ImapServer;
import io.mailtide.testkit.ImapTalk;
import io.mailtide.testkit.UploadContract;
import org.junit.jupiter.api.AfterEach;

/** The contract, held against a real server that tells the UIDs of what is added. */
abstract class ServerContract extends UploadContract {
  private final ImapServer server;

  ServerContract(ImapServer server) {
    this.server = server;
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Override
  protected Replica open() throws FaultException {
    return Fixture.at(server.port()).open();
  }

  @Override
  protected boolean tellsKeys() {
    return true;
  }

  @Override
  protected void delete(FolderName folder, MessageKey key) {
    try (var talk = server.talk("ann")) {
      select(talk, folder);
      talk.send("UID STORE " + key + " +FLAGS (\\Deleted)");
      talk.send("UID EXPUNGE " + key);
    }
  }

  @Override
  protected void reflag(FolderName folder, MessageKey key, Flags flags) {
    try (var talk = server.talk("ann")) {
      select(talk, folder);
      talk.send("UID STORE " + key + " FLAGS (" + flags + ")");
    }
  }

  private void select(ImapTalk talk, FolderName folder) {
    var mailbox = server
        .mailbox(folder.text())
        .replace("&", "&-")
        .replace("\u00E4", "&AOQ-")
        .replace("\u00F6", "&APY-");
    talk.send("SELECT \"" + mailbox + "\"");
  }
}
