package dev.codesource.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.TrustOptions;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The connections, pooled by trust anchors: a connection that was verified against one set of
 * certificates is never used for another. Within a set Vert.x separates them by scheme, pinned
 * address, and the host's name and port.
 */
final class TrustedClients implements AutoCloseable {
  private final Vertx vertx;
  private final Limits limits;
  private final int kept;
  private final int certificatesKept;
  private final TrustBundle bundle;

  /** What the client of the public authorities trusts besides these. */
  private Optional<TrustAnchors> trustedBesides;

  private Shared publicAuthorities;

  /**
   * By content, not by version: many ConfigMaps hold the same company CA. Least recently used
   * first.
   */
  private final Map<Set<X509Certificate>, Shared> byAnchors = new LinkedHashMap<>(16, 0.75f, true);

  private boolean closed;

  /**
   * Creates an empty pool.
   *
   * @param bundle trusted besides the public authorities
   * @param kept how many sets of certificates, besides the public authorities, keep their
   *     connections
   * @param certificatesKept how many certificates these sets may have together
   */
  TrustedClients(Vertx vertx, Limits limits, TrustBundle bundle, int kept, int certificatesKept) {
    this.vertx = vertx;
    this.limits = limits;
    this.kept = kept;
    this.certificatesKept = certificatesKept;
    this.bundle = bundle;
    this.trustedBesides = bundle.certificates();
    this.publicAuthorities =
        new Shared(connect(ExplainingTrustManager.trustingPublicAnd(trustedBesides)));
  }

  /** A client to be used until the lease is closed. */
  Lease lease(Optional<TrustAnchors> anchors) {
    if (anchors.isEmpty()) {
      bundle.look(); // without the lock: to read and parse a file takes time
    }
    return leased(anchors);
  }

  private synchronized Lease leased(Optional<TrustAnchors> anchors) {
    if (closed) {
      throw new IllegalStateException("The client is closed.");
    }
    if (anchors.isEmpty()) {
      return new Lease(publicAuthorities());
    }
    Set<X509Certificate> content = Set.copyOf(anchors.get().certificates());
    Shared shared =
        byAnchors.computeIfAbsent(
            content, _ -> new Shared(connect(ExplainingTrustManager.trusting(anchors))));
    Lease lease = new Lease(shared);
    // The one that was just asked for is the last.
    while (byAnchors.size() > 1 && (byAnchors.size() > kept || certificates() > certificatesKept)) {
      Set<X509Certificate> leastRecentlyUsed = byAnchors.keySet().iterator().next();
      Shared retired = byAnchors.remove(leastRecentlyUsed);
      if (retired != null) {
        retired.retire();
      }
    }
    return lease;
  }

  /** A connection that was verified against other certificates is not used any more. */
  private Shared publicAuthorities() {
    Optional<TrustAnchors> besides = bundle.certificates();
    if (!besides.equals(trustedBesides)) {
      Shared retired = publicAuthorities;
      publicAuthorities = new Shared(connect(ExplainingTrustManager.trustingPublicAnd(besides)));
      trustedBesides = besides;
      retired.retire();
    }
    return publicAuthorities;
  }

  private int certificates() {
    return byAnchors.keySet().stream().mapToInt(Set::size).sum();
  }

  @Override
  public synchronized void close() {
    closed = true;
    publicAuthorities.client.close();
    byAnchors.values().forEach(shared -> shared.client.close());
    byAnchors.clear();
  }

  private HttpClient connect(ExplainingTrustManager trust) {
    var pool =
        new PoolOptions()
            .setHttp1MaxSize(limits.connectionsPerHost())
            .setHttp2MaxSize(1)
            .setCleanerPeriod(5_000);
    return vertx
        .httpClientBuilder()
        .with(options(limits, trust))
        .with(pool)
        // Else Vert.x logs what a host sends amiss as an error with its stack. The request that
        // waits on the connection fails with it too, and is where it is told.
        .withConnectHandler(connection -> connection.exceptionHandler(_ -> {}))
        .build();
  }

  static HttpClientOptions options(Limits limits, ExplainingTrustManager trust) {
    int connect = Math.toIntExact(limits.connect().toMillis());
    int idle = Math.toIntExact(Math.max(1, limits.idle().toSeconds()));
    return new HttpClientOptions()
        .setTrustOptions(TrustOptions.wrap(trust))
        // Else a chain that takes long to verify delays all hosts of the event loop.
        .setSslEngineOptions(new JdkSSLEngineOptions().setUseWorkerThread(true))
        .setVerifyHost(true)
        .setUseAlpn(true)
        .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
        // For http: HTTP/1.1 without an upgrade.
        .setProtocolVersion(HttpVersion.HTTP_1_1)
        .setConnectTimeout(connect)
        .setSslHandshakeTimeout(connect)
        .setSslHandshakeTimeoutUnit(java.util.concurrent.TimeUnit.MILLISECONDS)
        .setKeepAliveTimeout(idle)
        .setHttp2KeepAliveTimeout(idle)
        .setMaxHeaderSize(limits.headerBytes())
        .setInitialSettings(
            new Http2Settings().setPushEnabled(false).setMaxHeaderListSize(limits.headerBytes()))
        .setDecompressionSupported(false);
  }

  /** A client and the number of its users. */
  private static final class Shared {
    private final HttpClient client;
    private int leases;
    private boolean retired;

    Shared(HttpClient client) {
      this.client = client;
    }

    void retire() {
      retired = true;
      closeIfUnused();
    }

    void closeIfUnused() {
      if (retired && leases == 0) {
        client.close();
      }
    }
  }

  /** The right to use a client, which stays open until the lease is closed. */
  final class Lease implements AutoCloseable {
    private final Shared shared;

    private Lease(Shared shared) {
      this.shared = shared;
      shared.leases++;
    }

    HttpClient client() {
      return shared.client;
    }

    @Override
    public void close() {
      synchronized (TrustedClients.this) {
        shared.leases--;
        shared.closeIfUnused();
      }
    }
  }
}
