package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.ExplainedRule;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.status.ConditionSet;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The life of a trigger: a real git is pushed to, and the operator finds what is due. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TriggerIT {

  private static final String TOKEN = "glpat-good-and-long-enough";

  private static final String RULES =
      """
        - {name: main, branch: main}
        - {name: release, tag: 'v(?<version>[0-9.]+)', imageTags: ['${version}', '${version}-${shortSha}']}
      """;

  private final Cluster cluster;
  private final AtomicInteger requests = new AtomicInteger();
  private Installation installation;
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private GitRepository repository;
  private Team team;
  private Path folder;
  private volatile String path = "group/shop";

  TriggerIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startOperator(@TempDir Path temporary) {
    folder = temporary;
    installation = Installation.allowingLoopback(cluster);
    operator = installation.start(Map.of());
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void startCodeHost() {
    Path repositories = folder.resolve("repositories" + System.nanoTime());
    repository = GitRepository.empty(repositories.resolve("group/shop.git"));
    repository.push("main", "README", "one");
    path = "group/shop";
    gitLab =
        LoopbackCodeHost.http(Dialect.gitLab())
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving("/group", new GitHttpBackend(repositories, "", "alice:" + TOKEN))
            .serving("/api/v4/projects", this::project);
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
  }

  @AfterEach
  void stopCodeHost() {
    gitLab.close();
  }

  /** The only project, at its path now, by its identifier, and in the list of all. */
  private void project(HttpExchange exchange) throws IOException {
    if (exchange.getRequestURI().getRawPath().equals("/api/v4/projects")) {
      byte[] list =
          "[{\"id\":42,\"path_with_namespace\":\"%s\"}]"
              .formatted(path)
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, list.length);
      exchange.getResponseBody().write(list);
      exchange.close();
      return;
    }
    String asked = exchange.getRequestURI().getRawPath().replace("/api/v4/projects/", "");
    boolean isKnown = asked.equals("42") || asked.equals(path.replace("/", "%2F"));
    byte[] body =
        (isKnown
                ? "{\"id\":42,\"path_with_namespace\":\"%s\",\"http_url_to_repo\":\"%s/%s.git\"}"
                    .formatted(path, gitLab.url(), path)
                : "{\"message\":\"404 Project Not Found\"}")
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(isKnown ? 200 : 404, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  @Test
  void repositoriesOfTheAccountAreFoundForWhoeverMayReadSecrets() {
    bind();
    cluster
        .admin()
        .resources(CodeSourceBinding.class)
        .inNamespace(team.namespace())
        .withName("gitlab")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"SHO\"}}}"
                .formatted(CodeSourceBinding.FIND_REPOSITORIES));

    Secret found =
        Team.patiently()
            .until(
                () ->
                    cluster
                        .admin()
                        .secrets()
                        .inNamespace(team.namespace())
                        .withName("gitlab-repositories")
                        .get(),
                Objects::nonNull);
    assertThat(found.getType()).isEqualTo("codesource.dev/repositories");
    assertThat(
            new String(
                Base64.getDecoder().decode(found.getData().get("repositories")),
                StandardCharsets.UTF_8))
        .isEqualTo("group/shop");
    assertThat(found.getMetadata().getOwnerReferences())
        .singleElement()
        .satisfies(owner -> assertThat(owner.getName()).isEqualTo("gitlab"));
  }

  private void bind() {
    team.bindGitLab("gitlab", gitLab.url());
    team.await("gitlab", Phase.Bound);
  }

  private void trigger(String rules) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop, namespace: %s}
            spec:
              bindingRef: {name: gitlab}
              repository: group/shop
              interval: 1h
              image: registry.example.com/team-a/shop
              rules:
            %s
            """
                .formatted(team.namespace(), rules.indent(2).stripTrailing()))
        .orFail();
  }

  private Resource<CodeSourceTrigger> resource() {
    return cluster
        .admin()
        .resources(CodeSourceTrigger.class)
        .inNamespace(team.namespace())
        .withName("shop");
  }

  private void annotate(String name, String value) {
    resource()
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
  }

  /** Has the repository compared, and waits until that is done. */
  private TriggerStatus compareNow() {
    String value = "request-" + requests.incrementAndGet();
    annotate(CodeSourceTrigger.REQUESTED_AT, value);
    return await(status -> value.equals(status.lastHandledRequestedAt()));
  }

  private TriggerStatus await(Predicate<TriggerStatus> wanted) {
    return Objects.requireNonNull(
        Team.patiently()
            .until(
                () -> Objects.requireNonNull(resource().get()),
                found ->
                    found.getStatus() != null
                        && Objects.equals(
                            found.getStatus().observedGeneration(),
                            found.getMetadata().getGeneration())
                        && wanted.test(found.getStatus()))
            .getStatus());
  }

  private TriggerStatus await(Reason reason) {
    return await(status -> ready(status).filter(reason.name()::equals).isPresent());
  }

  private static Optional<String> ready(TriggerStatus status) {
    return ConditionSet.find(status.conditions(), ConditionType.Ready).map(Condition::getReason);
  }

  private static Optional<LastBuild> last(TriggerStatus status, String rule) {
    return Optional.ofNullable(status.rules()).orElse(List.of()).stream()
        .filter(each -> rule.equals(each.name()))
        .map(RuleStatus::lastBuild)
        .findFirst();
  }

  private List<String> notes(Reason reason) {
    return team.events("shop").stream()
        .filter(event -> event.getReason().equals(reason.name()))
        .sorted(Comparator.comparing(event -> event.getEventTime().getTime()))
        .map(event -> event.getNote())
        .toList();
  }

  @Test
  void aPushIsDueByTheRulesThatMatch() {
    bind();
    trigger(RULES);
    TriggerStatus first = await(Reason.Watching);

    assertThat(first.rules()).as("what is there already").isNull();
    assertThat(first.repository())
        .isEqualTo(
            new TriggerStatus.Repository("42", "group/shop", gitLab.url() + "/group/shop.git"));
    String commit = repository.push("main", "README", "two");
    repository.push("other", "README", "three");
    repository.annotatedTag("v1.2");
    TriggerStatus pushed = compareNow();

    assertThat(last(pushed, "main").orElseThrow())
        .returns("refs/heads/main", LastBuild::ref)
        .returns(commit, LastBuild::sha)
        .returns(BuildState.Due, LastBuild::state)
        .returns(
            List.of("registry.example.com/team-a/shop:main-" + commit.substring(0, 7)),
            LastBuild::images);
    String tagged = repository.commits().get("refs/tags/v1.2");
    assertThat(last(pushed, "release").orElseThrow())
        .returns(tagged, LastBuild::sha)
        .returns(
            List.of(
                "registry.example.com/team-a/shop:1.2",
                "registry.example.com/team-a/shop:1.2-" + tagged.substring(0, 7)),
            LastBuild::images);
    Team.patiently()
        .untilAsserted(
            () ->
                assertThat(notes(Reason.CommitDue))
                    .singleElement()
                    .asString()
                    .contains("refs/heads/main", "rule main", "refs/tags/v1.2", "rule release")
                    .doesNotContain("other"));
  }

  @Test
  void aMovedTagIsToldAndNotBuilt() {
    bind();
    repository.tag("v1");
    trigger(RULES);
    await(Reason.Watching);
    repository.push("main", "README", "two");
    repository.tag("v1");
    TriggerStatus moved = compareNow();

    assertThat(last(moved, "release")).isEmpty();
    Team.patiently()
        .untilAsserted(
            () ->
                assertThat(notes(Reason.TagMoved))
                    .containsExactly("Moved: refs/tags/v1. " + Reason.TagMoved.remedy()));
  }

  @Test
  void fiftyTagsOfOnePushAreFoundAtOnce() {
    bind();
    trigger(RULES);
    await(Reason.Watching);
    String[] tags = new String[50];
    for (int i = 0; i < tags.length; i++) {
      tags[i] = "v" + i;
    }
    repository.tag(tags);
    compareNow();

    Team.patiently()
        .untilAsserted(
            () ->
                assertThat(notes(Reason.CommitDue))
                    .singleElement()
                    .asString()
                    .endsWith("and 45 more."));
  }

  @Test
  void whatWasPushedWhileTheOperatorWasAwayIsFoundAtTheStart() {
    bind();
    trigger(RULES);
    await(Reason.Watching);
    operator.close();
    String commit = repository.push("main", "README", "two");
    operator = installation.start(Map.of());

    TriggerStatus found = await(status -> last(status, "main").isPresent());
    assertThat(last(found, "main").orElseThrow().sha()).isEqualTo(commit);
  }

  @Test
  void aTriggerWithoutItsBindingSaysSo() {
    trigger(RULES);
    await(Reason.BindingNotFound);
    team.bindGitLab("gitlab", "http://127.0.0.1:9");
    await(Reason.BindingNotBound);
    cluster.admin().resource(team.get("gitlab")).delete();
    bind();

    await(Reason.Watching);
  }

  @Test
  void aRenamedRepositoryStaysTheTriggers() throws IOException {
    bind();
    trigger(RULES);
    await(Reason.Watching);
    path = "group/store";
    Path root = repository.folder().getParent();
    Files.move(repository.folder(), root.resolve("store.git"));
    TriggerStatus renamed = compareNow();

    assertThat(renamed.repository())
        .isEqualTo(
            new TriggerStatus.Repository("42", "group/store", gitLab.url() + "/group/store.git"));
    assertThat(renamed.rules()).isNull();
  }

  /** Who may write the status must not be able to send the credential elsewhere. */
  @Test
  void theCredentialGoesToNoOtherHostWhateverTheStatusSays() {
    bind();
    trigger(RULES);
    await(Reason.Watching);
    try (LoopbackCodeHost other = LoopbackCodeHost.http(Dialect.gitLab())) {
      operator.close();
      resource()
          .subresource("status")
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"status\":{\"repository\":{\"cloneUrl\":\"%s/group/shop.git\"}}}"
                  .formatted(other.url()));
      operator = installation.start(Map.of());
      compareNow();

      assertThat(other.count()).isZero();
    }
  }

  @Test
  void aSuspendedTriggerAsksNothingAndFindsTheTipsAfterwards() {
    bind();
    trigger(RULES);
    await(Reason.Watching);
    suspend(true);
    await(status -> status.phase() == TriggerStatus.Phase.Suspended);
    repository.push("main", "README", "two");
    String tip = repository.push("main", "README", "three");
    suspend(false);

    TriggerStatus found = await(status -> last(status, "main").isPresent());
    assertThat(last(found, "main").orElseThrow().sha()).isEqualTo(tip);
    assertThat(notes(Reason.CommitDue)).hasSizeLessThanOrEqualTo(1);
  }

  private void suspend(boolean isSuspended) {
    resource()
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\":{\"suspend\":%s}}".formatted(isSuspended));
  }

  @Test
  void whoAsksWhatARefMatchesIsTold() {
    bind();
    trigger(RULES);
    annotate(CodeSourceTrigger.EXPLAIN, "refs/tags/v1.3");
    TriggerStatus explained = await(status -> status.explanation() != null);

    assertThat(explained.explanation())
        .isEqualTo(
            new TriggerStatus.Explanation(
                "refs/tags/v1.3",
                List.of(
                    new ExplainedRule(
                        "release",
                        List.of(
                            "registry.example.com/team-a/shop:1.3",
                            "registry.example.com/team-a/shop:1.3-0123456"),
                        null)),
                null));
    annotate(CodeSourceTrigger.EXPLAIN, "v1.3");
    TriggerStatus refused =
        await(
            status ->
                Optional.ofNullable(status.explanation())
                    .map(TriggerStatus.Explanation::message)
                    .isPresent());
    assertThat(Objects.requireNonNull(refused.explanation()).message())
        .contains("\"v1.3\" is not the full name");
  }

  @Test
  void aPatternThatCannotBeReadIsTold() {
    trigger("  - {name: main, branch: 'main('}\n");
    TriggerStatus status = await(Reason.PatternInvalid);
    assertThat(status.phase()).isEqualTo(TriggerStatus.Phase.Failed);
  }

  @Test
  void whatWasSeenIsKeptForTheTriggerAndShownNowhere() {
    bind();
    trigger(RULES);
    await(Reason.Watching);
    List<Secret> kept =
        cluster.admin().secrets().inNamespace(team.namespace()).list().getItems().stream()
            .filter(secret -> "codesource.dev/refs".equals(secret.getType()))
            .toList();

    assertThat(kept)
        .singleElement()
        .satisfies(
            secret ->
                assertThat(secret.getMetadata().getOwnerReferences())
                    .singleElement()
                    .returns("CodeSourceTrigger", owner -> owner.getKind())
                    .returns("shop", owner -> owner.getName()));
    assertThat(resource().get().toString()).doesNotContain(TOKEN);
  }
}
