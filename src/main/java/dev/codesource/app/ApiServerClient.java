package dev.codesource.app;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
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
import java.util.Arrays;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;

/**
 * Makes the client of the API server as Quarkus would, but prefers the cipher ChaCha20 (RFC 8439).
 * The operator runs with the JVM's C1 compiler, which does not use the processor's AES
 * instructions, and AES then takes four times as long. A server that implements TLS in Go uses the
 * client's preference.
 */
final class ApiServerClient {

  private ApiServerClient() {}

  @Produces
  @Singleton
  static KubernetesClient client(
      KubernetesSerialization serialization, Config config, Vertx vertx) {
    return new KubernetesClientBuilder()
        .withKubernetesSerialization(serialization)
        .withConfig(config)
        .withHttpClientFactory(new ChaCha20First(vertx))
        .build();
  }

  static void close(@Disposes KubernetesClient client) {
    client.close();
  }

  private static final class ChaCha20First extends VertxHttpClientFactory {
    ChaCha20First(Vertx vertx) {
      super(vertx);
    }

    @Override
    protected void additionalConfig(WebClientOptions options) {
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
