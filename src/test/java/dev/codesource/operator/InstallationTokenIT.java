package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.cluster.Cluster;
import dev.codesource.gitserver.GitClient;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.GitHubInstallation;
import dev.codesource.testhost.GitHubInstallation.Made;
import dev.codesource.testhost.LoopbackCodeHost;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A GitHub App is bound by its private key, and consumers are given tokens of its installation. */
class InstallationTokenIT extends WithPublishing {

  private static final String README = "What only readers see.\n";
  private static final String STORED = "code-installation";

  private GitHubInstallation installation;

  InstallationTokenIT(Cluster cluster) {
    super(cluster);
  }

  @BeforeAll
  void makeRepository() {
    GitClient.repository(folder, "repositories/octo/app.git", README);
  }

  @Override
  LoopbackCodeHost openCodeHost() {
    installation = new GitHubInstallation();
    return withRepositories(installation, "octo", login -> installation.letsIn(login));
  }

  @BeforeEach
  void storeKey() {
    key(installation.privateKey());
  }

  @Test
  void consumersAreGivenAReadOnlyTokenAndTheKeyStaysInItsSecret() {
    publish("[ServiceBinding, Flux, Git]", GitHubInstallation.BOT);

    BindingStatus status = team.await("code", Reason.Bound);

    Made made = only();
    assertThat(made.asked())
        .isEqualTo("{\"permissions\":{\"contents\":\"read\",\"metadata\":\"read\"}}");
    assertThat(Team.condition(status, ConditionType.Published).getMessage())
        .isEqualTo(
            "Written: code-servicebinding, code-flux, code-git with a read-only token of the app's installation 7654321.");
    for (String name : List.of("code-servicebinding", "code-flux")) {
      assertThat(value(name, "username")).isEqualTo("x-access-token");
      assertThat(value(name, "password")).isEqualTo(made.token());
    }
    assertThat(value(STORED, "token")).isEqualTo(made.token());
    assertThat(secret(STORED).getMetadata().getOwnerReferences())
        .singleElement()
        .returns(team.get("code").getMetadata().getUid(), owner -> owner.getUid());
    assertThat(codeHost.asked())
        .extracting(asked -> asked.method())
        .containsExactly("GET", "GET", "POST");

    String repository = codeHost.url() + "/octo/app.git";
    assertThat(
            new GitClient(folder)
                .file(".git-credentials", value("code-git", ".git-credentials"))
                .config("credential.helper", "store")
                .clone(repository)
                .orFail()
                .stdout())
        .isEqualTo(README);
    assertThat(
            new GitClient(folder)
                .answering("x-access-token", "ghs_wrong")
                .clone(repository)
                .succeeded())
        .isFalse();

    String keyLine = installation.privateKey().lines().skip(3).findFirst().orElseThrow();
    assertThat(operator.log())
        .noneMatch(line -> line.contains(keyLine) || line.contains(made.token()));
    assertThat(team.get("code").toString() + team.events()).doesNotContain(keyLine, made.token());
    assertThat(codeHost.asked()).noneMatch(asked -> asked.toString().contains(keyLine));
    assertThat(
            cluster.admin().secrets().inNamespace(team.namespace()).list().getItems().stream()
                .filter(each -> text(each).contains(keyLine)))
        .singleElement()
        .returns("github-app", each -> each.getMetadata().getName());
  }

  @Test
  void itIsRenewedBeforeItExpires() {
    installation.tokensLast(Duration.ofSeconds(30));
    publish("[Flux]", GitHubInstallation.BOT);
    team.await("code", Reason.Bound);
    Made first = only();

    Awaitility.await()
        .atMost(Duration.ofSeconds(28))
        .until(() -> !value("code-flux", "password").equals(first.token()));

    assertThat(installation.letsIn(first.login())).as("the first at that moment").isTrue();
    assertThat(value("code-flux", "password")).isEqualTo(installation.made().get(1).token());
    assertThat(codeHost.asked())
        .as("a fresh proof is not asked for again")
        .filteredOn(asked -> asked.method().equals("GET"))
        .hasSize(2);
  }

  @Test
  void aSuspendedInstallationIsToldAndLaterHasANewToken() {
    publish("[Flux]", GitHubInstallation.BOT);
    team.await("code", Reason.Bound);
    Made first = only();

    installation.suspended(true);
    team.request("code", "1");
    BindingStatus blocked = team.await("code", Reason.AccountBlocked);
    assertThat(Team.condition(blocked, ConditionType.Ready).getMessage())
        .contains("the installation 7654321 of octobuild[bot] is suspended.");
    assertThat(Team.condition(blocked, ConditionType.Published).getReason()).isEqualTo("Stale");

    installation.suspended(false);
    team.request("code", "2");
    team.await("code", Reason.Bound);
    assertThat(value("code-flux", "password"))
        .isNotEqualTo(first.token())
        .isEqualTo(installation.made().getLast().token());
  }

