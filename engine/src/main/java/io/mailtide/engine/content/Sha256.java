package io.mailtide.engine.content;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** Digests one message. One thread. */
public sealed interface Sha256 permits NativeSha256, Sha256.InJava {
  /** Takes the next bytes; the buffer is left as it was. */
  void update(ByteBuffer bytes);

  /** The digest of all that was taken; nothing may follow. */
  Digest end();

  /** Begins to digest a message. */
  static Sha256 begin() {
    return NativeSha256.begin().<Sha256>map(digest -> digest).orElseGet(InJava::new);
  }

  /** Begins to digest so little that to link the system's functions would take longer. */
  static Sha256 ofLittle() {
    return new InJava();
  }

  /** By the JDK, which has it everywhere. */
  final class InJava implements Sha256 {
    private final MessageDigest digest;

    InJava() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }

    @Override
    public void update(ByteBuffer bytes) {
      digest.update(bytes.duplicate());
    }

    @Override
    public Digest end() {
      return Digest.of(digest.digest());
    }
  }
}
