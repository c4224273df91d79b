package dev.codesource.web.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The API server of OpenShift, and others. */
@Timeout(60)
class ProjectsTest {

  private final List<String> asked = new CopyOnWriteArrayList<>();
  private volatile int status = 200;
  private volatile String body = "{}";
  private Instant now = Instant.parse("2026-11-30T12:00:00Z");
  private final Projects projects = new Projects(() -> now);
  private HttpServer apiServer;
  private KubernetesClient api;

  @BeforeEach
  void start() throws IOException {
    apiServer = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    apiServer.createContext("/", this::answer);
    apiServer.start();
    api =
        new VisitorClients(
                URI.create("http://127.0.0.1:" + apiServer.getAddress().getPort()),
                Optional.empty(),
                new KubernetesSerialization(),
                new VertxHttpClientFactory())
            .of(new BearerToken("of-alice"));
  }

  @AfterEach
  void stop() {
    api.close();
    apiServer.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      asked.add(
          exchange.getRequestURI() + " " + exchange.getRequestHeaders().getFirst("Authorization"));
      byte[] bytes = body.getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private void lists(List<String> names) {
    body =
        "{\"kind\":\"ProjectList\",\"apiVersion\":\"project.openshift.io/v1\",\"metadata\":{},\"items\":[%s]}"
            .formatted(
                names.stream()
                    .map(name -> "{\"metadata\":{\"name\":\"%s\"}}".formatted(name))
                    .collect(Collectors.joining(",")));
  }

  @Test
  void theVisitorsOwnProjectsAreAskedForWithTheirTokenAndOneRequest() {
    lists(List.of("shop-test", "shop-build"));

    assertThat(projects.of(api)).containsExactly("shop-build", "shop-test");
    assertThat(asked)
        .containsExactly("/apis/project.openshift.io/v1/projects?limit=1000 Bearer of-alice");
  }

  @Test
  void aClusterWithoutProjectsIsAskedOnceInFiveMinutes() {
    status = 404;
    assertThat(projects.of(api)).isEmpty();
    now = now.plusSeconds(299);
    assertThat(projects.of(api)).isEmpty();
    assertThat(asked).hasSize(1);

    now = now.plusSeconds(1);
    status = 200;
    lists(List.of("shop"));
    assertThat(projects.of(api)).containsExactly("shop");
  }

  @Test
  void moreThanAreShownAndNamesOfNoNamespaceAreLeftOut() {
    lists(IntStream.range(0, 1_500).mapToObj(i -> "p" + i).toList());
    assertThat(projects.of(api)).hasSize(Projects.MOST);

    lists(List.of("../admin", "shop"));
    assertThat(projects.of(api)).containsExactly("shop");
  }

  @Test
  void whoIsRefusedOrAServerThatIsAwayLeavesTheFieldAndIsAskedAgain() {
    for (int code : new int[] {403, 503}) {
      status = code;
      assertThat(projects.of(api)).isEmpty();
    }
    assertThat(asked).hasSize(2);
  }

  @Test
  void aTokenThatIsNoLongerAcceptedEndsTheSession() {
    status = 401;

    assertThatThrownBy(() -> projects.of(api)).isInstanceOf(KubernetesClientException.class);
  }
}