  @Test
  void aWrongKeyIsRejectedAndTheRightOneIsTakenAtOnce() {
    key(GitHubInstallation.pkcs8(GitHubInstallation.newKey()));
    publish("[Flux]", GitHubInstallation.BOT);
    assertThat(
            Team.condition(team.await("code", Reason.TokenRejected), ConditionType.Ready)
                .getMessage())
        .startsWith("GitHub answers 401 to the assertion that is signed with the private key");
    assertThat(find("code-flux")).isEmpty();

    key("-----BEGIN OPENSSH PRIVATE KEY-----");
    team.await("code", Reason.CredentialMalformed);

    key(installation.privateKey());
    team.await("code", Reason.Bound);
    assertThat(value("code-flux", "password")).isEqualTo(only().token());
  }

  @Test
  void anotherAccountAndTooLittlePermissionAreTold() {
    publish("[Flux]", "alice");
    team.await("code", Reason.UsernameMismatch);

    installation.permissions("{\"metadata\":\"read\"}");
    publish("[Flux]", GitHubInstallation.BOT);
    assertThat(
            Team.condition(team.await("code", Reason.InsufficientScope), ConditionType.Ready)
                .getMessage())
        .startsWith(
            "The token of octobuild[bot] has the scopes [metadata:read] and lacks [contents:read].");
    assertThat(installation.made()).isEmpty();
  }

  @Test
  void anOutageLeavesItPublishedAndItsSecretGoesWithThePublishing() {
    publish("[Flux]", GitHubInstallation.BOT);
    team.await("code", Reason.Bound);
    codeHost.answering((asked, grants) -> Answer.html(502, "<h1>Bad gateway</h1>"));
    team.request("code", "1");
    team.await("code", found -> "1".equals(found.lastHandledRequestedAt()));
    assertThat(value("code-flux", "password")).isEqualTo(only().token());

    codeHost.answering(installation);
    publish("[]", GitHubInstallation.BOT);
    Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> find(STORED).isEmpty());
    assertThat(find("code-flux")).isEmpty();
  }

  /** A consumer must not be able to do what a trigger may. */
  @Test
  void aTriggerNoticesPushesWithATokenThatIsNotPublished() {
    GitRepository shop = GitRepository.empty(folder.resolve("repositories/octo/shop.git"));
    shop.push("main", "README", "one");
    publish("[Flux]", GitHubInstallation.BOT);
    team.await("code", Reason.Bound);
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop, namespace: %s}
            spec:
              bindingRef: {name: code}
              repository: octo/shop
              interval: 1h
              rules: [{name: main, branch: main}]
            """
                .formatted(team.namespace()))
        .orFail();
    awaitTrigger(status -> status.phase() == TriggerStatus.Phase.Active);

    String commit = shop.push("main", "README", "two");
    cluster
        .kubectl(
            "--namespace",
            team.namespace(),
            "annotate",
            "cst/shop",
            CodeSourceTrigger.REQUESTED_AT + "=1")
        .orFail();
    TriggerStatus found = awaitTrigger(status -> status.rules() != null);

    assertThat(found.rules())
        .singleElement()
        .returns(commit, rule -> Objects.requireNonNull(rule.lastBuild()).sha());
    assertThat(installation.made()).hasSize(2);
    String token = installation.made().getLast().token();
    assertThat(value("code-flux", "password")).isNotEqualTo(token);
    assertThat(cluster.admin().secrets().inNamespace(team.namespace()).list().getItems())
        .noneMatch(secret -> text(secret).contains(token));
    assertThat(operator.log()).noneMatch(line -> line.contains(token));
    assertThat(found.toString()).doesNotContain(token);
  }

  private TriggerStatus awaitTrigger(Predicate<TriggerStatus> wanted) {
    return Objects.requireNonNull(
        Team.patiently()
            .until(
                () ->
                    cluster
                        .admin()
                        .resources(CodeSourceTrigger.class)
                        .inNamespace(team.namespace())
                        .withName("shop")
                        .require()
                        .getStatus(),
                status -> status != null && wanted.test(status)));
  }

  private void key(String pem) {
    team.secret("github-app", "codesource.dev/token", installation.secret(codeHost.url(), pem));
  }

  private void publish(String entries, String username) {
    team.bind(
        "code",
        "platform: GitHub, url: '%s', username: '%s', tokenSecretRef: {name: github-app}, publish: %s"
            .formatted(codeHost.url(), username, entries));
  }

  private Made only() {
    assertThat(installation.made()).hasSize(1);
    return installation.made().getFirst();
  }

  /** The value of a key that has to be there. */
  private String value(String name, String key) {
    assertThat(secret(name).getData()).containsKey(key);
    return value(secret(name), key);
  }
}
