package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cli.ScriptedKubectl.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallCommandTest {

  private static final String YES = "{\"status\":{\"allowed\":true}}";
  private static final String NO = "{\"status\":{\"allowed\":false}}";

  private final ScriptedKubectl kubectl;

  InstallCommandTest(@TempDir Path folder) {
    kubectl = new ScriptedKubectl(folder);
  }

  private ScriptedKubectl cluster(String access) {
    return kubectl
        .answer("get --raw /version", "{\"gitVersion\":\"v1.34.2\"}")
        .answer("selfsubjectreviews", "{}")
        .answer("selfsubjectaccessreviews", access)
        .answer("get namespace", "{\"metadata\":{\"name\":\"codesource-system\"}}")
        .answer(
            "get --raw /apis/admissionregistration.k8s.io/v1",
            "{\"resources\":[{\"name\":\"validatingadmissionpolicies\"}]}")
        .answer("get --raw /apis ", "{\"groups\":[{\"name\":\"apps\"}]}")
        .answer("get customresourcedefinitions", "")
        .answer("get deployments", Answers.list());
  }

  private Run check(String... more) {
    return kubectl.run(
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of("install", "--check", "-n", "codesource-system"),
                java.util.Arrays.stream(more))
            .toArray(String[]::new));
  }

  @Test
  void nothingIsInTheWayOfAnAdministrator() {
    cluster(YES);

    Run run = check();

    assertThat(run.exit()).as(run.out() + run.err()).isZero();
    assertThat(run.out()).doesNotContain("✗", "! ", "–").endsWith("Nothing is wrong.\n");
    assertThat(kubectl.commands())
        .allMatch(each -> each.startsWith("get ") || each.contains("reviews"));
  }

  /** Each with the value that helps. */
  @Test
  void whoMayNothingIsToldTheValuesThatHelp() throws IOException {
    cluster(NO);

    Run run = check();

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .contains("✗ ClusterRoles      cluster-roles-missing", "Set watchNamespaces to")
        .contains("✗ CRDs              crds-right-missing", "Set crds.install to false")
        .contains("✗ Rights            rights-missing", "rbac.create to false")
        .contains("✗ AdmissionPolicies ", "admissionPolicy.triggers.enabled")
        .contains(
            " deployments, services, serviceaccounts, configmaps, secrets, roles, rolebindings.");
  }

  @Test
  void whatTheClusterDoesNotHaveIsAskedForOnlyIfItIsWanted() {
    cluster(YES);

    assertThat(check().out()).doesNotContain("Monitoring", "Gateway");
    Run run = check("--monitoring", "--http-route");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .contains("✗ Monitoring ", "serviceMonitor.enabled")
        .contains("✗ Gateway ", "httpRoute.enabled");
  }

  @Test
  void theCrdsOfAnotherReleaseStayItsOwn() {
    kubectl.answer(
        "get customresourcedefinitions",
        "{\"metadata\":{\"annotations\":{\"meta.helm.sh/release-name\":\"first\",\"meta.helm.sh/release-namespace\":\"other\"}}}");
    kubectl.answer(
        "get deployments",
        Answers.list(Doctored.operator("1").replace("codesource-system", "other")));
    cluster(YES);

    Run run = check();

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .contains("is of the release first in the namespace other.")
        .contains(
            "! OtherReleases     other-release: There is another release: codesource in other.")
        .contains("Set watchNamespaces in both");
  }

  @Test
  void theCrdsOfTheReleaseItselfAreNoFinding() {
    kubectl.answer(
        "get customresourcedefinitions",
        "{\"metadata\":{\"annotations\":{\"meta.helm.sh/release-name\":\"codesource-operator\",\"meta.helm.sh/release-namespace\":\"codesource-system\"}}}");
    cluster(YES);

    assertThat(check().exit()).isZero();
  }

  @Test
  void anOldApiServerIsRefused() {
    kubectl.answer("get --raw /version", "{\"gitVersion\":\"v1.30.9\"}");
    cluster(YES);

    assertThat(check().out()).endsWith("First cause: kubernetes-version\n");
  }

  @Test
  void withoutCheckNothingIsDone() {
    assertThat(kubectl.run("install").exit()).isEqualTo(2);
    assertThat(kubectl.calls()).isEmpty();
  }

  /** A value that the remedies name and the chart does not have would help nobody. */
  @Test
  void everyValueThatIsNamedIsOfTheChart() throws IOException {
    String values = Files.readString(Path.of("helm/codesource-operator/values.yaml"));
    String sources =
        Files.readString(Path.of("src/main/java/dev/codesource/cli/InstallChecks.java"))
            + Files.readString(Path.of("src/main/java/dev/codesource/cli/Comparison.java"));

    assertThat(
            Pattern.compile(
                    "\\b(watchNamespaces|namespaceOverride|trustBundle|dnsConfig|hostAliases|proxy|(?:rbac(?!\\.authorization)|crds|serviceAccount|admissionPolicy|serviceMonitor|podMonitor|prometheusRule|httpRoute|ingress|proxy)(?:\\.\\w+)+)\\b")
                .matcher(sources)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toSet()))
        .hasSizeGreaterThan(12)
        .allSatisfy(
            value -> {
              String[] path = value.split("\\.");
              assertThat(values).containsPattern("(?m)^" + path[0] + ":");
              assertThat(values).containsPattern("(?m)^ *" + path[path.length - 1] + ":");
            });
  }
}
