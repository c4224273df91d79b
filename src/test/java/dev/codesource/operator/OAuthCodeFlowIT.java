package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.oauth.Attempt;
import dev.codesource.oauth.CodeFlow;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Authorizations by the pages of the operator, and attacks on them, against a real Keycloak. */
class OAuthCodeFlowIT extends WithKeycloak {

  private static final int BINDINGS_AT_ONCE = 10;

  OAuthCodeFlowIT(Cluster cluster, KeycloakGitLab gitLab) {
    super(cluster, gitLab);
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
            + operator.get("/metrics");
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
  void whoSaysNoInABrowserIsSeenInTheStatusAndItsEventsUntilSomebodyAgrees() {
    URI page = bind("gitlab");
    URI denied = alice.refuse(alice.begin(page), "alice");

    assertThat(result(alice, denied)).isEqualTo("AuthorizationDenied");
    BindingStatus status = team.await("gitlab", Reason.AuthorizationDenied);

    assertThat(status.phase()).isEqualTo(Phase.AwaitingAuthorization);
    assertThat(Team.condition(status, ConditionType.Authenticated).getMessage())
        .isEqualTo(
            Reason.AuthorizationDenied.meaning() + " " + Reason.AuthorizationDenied.remedy());
    Awaitility.await()
        .until(
            () ->
                team.events("gitlab").stream()
                    .anyMatch(event -> event.getReason().equals("AuthorizationDenied")));

    assertThat(result(alice, alice.logOn(alice.begin(page), "alice"))).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
    assertThat(Attempt.noted(team.get("gitlab"))).isEmpty();
  }

  @Test
  void anotherAccountInABrowserIsSeenInTheStatus() {
    URI page = bind("gitlab");
    assertThat(result(alice, alice.logOn(alice.begin(page), "mallory")))
        .isEqualTo("UsernameMismatch");

    BindingStatus status = team.await("gitlab", Reason.UsernameMismatch);

    assertThat(status.authorization()).isNotNull();
    assertThat(Team.condition(status, ConditionType.Ready).getMessage())
        .startsWith(Reason.UsernameMismatch.meaning() + " Open the URL")
        .doesNotContain("mallory", "Secret");
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

  private URI redirectUri(URI page) {
    URI site = URI.create(gitLab.url());
    return page.resolve("/callback/" + site.getScheme() + "/" + site.getAuthority());
  }

  @Test
  void statusAndPageShowTheRedirectUriToRegister() {
    URI page = bind("gitlab");

    assertThat(authorization(team.await("gitlab", Phase.AwaitingAuthorization)).redirectUri())
        .isEqualTo(redirectUri(page).toString());
    assertThat(alice.get(page).body()).contains(redirectUri(page).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/callback/https/honest.example", "/callback"})
  void aCodeThatComesToTheRedirectUriOfAnotherCodeHostIsNotUsed(String path) {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    int before = exchanges();
    URI mixedUp = URI.create(callback.toString().replace(callback.getPath(), path));

    assertThat(result(alice, mixedUp)).isEqualTo("from-another-code-host");
    assertThat(exchanges()).isEqualTo(before);
    assertThat(alice.get(callback.resolve("/result/from-another-code-host")).body())
        .contains("status.authorization.redirectUri");
  }

  private static URI withQuery(URI callback, String query) {
    return URI.create(callback.toString().replaceFirst("\\?.*", "?" + query));
  }

  /** A stranger knows the names of bindings, and can make up states and cookies. */
  @Test
  void forgedCallbacksDoNotKeepAPersonFromComingBack() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    try (Visitor stranger = new Visitor()) {
      int refused = 0;
      for (int i = 0; i < 300 && refused == 0; i++) {
        String state = "forged-" + i;
        String cookie = CodeFlow.cookieName(state) + "=" + team.namespace() + "/gitlab/forged";
        refused +=
            stranger
                        .get(withQuery(callback, "code=a&state=" + state), "Cookie", cookie)
                        .statusCode()
                    == 503
                ? 1
                : 0;
      }
      assertThat(refused).isEqualTo(1);
    }
    assertThat(result(alice, callback)).isEqualTo("bound");
  }

  @Test
  void noRedirectLeadsWhereARequestSays() {
    URI page = bind("gitlab");
    URI authorize =
        alice.begin(URI.create(page + "?redirect_uri=https://evil.example/&next=//evil"));
    assertThat(authorize.toString()).startsWith(gitLab.url() + "/oauth/authorize?");
    assertThat(authorize.getQuery()).contains("redirect_uri=" + redirectUri(page));

    for (String callback :
        List.of(
            "/callback?state=https://evil.example",
            "/callback?error=https://evil.example&state=x",
            "/callback/https/evil.example?redirect_uri=https://evil.example&code=a&state=b")) {
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
            "GET /callback/https/evil.example?state=x HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\nForwarded: host=evil.example\r\nConnection: close\r\n\r\n");

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
        bind("gitlab", html, "clientSecretRef: {name: oauth-app}, scopes: ['api', \"'><script>\"]");

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
  void aFloodOfFlowsIsHeldByNoProcessAndRefusedBeyondARate() {
    List<Flood> floods =
        IntStream.range(0, BINDINGS_AT_ONCE)
            .mapToObj(i -> new Flood(bind("gitlab-" + i), new Visitor()))
            .toList();
    floods.forEach(Flood::enter);
    long before = operator.liveHeap();

    List<Integer> answers = new CopyOnWriteArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> begun = new ArrayList<>();
      floods.forEach(
          flood ->
              begun.add(threads.submit(() -> flood.begin(10_000 / BINDINGS_AT_ONCE, answers))));
      assertThat(begun).allSatisfy(Future::get);
    }
    floods.forEach(flood -> flood.visitor().close());

    assertThat(answers).hasSize(10_000).containsOnly(303, 503);
    assertThat(operator.liveHeap()).isLessThan(before + 10_000_000);
    assertThat(
            cluster.admin().secrets().inNamespace(team.namespace()).list().getItems().stream()
                .filter(secret -> secret.getType().equals("codesource.dev/oauth-flow")))
        .hasSize(BINDINGS_AT_ONCE);
  }

  private record Flood(URI page, Visitor visitor) {

    void enter() {
      visitor.press(page);
    }

    void begin(int flows, List<Integer> answers) {
      String token = visitor.cookiesOf(page).get("__Host-codesource-form");
      for (int i = 0; i < flows; i++) {
        visitor.cookiesOf(page).keySet().removeIf(name -> name.contains("-flow-"));
        var answer = visitor.post(page, Map.of("token", token));
        answers.add(answer.statusCode());
        assertThat(answer.headers().firstValue("Retry-After").isPresent())
            .isEqualTo(answer.statusCode() == 503);
      }
    }
  }
}
