package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.gitserver.GitClient;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.DeployTokenShelf;
import dev.codesource.testhost.DeployTokenShelf.Made;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The life of a deploy token: made, stored, published, renewed, missed, deleted. */
class DeployTokenIT extends WithPublishing {

  private static final String BOUND = "glpat-canary-5d1c9a7e42f0b8636";
  private static final String README = "What only readers see.\n";
  private static final String STORED = "code-deploytoken";

  private DeployTokenShelf shelf;

  DeployTokenIT(Cluster cluster) {
    super(cluster);
  }

  @BeforeAll
  void makeRepository() {
    GitClient.repository(folder, "repositories/team/app.git", README);
  }

  @Override
  LoopbackCodeHost openCodeHost() {
    shelf = new DeployTokenShelf("projects/team%2Fapp");
    return withRepositories(shelf, "team", login -> shelf.letsIn(login))
        .grant(BOUND, Grant.of("alice", "api"));
  }

  @BeforeEach
  void storeToken() {
    team.token("gitlab-token", codeHost.url(), BOUND);
  }

  @Test
  void consumersAreGivenATokenThatCanOnlyRead() {
    publish("[ServiceBinding, Flux, Git]", "deployToken: {project: team/app}");

    BindingStatus status = team.await("code", Reason.Bound);

    Made made = only();
    assertThat(made.scopes()).containsExactly("read_repository");
    assertThat(Instant.parse(made.expiresAt()))
        .isBetween(
            Instant.now().plus(Duration.ofDays(29)), Instant.now().plus(Duration.ofDays(31)));
    assertThat(made.name())
        .isEqualTo(
            "codesource.dev %s %s/code"
                .formatted(team.get("code").getMetadata().getUid(), team.namespace()));
    assertThat(Team.condition(status, ConditionType.Published).getMessage())
        .isEqualTo(
            "Written: code-servicebinding, code-flux, code-git with a deploy token of the project team/app.");
    for (String name : List.of("code-servicebinding", "code-flux")) {
      assertThat(value(secret(name), "username")).isEqualTo(made.username());
      assertThat(value(secret(name), "password")).isEqualTo(made.token());
    }
    assertThat(published()).hasSize(3).noneMatch(secret -> text(secret).contains(BOUND));
    assertThat(codeHost.asked())
        .filteredOn(asked -> asked.path().contains("deploy_tokens"))
        .as("requests for it")
        .hasSize(2);
    Secret stored = secret(STORED);
    assertThat(stored.getType()).isEqualTo("codesource.dev/token");
    assertThat(stored.getMetadata().getOwnerReferences())
        .singleElement()
        .returns(team.get("code").getMetadata().getUid(), owner -> owner.getUid());
  }

  @Test
  void gitClonesWithItAndNotWithoutIt() {
    publish("[Git, Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    String repository = codeHost.url() + "/team/app.git";

    assertThat(
            new GitClient(folder)
                .file(".git-credentials", value(secret("code-git"), ".git-credentials"))
                .config("credential.helper", "store")
                .clone(repository)
                .orFail()
                .stdout())
        .isEqualTo(README);
    assertThat(
            new GitClient(folder)
                .answering(
                    value(secret("code-flux"), "username"), value(secret("code-flux"), "password"))
                .clone(repository)
                .orFail()
                .stdout())
        .isEqualTo(README);
    assertThat(new GitClient(folder).answering("alice", BOUND).clone(repository).succeeded())
        .isFalse();
  }

  @Test
  void aRotationPublishesTheNewOneBeforeTheOldIsDeleted() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    Made old = only();

    store(Map.of("obtained_at", Instant.now().minus(Duration.ofDays(80)).toString()));

    awaitSecret("code-flux", now -> !value(now, "password").equals(old.token()));
    assertThat(shelf.letsIn(old.login())).as("for those who read their Secret later").isTrue();
    Made renewed = shelf.all().getLast();
    assertThat(value(secret("code-flux"), "password")).isEqualTo(renewed.token());
    Secret stored = awaitSecret(STORED, now -> value(now, "replaced").startsWith(old.id() + " "));
    assertThat(value(stored, "token")).isEqualTo(renewed.token());

    store(Map.of("replaced", backdated(stored)));

    Awaitility.await().untilAsserted(() -> assertThat(shelf.all()).containsExactly(renewed));
    awaitSecret(STORED, now -> value(now, "replaced").isEmpty());
    assertThat(value(secret("code-flux"), "password")).isEqualTo(renewed.token());
    List<String> changes =
        codeHost.asked().stream()
            .filter(asked -> asked.path().contains("deploy_tokens"))
            .map(Asked::method)
            .filter(method -> !method.equals("GET"))
            .toList();
    assertThat(changes).containsExactly("POST", "POST", "DELETE");
  }

  @Test
  void oneThatIsDeletedOnGitLabIsMissedAndMadeAnew() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    Made old = only();
    shelf.remove(old.id());

    request("1");

