package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.build.Builder;
import dev.codesource.builder.BuildOrder;
import dev.codesource.builder.BuilderRuns;
import dev.codesource.builder.KubernetesRuns;
import dev.codesource.builder.Orders;
import dev.codesource.builder.Run;
import dev.codesource.builder.RunInformers;
import dev.codesource.builder.RunKind;
import dev.codesource.builder.RunName;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.Ownership;
import dev.codesource.status.ConditionSet;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.ManagedFieldsEntry;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
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

/**
 * The way of a push to the object that builds: a real git, a real API server with the chart's
 * permissions, and the packaged operator. There is no node: the test says what becomes of Jobs, as
 * their controller would.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BuildIT {

  private static final String TOKEN = "glpat-good-and-long-enough";
  private static final String DIGEST = "sha256:" + "ab".repeat(32);

  private final Cluster cluster;
  private final AtomicInteger requests = new AtomicInteger();

  /** The commit and the body of each status that was set. */
  private final List<String> statuses = new CopyOnWriteArrayList<>();

  private Installation installation;
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private GitRepository repository;
  private Team team;
  private Path folder;

  BuildIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void startOperator(@TempDir Path temporary) {
    folder = temporary;
    installation =
        Installation.allowingLoopback(cluster, "--set", "operator.builders={BuildKit,Kpack}");
    operator = installation.start(Map.of());
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void watch() {
    Path repositories = folder.resolve("repositories" + System.nanoTime());
    repository = GitRepository.empty(repositories.resolve("group/shop.git"));
    repository.push("main", "README", "one");
    gitLab =
        LoopbackCodeHost.http(Dialect.gitLab())
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving("/group", new GitHttpBackend(repositories, "", "alice:" + TOKEN))
            .serving("/api/v4/projects", this::project);
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
  }

  @AfterEach
  void stop() {
    cluster.admin().resources(CodeSourceTrigger.class).inNamespace(team.namespace()).delete();
    gitLab.close();
  }

  private void project(HttpExchange exchange) throws IOException {
    boolean isStatus = exchange.getRequestURI().getPath().contains("/statuses/");
    String sent = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    if (isStatus) {
      String path = exchange.getRequestURI().getPath();
      statuses.add(path.substring(path.lastIndexOf('/') + 1) + " " + sent);
    }
    byte[] body =
        (isStatus
                ? "{\"id\":1,\"status\":\"success\"}"
                : "{\"id\":42,\"path_with_namespace\":\"group/shop\",\"http_url_to_repo\":\"%s/group/shop.git\"}"
                    .formatted(gitLab.url()))
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(isStatus ? 201 : 200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private void bind(String publish) {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: [%s]"
            .formatted(gitLab.url(), publish));
    team.await("gitlab", Phase.Bound);
  }

  private void account() {
    apply("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: codesource-builder}\n");
  }

  private void role(String builder) {
    apply(
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: RoleBinding
        metadata: {name: codesource-builder-%1$s}
        roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: codesource-operator-builder-%1$s}
        subjects: [{kind: ServiceAccount, name: codesource-builder, namespace: %2$s}]
        """
            .formatted(builder, team.namespace()));
  }

  private void registry() {
    team.secret(
        "registry",
        "kubernetes.io/dockerconfigjson",
        Map.of(".dockerconfigjson", "{\"auths\":{}}"));
  }

  /** All that a build needs. */
  private void prepare() {
    bind("BuildKit");
    account();
    role("buildkit");
    registry();
  }

  private void apply(String object) {
    cluster
        .apply(object.replace("metadata: {", "metadata: {namespace: " + team.namespace() + ", "))
        .orFail();
  }

  private void trigger(String more) {
    apply(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceTrigger
        metadata: {name: shop}
        spec:
          bindingRef: {name: gitlab}
          repository: group/shop
          mode: Poll
          interval: 1h
          image: registry.example.com/team-a/shop
          pushSecretRef: {name: registry}
          rules:
          - {name: main, branch: '.*', contextDir: api, builder: bk}
          - {name: release, tag: '.*', builder: bk}
          builders:
          - {name: bk, buildkit: {}}
          - {name: packs, kpack: {builderImage: paketobuildpacks/builder-jammy-base}}
        """
            + more.indent(2));
    if (!more.contains("suspend")) {
      await(status -> status.repository() != null);
    }
  }

  private Resource<CodeSourceTrigger> resource() {
    return cluster
        .admin()
        .resources(CodeSourceTrigger.class)
        .inNamespace(team.namespace())
        .withName("shop");
  }

  private void patch(String patch) {
    resource().patch(PatchContext.of(PatchType.JSON_MERGE), patch);
  }

  private void compareNow() {
    patch(
        "{\"metadata\":{\"annotations\":{\"%s\":\"request-%d\"}}}"
            .formatted(CodeSourceTrigger.REQUESTED_AT, requests.incrementAndGet()));
  }

  private TriggerStatus await(Predicate<TriggerStatus> wanted) {
    return Objects.requireNonNull(
        Team.patiently()
            .until(
                () -> Objects.requireNonNull(resource().get()),
                found -> found.getStatus() != null && wanted.test(found.getStatus()))
            .getStatus());
  }

  private TriggerStatus await(Reason reason) {
    return await(status -> builderReady(status).equals("False " + reason));
  }

  private TriggerStatus await(BuildState state) {
    return await(status -> last(status).filter(last -> last.state() == state).isPresent());
  }

  private static Optional<LastBuild> last(TriggerStatus status) {
    return Optional.ofNullable(status.rules()).orElse(List.of()).stream()
        .map(RuleStatus::lastBuild)
        .filter(Objects::nonNull)
        .findFirst();
  }

  private static String builderReady(TriggerStatus status) {
    return ConditionSet.find(status.conditions(), ConditionType.BuilderReady)
        .map(found -> found.getStatus() + " " + found.getReason())
        .orElse("none");
  }

  private static String message(TriggerStatus status) {
    return ConditionSet.find(status.conditions(), ConditionType.BuilderReady)
        .map(found -> found.getMessage())
        .orElse("");
  }

  private List<Job> jobs() {
    return cluster.admin().batch().v1().jobs().inNamespace(team.namespace()).list().getItems();
  }

  private static String commit(Job job) {
    return job.getMetadata().getAnnotations().get(BuilderRuns.COMMIT);
  }

  private Job awaitJob(String commit) {
    return Team.patiently()
        .until(
            () -> jobs().stream().filter(job -> commit.equals(commit(job))).findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  @Test
  void aPushIsBuiltAsTheNamespacesAccountAndItsDigestIsShown() {
    prepare();
    trigger("commitStatus: true\n");
    String commit = repository.push("main", "README", "two");
    compareNow();

    Job job = awaitJob(commit);
    assertThat(job.getMetadata().getOwnerReferences())
        .singleElement()
        .returns("CodeSourceTrigger", OwnerReference::getKind)
        .returns("shop", OwnerReference::getName);
    assertThat(job.getSpec().getTemplate().getSpec().getServiceAccountName())
        .isEqualTo("codesource-builder");
    assertThat(job.getMetadata().getManagedFields())
        .first()
        .returns("Update", ManagedFieldsEntry::getOperation);
    await(BuildState.Pending);
    SimulatedJobs.starts(cluster, job);
    await(BuildState.Running);
    SimulatedJobs.succeeds(cluster, job, DIGEST);

    LastBuild last = last(await(BuildState.Succeeded)).orElseThrow();
    assertThat(last.sha()).isEqualTo(commit);
    assertThat(last.digest()).isEqualTo(DIGEST);
    assertThat(last.object().name()).isEqualTo(job.getMetadata().getName());
    assertThat(last.startedAt()).isNotNull();
    assertThat(last.finishedAt()).isNotNull();
    Team.patiently()
        .untilAsserted(
            () ->
                assertThat(statuses.stream().filter(told -> told.startsWith(commit + " ")))
                    .hasSizeBetween(2, 3)
                    .last()
                    .asString()
                    .contains("success"));
    assertThat(team.events().stream().map(Event::getReason))
        .contains("BuildStarted", "BuildSucceeded");
    assertThat(operator.get("/metrics"))
        .contains("codesource_builds_total{builder=\"buildkit\",result=\"Succeeded\"");
    assertThat(operator.log()).noneMatch(line -> line.contains(TOKEN));
  }

  /** In the order in which somebody meets them who reads no documents. */
  @Test
  void whatIsMissingIsToldUntilNothingIsMissingAndThenItIsBuiltOnce() {
    bind("Flux");
    trigger("");
    String commit = repository.push("main", "README", "two");
    compareNow();

    assertThat(message(await(Reason.SecretNotPublished))).contains("gitlab", "BuildKit");
    bind("BuildKit");
    await(Reason.PushSecretUnusable);
    registry();
    await(Reason.ServiceAccountNotFound);
    account();
    String message = message(await(Reason.BuildForbidden));
    String command =
        message.substring(
            message.indexOf("kubectl create rolebinding"), message.indexOf(" (as who"));
    apply(
        """
        apiVersion: v1
        kind: ResourceQuota
        metadata: {name: builds}
        spec: {hard: {count/jobs.batch: "0"}}
        """);
    cluster
        .admin()
        .resourceQuotas()
        .inNamespace(team.namespace())
        .withName("builds")
        .subresource("status")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"status\":{\"hard\":{\"count/jobs.batch\":\"0\"},\"used\":{\"count/jobs.batch\":\"0\"}}}");
    cluster.kubectl(command.substring("kubectl ".length()).split(" ")).orFail();
    await(Reason.BuildQuotaExceeded);
    cluster.admin().resourceQuotas().inNamespace(team.namespace()).delete();

    awaitJob(commit);
    await(status -> builderReady(status).equals("True Succeeded"));
    assertThat(jobs()).hasSize(1);
  }

  @Test
  void anotherAccountThanTheAdministratorAllowsIsRefused() {
    prepare();
    apply("apiVersion: v1\nkind: ServiceAccount\nmetadata: {name: other}\n");
    trigger("serviceAccountName: other\n");
    repository.push("main", "README", "two");
    compareNow();

    assertThat(message(await(Reason.ServiceAccountNotAllowed))).contains("codesource-builder");
    assertThat(jobs()).isEmpty();
  }

  @Test
  void aBuilderThatTheAdministratorDidNotEnableIsRefused() {
    prepare();
    trigger("");
    patch(
        "{\"spec\":{\"builders\":[{\"name\":\"bk\",\"tekton\":{\"taskRef\":{\"name\":\"build\"}}}]}}");
    await(status -> Objects.equals(status.observedGeneration(), 2L));
    repository.push("main", "README", "two");
    compareNow();

    assertThat(message(await(Reason.BuilderNotEnabled))).contains("TaskRun", "operator.builders");
  }

  @Test
  void whatAPolicyRefusesIsTold() {
    prepare();
    String name = "no-jobs-" + team.namespace();
    cluster
        .apply(
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: %1$s}
            spec:
              matchConstraints:
                namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: %2$s}}
                resourceRules: [{apiGroups: [batch], apiVersions: [v1], operations: [CREATE], resources: [jobs]}]
              validations: [{expression: 'false', message: no builds on Mondays}]
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: %1$s}
            spec: {policyName: %1$s, validationActions: [Deny]}
            """
                .formatted(name, team.namespace()))
        .orFail();
    try {
      Team.patiently()
          .until(
              () ->
                  cluster
                      .kubectl(
                          "create",
                          "job",
                          "probe",
                          "-n",
                          team.namespace(),
                          "--image=x",
                          "--dry-run=server")
                      .stderr()
                      .contains("Mondays"));
      trigger("");
      String commit = repository.push("main", "README", "two");
      compareNow();

      assertThat(message(await(Reason.BuildRefused))).contains("no builds on Mondays");
      cluster.kubectl("delete", "validatingadmissionpolicybinding", name).orFail();
      awaitJob(commit);
    } finally {
      cluster.kubectl("delete", "validatingadmissionpolicy", name);
      cluster.kubectl("delete", "validatingadmissionpolicybinding", name, "--ignore-not-found");
    }
  }

  /** Whoever knows the name that an object will have may make one of this name before. */
  @Test
  void anObjectOfSomebodyElseIsNotTakenForABuild() {
    prepare();
    trigger("suspend: true\n");
    BuildOrder model = Orders.order();
    OwnerReference owner = Ownership.reference(resource().require());
    BuildOrder order =
        new BuildOrder(
            team.namespace(),
            owner,
            RunName.of(owner, model.due()),
            model.due(),
            model.cloneUrl(),
            model.images(),
            model.contextDir(),
            model.dockerfile(),
            model.buildArgs(),
            model.platforms(),
            model.variables(),
            "codesource-builder",
            "gitlab-buildkit",
            Optional.of("registry"),
            model.timeout());
    Builder.InCluster builder =
        new Builder.BuildKit("bk", Optional.of("tcp://buildkitd.build.svc:1234"), Optional.empty());
    cluster
        .kubectl("create", "job", order.name(), "-n", team.namespace(), "--image=somebodys")
        .orFail();
    try (RunInformers informers =
            new RunInformers(
                cluster.admin(), Set.of(RunKind.Job), Set.of(team.namespace()), Clock.systemUTC());
        KubernetesRuns runs =
            new KubernetesRuns(
                cluster.admin(),
                informers,
                Orders.RUNS,
                new ApiReads(),
                Clock.systemUTC(),
                Set.of("codesource-builder"),
                "codesource-operator")) {
      runs.start();
      Team.patiently().until(() -> runs.usable(builder) instanceof Outcome.Done<RunKind>);
      assertThat(reason(runs.start(builder, order))).contains(Reason.BuildNameTaken);

      cluster.kubectl("delete", "job", order.name(), "-n", team.namespace()).orFail();
      assertThat(reason(runs.start(builder, order))).isEmpty();
      assertThat(reason(runs.start(builder, order))).as("it is there already").isEmpty();
      assertThat(jobs()).hasSize(1);
    }
  }

  private static Optional<Reason> reason(Outcome<Run> outcome) {
    return outcome instanceof Outcome.Refused<Run>(var problem)
        ? Optional.of(problem.reason())
        : Optional.empty();
  }

  @Test
  void aNewerCommitReplacesTheBuildInProgress() {
    prepare();
    trigger("concurrencyPolicy: Replace\nmaxConcurrent: 1\n");
    String older = repository.push("main", "README", "two");
    compareNow();
    awaitJob(older);
    String newer = repository.push("main", "README", "three");
    compareNow();

    awaitJob(newer);
    Team.patiently()
        .untilAsserted(() -> assertThat(jobs()).extracting(BuildIT::commit).containsExactly(newer));
  }

  @Test
  void aBuildThatSomebodyDeletesIsNotMadeAgain() {
    prepare();
    trigger("");
    String commit = repository.push("main", "README", "two");
    compareNow();
    awaitJob(commit);
    await(BuildState.Pending);
    cluster.admin().batch().v1().jobs().inNamespace(team.namespace()).delete();

    assertThat(last(await(BuildState.Cancelled)).orElseThrow().message()).contains("deleted");
    Team.patiently()
        .untilAsserted(
            () ->
                assertThat(team.events().stream().map(Event::getReason))
                    .contains("BuildCancelled"));
    compareNow();
    await(status -> ("request-" + requests.get()).equals(status.lastHandledRequestedAt()));
    assertThat(jobs()).isEmpty();
  }

  @Test
  void aFailedBuildSaysWhyAndWhereItsLogIsAndIsBuiltAgainByHand() {
    prepare();
    trigger("");
    String commit = repository.push("main", "README", "two");
    compareNow();
    Job job = awaitJob(commit);
    SimulatedJobs.fails(cluster, job);

    assertThat(last(await(BuildState.Failed)).orElseThrow().message())
        .contains("backoff limit")
        .contains(
            "kubectl logs -n %s job/%s".formatted(team.namespace(), job.getMetadata().getName()));
    patch(
        "{\"metadata\":{\"annotations\":{\"%s\":\"main@refs/heads/main again\"}}}"
            .formatted(CodeSourceTrigger.BUILD));
    Team.patiently().until(() -> jobs().size() == 2);
    assertThat(jobs()).extracting(BuildIT::commit).containsOnly(commit);
  }

  @Test
  void endedBuildsAreKeptAsTheHistorySays() {
    prepare();
    trigger("history: {succeeded: 1, failed: 0}\n");
    for (String tag : List.of("v1", "v2")) {
      repository.push("main", "README", tag);
    }
    repository.tag("v1", "v2");
    compareNow();
    Team.patiently().until(() -> jobs().size() == 2);
    jobs().forEach(job -> SimulatedJobs.succeeds(cluster, job, DIGEST));

    // The builds of main and of the tags are those of two rules.
    Team.patiently()
        .untilAsserted(
            () -> {
              jobs().stream()
                  .filter(job -> job.getStatus().getSucceeded() == null)
                  .forEach(job -> SimulatedJobs.succeeds(cluster, job, DIGEST));
              assertThat(jobs()).hasSize(2);
              assertThat(
                      jobs().stream()
                          .map(job -> job.getMetadata().getLabels().get(BuilderRuns.RULE)))
                  .containsExactlyInAnyOrder("main", "release");
            });
  }

  @Test
  void aKindThatIsInstalledLaterIsUsedThen() {
    bind("Kpack");
    account();
    role("kpack");
    registry();
    trigger("");
    patch("{\"spec\":{\"rules\":[{\"name\":\"main\",\"branch\":\".*\",\"builder\":\"packs\"}]}}");
    await(status -> Objects.equals(status.observedGeneration(), 2L));
    repository.push("main", "README", "two");
    compareNow();
    await(Reason.BuilderNotInstalled);
    cluster
        .apply(
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: builds.kpack.io}
            spec:
              group: kpack.io
              scope: Namespaced
              names: {kind: Build, listKind: BuildList, plural: builds, singular: build}
              versions:
              - name: v1alpha2
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """)
        .orFail();
    try {
      await(BuildState.Pending);
    } finally {
      cluster
          .admin()
          .apiextensions()
          .v1()
          .customResourceDefinitions()
          .withName("builds.kpack.io")
          .delete();
    }
  }

  /** Between the object and the note that it was created, and at any other moment. */
  @Test
  void killsLoseNoPushAndBuildNoneTwice() throws InterruptedException {
    prepare();
    trigger("maxConcurrent: 20\nconcurrencyPolicy: Allow\n");
    long seed = System.nanoTime();
    System.out.println("Kills with the seed " + seed);
    Random random = new Random(seed);
    Set<String> commits = new HashSet<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < Integer.getInteger("build.kills", 3); i++) {
      for (int j = 0; j < 3; j++) {
        String branch = "b-%d-%d".formatted(i, j);
        commits.add(repository.push(branch, "README", branch));
        names.add(branch);
      }
      compareNow();
      Thread.sleep(random.nextInt(600));
      operator.killHard();
      operator.awaitEnd(java.time.Duration.ofSeconds(20));
      operator = installation.start(Map.of());
    }

    Team.patiently()
        .untilAsserted(
            () ->
                assertThat(jobs())
                    .extracting(job -> job.getMetadata().getAnnotations().get(BuilderRuns.REF))
                    .containsExactlyInAnyOrderElementsOf(
                        names.stream().map(name -> "refs/heads/" + name).toList()));
    assertThat(jobs()).extracting(BuildIT::commit).containsAll(commits);
  }

  /** Values of Secrets that a build may read are in these Secrets alone. */
  @Test
  void noCredentialIsInTheObjectThatBuilds() {
    prepare();
    trigger("");
    String commit = repository.push("main", "README", "two");
    compareNow();

    String job = awaitJob(commit).toString();
    String basic =
        Base64.getEncoder().encodeToString(("alice:" + TOKEN).getBytes(StandardCharsets.UTF_8));
    assertThat(job).doesNotContain(TOKEN).doesNotContain(basic);
    assertThat(resource().get().toString()).doesNotContain(TOKEN).doesNotContain(basic);
    assertThat(team.events().toString()).doesNotContain(TOKEN).doesNotContain(basic);
  }
}
