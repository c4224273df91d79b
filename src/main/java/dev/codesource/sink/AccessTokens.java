package dev.codesource.sink;

import dev.codesource.http.limit.RequestInterruptedException;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.sink.SinkSecret.Client;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.Tokens;
import io.quarkus.oidc.client.runtime.OidcClientConfig;
import io.quarkus.oidc.client.runtime.OidcClientConfig.Grant;
import io.quarkus.oidc.client.runtime.TokensHelper;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The access tokens of a sink, by client credentials. quarkus-oidc-client keeps them and renews
 * them in time. What an authorization server writes is not passed on, since it could repeat a
 * secret.
 */
final class AccessTokens implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger(AccessTokens.class);

  /** So long before its end a token is renewed. */
  private static final Duration EARLY = Duration.ofSeconds(30);

  /** RFC 6749 section 5.2: the errors whose codes may be shown. */
  private static final Set<String> KNOWN =
      Set.of(
          "invalid_request",
          "invalid_client",
          "invalid_grant",
          "unauthorized_client",
          "unsupported_grant_type",
          "invalid_scope");

  private static final Pattern ERROR = Pattern.compile("\"error\"\\s*:\\s*\"([a-z_]{1,40})\"");

  private final Sink sink;
  private final Sink.Authorization settings;
  private final Function<OidcClientConfig, Uni<OidcClient>> clients;
  private final Duration timeout;

  /** Else each who needs a new token would ask for one. */
  private final ReentrantLock asking = new ReentrantLock();

  private @Nullable Current current;

  /** What is in use. */
  private record Current(Client client, OidcClient oidc, TokensHelper tokens) {}

  /**
   * @param clients makes a client
   * @param timeout of all requests for one token together
   */
  AccessTokens(
      Sink sink,
      Sink.Authorization settings,
      Function<OidcClientConfig, Uni<OidcClient>> clients,
      Duration timeout) {
    this.sink = sink;
    this.settings = settings;
    this.clients = clients;
    this.timeout = timeout;
  }

  /** The name under which the TLS settings of a sink's client are registered. */
  static String tlsName(Sink sink) {
    return "sink-" + sink.name();
  }

  /**
   * A token. Blocks.
   *
   * @param isRefused whether the sink did not accept the last one
   * @return the token; or {@code SinkUnauthorized}
   */
  Outcome<String> token(Client client, boolean isRefused) {
    try {
      if (!asking.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
        return refused("does not answer in time");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
    try {
      Current using = using(client);
      @Nullable Tokens tokens =
          using.tokens.getTokens(using.oidc, Map.of(), isRefused).await().atMost(timeout);
      if (tokens != null && tokens.getAccessToken() != null) {
        return Outcome.done(tokens.getAccessToken());
      }
      startAnew();
      return refused("gives no access token");
    } catch (RuntimeException e) {
      startAnew();
      return failed(e);
    } finally {
      asking.unlock();
    }
  }

  /**
   * The library would give a token that is none to the next one, too, and have it wait for a
   * request that is not answered.
   */
  private void startAnew() {
    close();
  }

  private Outcome<String> failed(RuntimeException e) {
    if (Thread.interrupted() || e.getCause() instanceof InterruptedException) {
      throw interrupted(new InterruptedException());
    }
    // Its message is what the server wrote.
    LOG.debugf("No access token for the sink %s: %s", sink.name(), e.getClass().getName());
    Matcher error = ERROR.matcher(Optional.ofNullable(e.getMessage()).orElse(""));
    return error.find() && KNOWN.contains(error.group(1))
        ? refused("answers " + error.group(1))
        : refused("gives no access token");
  }

  private static RequestInterruptedException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new RequestInterruptedException(e);
  }

  private Outcome<String> refused(String what) {
    return Outcome.waiting(
        Reason.SinkUnauthorized,
        "The authorization server of the sink %s %s.".formatted(sink.name(), what));
  }

  private Current using(Client client) {
    @Nullable Current known = current;
    if (known != null && known.client.isSameAs(client)) {
      return known;
    }
    Current made =
        new Current(
            client, clients.apply(config(client)).await().atMost(timeout), new TokensHelper());
    close();
    current = made;
    return made;
  }

  private OidcClientConfig config(Client client) {
    var config =
        OidcClientConfig.builder()
            .id(tlsName(sink))
            .clientId(client.id())
            .credentials(client.secret())
            .grant(Grant.Type.CLIENT)
            .grantOptions("client", settings.parameters())
            .scopes(settings.scopes())
            .refreshTokenTimeSkew(EARLY)
            .connectionTimeout(timeout)
            .tlsConfigurationName(tlsName(sink));
    return settings.isTokenEndpoint()
        ? config.discoveryEnabled(false).tokenPath(settings.server().toString()).build()
        : config.authServerUrl(settings.server().toString()).build();
  }

  @Override
  public void close() {
    @Nullable Current known = current;
    current = null;
    if (known != null) {
      try {
        known.oidc.close();
      } catch (IOException e) {
        LOG.debugf("The client of the sink %s could not be closed.", sink.name());
      }
    }
  }
}
