package dev.codesource.sink;

import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.HostThreads;
import dev.codesource.http.Limits;
import dev.codesource.http.Resolver;
import dev.codesource.http.TrustBundle;
import dev.codesource.reason.Outcome;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.runtime.OidcClientConfig;
import io.quarkus.oidc.client.runtime.OidcClientRecorder;
import io.quarkus.oidc.common.runtime.OidcTlsSupport;
import io.quarkus.tls.TlsConfiguration;
import io.smallrye.mutiny.Uni;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** Sinks with real connections to servers on loopback. */
public final class TestSinks implements AutoCloseable {

  private final HostThreads threads = new HostThreads();
  private final Vertx vertx = Vertx.vertx();
  private final List<TlsConfiguration> registered = new CopyOnWriteArrayList<>();
  private final Sinks sinks;

  public TestSinks(Clock clock, Sink... sinks) {
    this(clock, Duration.ofSeconds(20), sinks);
  }

  /**
   * @param timeout of a request
   */
  public TestSinks(Clock clock, Duration timeout, Sink... sinks) {
    GuardedHostClient client =
        new GuardedHostClient(
            threads,
            (_, address) -> Outcome.done(address),
            Resolver.system(),
            new Limits(
                timeout,
                timeout,
                Sinks.requests(sinks.length),
                8,
                8 << 10,
                Sinks.requests(sinks.length),
                Duration.ofSeconds(5)),
            "code-source-operator/test");
    this.sinks =
        new Sinks(
            List.of(sinks),
            client,
            new Sinks.Authorizing(
                config -> Recorder.client(config, vertx),
                registered::add,
                TrustBundle.NONE,
                timeout),
            clock,
            new Random(1));
  }

  /** Makes clients as the extension does, without a running Quarkus. */
  private static final class Recorder extends OidcClientRecorder {
    static Uni<OidcClient> client(OidcClientConfig config, Vertx vertx) {
      return createOidcClientUni(
          config, config.id().orElseThrow(), vertx, OidcTlsSupport.empty(), _ -> Optional.empty());
    }
  }

  public Sinks sinks() {
    return sinks;
  }

  /** The TLS settings that clients for access tokens are to use. */
  List<TlsConfiguration> registered() {
    return registered;
  }

  /** A sink that takes everything unsigned. */
  public static Sink plain(String name, LoopbackHost server) {
    return new Sink(
        name, URI.create(server.site("/events").toString()), Optional.empty(), Optional.empty());
  }

  /** A sink with a Secret, which wants an access token. */
  static Sink authorized(String name, LoopbackHost server, LoopbackHost issuer, Path secret) {
    return new Sink(
        name,
        URI.create(server.site("/events").toString()),
        Optional.of(secret),
        Optional.of(
            new Sink.Authorization(
                URI.create(issuer.site("/token").toString()),
                true,
                List.of("builds"),
                java.util.Map.of("audience", "ci"))));
  }

  /** A server that answers each request in one way. */
  public static LoopbackHost answering(Function<Asked, Integer> status) {
    return new LoopbackHost(asked -> CannedAnswer.of(status.apply(asked)));
  }

  @Override
  public void close() {
    sinks.close();
    threads.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }
}
