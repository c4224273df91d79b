package dev.codesource.http;

import dev.codesource.address.Origin;
import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnection;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.regex.Pattern;

/**
 * Sends requests and prevents server-side request forgery. The addresses of a name are checked
 * after each look-up, and the connection goes to a checked address; the Host header and the
 * verification of the certificate use the name. Certificates and their names are always verified,
 * redirects are not followed, size and time are limited.
 *
 * <p>Through a proxy only names and literal addresses are checked, since the proxy looks the names
 * up; everything else stays as it is.
 */
public final class GuardedHostClient implements HostClient, AutoCloseable {
  private static final int ADDRESSES_TRIED = 3;

  /**
   * For a place among the requests. Whoever waits may hold a permit of a host, which others wait
   * for: a namespace whose places are all taken by silent hosts must not keep it for long.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  private static final int CUSTOM_TRUSTS_KEPT = 64;

  /** In characters of Base64, all sets together: parsed, they can take fifty times as much. */
  private static final int CUSTOM_TRUSTS_LENGTH_KEPT = 160 << 10;

  /** RFC 9110 sections 5.1 and 5.5, ASCII only. */
  private static final Pattern FIELD_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern FIELD_VALUE =
      Pattern.compile("[\\x21-\\x7e]([\\t\\x20-\\x7e]*[\\x21-\\x7e])?");

  /**
   * A host ends an HTTP/2 connection on which longer headers come, with the requests of others on
   * it. Twice a token of 4096 characters, in Base64.
   */
  private static final int MAX_FIELD_VALUE = 12 << 10;

  private final Limits limits;
  private final String userAgent;
  private final CheckedAddresses addresses;
  private final Proxies proxies;

  /** The administrator chose them, so they are not checked. */
  private final CheckedAddresses proxyAddresses;

  private final FairBulkhead requests;
  private final FairBulkhead lists;
  private final TrustedClients clients;

  /** Connections that have carried a request: one of these may have been closed since. */
  private final Set<HttpConnection> used =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private volatile boolean closed;

  /**
   * A client with connections of its own.
   *
   * @param userAgent as in RFC 9110 section 10.1.5, such as {@code code-source-operator/1.0}
   */
  public GuardedHostClient(
      HostThreads threads, AddressGuard guard, Resolver resolver, Limits limits, String userAgent) {
    this(threads, guard, Proxies.NONE, TrustBundle.NONE, resolver, limits, userAgent);
  }

  /**
   * As above, with proxies, and with certificates that are trusted besides the public authorities.
   *
   * @param guard of hosts that are reached without a proxy
   * @param bundle for the sessions without trust anchors of their own
   */
  public GuardedHostClient(
      HostThreads threads,
      AddressGuard guard,
      Proxies proxies,
      TrustBundle bundle,
      Resolver resolver,
      Limits limits,
      String userAgent) {
    this.limits = limits;
    this.userAgent = userAgent;
    this.addresses = new CheckedAddresses(resolver, guard);
    this.proxies = proxies;
    this.proxyAddresses = new CheckedAddresses(resolver, (_, address) -> Outcome.done(address));
    this.requests = new FairBulkhead(limits.requests());
    this.lists = new FairBulkhead(limits.lists());
    this.clients =
        new TrustedClients(
            threads.vertx(), limits, bundle, CUSTOM_TRUSTS_KEPT, CUSTOM_TRUSTS_LENGTH_KEPT);
  }

  @Override
  public Session open(String tenant, Optional<TrustAnchors> anchors) {
    return new Session() {
      @Override
      public Outcome<HostResponse> send(HostRequest request) {
        return exchange(tenant, anchors, request, Optional.empty());
      }

      @Override
      public Outcome<HostResponse> receive(HostRequest request, BodyReader reader) {
        return exchange(tenant, anchors, request, Optional.of(reader));
      }
    };
  }

  private Outcome<HostResponse> exchange(
      String tenant,
      Optional<TrustAnchors> anchors,
      HostRequest request,
      Optional<BodyReader> reader) {
    if (Context.isOnEventLoopThread()) {
      throw new IllegalStateException("This call blocks, and an event loop must not.");
    }
    requireOpen();
    request.headers().forEach(GuardedHostClient::requireSendable);
    FairBulkhead bulkhead = request.maxBody() > HostRequest.SMALL_BODY ? lists : requests;
    Optional<Permit> permit = bulkhead.acquire(tenant, LONGEST_WAIT);
    if (permit.isEmpty()) {
      return busy();
    }
    try (Permit _ = permit.get()) {
      return exchange(tenant, anchors, request, reader, Deadline.in(limits.total()));
    }
  }

  /** The operator is at fault, not the host. */
  private static Outcome<HostResponse> busy() {
    return Outcome.waiting(
        Reason.Queued,
        "The operator sends as many requests as it may at once.",
        Optional.empty(),
        Outcome.Scope.CREDENTIAL);
  }

  private Outcome<HostResponse> exchange(
      String tenant,
      Optional<TrustAnchors> anchors,
      HostRequest request,
      Optional<BodyReader> reader,
      Deadline deadline) {
    Origin origin = request.origin();
    Optional<Proxy> proxy = proxies.of(origin);
    Duration wait = deadline.remaining(limits.connect());
    Outcome<HostResponse> outcome =
        proxy
            .map(each -> proxyFor(tenant, origin, each, wait))
            .orElseGet(() -> addresses.of(tenant, origin.host(), wait))
            .then(
                found -> {
                  Optional<TrustedClients.Lease> leased =
                      clients.lease(tenant, anchors, deadline.remaining(limits.total()));
                  if (leased.isEmpty()) {
                    return busy();
                  }
                  try (TrustedClients.Lease lease = leased.get();
                      Handshakes.Asking _ = clients.handshakes().asks(tenant, origin)) {
                    return new Exchange(
                            lease.client(),
                            proxy,
                            request,
                            reader,
                            userAgent,
                            limits,
                            deadline,
                            used::add)
                        .by(found.stream().limit(ADDRESSES_TRIED).toList());
                  }
                });
    requireOpen(); // else the operator's shutdown would be reported as an outage of the host
    return outcome;
  }

  private Outcome<List<InetAddress>> proxyFor(
      String tenant, Origin origin, Proxy proxy, Duration wait) {
    return proxies
        .guard()
        .check(origin.host())
        .then(
            _ ->
                proxyAddresses.of(tenant, proxy.host(), wait)
                        instanceof Outcome.Done<List<InetAddress>> found
                    ? found
                    : new ProxyDiagnosis(proxy, origin).unreachable());
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The client is closed.");
    }
  }

  /** Checked here, since the exceptions of the layers below quote the value. */
  private static void requireSendable(String name, String value) {
    if (!FIELD_NAME.matcher(name).matches()
        || value.length() > MAX_FIELD_VALUE
        || !FIELD_VALUE.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "The header " + Printable.of(name, 40) + " cannot be sent as it is.");
    }
  }

  /** Closes all connections. Requests that are under way, and later ones, throw. */
  @Override
  public void close() {
    closed = true;
    clients.close();
    addresses.close();
    proxyAddresses.close();
  }
}
