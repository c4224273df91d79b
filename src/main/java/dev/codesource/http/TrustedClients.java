package dev.codesource.http;

import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.TrustOptions;
import java.time.Duration;
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

  /** In characters of Base64: more than one or two authorities of a company. */
  private static final int LARGE = 4 << 10;

  private static final int LARGE_SETS = 8;

  private final Vertx vertx;
  private final Limits limits;
  private final int kept;
  private final int lengthKept;
  private final TrustBundle bundle;
  private final Handshakes handshakes = new Handshakes();

  /** Of large sets that are in use: parsed, one can take 2.5 MB. */
  private final FairBulkhead largeSets = new FairBulkhead(LARGE_SETS);

  /** What the client of the public authorities trusts besides these. */
  private Optional<TrustAnchors> trustedBesides;

  private Shared publicAuthorities;

  /**
   * By content, not by version: many ConfigMaps hold the same company CA. Least recently used
   * first.
   */
  private final Map<Set<String>, Shared> byAnchors = new LinkedHashMap<>(16, 0.75f, true);

  private boolean closed;

  /**
   * Creates an empty pool.
   *
   * @param bundle trusted besides the public authorities
   * @param kept how many sets of certificates, besides the public authorities, keep their
   *     connections
   * @param lengthKept how long these sets may be together, in characters of Base64
   */
  TrustedClients(Vertx vertx, Limits limits, TrustBundle bundle, int kept, int lengthKept) {
    this.vertx = vertx;
    this.limits = limits;
    this.kept = kept;
    this.lengthKept = lengthKept;
    this.bundle = bundle;
    this.trustedBesides = bundle.certificates();
    this.publicAuthorities =
        new Shared(connect(ExplainingTrustManager.trustingPublicAnd(trustedBesides)));
  }

  /** Whose requests are under way, for the order of handshakes. */
  Handshakes handshakes() {
    return handshakes;
  }

  /**
   * A client to be used until the lease is closed.
   *
   * @param wait for a place, if the set of anchors is large
   * @return empty: there was none in that time
   */
  Optional<Lease> lease(String tenant, Optional<TrustAnchors> anchors, Duration wait) {
    if (anchors.isEmpty()) {
      bundle.look(); // without the lock: to read and parse a file takes time
    }
    if (anchors.isEmpty() || anchors.get().length() <= LARGE || isInUse(anchors.get())) {
      return Optional.of(leased(anchors, Optional.empty()));
    }
    return largeSets.acquire(tenant, wait).map(place -> leased(anchors, Optional.of(place)));
  }

  private synchronized boolean isInUse(TrustAnchors anchors) {
    Shared shared = byAnchors.get(Set.copyOf(anchors.encodings()));
    return shared != null && shared.leases > 0;
  }

  private synchronized Lease leased(Optional<TrustAnchors> anchors, Optional<Permit> place) {
    if (closed) {
      place.ifPresent(Permit::close);
      throw new IllegalStateException("The client is closed.");
    }
    if (anchors.isEmpty()) {
      return new Lease(publicAuthorities(), place);
    }
    Shared shared =
        byAnchors.computeIfAbsent(
            Set.copyOf(anchors.get().encodings()),
            _ -> new Shared(connect(ExplainingTrustManager.trusting(anchors))));
    Lease lease = new Lease(shared, place);
    // The one that was just asked for is the last.
    while (byAnchors.size() > 1 && (byAnchors.size() > kept || length() > lengthKept)) {
      Set<String> leastRecentlyUsed = byAnchors.keySet().iterator().next();
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

  private int length() {
    return byAnchors.keySet().stream().flatMap(Set::stream).mapToInt(String::length).sum();
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
        .with(options(limits, trust, handshakes))
        .with(pool)
        // Else Vert.x logs what a host sends amiss as an error with its stack. The request that
        // waits on the connection fails with it too, and is where it is told.
        .withConnectHandler(
            connection -> {
              connection.exceptionHandler(_ -> {});
              ReadBudget.begin(connection);
            })
        .build();
  }

  static HttpClientOptions options(
      Limits limits, ExplainingTrustManager trust, Handshakes handshakes) {
    int connect = Math.toIntExact(limits.connect().toMillis());
    int idle = Math.toIntExact(Math.max(1, limits.idle().toSeconds()));
    return new HttpClientOptions()
        .setTrustOptions(TrustOptions.wrap(trust))
        .setSslEngineOptions(new HostTls(handshakes))
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

    /** Of a large set, as long as it is used. */
    private Optional<Permit> place = Optional.empty();

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

    private Lease(Shared shared, Optional<Permit> place) {
      this.shared = shared;
      shared.leases++;
      if (shared.place.isEmpty()) {
        shared.place = place;
      } else {
        place.ifPresent(Permit::close);
      }
    }

    HttpClient client() {
      return shared.client;
    }

    @Override
    public void close() {
      synchronized (TrustedClients.this) {
        shared.leases--;
        if (shared.leases == 0) {
          shared.place.ifPresent(Permit::close);
          shared.place = Optional.empty();
        }
        shared.closeIfUnused();
      }
    }
  }
}
