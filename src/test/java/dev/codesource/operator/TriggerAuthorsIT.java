package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who may make a trigger that builds in the cluster; no operator runs. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TriggerAuthorsIT {
  private static final String JOB = "buildkit: {}";
  private static final String PIPELINE = "tekton: {pipelineRef: {name: build}}";

  private final Cluster cluster;
  private String namespace = "";

  TriggerAuthorsIT(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Each of them may write triggers. */
  @BeforeAll
  void namespaceWithItsPeople() {
    Installation.of(cluster, "--set", "operator.builders={Tekton,Shipwright,Kpack,BuildKit}");
    namespace = cluster.newNamespace();
    // An editor: Jobs and the ServiceAccounts of the namespace are theirs.
    grant("alice", "edit");
    // Nothing but triggers.
    role("triggers", "get,list,create,patch,update", "codesourcetriggers.codesource.dev");
    grant("bob", "triggers");
    // Runs, but as no account.
    role("jobs", "create", "jobs.batch");
    grant("carol", "triggers");
    grant("carol", "jobs");
    // The account of builds, and no other one.
    role("account", "impersonate", "serviceaccounts", "codesource-builder");
    grant("dave", "triggers");
    grant("dave", "jobs");
    grant("dave", "account");
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(apply("bob", "probe", JOB).stderr()).contains("may not create jobs.batch");
              assertThat(apply("alice", "probe", JOB).stderr()).isEmpty();
            });
  }

  @AfterAll
  void removeTheController() {
    cluster.kubectl("delete", "clusterrolebinding", "gitops", "--ignore-not-found").orFail();
  }

  private void role(String name, String verbs, String resource, String... objects) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "create",
                "role",
                name,
                "-n",
                namespace,
                "--verb=" + verbs,
                "--resource=" + resource));
    Stream.of(objects).map(object -> "--resource-name=" + object).forEach(command::add);
    cluster.kubectl(command.toArray(String[]::new)).orFail();
  }

  private void grant(String user, String role) {
    cluster
        .kubectl(
            "create",
            "rolebinding",
            user + "-" + role,
            "-n",
            namespace,
            "--user=" + user,
            (role.equals("edit") ? "--clusterrole=" : "--role=") + role)
        .orFail();
  }

  private CommandResult apply(String user, String name, String builder) {
    return apply(user, name, builder, "codesource-builder");
  }

  private CommandResult apply(String user, String name, String builder, String account) {
    return cluster.apply(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceTrigger
        metadata: {name: %s, namespace: %s}
        spec:
          bindingRef: {name: code}
          repository: group/shop
          image: registry.example.com/team-a/shop
          serviceAccountName: %s
          rules: [{name: main, branch: main, builder: main}]
          builders: [{name: other, sink: {name: ci}}, {name: main, %s}]
        """
            .formatted(name, namespace, account, builder),
        "--as=" + user);
  }

  @Test
  void whoMayCreateTheRunAndUseTheAccountMay() {
    assertThat(apply("alice", "alices", JOB).stderr()).isEmpty();
    assertThat(apply("dave", "daves", JOB).stderr()).isEmpty();
  }

  @Test
  void whoMayNotCreateTheRunMayNotHaveItCreated() {
    assertThat(apply("bob", "bobs", JOB).stderr())
        .contains(
            "spec.builders: bob may not create jobs.batch in the namespace " + namespace,
            "a role with the verb create on jobs.batch");
  }

  @Test
  void whoMayNotUseTheAccountMayNotHaveItUsed() {
    assertThat(apply("carol", "carols", JOB).stderr())
        .contains(
            "spec.serviceAccountName: carol may not use the ServiceAccount codesource-builder of the namespace "
                + namespace,
            "the verb impersonate");
    assertThat(apply("dave", "daves-other", JOB, "other").stderr())
        .contains("dave may not use the ServiceAccount other");
  }

  /** An editor has Jobs; the kinds of others come with their roles. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tekton: {pipelineRef: {name: build}}                | pipelineruns.tekton.dev  | tekton
          tekton: {taskRef: {name: build}}                    | taskruns.tekton.dev      | tekton
          shipwright: {strategy: {name: buildkit}}            | buildruns.shipwright.io  | shipwright
          kpack: {builderImage: paketobuildpacks/builder-jammy-base} | builds.kpack.io    | kpack
          """)
  void eachKindIsAskedForByItself(String builder, String resource, String role) {
    String user = "erin-" + resource.replaceAll("\\..*", "");
    grant(user, "edit");
    String name = "of-" + user;
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () ->
                assertThat(apply(user, name, builder).stderr())
                    .contains(user + " may not create " + resource));
    cluster
        .kubectl(
            "create",
            "rolebinding",
            user,
            "-n",
            namespace,
            "--user=" + user,
            "--clusterrole=codesource-operator-builder-" + role)
        .orFail();
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() -> assertThat(apply(user, name, builder).stderr()).isEmpty());
  }

  @Test
  void whatBuildsNothingInTheClusterIsForEverybodyWhoMayWriteTriggers() {
    assertThat(apply("bob", "told", "sink: {name: ci}").stderr()).isEmpty();
  }

  @Test
  void aTriggerOfSomebodyElseIsChangedOnlyByWhoMightHaveMadeIt() {
    assertThat(apply("alice", "shared", JOB).stderr()).isEmpty();
    assertThat(patch("bob", "{\"metadata\":{\"labels\":{\"team\":\"b\"}}}").stderr()).isEmpty();
    assertThat(patch("bob", "{\"spec\":{\"image\":\"registry.example.com/bob/shop\"}}").stderr())
        .contains("bob may not create jobs.batch");
    assertThat(patch("carol", "{\"spec\":{\"serviceAccountName\":\"default\"}}").stderr())
        .contains("carol may not use the ServiceAccount default");
    assertThat(
            patch(
                    "bob",
                    "{\"spec\":{\"builders\":null,\"rules\":[{\"name\":\"main\",\"branch\":\"main\"}]}}")
                .stderr())
        .as("nothing is built any more")
        .isEmpty();
  }

  /** To have something built by hand is to have it built. */
  @Test
  void whoMayNotCreateTheRunMayNotAskForIt() {
    assertThat(apply("alice", "shared", JOB).stderr()).isEmpty();
    String request = "{\"metadata\":{\"annotations\":{\"codesource.dev/build\":\"%s\"}}}";

    for (String value : List.of("main@refs/heads/main 1", "\u2003main@refs/heads/main")) {
      assertThat(patch("bob", request.formatted(value)).stderr())
          .contains(
              "codesource.dev/build: bob may not create jobs.batch in the namespace " + namespace);
      assertThat(patch("carol", request.formatted(value)).stderr())
          .contains(
              "codesource.dev/build: carol may not use the ServiceAccount codesource-builder");
    }
    assertThat(patch("dave", request.formatted("main@refs/heads/main 2")).stderr()).isEmpty();
    assertThat(patch("bob", "{\"metadata\":{\"labels\":{\"team\":\"b\"}}}").stderr())
        .as("what another one has asked for is not asked for again")
        .isEmpty();
    assertThat(
            patch("bob", "{\"metadata\":{\"annotations\":{\"codesource.dev/requested-at\":\"1\"}}}")
                .stderr())
        .as("a comparison")
        .isEmpty();
  }

  /** Of several builders, those of the rule that is asked for count. */
  @Test
  void aRequestIsJudgedByTheBuilderOfItsRule() {
    assertThat(
            cluster
                .apply(
                    """
                    apiVersion: codesource.dev/v1alpha1
                    kind: CodeSourceTrigger
                    metadata: {name: mixed, namespace: %s}
                    spec:
                      bindingRef: {name: code}
                      repository: group/shop
                      image: registry.example.com/team-a/shop
                      rules:
                      - {name: told, branch: main, builder: ci}
                      - {name: job, branch: main, builder: bk}
                      - {name: pipeline, branch: main, builder: tk}
                      builders:
                      - {name: ci, sink: {name: ci}}
                      - {name: bk, buildkit: {}}
                      - {name: tk, tekton: {pipelineRef: {name: build}}}
                    """
                        .formatted(namespace))
                .stderr())
        .isEmpty();

    assertThat(request("bob", "told").stderr()).as("an event is sent").isEmpty();
    assertThat(request("bob", "job").stderr()).contains("may not create jobs.batch");
    assertThat(request("dave", "job").stderr()).isEmpty();
    assertThat(request("dave", "pipeline").stderr())
        .contains("codesource.dev/build: dave may not create pipelineruns.tekton.dev");
  }

  private CommandResult request(String user, String rule) {
    return cluster.kubectl(
        "annotate",
        "cst",
        "mixed",
        "-n",
        namespace,
        "--overwrite",
        "codesource.dev/build=" + rule + "@refs/heads/main",
        "--as=" + user);
  }

  private CommandResult patch(String user, String patch) {
    return cluster.kubectl(
        "patch", "cst", "shared", "-n", namespace, "--type=merge", "-p", patch, "--as=" + user);
  }

  /** Flux and Argo CD: with all permissions, or as an account of the namespace that may edit. */
  @Test
  void gitOpsControllersPass() {
    String home = cluster.newNamespace();
    cluster
        .kubectl(
            "create",
            "clusterrolebinding",
            "gitops",
            "--clusterrole=cluster-admin",
            "--serviceaccount=" + home + ":kustomize-controller")
        .orFail();
    cluster
        .kubectl(
            "create",
            "rolebinding",
            "reconciler",
            "-n",
            namespace,
            "--clusterrole=edit",
            "--serviceaccount=" + namespace + ":reconciler")
        .orFail();
    String controller = "system:serviceaccount:" + home + ":kustomize-controller";
    String reconciler = "system:serviceaccount:" + namespace + ":reconciler";
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(
            () -> {
              assertThat(apply(controller, "by-flux", JOB).stderr()).isEmpty();
              assertThat(apply(controller, "by-flux", PIPELINE).stderr()).isEmpty();
              assertThat(apply(reconciler, "by-a-tenant", JOB).stderr()).isEmpty();
            });
    assertThat(apply(reconciler, "by-a-tenant", PIPELINE).stderr())
        .contains(reconciler + " may not create pipelineruns.tekton.dev");
  }
}
