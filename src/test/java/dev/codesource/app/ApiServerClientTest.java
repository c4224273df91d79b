package dev.codesource.app;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.LoopbackProxy;
import dev.codesource.testhost.RawServer;
import dev.codesource.testhost.ServerIdentity;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLParameters;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class ApiServerClientTest {
  private static final CertificateAuthority CLUSTER = CertificateAuthority.root("Cluster");

  private final Vertx vertx = Vertx.vertx();
  private final List<String> suites = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().orTimeout(10, TimeUnit.SECONDS).join();
  }

  @Test
  void chaCha20IsPreferred() {
    askVersion(CLUSTER.issue("127.0.0.1"), "TLSv1.3");
    askVersion(CLUSTER.issue("127.0.0.1"), "TLSv1.2");

    assertThat(suites)
        .containsExactly(
            "TLS_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256");
  }

  @Test
  void aServerThatHasOnlyAesIsSpokenToAllTheSame() {
    askVersion(CLUSTER.issue("127.0.0.1"), "TLSv1.3", "TLS_AES_128_GCM_SHA256");

    assertThat(suites).containsExactly("TLS_AES_128_GCM_SHA256");
  }

  @Test
  void whoIsNotTheApiServerIsNotSpokenTo() {
    CertificateAuthority other = CertificateAuthority.root("Cluster");

    assertThatThrownBy(() -> askVersion(other.issue("127.0.0.1"), "TLSv1.3"))
        .hasRootCauseInstanceOf(java.security.GeneralSecurityException.class);
    assertThatThrownBy(() -> askVersion(CLUSTER.issue("127.0.0.2"), "TLSv1.3"))
        .hasStackTraceContaining(SSLHandshakeException.class.getName());
    assertThat(suites).isEmpty();
  }

  @Test
  void aWatchThatWentSilentIsStartedAgain() throws IOException {
    try (RawServer server = RawServer.start(ApiServerClientTest::openWatchAndSayNoMore);
        KubernetesClient client = client(server, Duration.ofSeconds(1));
        Watch _ = client.secrets().inNamespace("team").watch(new Unheard())) {
      Awaitility.await().until(() -> server.requests().size() >= 2);

      assertThat(server.requests())
          .allSatisfy(
              request ->
                  assertThat(request).containsPattern("(?s)watch=true.*timeoutSeconds=(3\\d|40) "));
    }
  }

  @Test
  void aRequestForALeaseFailsBeforeTheLeaseRunsOut() throws IOException {
    try (RawServer server = RawServer.start(RawServer.silent());
        KubernetesClient client = client(server, Duration.ofSeconds(50))) {
      long began = System.nanoTime();

      assertThatThrownBy(() -> client.leases().inNamespace("system").withName("leader").get())
          .isInstanceOf(KubernetesClientException.class);

      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(8));
    }
  }

  @Test
  void theApiServerIsNotReachedThroughTheProxyOfTheEnvironment() throws IOException {
    try (LoopbackProxy proxy = LoopbackProxy.start();
        RawServer server = RawServer.start(RawServer.answering("{\"minor\":\"34\"}"))) {
      Config config =
          new ConfigBuilder(Config.empty())
              .withMasterUrl("http://127.0.0.1:" + server.port())
              .withHttpProxy(proxy.url())
              .withHttpsProxy(proxy.url())
              .build();
      try (KubernetesClient client =
          ApiServerClient.client(new KubernetesSerialization(), config, vertx, new WatchHealth())) {
        assertThat(client.getKubernetesVersion().getMinor()).isEqualTo("34");
      }
      assertThat(proxy.heads()).isEmpty();
    }
  }

  private KubernetesClient client(RawServer server, Duration longestSilence) {
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("http://127.0.0.1:" + server.port())
            .withRequestRetryBackoffLimit(0)
            .build();
    return ApiServerClient.client(
        new KubernetesSerialization(), config, vertx, new WatchHealth(), longestSilence);
  }

  private static void openWatchAndSayNoMore(RawServer.Connection connection) throws IOException {
    String key = connection.readWholeRequest().header("Sec-WebSocket-Key").orElseThrow();
    connection.write(
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Accept: "
            + accept(key)
            + "\r\n\r\n");
    connection.awaitHangUp();
  }

  /** RFC 6455 section 4.2.2. */
  private static String accept(String key) {
    try {
      byte[] text = (key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(UTF_8);
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-1").digest(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static final class Unheard implements Watcher<Secret> {
    @Override
    public void eventReceived(Action action, Secret secret) {}

    @Override
    public void onClose(WatcherException cause) {}
  }

  private void askVersion(ServerIdentity identity, String protocol, String... offered) {
    HttpsServer server = serve(identity, protocol, offered);
    Config config =
        new ConfigBuilder(Config.empty())
            .withMasterUrl("https://127.0.0.1:" + server.getAddress().getPort())
            .withCaCertData(Base64.getEncoder().encodeToString(CLUSTER.pem().getBytes(UTF_8)))
            .withRequestRetryBackoffLimit(0)
            .build();
    try (KubernetesClient client =
        ApiServerClient.client(new KubernetesSerialization(), config, vertx, new WatchHealth())) {
      assertThat(client.getKubernetesVersion().getMinor()).isEqualTo("34");
    } finally {
      server.stop(0);
    }
  }

  private HttpsServer serve(ServerIdentity identity, String protocol, String... offered) {
    try {
      HttpsServer server =
          HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
      server.setHttpsConfigurator(
          new HttpsConfigurator(identity.sslContext()) {
            @Override
            public void configure(HttpsParameters https) {
              SSLParameters tls = getSSLContext().getDefaultSSLParameters();
              tls.setProtocols(new String[] {protocol});
              tls.setUseCipherSuitesOrder(false);
              if (offered.length > 0) {
                tls.setCipherSuites(offered);
              }
              https.setSSLParameters(tls);
            }
          });
      server.createContext(
          "/version",
          exchange -> {
            suites.add(((HttpsExchange) exchange).getSSLSession().getCipherSuite());
            byte[] version = "{\"major\":\"1\",\"minor\":\"34\"}".getBytes(UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, version.length);
            exchange.getResponseBody().write(version);
            exchange.close();
          });
      server.start();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
