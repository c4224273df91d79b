package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.Mode;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.api.TriggerStatus.WebhookState;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.FreePort;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.status.ConditionSet;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.WebhookShelf;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The webhook of triggers: a GitLab that keeps it, with a real git, and deliveries of it. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TriggerWebhookIT {

  private static final String TOKEN = "glpat-good-and-long-enough";
  private static final String REPOSITORY = "group/shop";

  private final Cluster cluster;
  private final GitLabWording wording = GitLabWording.old();
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private WebhookShelf shelf;
  private GitRepository repository;
  private Team team;
  private Path folder;

  TriggerWebhookIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startOperator(@TempDir Path temporary) {
    folder = temporary;
    operator =
        Installation.receivingDeliveries(cluster).start(Installation.receivingAt(FreePort.find()));
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void startCodeHost() {
    Path repositories = folder.resolve("repositories" + System.nanoTime());
    repository = GitRepository.empty(repositories.resolve(REPOSITORY + ".git"));
    repository.push("main", "README", "one");
    shelf = new WebhookShelf(wording);
    shelf.put(REPOSITORY);
    gitLab =
        LoopbackCodeHost.http(shelf)
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving("/group", new GitHttpBackend(repositories, "", "alice:" + TOKEN));
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
    team.bindGitLab("gitlab", gitLab.url());
    team.await("gitlab", Phase.Bound);
  }

  @AfterEach
  void stopCodeHost() {
    gitLab.close();
  }

  private void trigger(String name) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: %s, namespace: %s}
            spec:
              bindingRef: {name: gitlab}
              repository: group/shop
              interval: 1h
              rules: [{name: main, branch: main}]
            """
                .formatted(name, team.namespace()))
        .orFail();
  }

  private Resource<CodeSourceTrigger> resource(String name) {
    return cluster
        .admin()
        .resources(CodeSourceTrigger.class)
        .inNamespace(team.namespace())
        .withName(name);
  }

  private TriggerStatus await(String name, Predicate<TriggerStatus> wanted) {
    return Objects.requireNonNull(
        Team.patiently()
            .until(
                () -> Objects.requireNonNull(resource(name).get()),
                found ->
                    found.getStatus() != null
                        && Objects.equals(
                            found.getStatus().observedGeneration(),
                            found.getMetadata().getGeneration())
                        && wanted.test(found.getStatus()))
            .getStatus());
  }

  private static boolean isActive(TriggerStatus status) {
    return Optional.ofNullable(status.webhook())
        .filter(webhook -> webhook.state() == WebhookState.Active)
        .isPresent();
  }

  private void patch(String name, String patch) {
    resource(name).patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private void delete(String name) {
    resource(name).delete();
    Team.patiently().until(() -> resource(name).get() == null);
  }

  private List<Secret> webhookSecrets() {
    return cluster.admin().secrets().inNamespace(team.namespace()).list().getItems().stream()
        .filter(secret -> "codesource.dev/webhook".equals(secret.getType()))
        .toList();
  }

  private ObjectNode hook() {
    assertThat(shelf.hooks(REPOSITORY)).hasSize(1);
    return shelf.hooks(REPOSITORY).getFirst();
  }

  /** What GitLab sends for a push; nothing but the token counts. */
  private int deliver(String token) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(wording.url(hook())))
            .header("Content-Type", "application/json")
            .header("X-Gitlab-Event", "Push Hook")
            .header("X-Gitlab-Token", token)
            .POST(HttpRequest.BodyPublishers.ofString("{\"object_kind\":\"push\"}"))
            .build();
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static Optional<LastBuild> last(TriggerStatus status) {
    return Optional.ofNullable(status.rules()).orElse(List.of()).stream()
        .map(RuleStatus::lastBuild)
        .findFirst();
  }

  @Test
  void aDeliveryHasAPushFoundLongBeforeTheInterval() {
    trigger("shop");
    await("shop", TriggerWebhookIT::isActive);
    // A new webhook has the repository compared once more, which would find the push too.
    Team.patiently().pollDelay(Duration.ofSeconds(5)).until(() -> true);
    String commit = repository.push("main", "README", "two");
    Team.patiently().until(() -> deliver(hook().path("token").asText()) == 202);

    TriggerStatus found = await("shop", status -> last(status).isPresent());

    assertThat(last(found).orElseThrow())
        .returns(commit, LastBuild::sha)
        .returns(FoundBy.Webhook, LastBuild::foundBy);
    assertThat(Objects.requireNonNull(found.webhook()).lastDeliveryAt()).isNotNull();
    assertThat(deliver("whsec_" + "A".repeat(43) + "=")).isEqualTo(404);
  }

  @Test
  void triggersShareAWebhookUntilTheLastIsDeleted() {
    trigger("first");
    TriggerStatus first = await("first", TriggerWebhookIT::isActive);
    trigger("second");
    TriggerStatus second = await("second", TriggerWebhookIT::isActive);
    assertThat(Objects.requireNonNull(second.webhook()).id())
        .isEqualTo(Objects.requireNonNull(first.webhook()).id())
        .isEqualTo(wording.id(hook()));
    assertThat(webhookSecrets()).hasSize(1);
    assertThat(resource("second").get().getMetadata().getFinalizers())
        .containsExactly("codesource.dev/webhook");

    delete("first");
    assertThat(webhookSecrets())
        .singleElement()
        .satisfies(
            secret ->
                assertThat(secret.getMetadata().getOwnerReferences())
                    .extracting(OwnerReference::getName)
                    .containsExactly("second"));
    hook();
    delete("second");

    assertThat(shelf.hooks(REPOSITORY)).isEmpty();
    assertThat(webhookSecrets()).isEmpty();
  }

  @Test
  void whoPollsAgainHasNoWebhookAndNoFinalizer() {
    trigger("shop");
    await("shop", TriggerWebhookIT::isActive);
    patch("shop", "{\"spec\":{\"mode\":\"Poll\"}}");
    TriggerStatus polling = await("shop", status -> status.webhook() == null);

    assertThat(polling.mode()).isEqualTo(Mode.Poll);
    assertThat(shelf.hooks(REPOSITORY)).isEmpty();
    assertThat(webhookSecrets()).isEmpty();
    Team.patiently().until(() -> resource("shop").get().getMetadata().getFinalizers().isEmpty());
  }

  @Test
  void whoMayNotSetWebhooksPollsAndLeavesNothing() {
    shelf.allowing(0);
    trigger("shop");
    TriggerStatus status =
        await(
            "shop",
            found ->
                ConditionSet.find(found.conditions(), ConditionType.WebhookReady)
                    .map(Condition::getReason)
                    .filter(Reason.WebhookLimitReached.name()::equals)
                    .isPresent());

    assertThat(status.mode()).isEqualTo(Mode.Poll);
    assertThat(status.phase()).isEqualTo(TriggerStatus.Phase.Active);
    assertThat(webhookSecrets()).isEmpty();
    Team.patiently().until(() -> resource("shop").get().getMetadata().getFinalizers().isEmpty());
  }

  @Test
  void aWebhookThatCannotBeDeletedKeepsItsTriggerNotForLong() {
    trigger("shop");
    TriggerStatus status = await("shop", TriggerWebhookIT::isActive);
    cluster.admin().resource(team.get("gitlab")).delete();
    delete("shop");

    assertThat(team.events("shop"))
        .filteredOn(event -> Reason.WebhookLeft.name().equals(event.getReason()))
        .singleElement()
        .satisfies(
            event ->
                assertThat(event.getNote())
                    .startsWith(
                        "The webhook %s of group/shop"
                            .formatted(Objects.requireNonNull(status.webhook()).id())));
    hook();
  }

  @Test
  void whoAsksForANewSecretGetsItWithinSeconds() {
    trigger("shop");
    await("shop", TriggerWebhookIT::isActive);
    String before = hook().path("token").asText();
    patch(
        "shop",
        "{\"metadata\":{\"annotations\":{\"codesource.dev/rotate-webhook-secret\":\"1\"}}}");

    Team.patiently().until(() -> !hook().path("token").asText().equals(before));
  }
}
