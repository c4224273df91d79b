package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.AuditTail;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.URI;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What strangers, and people who are logged in, try against the console. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleAttacksIT {

  private static final String NOT_FROM_HERE = "The form did not come from this console";
  private static final String SESSION = "__Host-codesource-session-0";

  private final Cluster cluster;
  private ConsoleProcess console;
  private Team team;
  private Visitor visitor;

  ConsoleAttacksIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    team = Team.in(cluster);
    cluster.kubectl("-n", team.namespace(), "create", "serviceaccount", "viewer").orFail();
    cluster
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: viewer, namespace: %1$s}
            rules: [{apiGroups: [codesource.dev], resources: ['*'], verbs: [get, list, watch]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: viewer, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: viewer}
            subjects: [{kind: ServiceAccount, name: viewer, namespace: %1$s}]
            """
                .formatted(team.namespace()))
        .orFail();
    console = ConsoleProcess.start(cluster, Map.of());
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(console).ifPresent(ConsoleProcess::close);
  }

  @BeforeEach
  void visit() {
    visitor = new Visitor();
  }

  @AfterEach
  void leave() {
    visitor.close();
  }

  private String token() {
    return cluster
        .admin()
        .serviceAccounts()
        .inNamespace(team.namespace())
        .withName("viewer")
        .tokenRequest(
            new TokenRequestBuilder().withNewSpec().withExpirationSeconds(600L).endSpec().build())
        .getStatus()
        .getToken();
  }

  private URI at(String path) {
    return URI.create(console.url(path));
  }

  private HttpResponse<String> logIn(String token, String... headers) {
    return visitor.post(at("/login"), Map.of("token", token, "next", "/"), headers);
  }

  private HttpResponse<String> logIn() {
    HttpResponse<String> answer = logIn(token(), "Sec-Fetch-Site", "same-origin");
    assertThat(answer.statusCode()).isEqualTo(303);
    return answer;
  }

  private boolean isLoggedIn() {
    return visitor.get(at("/ns/" + team.namespace())).statusCode() == 200;
  }

  @Test
  void theConsoleIsReadyAndAliveWithoutWhatTheOperatorNeeds() {
    for (String path : List.of("ready", "live", "started")) {
      URI health = URI.create("http://127.0.0.1:" + console.managementPort() + "/q/health/" + path);
      assertThat(visitor.get(health).statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void aFormOfAnotherSiteASiblingOrNobodyDoesNothing() {
    logIn();
    String[][] senders = {
      {"Sec-Fetch-Site", "cross-site"},
      {"Sec-Fetch-Site", "same-site"},
      {"Sec-Fetch-Site", "none"},
      {"Origin", "https://sibling.example.com"},
      {"Origin", "null"},
      {"Referer", console.url("/login")},
      {}
    };
    for (String[] sender : senders) {
      assertThat(visitor.post(at("/logout"), Map.of(), sender).statusCode()).isEqualTo(403);
      assertThat(logIn(token(), sender).statusCode()).isEqualTo(403);
    }

    assertThat(isLoggedIn()).isTrue();
    assertThat(visitor.post(at("/logout"), Map.of(), "Sec-Fetch-Site", "same-origin").statusCode())
        .isEqualTo(200);
    assertThat(isLoggedIn()).isFalse();
  }

  /** Each would be done if it came from a page of the console. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "/bind",
        "/bindings/a/check",
        "/bindings/a/suspend",
        "/bindings/a/token",
        "/bindings/a/edit",
        "/bindings/a/unbind",
        "/bindings/a/trigger",
        "/bindings/a/repositories",
        "/triggers/a/check",
        "/triggers/a/suspend",
        "/triggers/a/build",
        "/triggers/a/edit",
        "/triggers/a/delete"
      })
  void noActionOfAnotherSiteReachesTheApiServer(String action) {
    logIn();
    URI page = at("/ns/" + team.namespace() + action);
    AuditTail audit = cluster.auditTail();

    for (String[] sender :
        new String[][] {
          {"Sec-Fetch-Site", "cross-site"}, {"Origin", "https://evil.example.com"}, {}
        }) {
      HttpResponse<String> refused = visitor.post(page, Map.of("a", "b"), sender);
      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains(NOT_FROM_HERE);
    }
    assertThat(audit.next()).noneMatch(entry -> entry.event().namespace().equals(team.namespace()));
    assertThat(visitor.post(page, Map.of("a", "b"), "Sec-Fetch-Site", "same-origin").body())
        .doesNotContain(NOT_FROM_HERE);
  }

  @Test
  void noPageCanBeFramedKeptOrRunAScriptOfSomebodyElse() {
    logIn();
    for (String path :
        List.of("/login", "/", "/ns/" + team.namespace(), "/ns/kube-system", "/login/oidc")) {
      HttpResponse<String> page = visitor.get(at(path));

      assertThat(page.headers().firstValue("Content-Security-Policy"))
          .as(path)
          .hasValueSatisfying(
              policy ->
                  assertThat(policy)
                      .contains(
                          "default-src 'none'",
                          "script-src 'self'",
                          "form-action 'self'",
                          "frame-ancestors 'none'",
                          "base-uri 'none'")
                      .doesNotContain("unsafe"));
      assertThat(page.headers().firstValue("X-Frame-Options")).contains("DENY");
      assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
      assertThat(page.headers().firstValue("Referrer-Policy")).contains("same-origin");
      assertThat(page.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
      assertThat(page.body()).doesNotContain("<script>").doesNotContain(" style=");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//evil.example.com",
        "https://evil.example.com",
        "/\\evil.example.com",
        "javascript:alert(1)"
      })
  void theLoginSendsNobodyToAnotherSite(String next) {
    HttpResponse<String> answer =
        visitor.post(
            at("/login"), Map.of("token", token(), "next", next), "Sec-Fetch-Site", "same-origin");

    assertThat(answer.statusCode()).isEqualTo(303);
    assertThat(answer.headers().firstValue("Location")).contains("/");
  }

  @Test
  void aSessionThatAStrangerMadeIsNotGoneOnWith() {
    logIn();
    String planted = visitor.cookiesOf(at("/")).get(SESSION);

    logIn();

    assertThat(visitor.cookiesOf(at("/")).get(SESSION)).isNotBlank().isNotEqualTo(planted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "token\r\nImpersonate-User: admin",
        "token\nImpersonate-Group: system:masters",
        "token\u0000",
        "Bearer token",
        "tok en",
        "",
        " "
      })
  void whatCouldBeAHeaderIsNoToken(String token) {
    AuditTail audit = cluster.auditTail();

    assertThat(logIn(token, "Sec-Fetch-Site", "same-origin").statusCode()).isEqualTo(422);
    assertThat(audit.next())
        .noneMatch(entry -> entry.event().resource().equals("selfsubjectreviews"));
  }

  @Test
  void noTokenIsInTheLogOrOnAPage() {
    String good = token();
    String bad = "canary-of-a-token-that-is-refused";

    List<HttpResponse<String>> pages = new ArrayList<>();
    pages.add(logIn(bad, "Sec-Fetch-Site", "same-origin"));
    pages.add(logIn(good, "Sec-Fetch-Site", "cross-site"));
    pages.add(logIn(good, "Sec-Fetch-Site", "same-origin"));
    pages.add(visitor.get(at("/")));
    pages.add(visitor.get(at("/ns/" + team.namespace())));
    pages.add(visitor.get(at("/ns/kube-system")));
    pages.add(visitor.get(at("/"), "Authorization", "Bearer " + bad));

    assertThat(pages.getFirst().statusCode()).isEqualTo(403);
    assertThat(pages)
        .allSatisfy(page -> assertThat(page.body()).doesNotContain(good).doesNotContain(bad));
    assertThat(String.join("\n", console.log())).doesNotContain(good, bad, "canary");
  }

  @Test
  void theHeaderOfAProxyIsNotBelievedUnlessThereIsOne() {
    assertThat(visitor.get(at("/"), "Authorization", "Bearer " + token()).statusCode())
        .isEqualTo(303);
    try (ConsoleProcess behind =
        ConsoleProcess.start(cluster, Map.of("CODESOURCE_CONSOLE_PROXY_TOKENS", "true"))) {
      URI page = URI.create(behind.url("/ns/" + team.namespace()));
      HttpResponse<String> good = visitor.get(page, "Authorization", "Bearer " + token());
      HttpResponse<String> bad = visitor.get(page, "Authorization", "Bearer garbage");
      HttpResponse<String> told =
          visitor.get(
              URI.create(behind.url(bad.headers().firstValue("Location").orElse("/none"))),
              "Authorization",
              "Bearer garbage");

      assertThat(good.statusCode()).isEqualTo(200);
      assertThat(good.body()).contains("viewer");
      assertThat(bad.statusCode()).isEqualTo(303);
      assertThat(told.body()).contains("The cluster does not accept this login");
      assertThat(visitor.get(page).statusCode()).isEqualTo(303);
      assertThat(
              visitor
                  .post(
                      URI.create(behind.url("/logout")),
                      Map.of(),
                      "Sec-Fetch-Site",
                      "same-origin",
                      "Authorization",
                      "Bearer " + token())
                  .body())
          .contains("You are still logged in: the proxy");
    }
  }

  @Test
  void largeCookiesAndFormsAreRefused() {
    String cookies = "__Host-codesource-session-0=" + "A".repeat(20_000);
    assertThat(visitor.get(at("/"), "Cookie", cookies).statusCode()).isEqualTo(303);
    try (Visitor other = new Visitor()) {
      // The server closes the connection after its answer, and a kept one would be used again.
      assertThat(other.get(at("/"), "Cookie", cookies + cookies).statusCode()).isIn(400, 431);
    }
    for (int length : List.of(20_000, 60_000, 70_000, 100_000, 1_000_000)) {
      HttpResponse<String> refused = logIn("x".repeat(length), "Sec-Fetch-Site", "same-origin");
      assertThat(refused.statusCode()).as("%d", length).isEqualTo(413);
      assertThat(refused.headers().firstValue("X-Frame-Options")).contains("DENY");
      assertThat(refused.body())
          .contains("Nothing was changed", "too large", "href=\"/login\"")
          .doesNotContain("xxx");
    }
    logIn();
    assertThat(isLoggedIn()).isTrue();
  }

  @Test
  void aTenantWithLargeObjectsDoesNotEndTheConsole() throws Exception {
    for (int i = 0; i < 60; i++) {
      team.bindGitLab("large-" + i, "https://gitlab.example.com");
      CodeSourceBinding binding = team.get("large-" + i);
      cluster
          .admin()
          .resource(binding)
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"metadata\":{\"annotations\":{\"a\":\"%s\"}}}".formatted("x".repeat(250_000)));
    }
    logIn();
    List<Integer> answers = new ArrayList<>();
    try (ExecutorService tabs = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> asked = new ArrayList<>();
      for (int i = 0; i < 12; i++) {
        String path = "/ns/" + team.namespace() + (i % 3 == 0 ? "/bindings/large-" + i : "");
        asked.add(tabs.submit(() -> visitor.get(at(path)).statusCode()));
      }
      for (Future<Integer> each : asked) {
        answers.add(each.get(60, TimeUnit.SECONDS));
      }
    }

    assertThat(answers).isSubsetOf(200, 503).contains(200);
    assertThat(console.isAlive()).isTrue();
    assertThat(visitor.get(at("/ns/" + team.namespace())).body()).contains("large-59");
  }

  @Test
  void browsersAreAskedNotToKeepTheToken() {
    assertThat(visitor.get(at("/login")).body())
        .containsPattern("<input type=\"password\" id=\"token\"[^>]*autocomplete=\"off\"");
  }

  @Test
  void manyLoginsAtOnceWaitForTheApiServerInSmallNumber() throws Exception {
    String token = token();
    try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Integer>> answers = new ArrayList<>();
      cluster.whileApiServerIsPaused(
          () -> {
            Callable<Integer> login =
                () -> {
                  try (Visitor one = new Visitor()) {
                    return one.post(
                            at("/login"), Map.of("token", token), "Sec-Fetch-Site", "same-origin")
                        .statusCode();
                  }
                };
            for (int i = 0; i < 40; i++) {
              answers.add(people.submit(login));
            }
            org.awaitility.Awaitility.await()
                .atMost(Duration.ofSeconds(14))
                .until(() -> answers.stream().filter(Future::isDone).count() >= 24);
          });
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get(60, TimeUnit.SECONDS));
      }

      assertThat(statuses.stream().filter(status -> status == 503).count())
          .isGreaterThanOrEqualTo(24);
    }
    logIn();
  }

  @Test
  void tenThousandStrangersWhoWaitForChangesCostTheApiServerNothing() throws Exception {
    AuditTail audit = cluster.auditTail();
    try (ExecutorService strangers = Executors.newFixedThreadPool(4)) {
      List<Future<Long>> opened = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        opened.add(
            strangers.submit(
                () -> {
                  try (Visitor stranger = new Visitor()) {
                    long open = 0;
                    for (int j = 0; j < 2_500; j++) {
                      HttpResponse<String> answer =
                          stranger.get(
                              at("/ns/" + team.namespace() + "/changes"),
                              "Cookie",
                              SESSION + "=garbage" + j);
                      // A page whose session has ended is told so, and that is all.
                      open += answer.body().matches("(?s).*event: ?changed.*") ? 0 : 1;
                    }
                    return open;
                  }
                }));
      }
      for (Future<Long> each : opened) {
        assertThat(each.get(5, TimeUnit.MINUTES)).isZero();
      }
      assertThat(audit.next())
          .noneMatch(entry -> entry.event().namespace().equals(team.namespace()));
    }
    logIn();
    assertThat(isLoggedIn()).isTrue();
  }
}
