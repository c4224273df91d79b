package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchPersistentContextOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Request;
import com.microsoft.playwright.Response;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.Cookie;
import com.microsoft.playwright.options.FormData;
import com.microsoft.playwright.options.RequestOptions;
import dev.codesource.browser.Chromium;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.keycloak.KeycloakIssuer;
import io.fabric8.kubernetes.api.model.authentication.SelfSubjectReview;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** People who log in at Keycloak, an API server that trusts it, a browser, and the console. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConsoleOidcIT {

  private static final String KEY = "a-key-of-sessions-that-both-consoles-have";

  private final Cluster cluster;
  private KeycloakIssuer issuer;
  private Chromium chromium;
  private ConsoleProcess console;
  private Team team;

  ConsoleOidcIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() throws IOException {
    chromium = Chromium.start();
    team = Team.in(cluster);
    team.bindGitLab("gitlab", "https://gitlab.example.com");
    cluster
        .apply(
            """
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: alice, namespace: %1$s}
            rules: [{apiGroups: [codesource.dev], resources: ['*'], verbs: [get, list, watch]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: alice-sees, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: alice}
            subjects: [{apiGroup: rbac.authorization.k8s.io, kind: User, name: 'oidc:alice'}]
            """
                .formatted(team.namespace()))
        .orFail();
    issuer = KeycloakIssuer.start();
    cluster.trustIssuer(issuer.url(), issuer.authority(), "console", "short-console", "kubernetes");
    console = console("console");
    Awaitility.await()
        .atMost(Duration.ofMinutes(3))
        .pollInterval(Duration.ofSeconds(1))
        .until(() -> isAccepted(issuer.idToken("console", "alice")));
  }

  private boolean isAccepted(String token) {
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
      return client
          .resource(new SelfSubjectReview())
          .create()
          .getStatus()
          .getUserInfo()
          .getUsername()
          .equals("oidc:alice");
    } catch (KubernetesClientException e) {
      return false;
    }
  }

  private ConsoleProcess console(String client, String... more) throws IOException {
    Path authority =
        Files.writeString(
            Files.createTempFile(Path.of("target"), "provider", ".crt"), issuer.authority());
    Map<String, String> settings =
        new HashMap<>(
            Map.of(
                "CODESOURCE_CONSOLE_SESSION_KEY", KEY,
                "CODESOURCE_CONSOLE_OIDC_ENABLED", "true",
                "CODESOURCE_CONSOLE_OIDC_ISSUER", issuer.url(),
                "CODESOURCE_CONSOLE_OIDC_CLIENT_ID", client,
                "CODESOURCE_CONSOLE_OIDC_CLIENT_SECRET", "the-secret-of-the-console",
                "CODESOURCE_CONSOLE_OIDC_NAME", "Keycloak",
                "CODESOURCE_CONSOLE_OIDC_SCOPES", "profile",
                "CODESOURCE_CONSOLE_OIDC_HTTPS_REDIRECT", "false",
                "QUARKUS_OIDC_TLS_TLS_CONFIGURATION_NAME", "provider",
                "QUARKUS_TLS__PROVIDER__TRUST_STORE_PEM_CERTS",
                    authority.toAbsolutePath().toString()));
    for (int i = 0; i < more.length; i += 2) {
      settings.put(more[i], more[i + 1]);
    }
    return ConsoleProcess.start(cluster, settings);
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(console).ifPresent(ConsoleProcess::close);
    Optional.ofNullable(issuer).ifPresent(KeycloakIssuer::close);
    Optional.ofNullable(chromium).ifPresent(Chromium::close);
  }

  private BrowserContext browser() {
    return chromium.open(new LaunchPersistentContextOptions().setIgnoreHTTPSErrors(true));
  }

  private Page begin(BrowserContext browser, ConsoleProcess at) {
    Page page = browser.newPage();
    page.navigate(at.url("/ns/" + team.namespace()));
    page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Log in with Keycloak"))
        .click();
    return page;
  }

  private static void logOn(Page page, String person) {
    page.locator("#username").fill(person);
    page.locator("#password").fill(person + "-logs-on");
    page.locator("#kc-login").click();
  }

  private Page logIn(BrowserContext browser, ConsoleProcess at, String person) {
    Page page = begin(browser, at);
    logOn(page, person);
    page.waitForURL(at.url("/ns/" + team.namespace()));
    return page;
  }

  private static String heading(Page page) {
    return page.getByRole(AriaRole.HEADING).first().textContent();
  }

  @Test
  void aPersonLogsInAtTheProviderAndComesBackToThePageTheyWanted() {
    List<String> urls = new CopyOnWriteArrayList<>();
    BrowserContext browser = browser();
    browser.onRequest(request -> urls.add(request.url()));

    Page page = logIn(browser, console, "alice");

    assertThat(page.locator("header").textContent()).contains("oidc:alice");
    assertThat(page.locator("tbody").textContent()).contains("gitlab");
    assertThat(urls)
        .anySatisfy(
            url ->
                assertThat(url).contains("code_challenge_method=S256", "nonce=", "scope=openid"));
    assertThat(browser.cookies())
        .filteredOn(cookie -> cookie.value.length() > 1_000)
        .filteredOn(cookie -> cookie.name.contains("codesource"))
        .isNotEmpty()
        .allSatisfy(
            cookie -> {
              assertThat(cookie.name).startsWith("__Host-codesource-oidc-");
              assertThat(cookie.httpOnly).isTrue();
              assertThat(cookie.secure).isTrue();
            });
    assertThat(String.join("\n", console.log())).doesNotContain("eyJ");
  }

  @Test
  void whoMayNotSeeANamespaceIsToldWhoTheyAreAndWhatIsMissing() {
    Page page = logIn(browser(), console, "carol");

    assertThat(heading(page)).isEqualTo("Not allowed");
    assertThat(page.locator("main").textContent())
        .contains("oidc:carol", "list", "codesourcebindings");
  }

  @Test
  void anIssuerOrAudienceThatTheApiServerDoesNotTrustIsSaidInsteadOfLooping() throws IOException {
    try (ConsoleProcess other = console("other-console")) {
      List<Request> requests = new CopyOnWriteArrayList<>();
      BrowserContext browser = browser();
      Page page = begin(browser, other);
      browser.onRequest(requests::add);
      logOn(page, "alice");
      page.waitForURL(url -> url.startsWith(other.url("/login/oidc")));
      page.getByRole(AriaRole.HEADING).first().waitFor();

      assertThat(heading(page)).isEqualTo("The cluster does not accept this login");
      assertThat(page.locator("main").textContent())
          .contains(issuer.url(), "other-console", "jwt[].issuer.audiences", "--oidc-client-id");
      assertThat(requests).hasSizeLessThan(20);

      page.navigate(other.url("/ns/" + team.namespace()));
      assertThat(page.url()).contains("/login?next=");
    }
  }

  @Test
  void aTokenThatIsAboutToEndIsRenewedWithoutThePersonNoticing() throws IOException {
    try (ConsoleProcess brief = console("short-console")) {
      BrowserContext browser = browser();
      Page page = logIn(browser, brief, "alice");
      String before = sealed(browser);

      Awaitility.await()
          .atMost(Duration.ofSeconds(60))
          .pollInterval(Duration.ofSeconds(5))
          .until(
              () -> {
                page.reload();
                assertThat(page.locator("header").textContent()).contains("oidc:alice");
                return !sealed(browser).equals(before);
              });
    }
  }

  @Test
  void aSessionThatTheProviderHasEndedEndsAtItsRenewalAndSaysSo() throws IOException {
    try (ConsoleProcess brief = console("short-console")) {
      BrowserContext browser = browser();
      Page page = logIn(browser, brief, "alice");
      issuer.endSessionsOf("alice");
      List<Request> requests = new CopyOnWriteArrayList<>();
      browser.onRequest(requests::add);

      Awaitility.await()
          .atMost(Duration.ofMinutes(2))
          .pollInterval(Duration.ofSeconds(3))
          .until(
              () -> {
                requests.clear();
                page.navigate(brief.url("/ns/" + team.namespace()));
                return page.url().contains("/login?next=");
              });

      assertThat(page.locator("main").textContent())
          .contains("Your session is over: Keycloak has ended it, or does not renew it.");
      assertThat(requests).hasSizeLessThan(10);
      assertThat(sealed(browser)).isEqualTo("none");
      page.navigate(brief.url("/ns/" + team.namespace()));
      assertThat(page.locator("main").textContent()).doesNotContain("Your session is over");
      page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Log in with Keycloak"))
          .click();
      logOn(page, "alice");
      page.waitForURL(brief.url("/ns/" + team.namespace()));
    }
  }

  @Test
  void aTokenOfAnotherAudienceIsExchangedForTheApiServers() throws IOException {
    try (ConsoleProcess exchanging =
        console("exchanging-console", "CODESOURCE_CONSOLE_OIDC_EXCHANGE_AUDIENCE", "kubernetes")) {
      Page page = logIn(browser(), exchanging, "alice");

      assertThat(page.locator("header").textContent()).contains("oidc:alice");
      assertThat(page.locator("tbody").textContent()).contains("gitlab");
      assertThat(String.join("\n", exchanging.log())).doesNotContain("eyJ");
    }
  }

  @Test
  void anExchangeThatTheProviderRefusesIsSaidInsteadOfLooping() throws IOException {
    try (ConsoleProcess refused =
        console("console", "CODESOURCE_CONSOLE_OIDC_EXCHANGE_AUDIENCE", "kubernetes")) {
      BrowserContext browser = browser();
      Page page = begin(browser, refused);
      List<Request> requests = new CopyOnWriteArrayList<>();
      browser.onRequest(requests::add);
      logOn(page, "alice");
      page.waitForURL(url -> url.startsWith(refused.url("/login/oidc")));
      page.getByRole(AriaRole.HEADING).first().waitFor();

      assertThat(heading(page)).isEqualTo("No token for the cluster");
      assertThat(page.locator("main").textContent())
          .contains("audience kubernetes", "It answers: ", "RFC 8693");
      assertThat(requests).hasSizeLessThan(20);
      assertThat(sealed(browser)).isEqualTo("none");
    }
  }

  private static String sealed(BrowserContext browser) {
    return browser.cookies().stream()
        .filter(cookie -> cookie.name.equals("__Host-codesource-oidc-0"))
        .map(cookie -> cookie.value)
        .findFirst()
        .orElse("none");
  }

  @Test
  void whoLogsOutIsOutAlsoWithTheBackButtonAndIsToldOfTheProvider() {
    BrowserContext browser = browser();
    Page page = logIn(browser, console, "alice");

    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Log out")).click();

    assertThat(page.locator("main").textContent()).contains("You have logged out of the console");
    assertThat(
            page.getByRole(AriaRole.LINK, new Page.GetByRoleOptions().setName("Log out there, too"))
                .getAttribute("href"))
        .startsWith(issuer.url());
    assertThat(sealed(browser)).isEqualTo("none");
    page.goBack();
    page.reload();
    assertThat(page.url()).contains("/login?next=");
    assertThat(page.content()).doesNotContain("gitlab.example.com");
  }

  @Test
  void twoTabsCanLogInAtOnce() {
    BrowserContext browser = browser();
    Page first = begin(browser, console);
    Page second = begin(browser, console);

    logOn(second, "alice");
    second.waitForURL(console.url("/ns/" + team.namespace()));
    // The provider's page leaves by itself when it sees the session, also in the midst of this.
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              first.navigate(console.url("/ns/" + team.namespace()));
              assertThat(first.locator("header").textContent()).contains("oidc:alice");
            });
  }

  /** Another host of the same domain can set any cookie that has no prefix. */
  @Test
  void nobodyIsLedIntoTheSessionOfSomebodyElse() {
    BrowserContext mallory = browser();
    logIn(mallory, console, "mallory");
    List<Cookie> tossed =
        mallory.cookies().stream()
            .filter(cookie -> cookie.name.startsWith("q_"))
            .map(cookie -> new Cookie(cookie.name, cookie.value).setUrl(console.url("/")))
            .toList();
    assertThat(tossed).isNotEmpty();
    BrowserContext victim = browser();
    victim.addCookies(tossed);

    Page page = victim.newPage();
    page.navigate(console.url("/ns/" + team.namespace()));
    assertThat(page.url()).contains("/login?next=");
    page.navigate(console.url("/login/oidc"));
    assertThat(page.content()).doesNotContain("oidc:mallory");
    assertThat(sealed(victim)).isEqualTo("none");
  }

  /** The way back from the provider, with the code and the state cookie of somebody else. */
  @Test
  void aLoginEndsOnlyInTheBrowserInWhichItBegan() {
    BrowserContext mallory = browser();
    Page page = begin(mallory, console);
    String back =
        mallory
            .request()
            .post(
                page.locator("#kc-form-login").getAttribute("action"),
                RequestOptions.create()
                    .setForm(
                        FormData.create()
                            .set("username", "mallory")
                            .set("password", "mallory-logs-on"))
                    .setMaxRedirects(0))
            .headers()
            .get("location");
    assertThat(back).startsWith(console.url("/login/oidc?")).contains("code=");
    String tossed =
        mallory.cookies().stream()
            .filter(cookie -> cookie.name.startsWith("q_auth"))
            .map(cookie -> cookie.name + "=" + cookie.value)
            .collect(Collectors.joining("; "));
    assertThat(tossed).isNotEmpty();

    try (Visitor victim = new Visitor()) {
      HttpResponse<String> answer = victim.get(URI.create(back), "Cookie", tossed);

      assertThat(answer.statusCode()).isEqualTo(401);
      assertThat(answer.body()).contains("This login did not begin in this browser");
      assertThat(victim.cookiesOf(URI.create(console.url("/"))).keySet())
          .noneMatch(name -> name.startsWith("__Host-") || name.equals("q_session"));
    }
  }

  @Test
  void anApiServerThatDoesNotAnswerIsSaidAndTheSessionSurvives() {
    BrowserContext browser = browser();
    Page page = logIn(browser, console, "alice");

    cluster.whileApiServerIsPaused(
        () -> {
          Response answer = page.reload(new Page.ReloadOptions().setTimeout(60_000));
          assertThat(answer.status()).isEqualTo(503);
          assertThat(page.locator("main").textContent()).contains("does not answer");
        });
    page.reload();

    assertThat(page.locator("tbody").textContent()).contains("gitlab");
  }
}
