package dev.codesource.web.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.codesource.testhost.CertificateAuthority;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.vertx.VertxHttpClientFactory;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** As in a pod that has the token of a ServiceAccount, which the console's does not. */
@Timeout(60)
class VisitorClientsTest {

  private static final String SERVICE_ACCOUNT = "token-of-the-serviceaccount";

  private final List<String> authorizations = new CopyOnWriteArrayList<>();
  private HttpServer apiServer;
  private volatile int status;
  private volatile String answer;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    Path token = Files.writeString(folder.resolve("token"), SERVICE_ACCOUNT);
    System.setProperty(
        Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY, token.toString());
    System.setProperty(Config.KUBERNETES_KUBECONFIG_FILE, folder.resolve("none").toString());
    apiServer = HttpServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    apiServer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    apiServer.createContext("/", this::answer);
    apiServer.start();
    answers(401, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":401}");
  }

  @AfterEach
  void stop() {
    apiServer.stop(0);
    System.clearProperty(Config.KUBERNETES_AUTH_SERVICEACCOUNT_TOKEN_FILE_SYSTEM_PROPERTY);
    System.clearProperty(Config.KUBERNETES_KUBECONFIG_FILE);
  }

  private void answers(int with, String body) {
    status = with;
    answer = body;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      authorizations.add(
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Authorization"))
              .orElse("none"));
      exchange.getRequestBody().readAllBytes();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      byte[] bytes = answer.getBytes(UTF_8);
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private URI url() {
    return URI.create("http://127.0.0.1:" + apiServer.getAddress().getPort());
  }

  private VisitorClients clients() {
    return new VisitorClients(
        url(), Optional.empty(), new KubernetesSerialization(), new VertxHttpClientFactory());
  }

  /** The kubelet replaces the file when the authority of the API server is replaced. */
  @Test
  void aReplacedAuthorityIsTrustedWithoutARestart(@TempDir Path folder) throws IOException {
    CertificateAuthority replacement = CertificateAuthority.root("New authority of the API server");
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0), 0);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      server.setExecutor(threads);
      server.setHttpsConfigurator(
          new HttpsConfigurator(replacement.issue("127.0.0.1").sslContext()));
      server.createContext("/", this::answer);
      server.start();
      answers(
          201,
          "{\"apiVersion\":\"authentication.k8s.io/v1\",\"kind\":\"SelfSubjectReview\",\"status\":{\"userInfo\":{\"username\":\"alice\"}}}");
      Path authorities =
          Files.writeString(
              folder.resolve("ca.crt"), CertificateAuthority.root("Old authority").pem());
      Usernames usernames =
          new Usernames(
              new VisitorClients(
                  URI.create("https://127.0.0.1:" + server.getAddress().getPort()),
                  Optional.of(authorities),
                  new KubernetesSerialization(),
                  new VertxHttpClientFactory()));
      assertThatThrownBy(() -> usernames.ask(new BearerToken("of-alice")))
          .isInstanceOf(KubernetesClientException.class);

      Files.writeString(authorities, replacement.pem());

      assertThat(usernames.ask(new BearerToken("of-alice"))).contains("alice");
    } finally {
      server.stop(0);
    }
  }

  /** What is to be prevented: it shows that the file is found here. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "")
  void theLibraryAloneWouldSendTheServiceAccountsToken(String visitors) {
    Config config =
        new ConfigBuilder().withMasterUrl(url().toString()).withOauthToken(visitors).build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      assertThatThrownBy(() -> client.resource(new SelfSubjectReview()).create())
          .isInstanceOf(KubernetesClientException.class);
    }

    assertThat(authorizations).contains("Bearer " + SERVICE_ACCOUNT);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "\n", "\u0000", "not a token", "="})
  void withoutATokenNothingIsSent(String visitors) {
    assertThatThrownBy(() -> clients().of(new BearerToken(visitors)).close())
        .isInstanceOf(RuntimeException.class);

    assertThat(authorizations).isEmpty();
  }

  /** Also after a 401, when the library looks for another token. */
  @ParameterizedTest
  @ValueSource(strings = {"garbage", "a.b.c", "null", "undefined", "-"})
  void aTokenThatIsRefusedIsTheOnlyOneThatIsSent(String visitors) {
    try (KubernetesClient client = clients().of(new BearerToken(visitors))) {
      assertThatThrownBy(() -> client.resource(new SelfSubjectReview()).create())
          .isInstanceOf(KubernetesClientException.class);
      assertThatThrownBy(() -> client.secrets().inNamespace("team").withName("a").get())
          .isInstanceOf(KubernetesClientException.class);
    }

    assertThat(authorizations).isNotEmpty().containsOnly("Bearer " + visitors);
  }

  /** Whatever the library does with a token that it takes for empty. */
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = "")
  void aClientThatLostItsTokenSendsNone(String lost) {
    try (KubernetesClient client = clients().of(new BearerToken("of-alice"))) {
      client.getConfiguration().setOauthToken(lost);

      assertThatThrownBy(() -> client.resource(new SelfSubjectReview()).create())
          .isInstanceOf(KubernetesClientException.class);
    }

    assertThat(authorizations)
        .isNotEmpty()
        .noneSatisfy(sent -> assertThat(sent).contains(SERVICE_ACCOUNT));
  }

  @Test
  void eachClientSendsItsOwnVisitorsToken() {
    VisitorClients clients = clients();
    answers(403, "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"code\":403}");
    try (KubernetesClient alice = clients.of(new BearerToken("of-alice"));
        KubernetesClient bob = clients.of(new BearerToken("of-bob"))) {
      for (KubernetesClient each : List.of(alice, bob, alice)) {
        assertThatThrownBy(() -> each.namespaces().list())
            .isInstanceOf(KubernetesClientException.class);
      }
    }

    assertThat(authorizations)
        .containsExactly("Bearer of-alice", "Bearer of-bob", "Bearer of-alice");
  }

  @ParameterizedTest
  @ValueSource(strings = {"system:anonymous", "", " "})
  void whoIsNobodyIsNotLoggedIn(String name) {
    answers(
        201,
        "{\"kind\":\"SelfSubjectReview\",\"apiVersion\":\"authentication.k8s.io/v1\",\"status\":{\"userInfo\":{\"username\":\"%s\"}}}"
            .formatted(name));

    assertThat(new Usernames(clients()).ask(new BearerToken("garbage"))).isEmpty();
  }

  @Test
  void whoseATokenIsIsAskedOnce() {
    answers(
        201,
        "{\"kind\":\"SelfSubjectReview\",\"apiVersion\":\"authentication.k8s.io/v1\",\"status\":{\"userInfo\":{\"username\":\"alice\"}}}");
    Usernames usernames = new Usernames(clients());

    assertThat(usernames.of(new BearerToken("of-alice"))).contains("alice");
    assertThat(usernames.of(new BearerToken("of-alice"))).contains("alice");
    assertThat(authorizations).hasSize(1);
    assertThat(usernames.of(new BearerToken("of-alice-later"))).contains("alice");
    assertThat(authorizations).hasSize(2);
  }

  @Test
  void aProxyBringsTheTokenOfTheVisitor() {
    answers(
        201,
        "{\"kind\":\"SelfSubjectReview\",\"apiVersion\":\"authentication.k8s.io/v1\",\"status\":{\"userInfo\":{\"username\":\"alice\"}}}");
    ProxyLogin proxy = new ProxyLogin(new Usernames(clients()), java.time.InstantSource.system());

    assertThat(proxy.visitor(SentHeaders.of("Authorization", "bearer of-alice")))
        .hasValueSatisfying(
            visitor -> {
              assertThat(visitor.username()).isEqualTo("alice");
              assertThat(visitor.token()).isEqualTo(new BearerToken("of-alice"));
            });
    for (String none : new String[] {"Basic YTpi", "Bearer", "Bearer ", "Bearer a b", ""}) {
      assertThat(proxy.visitor(SentHeaders.of("Authorization", none))).isEmpty();
    }
    assertThat(proxy.visitor(SentHeaders.of())).isEmpty();
  }
}
