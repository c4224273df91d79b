package dev.codesource.app;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import io.netty.handler.ssl.DelegatingSslContext;
import io.vertx.core.Vertx;
import io.vertx.core.net.JdkSSLEngineOptions;
import io.vertx.core.net.SSLEngineOptions;
import io.vertx.core.spi.tls.SslContextFactory;
import io.vertx.ext.web.client.WebClientOptions;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;

/**
 * Makes the client of the API server as Quarkus would, with three differences.
 *
 * <p>It prefers the cipher ChaCha20 (RFC 8439). The operator runs with the JVM's C1 compiler, which
 * does not use the processor's AES instructions, and AES then takes four times as long. A server
 * that implements TLS in Go uses the client's preference.
 *
 * <p>It notices a connection that went silent: a load balancer or a NAT can forget a connection and
 * drop what is sent on it, and neither side learns of it. The API server ends each watch after less
 * than {@link BoundedRequests#LONGEST_WATCH}, so a connection on which nothing was received for
 * longer is dead. It is closed, and the informer goes on with a new watch where it was.
 *
 * <p>It uses no proxy, whatever the environment says ({@code HTTPS_PROXY}): the API server is in
 * the cluster, and a company's proxy is for what is outside.
 */
final class ApiServerClient {

  /** Longer than a watch, and short enough that the operator is blind for a minute at most. */
  static final Duration LONGEST_SILENCE = Duration.ofSeconds(50);

  /** An unused connection is not kept for as long as a silent one lives. */
  private static final Duration KEPT_UNUSED = Duration.ofSeconds(30);

  /** From the end of a watch to the next one; it doubles up to 32 times when that fails. */
  private static final int WATCH_GAP_MILLIS = 200;

  private ApiServerClient() {}

  @Produces
  @Singleton
  static KubernetesClient client(
      KubernetesSerialization serialization, Config config, Vertx vertx, WatchHealth health) {
    return client(serialization, config, vertx, health, LONGEST_SILENCE);
  }

  static KubernetesClient client(
      KubernetesSerialization serialization,
      Config config,
      Vertx vertx,
      WatchHealth health,
      Duration longestSilence) {
    config.setWatchReconnectInterval(WATCH_GAP_MILLIS);
    // From the environment, where other programs look for the proxy to the code hosts.
    config.setHttpProxy(null);
    config.setHttpsProxy(null);
    return new KubernetesClientBuilder()
        .withKubernetesSerialization(serialization)
        .withConfig(config)
        .withHttpClientFactory(factory(vertx, longestSilence))
        .withHttpClientBuilderConsumer(
            builder ->
                builder
                    .addOrReplaceInterceptor("bounded", new BoundedRequests())
                    .addOrReplaceInterceptor("watch-health", health))
        .build();
  }

  /** Connections with these ciphers, which are closed after so long a silence. */
  static HttpClient.Factory factory(Vertx vertx, Duration longestSilence) {
    return new Tuned(vertx, longestSilence);
  }

  static void close(@Disposes KubernetesClient client) {
    client.close();
  }

  private static final class Tuned extends VertxHttpClientFactory {
    private final Duration longestSilence;

    Tuned(Vertx vertx, Duration longestSilence) {
      super(vertx);
      this.longestSilence = longestSilence;
    }

    @Override
    protected void additionalConfig(WebClientOptions options) {
      options
          .setIdleTimeoutUnit(TimeUnit.SECONDS)
          .setReadIdleTimeout(Math.toIntExact(longestSilence.toSeconds()))
          .setKeepAliveTimeout(Math.toIntExact(KEPT_UNUSED.toSeconds()));
      SSLEngineOptions tls = options.getSslEngineOptions();
      if (tls != null) {
        options.setSslEngineOptions(new Preferring(tls));
      }
    }
  }

  private static final class Preferring extends JdkSSLEngineOptions {
    private final SSLEngineOptions tls;

    Preferring(SSLEngineOptions tls) {
      this.tls = tls;
    }

    @Override
    public JdkSSLEngineOptions copy() {
      return new Preferring(tls.copy());
    }

    @Override
    public SslContextFactory sslContextFactory() {
      return () ->
          new DelegatingSslContext(tls.sslContextFactory().create()) {
            @Override
            protected void initEngine(SSLEngine engine) {
              engine.setEnabledCipherSuites(
                  Stream.concat(
                          Arrays.stream(engine.getSupportedCipherSuites())
                              .filter(suite -> suite.contains("_CHACHA20_")),
                          Arrays.stream(engine.getEnabledCipherSuites()))
                      .distinct()
                      .toArray(String[]::new));
            }
          };
    }
  }
}