    awaitSecret("code-flux", now -> !value(now, "password").equals(old.token()));
    assertThat(value(secret("code-flux"), "password")).isEqualTo(only().token());
  }

  @Test
  void oneThatWasMadeAndNotStoredIsFoundByItsNameAndDeleted() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    Made kept = only();
    Made stray = shelf.put(kept.name());
    Made somebodyElses = shelf.put("codesource.dev and more");

    request("1");
    Secret stored = awaitSecret(STORED, now -> value(now, "replaced").startsWith(stray.id() + " "));
    store(Map.of("replaced", backdated(stored)));

    Awaitility.await()
        .untilAsserted(() -> assertThat(shelf.all()).containsExactly(kept, somebodyElses));
    assertThat(value(secret("code-flux"), "password")).isEqualTo(kept.token());
  }

  @Test
  void itsSecretComesBackWhenSomebodyDeletesIt() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    Made old = only();

    cluster.kubectl("-n", team.namespace(), "delete", "secret/" + STORED).orFail();

    Secret stored = awaitSecret(STORED, now -> value(now, "replaced").startsWith(old.id() + " "));
    awaitSecret("code-flux", now -> value(now, "password").equals(value(stored, "token")));
    assertThat(shelf.letsIn(old.login())).isTrue();
  }

  @Test
  void whoMayNotMakeOneIsToldAndNothingElseIsPublished() {
    shelf.refusing(true);
    publish("[Flux]", "deployToken: {project: team/app}");

    BindingStatus status = team.await("code", Reason.DeployTokenRefused);

    assertThat(status.phase()).isEqualTo(Phase.Bound);
    assertThat(Team.condition(status, ConditionType.Published))
        .returns("False", condition -> condition.getStatus())
        .returns(
            "GitLab answers 403 to listing the deploy tokens of the project team/app. "
                + Reason.DeployTokenRefused.remedy(),
            condition -> condition.getMessage());
    assertThat(published()).isEmpty();

    shelf.refusing(false);
    request("1");
    team.await("code", Reason.Bound);
    assertThat(value(secret("code-flux"), "password")).isEqualTo(only().token());
  }

  @Test
  void anOutageAndARevokedTokenLeaveItPublished() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    Made made = only();

    codeHost.answering((asked, grants) -> Answer.html(502, "<h1>Bad gateway</h1>"));
    request("1");
    team.await("code", found -> "1".equals(found.lastHandledRequestedAt()));
    assertThat(value(secret("code-flux"), "password")).isEqualTo(made.token());

    codeHost.answering(shelf);
    codeHost.revoke(BOUND);
    request("2");
    assertThat(
            Team.condition(team.await("code", Reason.TokenRejected), ConditionType.Published)
                .getReason())
        .isEqualTo("Stale");
    assertThat(value(secret("code-flux"), "password")).isEqualTo(made.token());
  }

  @Test
  void whereItIsNoLongerAskedForItIsDeletedAndTheBoundTokenPublished() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    Made made = only();
    assertThat(team.get("code").getMetadata().getFinalizers())
        .containsExactly("codesource.dev/deploy-token");

    publish("[Flux]", "whenUnbound: Keep");

    awaitSecret("code-flux", now -> value(now, "password").equals(BOUND));
    Secret stored = awaitSecret(STORED, now -> value(now, "replaced").startsWith(made.id() + " "));
    assertThat(stored.getData()).doesNotContainKey("token");

    store(Map.of("replaced", backdated(stored)));

    Awaitility.await().until(() -> shelf.all().isEmpty());
    Awaitility.await().until(() -> find(STORED).isEmpty());
    Awaitility.await().until(() -> team.get("code").getMetadata().getFinalizers().isEmpty());
  }

  @Test
  void aBindingThatGoesTakesItsDeployTokensAlong() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    Made made = only();
    shelf.put(made.name());
    Made somebodyElses = shelf.put("ours");

    team.resource("code").delete();

    Awaitility.await().until(() -> team.resource("code").get() == null);
    assertThat(shelf.all()).containsExactly(somebodyElses);
  }

  @Test
  void aBindingGoesSoonWithoutACredentialAndAfterHalfAMinuteWithoutAnAnswer() {
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    cluster.kubectl("-n", team.namespace(), "delete", "secret/gitlab-token").orFail();
    team.resource("code").delete();
    Awaitility.await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> team.resource("code").get() == null);
    assertThat(shelf.all()).hasSize(1);

    team.token("gitlab-token", codeHost.url(), BOUND);
    publish("[Flux]", "deployToken: {project: team/app}");
    team.await("code", Reason.Bound);
    codeHost.answering((asked, grants) -> Answer.html(502, "<h1>Bad gateway</h1>"));
    Instant from = Instant.now();
    team.resource("code").delete();
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> team.resource("code").get() == null);
    assertThat(Duration.between(from, Instant.now())).isGreaterThan(Duration.ofSeconds(25));
    assertThat(team.events("code"))
        .filteredOn(event -> event.getReason().equals(Reason.NotRevoked.name()))
        .extracting(event -> event.getNote())
        .allMatch(note -> note.contains("its deploy tokens stay until they expire"))
        .hasSize(2);
  }

  private void publish(String entries, String more) {
    team.bind(
        "code",
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: %s, %s"
            .formatted(codeHost.url(), entries, more));
  }

  private void request(String value) {
    team.request("code", value);
  }

  private Made only() {
    assertThat(shelf.all()).hasSize(1);
    return shelf.all().getFirst();
  }

  /** As if time had passed. */
  private void store(Map<String, String> values) {
    StringBuilder data = new StringBuilder();
    values.forEach(
        (key, value) ->
            data.append(data.isEmpty() ? "" : ",")
                .append("\"%s\":\"%s\"".formatted(key, value.replace("\n", "\\n"))));
    cluster
        .admin()
        .secrets()
        .inNamespace(team.namespace())
        .withName(STORED)
        .patch(PatchContext.of(PatchType.JSON_MERGE), "{\"stringData\":{" + data + "}}");
  }

  private static String backdated(Secret stored) {
    return value(stored, "replaced")
        .replaceAll(" \\d{4}-\\S+Z ", " " + Instant.now().minus(Duration.ofHours(2)) + " ");
  }

  private Secret awaitSecret(String name, Predicate<Secret> wanted) {
    return awaitSecret(name, Duration.ofSeconds(20), wanted);
  }
}
