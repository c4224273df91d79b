package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.CommandResult;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The chart in a real API server, by the real helm. No pod runs: there is no node. */
class ChartIT {
  private static final String CRD = "codesourcebindings.codesource.dev";
  private static final Duration SOON = Duration.ofSeconds(30);

  private static Cluster cluster;

  @BeforeAll
  static void installTheCrds() {
    cluster = Cluster.startWithoutCrds();
    helm("install", "crds", cluster.newNamespace()).orFail();
    established();
  }

  /** Of the Prometheus Operator and the Gateway API, which are not installed here. */
  private static final List<String> FOREIGN_KINDS =
      List.of("monitoring.coreos.com/", "gateway.networking.k8s.io/");

  @AfterAll
  static void close() {
    cluster.close();
  }

  @Test
  void uninstallLeavesTheCrdAndBindings() {
    String namespace = cluster.newNamespace();
    helm("install", "first", namespace).orFail();
    established();
    applyBinding(namespace, "kept", "https://gitlab.com").orFail();

    helm("upgrade", "first", namespace, "--set", "replicas=2,podDisruptionBudget.enabled=true")
        .orFail();
    assertThat(names(namespace, "deployment,role,poddisruptionbudget"))
        .containsExactlyInAnyOrder(
            "deployment.apps/first-codesource-operator",
            "role.rbac.authorization.k8s.io/first-codesource-operator-leader-election",
            "poddisruptionbudget.policy/first-codesource-operator");

    cluster.helm("uninstall", "first", "-n", namespace, "--wait").orFail();
    assertThat(names(namespace, "deployment,service,role,rolebinding,poddisruptionbudget"))
        .isEmpty();
    assertThat(names(namespace, "clusterrole,clusterrolebinding"))
        .noneMatch(name -> name.contains(namespace));
    assertThat(names(namespace, "csb")).containsExactly("codesourcebinding.codesource.dev/kept");

    helm("install", "first", namespace).orFail();
    assertThat(names(namespace, "csb")).containsExactly("codesourcebinding.codesource.dev/kept");
    cluster.helm("uninstall", "first", "-n", namespace, "--wait").orFail();
  }

  @Test
  void aSecondReleaseOfTheNameIsToldHowToUseTheRolesOfTheFirst() {
    String first = cluster.newNamespace();
    String second = cluster.newNamespace();
    String[] builders = {"--set", "operator.builders={Tekton,BuildKit}"};
    helm("install", "builds", first, builders).orFail();

    assertThat(helm("install", "builds", second, builders).stderr())
        .contains(
            "The ClusterRole builds-codesource-operator-builder-tekton belongs to the release builds in the namespace "
                + first
                + ". Set rbac.builderClusterRoles to false to use those of that release");
    helm("install", "builds", second, with(builders, "rbac.builderClusterRoles=false")).orFail();
    helm("upgrade", "builds", first, builders).orFail();

    cluster.helm("uninstall", "builds", "-n", second, "--wait").orFail();
    assertThat(names(first, "clusterrole"))
        .anyMatch(name -> name.endsWith("/builds-codesource-operator-builder-buildkit"));
    cluster.helm("uninstall", "builds", "-n", first, "--wait").orFail();
    assertThat(names(first, "clusterrole"))
        .noneMatch(name -> name.endsWith("/builds-codesource-operator-builder-buildkit"));
  }

  private static String[] with(String[] arguments, String value) {
    return Stream.concat(Stream.of(arguments), Stream.of("--set", value)).toArray(String[]::new);
  }

  /** As helm 4 and Argo CD do it. */
  @Test
  void serverSideApplyChangesTheStrategyInBothDirections() {
    String namespace = cluster.newNamespace();
    for (String type : List.of("RollingUpdate", "Recreate", "RollingUpdate")) {
      JsonNode deployment =
          Chart.render("--set", "strategy.type=" + type, "--namespace", namespace)
              .one("Deployment");
      cluster.apply(deployment.toString(), "--server-side", "--field-manager=helm").orFail();
      assertThat(
              Chart.documents(
                      cluster
                          .kubectl(
                              "get",
                              "deployment",
                              deployment.at("/metadata/name").asText(),
                              "-n",
                              namespace,
                              "-o",
                              "jsonpath={.spec.strategy}")
                          .orFail()
                          .stdout())
                  .getFirst())
          .isEqualTo(deployment.at("/spec/strategy"));
    }
  }

