package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.sun.net.httpserver.HttpExchange;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.browser.Chromium;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Pages that stay open while watches, rights, tokens and the console itself end. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleStreamsIT {

  private final Cluster cluster;
  private EndingWatches apiServer;
  private Team team;

  ConsoleStreamsIT(Cluster cluster) {
    this.cluster = cluster;
  }

  /** An API server whose watches can be ended. */
  private static final class EndingWatches extends ApiServerProxy {
    private final Set<HttpExchange> watches = ConcurrentHashMap.newKeySet();

    EndingWatches(Config config) throws IOException {
      super(config);
    }

    @Override
    void answer(HttpExchange exchange) throws IOException, InterruptedException {
      if (isWatch(exchange)) {
        watches.add(exchange);
      }
      forward(exchange);
    }

    void endAll() {
      watches.forEach(HttpExchange::close);
      watches.clear();
    }
  }

  @BeforeAll
  void start() throws IOException {
    team = Team.in(cluster);
    team.bindGitLab("gitlab", "https://gitlab.example.com");
    apiServer = new EndingWatches(cluster.admin().getConfiguration());
    apiServer.start();
    for (String person : List.of("viewer", "leaver", "demoted")) {
      cluster.kubectl("-n", team.namespace(), "create", "serviceaccount", person).orFail();
      cluster
          .apply(
              """
              apiVersion: rbac.authorization.k8s.io/v1
              kind: Role
              metadata: {name: %1$s, namespace: %2$s}
              rules: [{apiGroups: [codesource.dev], resources: ['*'], verbs: [get, list, watch]}]
              ---
              apiVersion: rbac.authorization.k8s.io/v1
              kind: RoleBinding
              metadata: {name: %1$s, namespace: %2$s}
              roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: %1$s}
              subjects: [{kind: ServiceAccount, name: %1$s, namespace: %2$s}]
              """
                  .formatted(person, team.namespace()))
          .orFail();
    }
  }

  @AfterAll
  void stop() throws IOException {
    apiServer.close();
  }

  private ConsoleProcess console() throws IOException {
    // Nothing is encrypted on this way, but the setting must name a file.
    Path authority = Files.writeString(Files.createTempFile(Path.of("target"), "none", ".crt"), "");
    return ConsoleProcess.start(apiServer.url(), authority, Map.of());
  }

  private String token(String person) {
    return cluster
        .admin()
        .serviceAccounts()
        .inNamespace(team.namespace())
        .withName(person)
        .tokenRequest(new TokenRequestBuilder().withNewSpec().endSpec().build())
        .getStatus()
        .getToken();
  }

  private String path() {
    return "/ns/" + team.namespace();
  }

  private void verified(String at) {
    cluster
        .admin()
        .resources(CodeSourceBinding.class)
        .inNamespace(team.namespace())
        .withName("gitlab")
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\":{\"phase\":\"Bound\",\"lastVerifiedAt\":\"%s\"}}".formatted(at));
  }

  /** The API server knows of it only after a while. */
  private void untilRefused(int code, String token, Consumer<KubernetesClient> request) {
    Config admin = cluster.admin().getConfiguration();
    Config config =
        new ConfigBuilder(Config.empty())
            .withAutoConfigure(false)
            .withMasterUrl(admin.getMasterUrl())
            .withCaCertData(admin.getCaCertData())
            .withCaCertFile(admin.getCaCertFile())
            .withOauthToken(token)
            .build();
    try (KubernetesClient client = new KubernetesClientBuilder().withConfig(config).build()) {
      Team.patiently()
          .until(
              () -> {
                try {
                  request.accept(client);
                  return false;
                } catch (KubernetesClientException e) {
                  return e.getCode() == code;
                }
              });
    }
  }

  @Test
  void anOpenPageGoesOnAfterItsWatchAndSaysWhenItsTokenOrItsRightIsLost() throws IOException {
    String leaving = token("leaver");
    String demoted = token("demoted");
    try (Chromium chromium = Chromium.start();
        ConsoleProcess console = console()) {
      Page viewer = logIn(chromium, console, token("viewer"));
      Page leaver = logIn(chromium, console, leaving);
      Page lessRights = logIn(chromium, console, demoted);
      verified("2026-11-30T11:41:00Z");
      for (Page page : List.of(viewer, leaver, lessRights)) {
        page.getByText("2026-11-30 11:41 UTC").waitFor();
      }

      cluster.admin().serviceAccounts().inNamespace(team.namespace()).withName("leaver").delete();
      cluster
          .admin()
          .rbac()
          .roleBindings()
          .inNamespace(team.namespace())
          .withName("demoted")
          .delete();
      untilRefused(401, leaving, api -> api.resource(new SelfSubjectReview()).create());
      untilRefused(
          403,
          demoted,
          api -> api.resources(CodeSourceBinding.class).inNamespace(team.namespace()).list());
      apiServer.endAll();

      leaver.getByText("Your session is over").waitFor();
      assertThat(leaver.url()).contains("/login?next=");
      lessRights
          .getByRole(AriaRole.HEADING, new Page.GetByRoleOptions().setName("Not allowed"))
          .waitFor();
      assertThat(lessRights.locator("main").textContent()).doesNotContain("gitlab.example.com");
      verified("2026-11-30T11:42:00Z");
      viewer.getByText("2026-11-30 11:42 UTC").waitFor();
    }
  }

  private Page logIn(Chromium chromium, ConsoleProcess console, String token) {
    Page page = chromium.open().newPage();
    page.navigate(console.url(path()));
    page.getByLabel("Token for the cluster").fill(token);
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log in")).click();
    page.waitForURL(console.url(path()));
    // A browser waits before it connects again.
    page.setDefaultTimeout(60_000);
    return page;
  }

  @Test
  void openPagesDoNotHoldUpTheEndOfTheConsole() throws Exception {
    List<HttpResponse<InputStream>> streams = new ArrayList<>();
    try (HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        ConsoleProcess console = console()) {
      for (int session = 0; session < 2; session++) {
        String cookies = session(http, console, token("viewer"));
        for (int tab = 0; tab < 5; tab++) {
          streams.add(
              http.send(
                  HttpRequest.newBuilder(URI.create(console.url(path() + "/changes?version=now")))
                      .header("Cookie", cookies)
                      .build(),
                  HttpResponse.BodyHandlers.ofInputStream()));
        }
      }
      assertThat(streams).allSatisfy(stream -> assertThat(stream.statusCode()).isEqualTo(200));

      int code = console.end();

      assertThat(code).isZero();
      // Quarkus says so if it has waited in vain.
      assertThat(console.log()).noneMatch(line -> line.contains("ERROR"));
      for (HttpResponse<InputStream> stream : streams) {
        stream.body().readAllBytes(); // fails if it was cut instead of ended
      }
    }
  }

  /** The header Cookie of a session. */
  private static String session(HttpClient http, ConsoleProcess console, String token)
      throws Exception {
    return http
        .send(
            HttpRequest.newBuilder(URI.create(console.url("/login")))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Sec-Fetch-Site", "same-origin")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "token=" + URLEncoder.encode(token, StandardCharsets.UTF_8)))
                .build(),
            HttpResponse.BodyHandlers.discarding())
        .headers()
        .allValues("Set-Cookie")
        .stream()
        .filter(cookie -> !cookie.contains("Max-Age=0;"))
        .map(cookie -> cookie.substring(0, cookie.indexOf(';')))
        .collect(Collectors.joining("; "));
  }
}
