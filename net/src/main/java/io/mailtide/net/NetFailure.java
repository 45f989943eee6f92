package io.mailtide.net;

import java.nio.file.Path;
import java.time.Duration;

/** Why a connection did not come about or ended, as a value. */
public sealed interface NetFailure {
  /** The other side. */
  Endpoint peer();

  /** What was being done, as a clause: "connecting to imap.example.org:993". */
  String doing();

  /** What went wrong, as a clause. */
  String said();

  /** What to do about it, as a sentence; may be empty. */
  default String next() {
    return "";
  }

  /** All of it in one or two sentences. */
  default String text() {
    return doing() + ": " + said() + (next().isEmpty() ? "" : ". " + next());
  }

  /** Of a connection that does not come about. */
  sealed interface Connecting extends NetFailure {
    @Override
    default String doing() {
      return Phase.CONNECT.doing() + " " + peer();
    }
  }

  /** Of TLS that does not come about. */
  sealed interface Securing extends NetFailure {
    @Override
    default String doing() {
      return Phase.HANDSHAKE.doing() + " " + peer();
    }
  }

  /** Of any phase of a connection. */
  sealed interface Underway extends NetFailure {
    Phase phase();

    @Override
    default String doing() {
      return phase().doing() + " " + peer();
    }
  }

  /** The name has no address. */
  record NotResolved(Endpoint peer) implements NetFailure {
    @Override
    public String doing() {
      return "looking up " + peer.host();
    }

    @Override
    public String said() {
      return "no address is known for this name";
    }

    @Override
    public String next() {
      return "Check the spelling of host, and that this machine is online.";
    }
  }

  /** Nobody listens there. */
  record Refused(Endpoint peer, String said) implements Connecting {
    @Override
    public String next() {
      return "Check host and port, and that the server runs.";
    }
  }

  /** No way leads there, or this machine does not let it. */
  record Unreachable(Endpoint peer, String said) implements Connecting {
    @Override
    public String next() {
      return "Check that this machine is online.";
    }
  }

  /** Silence, or too slow. */
  record TimedOut(Endpoint peer, Phase phase, Duration allowed) implements Underway {
    @Override
    public String said() {
      return "no answer within "
          + (allowed.toSeconds() > 0 ? allowed.toSeconds() + " s" : allowed.toMillis() + " ms");
    }

    @Override
    public String next() {
      return phase == Phase.CONNECT || phase == Phase.HANDSHAKE
          ? "Check host, port and tls, and whether a firewall is in the way."
          : "";
    }
  }

  /**
   * The other side ended the connection in good order where it should have gone on.
   *
   * @param expected what should have come instead
   */
  record ClosedByPeer(Endpoint peer, Phase phase, String expected) implements Underway {
    @Override
    public String said() {
      return "the other side closed the connection where " + expected + " should have come";
    }

    @Override
    public String next() {
      return phase == Phase.HANDSHAKE ? "Check that tls and port belong together." : "";
    }
  }

  /** The connection broke: reset by the other side, or lost on the way. */
  record Lost(Endpoint peer, Phase phase, String said) implements Underway {}

  /**
   * The other side sent what its protocol does not allow, or more than a limit.
   *
   * @param expected what should have come instead
   */
  record Garbled(Endpoint peer, Phase phase, String expected) implements Underway {
    @Override
    public String said() {
      return "it sent what cannot be understood where " + expected + " should have come";
    }

    @Override
    public String next() {
      return "Check that host and port are those of the right server.";
    }
  }

  /** It was stopped from this side, by {@link Link#cancel}, {@link Link#close} or an interrupt. */
  record Cancelled(Endpoint peer, Phase phase) implements Underway {
    @Override
    public String said() {
      return "cancelled";
    }
  }

  /** The certificate is not trusted. */
  record NotTrusted(Endpoint peer, Distrust why, Presented certificate) implements Securing {
    @Override
    public String said() {
      return "the server's certificate is not trusted: " + why.text(certificate) + " ("
          + certificate + ")";
    }

    @Override
    public String next() {
      return why.next(certificate);
    }
  }

  /**
   * The two sides speak TLS, but found no version or method in common, or one of them broke it off.
   */
  record NoCommonTls(Endpoint peer, String said) implements Securing {
    @Override
    public String next() {
      return "The server must offer TLS 1.2 or newer.";
    }
  }

  /**
   * The other side does not speak TLS on this port.
   *
   * @param start what it said instead, its beginning, printable
   */
  record NotTls(Endpoint peer, String start) implements Securing {
    @Override
    public String said() {
      return "the other side does not speak TLS, it says: " + start;
    }

    @Override
    public String next() {
      return "Check that tls and port belong together: tls = \"starttls\" begins in plain text.";
    }
  }

  /** A TLS record that cannot be what the other side sent. */
  record TlsBroken(Endpoint peer, Phase phase, String said) implements Underway {}

  /** What came compressed cannot be what the other side sent. */
  record CompressionBroken(Endpoint peer, Phase phase, String said) implements Underway {}

  /**
   * Bytes came in plain text where TLS should have begun: somebody on the way may have put them
   * there.
   */
  record Injected(Endpoint peer) implements Securing {
    @Override
    public String said() {
      return "more plain text followed the server's agreement to begin TLS;"
          + " somebody on the way may have put it there";
    }

    @Override
    public String next() {
      return "Use tls = \"implicit\" where the server offers it.";
    }
  }

  /** The file of trusted authorities is of no use. */
  record TrustUnusable(Endpoint peer, Path file, String said) implements NetFailure {
    @Override
    public String doing() {
      return "reading the certificates in " + file;
    }

    @Override
    public String next() {
      return "tls-ca must name a PEM file with one or more certificates.";
    }
  }
}
