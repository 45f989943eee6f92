package io.mailtide.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Courier: its listener, {@code couriertcpd}, and its {@code imapd}. Works as root, where
 * all of it then runs as the user {@code mail}, and as any other user.
 *
 * <p>Between the two stands, instead of Courier's own {@code imaplogin}, a script: that one asks a
 * daemon for the password whose socket has a fixed place in {@code /run}, compiled in. What the
 * script says is what {@code imaplogin} does, LOGIN being the only way to sign in, as Debian has
 * it; and it starts {@code imapd} as that does. {@code imapd} watches its Maildirs with Gamin,
 * which would start a daemon for all processes of the user; so it is given one of its own.
 *
 * <p>All folders but the inbox lie below {@code INBOX.}, and there is no CONDSTORE. It stores
 * messages without their CRs, ends their last line, and adds a CR to each LF when it is asked for
 * them; so one with a bare CR, or without an end of line at its end, does not come back as it went.
 */
public final class Courier extends UnpackedServer {
  private static final String SIGN_IN = """
      #!/bin/sh
      able='IMAP4rev1 UIDPLUS CHILDREN NAMESPACE THREAD=ORDEREDSUBJECT THREAD=REFERENCES SORT QUOTA IDLE'
      said="$able ACL ACL2=UNION"
      printf '* OK [CAPABILITY %s] Courier-IMAP ready in DIRECTORY.\\r\\n' "$said"
      while read -r tag command rest; do
        case $(echo "$command $rest" | tr -d '\\r"') in
          CAPABILITY*) printf '* CAPABILITY %s\\r\\n%s OK done\\r\\n' "$said" "$tag" ;;
          'LOGIN ann secret')
            cd DIRECTORY/mail || exit 1
            export AUTHENTICATED=ann AUTHADDR=ann IMAPLOGINTAG="$tag" PROTOCOL=IMAP
            export HOME=DIRECTORY/mail IMAP_CAPABILITY="$able" IMAP_KEYWORDS=1 IMAP_ACL=1
            export IMAP_MAILBOX_SANITY_CHECK=1 IMAP_UMASK=022 IMAP_TRASHFOLDERNAME=Trash
            exec DIRECTORY/bin/imapd Maildir ;;
          LOGIN*) printf '%s NO Login failed.\\r\\n' "$tag" ;;
          *) printf '%s NO Error in IMAP command received by server.\\r\\n' "$tag" ;;
        esac
      done
      """;

  private Courier(Daemon daemon) {
    super(daemon);
  }

  /** Starts one and returns when it answers. */
  public static Courier start() {
    Unpacked.check();
    try {
      var directory = Daemon.directory("courier");
      var programs = Unpacked.into(
          directory,
          "usr/sbin/couriertcpd",
          "usr/bin/imapd",
          "usr/bin/maildirmake.courier",
          "usr/libexec/gam_server");
      var signIn = directory.resolve("sign-in");
      Files.writeString(signIn, SIGN_IN.replace("DIRECTORY", directory.toString()));
      Files.setPosixFilePermissions(signIn, PosixFilePermissions.fromString("rwxr-xr-x"));
      Daemon.own(Files.createDirectory(directory.resolve("mail")));
      return new Courier(Daemon.start(directory, (port, _) -> launch(directory, programs, port)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process launch(Path directory, Unpacked programs, int port) throws IOException {
    var command = new ArrayList<>(List.of("setsid"));
    if (Daemon.isRoot()) {
      command.addAll(List.of(
          "setpriv",
          "--reuid=" + Daemon.user(),
          "--regid=" + Daemon.user(),
          "--clear-groups",
          "--inh-caps=-all"));
    }
    command.addAll(List.of("sh", "-c", """
        cd DIRECTORY && { [ -d mail/Maildir ] || bin/maildirmake.courier mail/Maildir; } || exit 1
        bin/gam_server --notimeout "$GAM_CLIENT_ID" &
        exec bin/couriertcpd -address=127.0.0.1 -nodnslookup -noidentlookup -maxprocs=1000 \\
          -maxperip=1000 PORT DIRECTORY/sign-in
        """.replace("DIRECTORY", directory.toString())
        .replace("PORT", Integer.toString(port))));
    var builder = new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile());
    builder.environment().putAll(programs.environment());
    builder.environment().put("GAM_CLIENT_ID", directory.getFileName().toString());
    return builder.start();
  }

  @Override
  public String mailbox(String folder) {
    return Cyrus.below(folder);
  }

  @Override
  public boolean keeps(byte[] wire) {
    var text = new String(wire, StandardCharsets.ISO_8859_1);
    return text.endsWith("\r\n") && !text.replace("\r\n", "").contains("\r");
  }
}
