package io.mailtide.testkit;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * An authority and servers' certificates, made for the test by the JDK's {@code keytool} in a
 * folder of its own. Any thread.
 */
public final class TestCertificates {
  /** Protects the private keys in the PKCS #12 files. */
  public static final String PASSWORD = "mailtide";

  private static final String AUTHORITY = "authority";
  private static final List<String> SIGNED = List.of("-signer", AUTHORITY);
  private static final String LOCALHOST = "san=dns:localhost,ip:127.0.0.1,ip:::1";

  private final Path folder;
  private final Path authority;
  private final Map<Kind, Leaf> leaves = new EnumMap<>(Kind.class);

  /** What is right or wrong with a certificate. */
  public enum Kind {
    /** Good for {@code localhost}, 127.0.0.1 and ::1. */
    GOOD,
    /** Signed by the authority, but for {@code elsewhere.example} only. */
    WRONG_HOST,
    /** For localhost, and ended twenty days ago. */
    EXPIRED,
    /** For localhost, and signed by itself. */
    SELF_SIGNED
  }

  /**
   * A server's certificate with its key.
   *
   * @param certificate PEM, with those that signed it
   * @param key PEM (PKCS #8), without a password
   * @param pkcs12 both, under {@link #PASSWORD}
   * @param fingerprint SHA-256 of the certificate, in lower-case hexadecimal
   */
  public record Leaf(Path certificate, Path key, Path pkcs12, String fingerprint) {
    /** A context for a server that presents this certificate. */
    public SSLContext context() {
      try {
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(load(pkcs12), PASSWORD.toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
      } catch (GeneralSecurityException | IOException e) {
        throw new IllegalStateException("cannot serve with " + pkcs12, e);
      }
    }
  }

  /**
   * Makes an authority; certificates are made when first asked for.
   *
   * @param folder exists, and is the caller's to delete
   */
  public TestCertificates(Path folder) {
    this.folder = folder;
    authority = folder.resolve("authority.pem");
    keytool(
        "authority.p12",
        AUTHORITY,
        "-dname",
        "CN=Mailtide test authority",
        "-ext",
        "bc:c=ca:true",
        "-ext",
        "ku:c=keyCertSign",
        "-startdate",
        "-60d",
        "-validity",
        "3650");
    try {
      var certificate = load(folder.resolve("authority.p12")).getCertificate(AUTHORITY);
      Files.writeString(authority, pem("CERTIFICATE", certificate.getEncoded()));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make an authority in " + folder, e);
    }
  }

  /** The authority's certificate, PEM. */
  public Path authority() {
    return authority;
  }

  /** The one certificate of a kind. */
  public synchronized Leaf leaf(Kind kind) {
    return leaves.computeIfAbsent(kind, this::make);
  }

  private Leaf make(Kind kind) {
    var name = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    var pkcs12 = folder.resolve(name + ".p12");
    try {
      Files.copy(folder.resolve("authority.p12"), pkcs12);
      var arguments = new ArrayList<>(List.of("-dname", "CN=" + name, "-ext"));
      arguments.add(kind == Kind.WRONG_HOST ? "san=dns:elsewhere.example" : LOCALHOST);
      arguments.addAll(
          kind == Kind.EXPIRED
              ? List.of("-startdate", "-30d", "-validity", "10")
              : List.of("-startdate", "-1d", "-validity", "365"));
      if (kind != Kind.SELF_SIGNED) {
        arguments.addAll(SIGNED);
      }
      keytool(pkcs12.getFileName().toString(), name, arguments.toArray(String[]::new));
      return export(name, pkcs12);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("cannot make the certificate " + name + " in " + folder, e);
    }
  }

  private Leaf export(String name, Path pkcs12) throws GeneralSecurityException, IOException {
    var store = load(pkcs12);
    store.deleteEntry(AUTHORITY);
    try (OutputStream out = Files.newOutputStream(pkcs12)) {
      store.store(out, PASSWORD.toCharArray());
    }
    var chain = store.getCertificateChain(name);
    var certificates = new StringBuilder();
    for (Certificate each : chain) {
      certificates.append(pem("CERTIFICATE", each.getEncoded()));
    }
    var key = store.getKey(name, PASSWORD.toCharArray());
    return new Leaf(
        Files.writeString(folder.resolve(name + ".pem"), certificates),
        Files.writeString(folder.resolve(name + ".key"), pem("PRIVATE KEY", key.getEncoded())),
        pkcs12,
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(chain[0].getEncoded())));
  }

  private void keytool(String store, String alias, String... arguments) {
    var log = folder.resolve("keytool.log");
    var command = new ArrayList<>(List.of(
        Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
        "-J-XX:TieredStopAtLevel=1",
        "-J-XX:+UseSerialGC"));
    command.addAll(List.of("-genkeypair", "-keystore", store, "-storepass", PASSWORD));
    command.addAll(List.of("-alias", alias, "-keyalg", "EC", "-groupname", "secp256r1"));
    command.addAll(Arrays.asList(arguments));
    try {
      var process = new ProcessBuilder(command)
          .directory(folder.toFile())
          .redirectErrorStream(true)
          .redirectOutput(log.toFile())
          .start();
      if (!process.waitFor(5, TimeUnit.MINUTES) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IllegalStateException("keytool failed: " + Files.readString(log));
      }
    } catch (IOException e) {
      throw new IllegalStateException("cannot run keytool", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while keytool ran", e);
    }
  }

  private static KeyStore load(Path pkcs12) throws GeneralSecurityException, IOException {
    return KeyStore.getInstance(pkcs12.toFile(), PASSWORD.toCharArray());
  }

  private static String pem(String label, byte[] der) {
    var base64 =
        Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII)).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }
}
