package io.mailtide.net;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Which servers are who they say they are. Any thread; meant to be shared by all connections of an
 * account, which then resume each other's TLS sessions. Nothing is read before the first handshake,
 * or {@link #prepare}.
 */
public final class Trust {
  private static final Trust SYSTEM = new Trust(() -> byAuthority(null), false, Optional.empty());

  private final FutureTask<SSLContext> context;
  private final boolean pinned;
  private final Optional<Path> file;

  private Trust(Callable<TrustManager> manager, boolean pinned, Optional<Path> file) {
    context = new FutureTask<>(() -> {
      var made = SSLContext.getInstance("TLS");
      made.init(null, new TrustManager[] {manager.call()}, null);
      return made;
    });
    this.pinned = pinned;
    this.file = file;
  }

  /** Servers whose name an authority vouches for that this Java platform trusts. */
  public static Trust system() {
    return SYSTEM;
  }

  /**
   * Servers whose name one of these authorities vouches for, and no others. A certificate in the
   * file is trusted itself, too.
   *
   * @param pem one or more certificates in PEM form (RFC 7468); read at first use
   */
  public static Trust authorities(Path pem) {
    return new Trust(() -> byAuthority(read(pem)), false, Optional.of(pem));
  }

  /** The server with this certificate, whatever its name, its authority and its dates. */
  public static Trust pinned(Fingerprint fingerprint) {
    return new Trust(() -> new TrustByFingerprint(fingerprint), true, Optional.empty());
  }

  /**
   * Begins to read what is needed, some 0.1 s for the platform's authorities, in a thread of its
   * own.
   */
  public void prepare() {
    if (!context.isDone()) {
      Thread.ofVirtual().start(context);
    }
  }

  /**
   * A client's engine: TLS 1.2 or 1.3, the server's name sent (RFC 6066 section 3), the host
   * checked unless pinned.
   */
  SSLEngine engine(Endpoint peer) throws NetException {
    var engine = context(peer).createSSLEngine(peer.host(), peer.port());
    engine.setUseClientMode(true);
    var parameters = engine.getSSLParameters();
    parameters.setProtocols(new String[] {"TLSv1.3", "TLSv1.2"});
    peer.serverName().ifPresent(name -> parameters.setServerNames(List.of(name)));
    if (!pinned) {
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
    }
    engine.setSSLParameters(parameters);
    return engine;
  }

  private SSLContext context(Endpoint peer) throws NetException {
    context.run();
    try {
      return context.get();
    } catch (ExecutionException e) {
      var said = String.valueOf(e.getCause() == null ? e : e.getCause());
      throw new NetException(
          file.<NetFailure>map(path -> new NetFailure.TrustUnusable(peer, path, said))
              .orElseGet(() -> new NetFailure.NoCommonTls(peer, said)),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new NetException(new NetFailure.Cancelled(peer, Phase.HANDSHAKE), e);
    }
  }

  /** Null stands for the platform's own authorities. */
  private static TrustManager byAuthority(@Nullable KeyStore authorities)
      throws GeneralSecurityException {
    var factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(authorities);
    return Arrays.stream(factory.getTrustManagers())
        .filter(X509ExtendedTrustManager.class::isInstance)
        .map(X509ExtendedTrustManager.class::cast)
        .map(TrustByAuthority::new)
        .findFirst()
        .orElseThrow(
            () -> new GeneralSecurityException("this Java platform checks no certificates"));
  }

  private static KeyStore read(Path pem) throws IOException, GeneralSecurityException {
    var store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var bytes = new BufferedInputStream(Files.newInputStream(pem))) {
      int count = 0;
      for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(bytes)) {
        store.setCertificateEntry(String.valueOf(count++), each);
      }
    }
    if (store.size() == 0) {
      throw new GeneralSecurityException("there is no certificate in it");
    }
    return store;
  }
}
