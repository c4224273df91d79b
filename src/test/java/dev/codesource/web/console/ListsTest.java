package dev.codesource.web.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.KubernetesResourceList;
import io.fabric8.kubernetes.api.model.ListOptions;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An API server with a list of objects that are as large as a tenant has made them. */
@Timeout(120)
class ListsTest {

  private static final int MANY = 1_200;

  private final List<Integer> limits = new CopyOnWriteArrayList<>();
  private final AnswerBudget budget = new AnswerBudget(8L << 20);
  private volatile int size = 100;
  private HttpServer apiServer;
  private VisitorClients clients;

  @BeforeEach
  void start() throws IOException {
    apiServer = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    apiServer.createContext("/", this::answer);
    apiServer.start();
    clients =
        new VisitorClients(
            URI.create("http://127.0.0.1:" + apiServer.getAddress().getPort()),
            Optional.empty(),
            new KubernetesSerialization(),
            new VertxHttpClientFactory());
  }

  @AfterEach
  void stop() {
    apiServer.stop(0);
  }

  private static int parameter(String query, String name, int otherwise) {
    Matcher matcher = Pattern.compile(name + "=(\\d+)").matcher(query);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : otherwise;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String query = exchange.getRequestURI().getRawQuery();
      int limit = parameter(query, "limit", MANY);
      int first = parameter(query, "continue", 0);
      int end = Math.min(MANY, first + limit);
      limits.add(limit);
      byte[] answer =
          "{\"apiVersion\":\"codesource.dev/v1alpha1\",\"kind\":\"CodeSourceBindingList\",\"metadata\":{\"resourceVersion\":\"7\",\"continue\":\"%s\"},\"items\":[%s]}"
              .formatted(
                  end < MANY ? String.valueOf(end) : "",
                  IntStream.range(first, end)
                      .mapToObj(
                          i ->
                              "{\"apiVersion\":\"codesource.dev/v1alpha1\",\"kind\":\"CodeSourceBinding\",\"metadata\":{\"name\":\"b-%d\",\"annotations\":{\"a\":\"%s\"}}}"
                                  .formatted(i, "x".repeat(size)))
                      .collect(Collectors.joining(",")))
              .getBytes(UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (IOException gone) {
      // The client has read enough.
    }
  }

  private static KubernetesResourceList<CodeSourceBinding> list(
      KubernetesClient api, ListOptions options) {
    return api.resources(CodeSourceBinding.class).inNamespace("team-a").list(options);
  }

  private Lists.Read<String> names(AnswerBudget.Share share, long most) {
    try (KubernetesClient api = clients.of(new BearerToken("of-alice"), share)) {
      return Lists.rows(
          share, options -> list(api, options), most, each -> each.getMetadata().getName());
    }
  }

  @Test
  void objectsOfUsualSizeComeInFewParts() {
    Lists.Read<String> read = names(budget.share(), 2_000);

    assertThat(read.rows()).hasSize(MANY).startsWith("b-0").endsWith("b-1199");
    assertThat(read.version()).isEqualTo("7");
    assertThat(read.isAll()).isTrue();
    assertThat(limits).containsExactly(500, 500, 500);
  }

  @Test
  void ofALongListTheFirstAreRead() {
    Lists.Read<String> read = names(budget.share(), 700);

    assertThat(read.rows()).hasSize(700).endsWith("b-699");
    assertThat(read.isAll()).isFalse();
    assertThat(limits).containsExactly(500, 200);
  }

  @Test
  void ofLargeObjectsThereAreFewInAPart() {
    size = 250_000;
    Lists.Read<String> read = names(budget.share(), 30);

    assertThat(read.rows()).hasSize(30).endsWith("b-29");
    assertThat(limits).startsWith(30, 3).allMatch(limit -> limit <= 30);
  }

  @Test
  void aPageThatKeepsObjectsKeepsAsManyAsOneAnswerMayHave() {
    size = 250_000;
    AnswerBudget.Share share = budget.share();
    try (KubernetesClient api = clients.of(new BearerToken("of-alice"), share)) {
      assertThat(Lists.first(share, options -> list(api, options), 200)).hasSize(3);
    }
    assertThat(limits).containsExactly(200, 25, 3);
  }

  @Test
  void manyVisitorsAtOnceHaveNoMoreThanTheBudget() {
    size = 250_000;
    AnswerBudget small = new AnswerBudget(1_000_000);
    AnswerBudget.Share other = small.share();
    try (KubernetesClient api = clients.of(new BearerToken("of-bob"), other)) {
      Lists.first(other, options -> list(api, options), 3);

      AnswerBudget.Share third = small.share();
      assertThatThrownBy(() -> names(third, 3)).isInstanceOf(KubernetesClientException.class);
      assertThat(third.isExhausted()).isTrue();
      assertThat(third.isTooLong()).isFalse();
      third.close();
    }
    other.close();
    assertThat(names(small.share(), 3).rows()).hasSize(3);
  }
}