  @Test
  void everyValueMakesObjectsThatTheServerTakes() {
    for (Path values : Chart.allValues()) {
      String namespace = cluster.newNamespace();
      Manifests manifests =
          Manifests.parse(
              Helm.run(
                      "template",
                      "trial",
                      Chart.FOLDER.toString(),
                      "-n",
                      namespace,
                      "-f",
                      values.toString())
                  .orFail()
                  .stdout());
      for (JsonNode object : manifests.objects()) {
        if (FOREIGN_KINDS.stream().noneMatch(object.path("apiVersion").asText()::startsWith)) {
          // Namespaces of the values do not exist here.
          JsonNode metadata = object.path("metadata");
          if (metadata.has("namespace")) {
            ((ObjectNode) metadata).put("namespace", namespace);
          }
          cluster.apply(object.toString(), "--dry-run=server", "--validate=strict").orFail();
        }
      }
    }
  }

  @Test
  void plainManifestsAndSamplesAreTaken() {
    cluster
        .kubectl("apply", "-f", "deploy/operator.yaml", "--server-side", "--force-conflicts")
        .orFail();
    established();
    String namespace = cluster.newNamespace();
    for (Path sample : SamplesTest.all()) {
      // Of builders, which are not installed here: BuilderCrdsIT has their kinds.
      String objects =
          Chart.documents(sample).stream()
              .filter(object -> !object.path("apiVersion").asText().startsWith("tekton.dev/"))
              .map(JsonNode::toString)
              .collect(Collectors.joining("\n---\n"));
      assertThat(
              cluster
                  .apply(objects, "-n", namespace, "--dry-run=server", "--validate=strict")
                  .orFail()
                  .stdout())
          .contains("codesourcebinding.codesource.dev/");
    }
    // Not the CRD: the other tests need it.
    cluster.kubectl("delete", "namespace", Chart.NAMESPACE, "--timeout=60s").orFail();
    cluster
        .kubectl(
            "delete",
            "clusterrole,clusterrolebinding",
            "-l",
            "app.kubernetes.io/instance=codesource-operator")
        .orFail();
  }

  @Test
  void podIsTakenByARestrictedNamespace() {
    String namespace = cluster.newNamespace();
    cluster
        .kubectl("label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted")
        .orFail();
    String pod =
        """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "pod", "namespace": "%s"}, "spec": %s}
        """;
    cluster
        .apply(
            """
            {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": "%s", "namespace": "%s"}}
            """
                .formatted(Chart.render().pod().at("/spec/serviceAccountName").asText(), namespace))
        .orFail();
    cluster
        .apply(pod.formatted(namespace, Chart.render().pod().path("spec")), "--dry-run=server")
        .orFail();
    JsonNode careless =
        Chart.render("--set", "securityContext.allowPrivilegeEscalation=true").pod().path("spec");
    assertThat(cluster.apply(pod.formatted(namespace, careless), "--dry-run=server").stderr())
        .contains("violates PodSecurity \"restricted:latest\"");
  }

  @Test
  void operatorMayWorkOnlyInTheNamespacesListed() {
    String home = cluster.newNamespace();
    String team = cluster.newNamespace();
    String other = cluster.newNamespace();
    helm("install", "scoped", home, "--set", "crds.install=false,watchNamespaces={" + team + "}")
        .orFail();
    Path operator = cluster.kubeconfigFor(home, "scoped-codesource-operator");
    assertThat(cluster.kubectlAs(operator, "get", "secrets", "-n", team).succeeded()).isTrue();
    assertThat(cluster.kubectlAs(operator, "get", "csb", "-n", team).succeeded()).isTrue();
    assertThat(cluster.kubectlAs(operator, "get", "secrets", "-n", other).stderr())
        .contains("(Forbidden)");
    assertThat(cluster.kubectlAs(operator, "get", "csb", "-A").stderr()).contains("(Forbidden)");
    assertThat(cluster.kubectlAs(operator, "create", "configmap", "mine", "-n", team).stderr())
        .contains("cannot create resource");
    cluster.helm("uninstall", "scoped", "-n", home, "--wait").orFail();
  }

