package dev.codesource.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Outcome.Waiting;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.vertx.core.Vertx;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The client with everything that a test can turn; names stand for 127.0.0.1 unless told. */
final class ClientUnderTest implements AutoCloseable {
  /** Long enough for a busy machine, for tests in which the host does answer. */
  static final Limits PATIENT = limits(Duration.ofSeconds(10), Duration.ofSeconds(20));

  /** For tests in which it does not. */
  static final Limits HASTY = limits(Duration.ofSeconds(2), Duration.ofSeconds(4));

  private static Limits limits(Duration connect, Duration total) {
    return new Limits(connect, total, 128, 8, 8 << 10, 4, Duration.ofSeconds(5));
  }

  private final HostThreads threads = new HostThreads();
  private final Set<InetAddress> forbidden = ConcurrentHashMap.newKeySet();
  private final GuardedHostClient client;

  ClientUnderTest() {
    this(PATIENT);
  }

  ClientUnderTest(Limits limits) {
    this(_ -> List.of(address("127.0.0.1")), limits);
  }

  ClientUnderTest(Resolver resolver, Limits limits) {
    this(Proxies.NONE, resolver, limits);
  }

  ClientUnderTest(Proxies proxies, Resolver resolver, Limits limits) {
    this(proxies, TrustBundle.NONE, resolver, limits);
  }

  ClientUnderTest(TrustBundle bundle) {
    this(Proxies.NONE, bundle, _ -> List.of(address("127.0.0.1")), PATIENT);
  }

  private ClientUnderTest(Proxies proxies, TrustBundle bundle, Resolver resolver, Limits limits) {
    this.client =
        new GuardedHostClient(
            threads, this::check, proxies, bundle, resolver, limits, "code-source-operator/test");
  }

  private Outcome<InetAddress> check(String host, InetAddress address) {
    return forbidden.contains(address)
        ? Outcome.refused(
            Reason.HostNotAllowed, host + " stands for " + address.getHostAddress() + ".")
        : Outcome.done(address);
  }

  void forbid(String address) {
    forbidden.add(address(address));
  }

  Outcome<HostResponse> get(String uri) {
    return get(uri, Map.of(), Optional.empty());
  }

  Outcome<HostResponse> get(String uri, TrustAnchors anchors) {
    return get(uri, Map.of(), Optional.of(anchors));
  }

  Outcome<HostResponse> get(
      String uri, Map<String, String> headers, Optional<TrustAnchors> anchors) {
    return client.open("team", anchors).send(HostRequest.get(URI.create(uri), headers));
  }

  Outcome<HostResponse> get(String uri, Map<String, String> headers) {
    return get(uri, headers, Optional.empty());
  }

  Outcome<HostResponse> send(String tenant, HostRequest request) {
    return client.open(tenant, Optional.empty()).send(request);
  }

  Outcome<HostResponse> receive(HostRequest request, HostClient.BodyReader reader) {
    return client.open("team", Optional.empty()).receive(request, reader);
  }

  Outcome<HostResponse> post(String uri, Map<String, String> form) {
    return client
        .open("team", Optional.empty())
        .send(HostRequest.post(URI.create(uri), Map.of(), form));
  }

  Vertx vertx() {
    return threads.vertx();
  }

  static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  static HostResponse answer(Outcome<HostResponse> outcome) {
    assertThat(outcome).isInstanceOf(Done.class);
    return ((Done<HostResponse>) outcome).value();
  }

  static Problem waiting(Outcome<?> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Waiting.class);
    Problem problem = ((Waiting<?>) outcome).problem();
    assertThat(problem.reason()).as(problem.what()).isEqualTo(reason);
    return problem;
  }

  static Problem refused(Outcome<?> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Refused.class);
    Problem problem = ((Refused<?>) outcome).problem();
    assertThat(problem.reason()).as(problem.what()).isEqualTo(reason);
    return problem;
  }

  @Override
  public void close() {
    client.close();
    threads.close();
  }
}
