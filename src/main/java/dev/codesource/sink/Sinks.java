package dev.codesource.sink;

import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.ServerTrust;
import dev.codesource.http.TrustAnchors;
import dev.codesource.http.TrustBundle;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.runtime.OidcClientConfig;
import io.quarkus.tls.TlsConfiguration;
import io.smallrye.mutiny.Uni;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The sinks that the administrator has set up. */
public final class Sinks implements AutoCloseable {

  /** Each has connections, places and circuit breakers of its own. */
  public static final int MOST = 50;

  private final GuardedHostClient client;
  private final Map<String, Endpoint> endpoints = new HashMap<>();

  /**
   * How access tokens are got.
   *
   * @param clients makes a client
   * @param register makes TLS settings known to these clients
   * @param bundle what is trusted besides the public authorities
   * @param timeout of all requests for one token together
   */
  public record Authorizing(
      Function<OidcClientConfig, Uni<OidcClient>> clients,
      Consumer<TlsConfiguration> register,
      TrustBundle bundle,
      Duration timeout) {}

  /**
   * Sinks with these settings. Sends nothing yet.
   *
   * @param client for sinks only, and closed with them: it connects to any address, which the
   *     administrator chose
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public Sinks(
      List<Sink> sinks,
      GuardedHostClient client,
      Authorizing authorizing,
      Clock clock,
      RandomGenerator random) {
    this.client = client;
    for (Sink sink : checked(sinks)) {
      Optional<AccessTokens> tokens =
          sink.authorization()
              .map(
                  settings -> {
                    authorizing
                        .register()
                        .accept(
                            ServerTrust.named(
                                AccessTokens.tlsName(sink),
                                () -> anchors(sink),
                                authorizing.bundle()));
                    return new AccessTokens(
                        sink, settings, authorizing.clients(), authorizing.timeout());
                  });
      endpoints.put(sink.name(), new Endpoint(sink, client, tokens, clock, random));
    }
  }

  /**
   * Checks settings that concern several sinks.
   *
   * @throws IllegalArgumentException with a sentence for the administrator
   */
  public static List<Sink> checked(List<Sink> sinks) {
    if (sinks.stream().map(Sink::name).distinct().count() < sinks.size()) {
      throw new IllegalArgumentException("Two sinks have the same name.");
    }
    if (sinks.size() > MOST) {
      throw new IllegalArgumentException("There are more than %d sinks.".formatted(MOST));
    }
    return List.copyOf(sinks);
  }

  /**
   * How many requests to sinks of this number may be in progress, so that the limit of their client
   * delays none: twice what they all may get, since a namespace may hold half at most.
   */
  public static int requests(int sinks) {
    return 2 * Math.max(1, sinks) * Endpoint.AT_ONCE;
  }

  private static Optional<TrustAnchors> anchors(Sink sink) {
    return new SinkSecret(sink).anchors() instanceof Outcome.Done<Optional<TrustAnchors>>(var found)
        ? found
        : Optional.empty();
  }

  /** The names of the sinks. */
  public Set<String> names() {
    return Set.copyOf(endpoints.keySet());
  }

  /** Why a sink cannot be used; empty: it can. */
  public Optional<Problem> objection(String name) {
    return endpoints.containsKey(name)
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Reason.SinkNotFound,
                "The administrator has set up no sink named %s.".formatted(name)));
  }

  /**
   * Sends an event once, and waits for the answer. Blocks; meant for a virtual thread.
   *
   * @return true: the sink has it; or {@code SinkNotFound}, {@code SinkUnreachable}, {@code
   *     SinkUnauthorized} or {@code SinkRefused}; or {@code Queued}: it was not sent
   */
  public Outcome<Boolean> send(String name, RefUpdate update) {
    @Nullable Endpoint endpoint = endpoints.get(name);
    return endpoint == null
        ? new Outcome.Refused<>(objection(name).orElseThrow())
        : endpoint.send(update);
  }

  @Override
  public void close() {
    client.close();
    endpoints.values().forEach(Endpoint::close);
  }
}