  @Test
  void admissionPolicyRefusesWhatTheOperatorWould() {
    String home = cluster.newNamespace();
    String team = cluster.newNamespace();
    applyBinding(team, "old", "https://gitlab.com").orFail();
    helm(
            "install",
            "policy",
            home,
            "-f",
            Chart.values("https-only").toString(),
            "--set",
            "crds.install=false,watchNamespaces={" + team + "}")
        .orFail();
    await()
        .atMost(SOON)
        .until(
            () ->
                !applyBinding(team, "trial", "ftp://git.example.com", "--dry-run=server")
                    .succeeded());

    assertRefused(team, "http://git.example.com", "http may not be used here; use https");
    assertRefused(team, "https://git.example.com:444", "port 444", "use one of 443, 8443-8445");
    assertRefused(team, "https://git.example.com:99999999999", "is not the address of a site");
    assertRefused(team, "https://github.com", "does not allow", "github.com", "*.Corp.example");
    assertRefused(team, "https://corp.example", "does not allow");
    assertRefused(team, "https://EVIL.corp.example.", "does not allow", "evil.corp.example");
    // A password in the URL is not repeated.
    for (String secret :
        List.of(
            "ftp://alice:geheim@git.example.com",
            "https://alice:geheim@git.example.com",
            "https://geheim@git.example.com/gitlab",
            "https://git.example.com/?private_token=geheim",
            "https://git.example.com/#geheim")) {
      assertThat(refusal(team, secret))
          .contains("ValidatingAdmissionPolicy", "without user, password")
          .doesNotContain("geheim");
    }

    applyBinding(team, "new", "https://git.example.com").orFail();
    applyBinding(team, "new", "https://A.corp.example:8444/gitlab").orFail();
    applyBinding(team, "new", "https://A.corp.example:8444/@team", "--dry-run=server").orFail();
    applyBinding(home, "new", "http://github.com:81").orFail();
    // What was there before may be changed, as long as its URL stays.
    cluster
        .kubectl(
            "patch",
            "csb",
            "old",
            "-n",
            team,
            "--type=merge",
            "-p",
            "{\"spec\":{\"suspend\":true}}")
        .orFail();
    assertRefused(team, "old", "https://github.com", List.of("does not allow"));
    cluster.helm("uninstall", "policy", "-n", home, "--wait").orFail();
  }

  private static void assertRefused(String namespace, String url, String... words) {
    assertRefused(namespace, "new", url, List.of(words));
  }

  private static void assertRefused(String namespace, String name, String url, List<String> words) {
    CommandResult result = applyBinding(namespace, name, url);
    assertThat(result.succeeded()).as(url).isFalse();
    assertThat(result.stderr()).contains("ValidatingAdmissionPolicy").contains(words);
  }

  private static String refusal(String namespace, String url) {
    CommandResult result = applyBinding(namespace, "new", url);
    assertThat(result.succeeded()).as(url).isFalse();
    return result.stderr();
  }

  private static CommandResult applyBinding(
      String namespace, String name, String url, String... arguments) {
    return cluster.apply(
        """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceBinding
        metadata: {name: %s, namespace: %s}
        spec:
          platform: GitLab
          url: "%s"
          username: alice
          tokenSecretRef: {name: token}
        """
            .formatted(name, namespace, url),
        arguments);
  }

  private static List<String> names(String namespace, String resources) {
    return cluster
        .kubectl("get", resources, "-n", namespace, "-o", "name")
        .orFail()
        .stdout()
        .lines()
        .toList();
  }

  private static CommandResult helm(
      String command, String release, String namespace, String... arguments) {
    // The CRD may be another release's: of a test, or of somebody else on a given cluster.
    List<String> all =
        new ArrayList<>(
            List.of(
                command, release, Chart.FOLDER.toString(), "-n", namespace, "--take-ownership"));
    all.addAll(List.of(arguments));
    return cluster.helm(all.toArray(String[]::new));
  }

  private static void established() {
    cluster.kubectl("wait", "crd/" + CRD, "--for=condition=Established", "--timeout=30s").orFail();
  }
}
