package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.keycloak.KeycloakGitLab.Trouble;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Authorizations, attacks on them, and what keeps an access alive, against a real Keycloak. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OAuthIT {

  private static final Path APPS = Path.of("target", "oauth-apps");

  private static final int BINDINGS_AT_ONCE = 10;

  private final Cluster cluster;
  private KeycloakGitLab gitLab;
  private Path kubeconfig;
  private OperatorProcess operator;
  private Team team;
  private Visitor alice;

  OAuthIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() throws IOException {
    gitLab = KeycloakGitLab.start();
    Path app = Files.createDirectories(APPS.resolve("gitlab"));
    Files.writeString(app.resolve("url"), gitLab.url());
    Files.writeString(app.resolve("client_id"), "builds\n");
    Files.writeString(app.resolve("client_secret"), "the-secret-of-builds\n");
    kubeconfig = Installation.of(cluster).kubeconfig();
    operator = startOperator();
  }

  private OperatorProcess startOperator() {
    return OperatorProcess.start(
        kubeconfig,
        Map.of(
            "CODESOURCE_OAUTH_APPS",
            APPS.toAbsolutePath().toString(),
            // What is lost is waited for twice as long.
            "CODESOURCE_HOST_TIMEOUT",
            "8s"));
  }

  @AfterAll
  void stop() {
    operator.close();
    gitLab.close();
  }

  @BeforeEach
  void prepare() {
    alice = new Visitor();
    team =
        Team.in(cluster)
            .secret("oauth-app", "codesource.dev/oauth-client", app(gitLab.url(), "builds"))
            .secret("devices", "codesource.dev/oauth-client", app(gitLab.url(), "devices"))
            .secret("short-lived", "codesource.dev/oauth-client", app(gitLab.url(), "short-lived"));
  }

  @AfterEach
  void calmDown() {
    gitLab.trouble(Trouble.NONE);
    // Else it would go on renewing.
    cluster.admin().resources(CodeSourceBinding.class).inNamespace(team.namespace()).delete();
    alice.close();
  }

  private static Map<String, String> app(String url, String id) {
    return Map.of("url", url, "client_id", id, "client_secret", "the-secret-of-" + id);
  }

  private URI bind(String name, String oauth) {
    return bind(name, "alice", oauth);
  }

  /** A binding that waits for a person, and the page to open. */
  private URI bind(String name, String username, String oauth) {
    team.bind(
        name,
        "platform: GitLab, url: '%s', username: '%s', oauth: {%s}"
            .formatted(gitLab.url(), username, oauth));
    return page(name);
  }

  private URI bind(String name) {
    return bind(name, "clientSecretRef: {name: oauth-app}");
  }

  private URI page(String name) {
    return URI.create(
        Objects.requireNonNull(authorization(team.await(name, Phase.AwaitingAuthorization)).url()));
  }

  private static Authorization authorization(BindingStatus status) {
    return Objects.requireNonNull(status.authorization());
  }

  private Optional<Secret> secret(String name) {
    return Optional.ofNullable(
        cluster.admin().secrets().inNamespace(team.namespace()).withName(name).get());
  }

  private String value(String secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret(secret).orElseThrow().getData().get(key)),
        StandardCharsets.UTF_8);
  }

  private static String result(Visitor visitor, URI callback) {
    return Visitor.location(visitor.get(callback)).toString().replaceFirst(".*/result/", "");
  }

  private int exchanges() {
    return gitLab.tokenRequests("authorization_code").size();
  }

  @Test
  void whatIsGrantedIsStoredForTheBindingAndShownNowhere() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");

    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);

    Secret secret = secret("gitlab-oauth").orElseThrow();
    assertThat(secret.getType()).isEqualTo("codesource.dev/token");
    assertThat(secret.getMetadata().getOwnerReferences())
        .singleElement()
        .returns("gitlab", owner -> owner.getName());
    assertThat(value("gitlab-oauth", "url")).isEqualTo(gitLab.url());
    assertThat(secret("gitlab-oauth-flow")).isEmpty();
    String shown =
        cluster.kubectl("-n", team.namespace(), "get", "csb,events", "-o", "yaml").orFail().stdout()
            + operator.log()
            + operator.get("/q/metrics");
    assertThat(shown)
        .doesNotContain(
            value("gitlab-oauth", "token"),
            value("gitlab-oauth", "refresh_token"),
            "the-secret-of-builds",
            callback.getQuery().replaceFirst(".*code=([^&]+).*", "$1"));
  }

  @Test
  void theAdministratorsApplicationServesWhoNamesNone() {
    URI callback = alice.logOn(alice.begin(bind("gitlab", "flow: AuthorizationCode")), "alice");

    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
  }

  @Test
  void aReplayedCallbackExchangesNothing() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    Map<String, String> cookies = Map.copyOf(alice.cookiesOf(callback));
    assertThat(result(alice, callback)).isEqualTo("bound");
    int before = exchanges();

    alice.cookiesOf(callback).putAll(cookies);
    assertThat(result(alice, callback)).isEqualTo("over");

    assertThat(exchanges()).isEqualTo(before);
  }

  @Test
  void theStateOfAnotherBindingIsOfNoUse() {
    URI own = bind("own");
    URI others = bind("others");
    URI ownCallback = alice.logOn(alice.begin(own), "alice");
    Map<String, String> ownCookies = Map.copyOf(alice.cookiesOf(ownCallback));
    try (Visitor other = new Visitor()) {
      URI otherCallback = other.logOn(other.begin(others), "alice");
      int before = exchanges();

      // The cookie of one flow under the name that belongs to the other's state.
      String name = flowCookie(other.cookiesOf(otherCallback));
      alice.cookiesOf(ownCallback).put(name, ownCookies.get(flowCookie(ownCookies)));

      assertThat(result(alice, otherCallback)).isEqualTo("over");
      assertThat(exchanges()).isEqualTo(before);
      assertThat(result(other, otherCallback)).isEqualTo("bound");
    }
    assertThat(result(alice, ownCallback)).isEqualTo("bound");
  }

  private static String flowCookie(Map<String, String> cookies) {
    return cookies.keySet().stream()
        .filter(name -> name.startsWith("__Host-codesource-flow-"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void anInjectedCodeIsRefusedByItsVerifier() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    try (Visitor mallory = new Visitor()) {
      URI malloryCallback =
          mallory.logOn(mallory.begin(bind("mallorys", "mallory", "")), "mallory");
      String code = malloryCallback.getQuery().replaceFirst(".*code=([^&]+).*", "$1");

      URI injected = URI.create(callback.toString().replaceFirst("code=[^&]+", "code=" + code));

      assertThat(result(alice, injected)).isEqualTo("AuthorizationExpired");
    }
    assertThat(secret("gitlab-oauth")).isEmpty();
  }

  @Test
  void anotherBrowserCannotFinish() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    int before = exchanges();
    try (Visitor other = new Visitor()) {
      assertThat(result(other, callback)).isEqualTo("other-browser");
    }
    assertThat(exchanges()).isEqualTo(before);
    assertThat(result(alice, callback)).isEqualTo("bound");
  }

  @Test
  void aDeletedBindingIsNotAuthorizedNorIsItsSuccessor() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    int before = exchanges();
    Map<String, String> cookies = Map.copyOf(alice.cookiesOf(callback));
    team.resource("gitlab").delete();
    Awaitility.await().until(() -> team.resource("gitlab").get() == null);
    assertThat(result(alice, callback)).isEqualTo("gone");

    bind("gitlab");
    alice.cookiesOf(callback).putAll(cookies);
    assertThat(result(alice, callback)).isEqualTo("over");

    assertThat(exchanges()).isEqualTo(before);
  }

  @Test
  void anIssuerThatWasNotAskedIsNotBelieved() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    int before = exchanges();

    assertThat(callback.getQuery()).contains("iss=" + gitLab.url());
    URI forged =
        URI.create(callback.toString().replaceFirst("iss=[^&]+", "iss=https%3A%2F%2Fevil.example"));

    assertThat(result(alice, forged)).isEqualTo("not-from-the-code-host");
    assertThat(exchanges()).isEqualTo(before);
  }

  @Test
  void noRedirectLeadsWhereARequestSays() {
    URI page = bind("gitlab");
    URI authorize =
        alice.begin(URI.create(page + "?redirect_uri=https://evil.example/&next=//evil"));
    assertThat(authorize.toString()).startsWith(gitLab.url() + "/oauth/authorize?");
    assertThat(authorize.getQuery()).contains("redirect_uri=" + page.resolve("/callback"));

    for (String callback :
        List.of(
            "/callback?state=https://evil.example",
            "/callback?error=https://evil.example&state=x",
            "/callback?redirect_uri=https://evil.example&code=a&state=b")) {
      assertThat(Visitor.location(alice.get(page.resolve(callback))).toString())
          .startsWith(page.resolve("/result/").toString());
    }
    assertThat(alice.get(page.resolve("/result/nonsense")).statusCode()).isEqualTo(404);
  }

  @Test
  void aForgedHostHeaderChangesNothing() throws IOException {
    URI page = bind("gitlab");
    String answer =
        RawHttp.send(
            page,
            "GET /callback?state=x HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 303").doesNotContain("evil.example");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT))
        .contains("location: " + page.resolve("/result/other-browser"));
  }

  @Test
  void aFormFromAnotherSiteIsNotTaken() {
    URI page = bind("gitlab");
    alice.get(page);

    assertThat(alice.post(page, Map.of("token", "x")).statusCode()).isEqualTo(403);
    assertThat(alice.post(page, Map.of()).statusCode()).isEqualTo(403);
    String token = alice.cookiesOf(page).get("__Host-codesource-form");
    assertThat(
            alice.post(page, Map.of("token", token), "Sec-Fetch-Site", "cross-site").statusCode())
        .isEqualTo(403);
    assertThat(
            alice.post(page, Map.of("token", token), "Origin", "https://evil.example").statusCode())
        .isEqualTo(403);
    assertThat(secret("gitlab-oauth-flow")).isEmpty();
    assertThat(alice.post(page, Map.of("token", token)).statusCode()).isEqualTo(303);
  }

  @Test
  void htmlInWhatUsersWriteIsText() {
    String html = "<script>alert(1)</script><img src=x onerror=alert(1)>";
    URI page =
        bind(
            "gitlab",
            html,
            "clientSecretRef: {name: oauth-app}, scopes: ['api', \"\\\"><script>\"]");

    HttpResponse<String> answer = alice.get(page);

    assertThat(answer.body())
        .contains("&lt;script&gt;alert(1)&lt;/script&gt;")
        .doesNotContain("<script")
        .doesNotContain("<img");
    assertThat(answer.headers().firstValue("Content-Security-Policy").orElse(""))
        .contains("default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'")
        .doesNotContain("unsafe");
    assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("Set-Cookie").orElse(""))
        .startsWith("__Host-")
        .contains("Secure", "HttpOnly", "SameSite=Lax", "Path=/");
  }

  @Test
  void anApplicationGoesOnlyWhereItsSecretSays() {
    team.secret(
        "elsewhere", "codesource.dev/oauth-client", app("https://gitlab.example.com", "builds"));
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: elsewhere}}"
            .formatted(gitLab.url()));

    team.await("gitlab", Reason.CredentialForOtherHost);
    URI page =
        URI.create(
            "http://127.0.0.1:%d/authorize/%s/gitlab".formatted(operator.port(), team.namespace()));
    assertThat(alice.get(page).statusCode()).isEqualTo(409);
  }

  @Test
  void anApplicationThatIsNotAcceptedIsTold() {
    team.secret(
        "wrong",
        "codesource.dev/oauth-client",
        Map.of("url", gitLab.url(), "client_id", "devices", "client_secret", "not-the-secret"));
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: wrong}, flow: Device}"
            .formatted(gitLab.url()));

    team.await("gitlab", Reason.OAuthClientRejected);
  }

  @Test
  void withoutAnApplicationThereIsNoAuthorization() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: 'https://gitlab.example.com', username: alice, oauth: {}");

    team.await("gitlab", Reason.OAuthNotOffered);
  }

  @Test
  void aSecretOfSomebodyElseIsNotTouched() {
    team.token("gitlab-oauth", gitLab.url(), "of-somebody-else");
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: oauth-app}}"
            .formatted(gitLab.url()));

    team.await("gitlab", Reason.TokenSecretNotOwned);
    assertThat(value("gitlab-oauth", "token")).isEqualTo("of-somebody-else");
  }

  @Test
  void aDeletedBindingTakesItsSecretsAlong() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);

    team.resource("gitlab").delete();

    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> secret("gitlab-oauth").isEmpty());
  }

  @Test
  void aDeletedBindingRevokesItsAccessWhereItsUserWantsThat() {
    String token = bindRevoking();

    team.resource("gitlab").delete();

    Team.patiently().until(() -> team.resource("gitlab").get() == null);
    assertThat(gitLab.introspect(token).path("active").asBoolean()).isFalse();
    assertThat(team.events("gitlab")).noneMatch(event -> event.getReason().equals("NotRevoked"));
  }

  @Test
  void aCodeHostThatCannotRevokeKeepsADeletedBindingNotForLong() {
    String token = bindRevoking();
    gitLab.trouble(Trouble.UNAVAILABLE);

    team.resource("gitlab").delete();

    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> team.resource("gitlab").get() == null);
    assertThat(gitLab.introspect(token).path("active").asBoolean()).isTrue();
    assertThat(team.events("gitlab"))
        .filteredOn(event -> event.getReason().equals("NotRevoked"))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo("Warning");
              assertThat(event.getNote())
                  .isEqualTo(
                      "The binding is deleted, and the access of alice is not revoked: GitLab answers with the server error 503. "
                          + Reason.NotRevoked.remedy());
            });
  }

  @Test
  void whoDecidesOtherwiseIsRidOfTheFinalizer() {
    bindRevoking();
    assertThat(team.get("gitlab").getFinalizers()).containsExactly("codesource.dev/revoke");

    cluster
        .kubectl(
            "-n",
            team.namespace(),
            "patch",
            "csb",
            "gitlab",
            "--type=merge",
            "-p",
            "{\"spec\":{\"deletionPolicy\":\"Retain\"}}")
        .orFail();

    Team.patiently().until(() -> team.get("gitlab").getFinalizers().isEmpty());
  }

  /** A bound binding that revokes; its token. */
  private String bindRevoking() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: oauth-app}}, deletionPolicy: Revoke"
            .formatted(gitLab.url()));
    URI callback = alice.logOn(alice.begin(page("gitlab")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
    return value("gitlab-oauth", "token");
  }

  @Test
  void byACodeOnAnyDevice() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: devices}, flow: Device}"
            .formatted(gitLab.url()));
    Authorization asked = authorization(team.await("gitlab", Phase.AwaitingAuthorization));
    String userCode = Objects.requireNonNull(asked.userCode());
    assertThat(
            cluster.kubectl("-n", team.namespace(), "get", "csb", "-o", "wide").orFail().stdout())
        .contains(userCode, Objects.requireNonNull(asked.url()));

    alice.logOn(
        URI.create(Objects.requireNonNull(asked.url()) + "?user_code=" + userCode), "alice");

    team.await("gitlab", Phase.Bound);
    assertThat(secret("gitlab-oauth-flow")).isEmpty();
  }

  @Test
  void aDeviceCodeThatHasExpiredIsReplaced() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: devices}, flow: Device}"
            .formatted(gitLab.url()));
    String first =
        Objects.requireNonNull(
            authorization(team.await("gitlab", Phase.AwaitingAuthorization)).userCode());

    team.await(
        "gitlab",
        status ->
            status.authorization() != null
                && status.authorization().userCode() != null
                && !first.equals(status.authorization().userCode()));
  }

  @Test
  void whoDeniesADeviceIsBelieved() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: carol, oauth: {clientSecretRef: {name: devices}, flow: Device}"
            .formatted(gitLab.url()));
    Authorization asked = authorization(team.await("gitlab", Phase.AwaitingAuthorization));

    alice.refuse(
        URI.create(Objects.requireNonNull(asked.url()) + "?user_code=" + asked.userCode()),
        "carol");

    team.await("gitlab", Reason.AuthorizationDenied);
  }

  @Test
  void tokensAreRenewedInTimeAndEachRefreshTokenIsUsedOnce() {
    bindShortLived();
    String first = value("gitlab-oauth", "refresh_token");

    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> refreshesOf(first) == 1 && gitLab.tokenRequests("refresh_token").size() >= 2);

    assertThat(team.get("gitlab").getStatus().phase()).isEqualTo(Phase.Bound);
    assertThat(gitLab.introspect(value("gitlab-oauth", "token")).path("active").asBoolean())
        .isTrue();
    assertEachRefreshTokenUsedOnce();
  }

  private void bindShortLived() {
    URI callback =
        alice.logOn(alice.begin(bind("gitlab", "clientSecretRef: {name: short-lived}")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
  }

  private long refreshesOf(String refreshToken) {
    return gitLab.tokenRequests("refresh_token").stream()
        .filter(form -> refreshToken.equals(form.get("refresh_token")))
        .count();
  }

  private void assertEachRefreshTokenUsedOnce() {
    List<String> used =
        gitLab.tokenRequests("refresh_token").stream()
            .map(form -> form.getOrDefault("refresh_token", ""))
            .toList();
    assertThat(used).hasSameSizeAs(new HashSet<>(used));
  }

  @Test
  void whoRevokesOnTheCodeHostIsAskedAgainAndConsumersKeepWhatTheyHave() {
    bindShortLived();
    String token = value("gitlab-oauth", "token");
    alice.post(
        URI.create(gitLab.url() + "/oauth/revoke"),
        Map.of(
            "token", value("gitlab-oauth", "refresh_token"),
            "client_id", "short-lived",
            "client_secret", "the-secret-of-short-lived"));

    BindingStatus status = team.await("gitlab", Reason.RefreshRejected);

    assertThat(status.phase()).isEqualTo(Phase.AwaitingAuthorization);
    assertThat(value("gitlab-oauth", "token")).isEqualTo(token);
    assertThat(cluster.kubectl("-n", team.namespace(), "get", "events").orFail().stdout())
        .contains("RefreshRejected");
    URI callback = alice.logOn(alice.begin(page("gitlab")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
  }

  @Test
  void anOutageOfTheTokenEndpointIsNotARevocation() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.UNAVAILABLE);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);
    assertThat(team.get("gitlab").getStatus().phase()).isEqualTo(Phase.Bound);
  }

  @Test
  void anAnswerThatIsLostIsNotAskedForAgain() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.ANSWER_LOST);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);
    gitLab.trouble(Trouble.NONE);

    awaitLong("gitlab", Reason.RefreshRejected);

    assertEachRefreshTokenUsedOnce();
  }

  @Test
  void anOperatorThatIsKilledWhileItRenewsRepeatsNothing() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.SILENT);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);
    operator.killHard();
    gitLab.trouble(Trouble.NONE);
    operator.close();
    operator = startOperator();

    awaitLong("gitlab", Reason.RefreshRejected);

    assertThat(refreshesOf(refreshToken)).isLessThanOrEqualTo(1);
    assertEachRefreshTokenUsedOnce();
  }

  @Test
  void anOperatorThatIsStoppedWhileItRenewsStoresTheAnswer() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.ANSWER_LATE);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);

    operator.terminate(Duration.ofSeconds(10));

    gitLab.trouble(Trouble.NONE);
    assertThat(value("gitlab-oauth", "refresh_token")).isNotEqualTo(refreshToken);
    assertThat(secret("gitlab-oauth").orElseThrow().getData())
        .doesNotContainKey("refreshing_since");
    assertThat(operator.stackTraces()).isEmpty();
    operator.close();
    operator = startOperator();
    assertEachRefreshTokenUsedOnce();
  }

  private void awaitLong(String binding, Reason reason) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                Team.condition(
                        team.get(binding).getStatus(), dev.codesource.reason.ConditionType.Ready)
                    .getReason()
                    .equals(reason.name()));
  }

  @Test
  void tenThousandFlowsThatAreBegunAreHeldByNoProcess() {
    List<URI> pages =
        IntStream.range(0, BINDINGS_AT_ONCE).mapToObj(i -> bind("gitlab-" + i)).toList();
    pages.forEach(page -> beginFlows(page, 20));
    long before = operator.liveHeap();

    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> begun = new ArrayList<>();
      pages.forEach(
          page -> begun.add(threads.submit(() -> beginFlows(page, 10_000 / BINDINGS_AT_ONCE))));
      assertThat(begun).allSatisfy(Future::get);
    }

    assertThat(operator.liveHeap()).isLessThan(before + 10_000_000);
    assertThat(
            cluster.admin().secrets().inNamespace(team.namespace()).list().getItems().stream()
                .filter(secret -> secret.getType().equals("codesource.dev/oauth-flow")))
        .hasSize(BINDINGS_AT_ONCE);
  }

  private static void beginFlows(URI page, int flows) {
    try (Visitor visitor = new Visitor()) {
      visitor.press(page);
      String token = visitor.cookiesOf(page).get("__Host-codesource-form");
      for (int i = 1; i < flows; i++) {
        visitor.cookiesOf(page).keySet().removeIf(name -> name.contains("-flow-"));
        assertThat(visitor.post(page, Map.of("token", token)).statusCode()).isEqualTo(303);
      }
    }
  }
}
