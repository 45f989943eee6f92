package io.mailtide.demo;

import com.icegreen.greenmail.imap.AuthorizationException;
import com.icegreen.greenmail.store.FolderException;
import com.icegreen.greenmail.store.MailFolder;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.Flags;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.util.Date;
import java.util.List;
import java.util.Properties;

/**
 * An IMAP server in this process, on a free port of the loopback interface, without TLS: a poor
 * one, without CONDSTORE or any other extension that helps. It hands out messages byte for byte as
 * they were put in.
 */
public final class DemoServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final String USER = "demo";
  private static final String PASSWORD = "demo";
  private static final long STARTUP_MILLIS_MAX = 60_000;

  private final GreenMail server;

  private DemoServer(GreenMail server) {
    this.server = server;
  }

  /**
   * Starts a server and fills it.
   *
   * @throws IllegalStateException when no port can be had on the loopback interface
   */
  public static DemoServer start(List<DemoMail.Folder> folders) {
    var setup = new ServerSetup(0, HOST, ServerSetup.PROTOCOL_IMAP);
    setup.setServerStartupTimeout(STARTUP_MILLIS_MAX);
    var server = new GreenMail(setup);
    server.start();
    var started = new DemoServer(server);
    try {
      started.fill(folders);
    } catch (AuthorizationException | FolderException | MessagingException e) {
      started.close();
      throw new IllegalStateException("the embedded server does not take the messages", e);
    }
    return started;
  }

  public String host() {
    return HOST;
  }

  public int port() {
    return server.getImap().getPort();
  }

  public String user() {
    return USER;
  }

  public String password() {
    return PASSWORD;
  }

  /**
   * A configuration of Mailtide with one store, which is kept in step with this server; its mail
   * and state lie beside the file.
   */
  public String configuration(String store) {
    return """
        state-dir = "state"

        [stores.%s]
        type = "imap"
        host = "%s"
        port = %d
        tls = "none"
        user = "%s"
        password = "%s"
        path = "mail"
        """.formatted(store, HOST, port(), USER, PASSWORD);
  }

  @Override
  public void close() {
    server.stop();
  }

  private void fill(List<DemoMail.Folder> folders)
      throws AuthorizationException, FolderException, MessagingException {
    var user = server.setUser(USER + "@localhost", USER, PASSWORD);
    var mailboxes = server.getManagers().getImapHostManager();
    var session = Session.getInstance(new Properties());
    for (var folder : folders) {
      var name = folder.name();
      var mailbox = name.equals("INBOX")
          ? mailboxes.getInbox(user)
          : mailboxes.createMailbox(user, name.replace('/', '.'));
      for (var message : folder.messages()) {
        add(mailbox, session, message);
      }
    }
  }

  private static void add(MailFolder mailbox, Session session, DemoMail.Message message)
      throws MessagingException {
    var flags = new Flags();
    for (var flag : message.flags()) {
      switch (flag) {
        case "\\Seen" -> flags.add(Flags.Flag.SEEN);
        case "\\Answered" -> flags.add(Flags.Flag.ANSWERED);
        case "\\Flagged" -> flags.add(Flags.Flag.FLAGGED);
        default -> flags.add(flag);
      }
    }
    var parsed = new MimeMessage(session, new ByteArrayInputStream(message.bytes()));
    mailbox.appendMessage(parsed, flags, Date.from(message.arrived()));
  }
}
