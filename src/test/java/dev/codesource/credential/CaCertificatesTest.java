package dev.codesource.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiReads;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class CaCertificatesTest {

  @Test
  void manyBindingsThatNameLargeConfigMapsReadThreeAtOnce() throws Exception {
    AtomicInteger now = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    HttpServer api =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String configMap =
        """
        {"kind":"ConfigMap","apiVersion":"v1","metadata":{"name":"ca","namespace":"team"},
         "data":{"other":"%s"}}"""
            .formatted("x".repeat(1_000_000));
    api.createContext(
        "/",
        exchange -> {
          most.accumulateAndGet(now.incrementAndGet(), Math::max);
          try {
            Thread.sleep(Duration.ofMillis(100));
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          now.decrementAndGet();
          byte[] body = configMap.getBytes(UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    Config config = Config.empty();
    config.setMasterUrl("http://127.0.0.1:" + api.getAddress().getPort());
    try (ExecutorService servers = Executors.newVirtualThreadPerTaskExecutor();
        ExecutorService reconciliations = Executors.newVirtualThreadPerTaskExecutor();
        KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      api.setExecutor(servers);
      api.start();
      CaCertificates certificates = new CaCertificates(client, new ApiReads());
      Callable<Outcome<?>> read =
          () ->
              certificates.of(
                  binding(),
                  new CaConsent(
                      "Secret token",
                      Optional.of(new CaConsent.SecretName("team", "token")),
                      Optional.empty(),
                      Optional.empty()));
      List<Future<Outcome<?>>> all =
          IntStream.range(0, 15).mapToObj(_ -> reconciliations.submit(read)).toList();
      for (Future<Outcome<?>> each : all) {
        assertThat(each.get()).isInstanceOf(Outcome.Refused.class);
      }
      assertThat(most.get()).isBetween(2, 3);
    } finally {
      api.stop(0);
    }
  }

  private static CodeSourceBinding binding() {
    return Serialization.unmarshal(
        """
        {"apiVersion":"codesource.dev/v1alpha1","kind":"CodeSourceBinding",
         "metadata":{"name":"b","namespace":"team"},
         "spec":{"platform":"GitLab","username":"alice","tls":{"caConfigMapRef":{"name":"ca"}}}}""",
        CodeSourceBinding.class);
  }
}
