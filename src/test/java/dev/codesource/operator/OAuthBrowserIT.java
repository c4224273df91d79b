package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchPersistentContextOptions;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.PlaywrightException;
import com.microsoft.playwright.options.AriaRole;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.browser.Chromium;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.keycloak.KeycloakExtension;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.reason.Reason;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** A person, a browser, and Keycloak's own log-on and consent. */
@ExtendWith({ClusterExtension.class, KeycloakExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OAuthBrowserIT {

  private static final Path SCREENSHOTS = Path.of("target", "screenshots");

  private final Cluster cluster;
  private final KeycloakGitLab gitLab;
  private Chromium chromium;
  private OperatorProcess operator;
  private Team team;

  OAuthBrowserIT(Cluster cluster, KeycloakGitLab gitLab) {
    this.cluster = cluster;
    this.gitLab = gitLab;
  }

  @BeforeAll
  void start() {
    chromium = Chromium.start();
    operator = OperatorProcess.start(Installation.of(cluster).kubeconfig(), Map.of());
  }

  @AfterAll
  void stop() {
    Optional.ofNullable(operator).ifPresent(OperatorProcess::close);
    Optional.ofNullable(chromium).ifPresent(Chromium::close);
  }

  @BeforeEach
  void bind() {
    team =
        Team.in(cluster)
            .secret(
                "oauth-app",
                "codesource.dev/oauth-client",
                Map.of(
                    "url", gitLab.url(),
                    "client_id", "builds",
                    "client_secret", "the-secret-of-builds"))
            .bind(
                "gitlab",
                "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: oauth-app}}"
                    .formatted(gitLab.url()));
  }

  private String authorizationUrl() {
    BindingStatus status = team.await("gitlab", Phase.AwaitingAuthorization);
    return Objects.requireNonNull(Objects.requireNonNull(status.authorization()).url());
  }

  private static void proceed(Page page) {
    page.getByRole(AriaRole.BUTTON, new Page.GetByRoleOptions().setName("Continue to GitLab"))
        .click();
  }

  private static void logOn(Page page, String user) {
    page.locator("#username").fill(user);
    page.locator("#password").fill(user + "-logs-on");
    page.locator("#kc-login").click();
  }

  private static void consent(Page page) {
    // Keycloak remembers what alice agreed to before.
    Locator accept = page.locator("[name=accept]");
    accept.or(page.locator("h1.good, h1.bad")).first().waitFor();
    if (accept.isVisible()) {
      accept.click();
    }
  }

  private static String heading(Page page) {
    return page.getByRole(AriaRole.HEADING).textContent();
  }

  private static Page screenshot(Page page, String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
    return page;
  }

  @Test
  void fromTheStatusThroughLogOnAndConsentToBound() {
    Page page = chromium.open().newPage();

    page.navigate(authorizationUrl());
    screenshot(page, "authorize");
    assertThat(page.locator("main").textContent())
        .contains(team.namespace(), "gitlab", gitLab.url(), "alice", "api", "gitlab-oauth");
    proceed(page);
    logOn(page, "alice");
    consent(page);

    page.waitForURL("**/result/*");
    screenshot(page, "bound");
    assertThat(page.url()).endsWith("/result/bound");
    assertThat(heading(page)).isEqualTo("Bound");
    BindingStatus status = team.await("gitlab", Phase.Bound);
    assertThat(Objects.requireNonNull(status.account()).username()).isEqualTo("alice");
    assertThat(status.authorization()).isNull();
    assertThat(gitLab.tokenRequests("authorization_code"))
        .filteredOn(form -> form.containsKey("code_verifier"))
        .isNotEmpty();
  }

  @Test
  void whoSaysNoIsTold() {
    Page page = chromium.open().newPage();
    page.navigate(authorizationUrl());
    proceed(page);
    logOn(page, "carol");
    page.locator("[name=cancel]").waitFor();
    screenshot(page, "consent");
    page.locator("[name=cancel]").click();

    page.waitForURL("**/result/*");
    screenshot(page, "denied");
    assertThat(page.url()).endsWith("/result/AuthorizationDenied");
    assertThat(page.locator("main").textContent()).contains(Reason.AuthorizationDenied.remedy());
  }

  @Test
  void anotherAccountIsRefusedAndNothingOfItKept() {
    Page page = chromium.open().newPage();
    page.navigate(authorizationUrl());
    proceed(page);
    logOn(page, "mallory");
    consent(page);

    page.waitForURL("**/result/*");
    screenshot(page, "mismatch");
    assertThat(page.url()).endsWith("/result/UsernameMismatch");
    assertThat(
            cluster.admin().secrets().inNamespace(team.namespace()).withName("gitlab-oauth").get())
        .isNull();
  }

  @Test
  void theBackButtonAndAnOldLinkDoNoHarm() {
    Page page = chromium.open().newPage();
    String link = authorizationUrl();
    page.navigate(link);
    proceed(page);
    logOn(page, "alice");
    consent(page);
    page.waitForURL("**/result/bound");
    int exchanges = gitLab.tokenRequests("authorization_code").size();

    page.goBack();
    page.goBack();
    page.navigate(link);

    screenshot(page, "old-link");
    assertThat(heading(page)).isEqualTo("Authorized already");
    assertThat(gitLab.tokenRequests("authorization_code")).hasSize(exchanges);
    team.await("gitlab", Phase.Bound);
  }

  @Test
  void aDoubleClickBeginsOneFlow() {
    Page page = chromium.open().newPage();
    page.navigate(authorizationUrl());

    page.getByRole(AriaRole.BUTTON).dblclick();
    logOn(page, "alice");
    consent(page);

    page.waitForURL("**/result/bound");
  }

  @Test
  void ofTwoTabsTheLaterBegunWins() {
    BrowserContext browser = chromium.open();
    Page first = browser.newPage();
    Page second = browser.newPage();
    String link = authorizationUrl();
    first.navigate(link);
    second.navigate(link);
    proceed(first);
    proceed(second);

    logOn(second, "alice");
    consent(second);
    second.waitForURL("**/result/bound");
    // Keycloak sends the first tab on as well, now that alice is logged on: perhaps just now, and
    // then there is no page to reload.
    try {
      first.reload();
    } catch (PlaywrightException e) {
      first.waitForLoadState();
    }
    if (first.locator("#username").isVisible()) {
      logOn(first, "alice");
    }
    if (first.locator("[name=accept]").isVisible()) {
      consent(first);
    }
    first.waitForURL(url -> url.contains("/result/") || url.contains("realms"));

    team.await("gitlab", Phase.Bound);
  }

  @Test
  void aPageIsReadableInTheDarkAndOnAPhone() {
    BrowserContext phone =
        chromium.open(
            new LaunchPersistentContextOptions()
                .setViewportSize(360, 740)
                .setColorScheme(com.microsoft.playwright.options.ColorScheme.DARK)
                .setJavaScriptEnabled(false));
    Page page = phone.newPage();
    page.navigate(authorizationUrl());
    screenshot(page, "phone-dark");

    assertThat(page.locator("html").getAttribute("lang")).isEqualTo("en");
    assertThat(page.getByRole(AriaRole.MAIN).count()).isEqualTo(1);
    assertThat(page.title()).contains("Authorize");
    proceed(page);
    assertThat(page.locator("#username").isVisible()).isTrue();
  }
}
