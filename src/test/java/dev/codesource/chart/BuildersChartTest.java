package dev.codesource.chart;

import static dev.codesource.chart.Manifests.each;
import static dev.codesource.chart.Manifests.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.builder.RunKind;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the chart gives the operator for builders, and what not. */
class BuildersChartTest {
  private static final String ALL = "operator.builders={Tekton,Shipwright,Kpack,BuildKit}";

  private static final String ON = "impersonate-on:serviceaccount:";

  /** As the chart writes them. */
  private static final Map<String, String> BUILDERS =
      Map.of(
          "tekton", "Tekton", "shipwright", "Shipwright", "kpack", "Kpack", "buildkit", "BuildKit");

  private static final Manifests DEFAULTS = Chart.render();

  private static Manifests render(String values, String... more) {
    return Chart.render(
        Stream.concat(Stream.of("--set", values), Stream.of(more)).toArray(String[]::new));
  }

  /** The operator's own rules. */
  private static List<JsonNode> rules(Manifests manifests) {
    return manifests.all("ClusterRole").stream()
        .filter(
            role -> role.at("/metadata/name").asText().endsWith(".bindings-codesource-operator"))
        .flatMap(role -> each(role.path("rules")))
        .toList();
  }

  /** Verbs by group and resource. */
  private static Map<String, Set<String>> granted(Stream<JsonNode> rules) {
    Map<String, Set<String>> granted = new TreeMap<>();
    rules.forEach(
        rule -> {
          for (String group : texts(rule.path("apiGroups"))) {
            for (String resource : texts(rule.path("resources"))) {
              granted
                  .computeIfAbsent(group + "/" + resource, _ -> new TreeSet<>())
                  .addAll(texts(rule.path("verbs")));
            }
          }
        });
    return granted;
  }

  private static String path(RunKind kind) {
    return kind.group() + "/" + kind.plural();
  }

  @Test
  void withoutBuildersNothingIsGrantedForThem() {
    assertThat(rules(DEFAULTS).toString()).doesNotContain("impersonate", "serviceaccounts");
    assertThat(granted(rules(DEFAULTS).stream()).keySet())
        .noneMatch(
            resource -> Stream.of(RunKind.values()).anyMatch(kind -> path(kind).equals(resource)));
    assertThat(DEFAULTS.all("ClusterRole").toString()).doesNotContain("-builder-");
    assertThat(DEFAULTS.settings().has("CODESOURCE_BUILDERS")).isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void theNamedBuilderIsGrantedAndNoOther(RunKind kind) {
    String builder = BUILDERS.get(kind.builder());
    for (String constrained : List.of("true", "false")) {
      Manifests manifests =
          render(
              "operator.builders={" + builder + "},rbac.constrainedImpersonation=" + constrained);
      Map<String, Set<String>> granted = granted(rules(manifests).stream());

      assertThat(granted.get(path(kind))).contains("get", "list", "watch");
      assertThat(granted.get(path(kind)).removeAll(Set.of("get", "list", "watch"))).isTrue();
      assertThat(granted.get(path(kind)))
          .as("as itself it changes nothing")
          .allMatch(verb -> verb.startsWith(ON));
      assertThat(granted.keySet())
          .noneMatch(
              resource ->
                  Stream.of(RunKind.values())
                      .filter(other -> !other.builder().equals(kind.builder()))
                      .anyMatch(other -> path(other).equals(resource)));
      assertThat(manifests.all("ClusterRole"))
          .extracting(role -> role.at("/metadata/name").asText())
          .filteredOn(name -> name.contains("-builder-"))
          .containsExactly("bindings-codesource-operator-builder-" + kind.builder());
    }
  }

  @Test
  void theOperatorActsAsTheNamedAccountsOnly() {
    for (String constrained : List.of("true", "false")) {
      List<JsonNode> rules =
          rules(
              render(
                  ALL
                      + ",operator.builds.serviceAccountNames={builder,other-builder},rbac.constrainedImpersonation="
                      + constrained));

      assertThat(rules)
          .filteredOn(rule -> texts(rule.path("resources")).contains("serviceaccounts"))
          .hasSize(2)
          .allSatisfy(
              rule ->
                  assertThat(texts(rule.path("resourceNames")))
                      .containsExactly("builder", "other-builder"));
      assertThat(rules.toString()).doesNotContain("*", "\"users\"", "\"groups\"");
    }
  }

  /** Without quotes YAML takes them for something else, and the API server null for no name. */
  @Test
  void namesThatYamlTakesForOtherValuesStayNames() {
    for (String constrained : List.of("true", "false")) {
      assertThat(
              rules(
                  Chart.render(
                      "--set",
                      ALL + ",rbac.constrainedImpersonation=" + constrained,
                      "--set-json",
                      "operator.builds.serviceAccountNames=[\"null\",\"true\",\"123\"]")))
          .filteredOn(rule -> texts(rule.path("resources")).contains("serviceaccounts"))
          .hasSize(2)
          .extracting(rule -> rule.path("resourceNames").toString())
          .containsOnly("[\"null\",\"true\",\"123\"]");
    }
  }

  /** null is not false. */
  @ParameterizedTest
  @CsvSource({"triggers, -triggers", "operatorWrites, -writes"})
  void onlyFalseLeavesAPolicyOut(String policy, String suffix) {
    assertThat(
            render("admissionPolicy." + policy + ".enabled=null").all("ValidatingAdmissionPolicy"))
        .extracting(each -> each.at("/metadata/name").asText())
        .anyMatch(name -> name.endsWith(suffix));
    assertThat(
            render("admissionPolicy." + policy + ".enabled=false").all("ValidatingAdmissionPolicy"))
        .extracting(each -> each.at("/metadata/name").asText())
        .noneMatch(name -> name.endsWith(suffix));
  }

  /** In RBAC a rule without names is for all of them. */
  @ParameterizedTest
  @ValueSource(strings = {"operator.builds.serviceAccountNames=null", "operator.builds=null"})
  void withoutANameThereIsNoRuleThatWouldBeForEveryAccount(String value) {
    assertThat(Chart.refusal("--set", ALL, "--set", value)).contains("missing property");
  }

  @ParameterizedTest
  @CsvSource({
    "v1.31.0, '', false",
    "v1.35.9, '', false",
    "v1.36.0, '', true",
    "v1.36.1-gke.12, '', true",
    "v1.40.0, '', true",
    "v1.37.2, false, false",
    "v1.35.0, true, true",
  })
  void impersonationIsConstrainedWhereTheApiServerCan(
      String version, String wanted, boolean constrained) {
    Map<String, Set<String>> granted =
        granted(
            rules(
                render(
                    wanted.isEmpty() ? ALL : ALL + ",rbac.constrainedImpersonation=" + wanted,
                    "--kube-version",
                    version))
                .stream());

    assertThat(granted.get("/serviceaccounts").contains("impersonate")).isEqualTo(!constrained);
    assertThat(granted.containsKey("authentication.k8s.io/serviceaccounts")).isEqualTo(constrained);
    assertThat(granted.toString().contains(ON)).isEqualTo(constrained);
  }

  /** For each builder: what the operator does as the account, the account may, and no more. */
  @ParameterizedTest
  @ValueSource(strings = {"Tekton", "Shipwright", "Kpack", "BuildKit"})
  void theRoleOfTheAccountIsWhatTheOperatorDoesAsIt(String builder) {
    Manifests manifests =
        render("operator.builders={" + builder + "},rbac.constrainedImpersonation=true");
    Map<String, Set<String>> asTheAccount = new TreeMap<>();
    granted(rules(manifests).stream())
        .forEach(
            (resource, verbs) ->
                verbs.stream()
                    .filter(verb -> verb.startsWith(ON))
                    .forEach(
                        verb ->
                            asTheAccount
                                .computeIfAbsent(resource, _ -> new TreeSet<>())
                                .add(verb.substring(ON.length()))));
    JsonNode role =
        manifests.all("ClusterRole").stream()
            .filter(
                each ->
                    each.at("/metadata/name")
                        .asText()
                        .endsWith("-builder-" + builder.toLowerCase(Locale.ROOT)))
            .findFirst()
            .orElseThrow();
    Map<String, Set<String>> ofTheAccount = granted(each(role.path("rules")));

    assertThat(ofTheAccount).isEqualTo(asTheAccount);
    assertThat(kinds(builder))
        .allSatisfy(kind -> assertThat(ofTheAccount.get(path(kind))).contains("create", "delete"));
    assertThat(role.at("/metadata/labels").toString()).doesNotContain("aggregate");
  }

  private static Stream<RunKind> kinds(String builder) {
    return Stream.of(RunKind.values())
        .filter(kind -> kind.builder().equals(builder.toLowerCase(Locale.ROOT)));
  }

  @Test
  void rulesAreTheSameInBothScopes() {
    List<JsonNode> clusterWide = rules(render(ALL));
    Manifests scoped = render(ALL + ",watchNamespaces={team-a,team-b}");

    assertThat(scoped.all("Role"))
        .filteredOn(role -> role.at("/metadata/namespace").asText().startsWith("team-"))
        .hasSize(2)
        .allSatisfy(role -> assertThat(each(role.path("rules")).toList()).isEqualTo(clusterWide));
    assertThat(scoped.kinds()).doesNotContain("ClusterRole");
    assertThat(
            render(ALL + ",watchNamespaces={team-a},rbac.builderClusterRoles=true")
                .all("ClusterRole"))
        .hasSize(4);
    assertThat(render(ALL + ",rbac.builderClusterRoles=false").all("ClusterRole").toString())
        .doesNotContain("-builder-");
  }

  @Test
  void settingsReachTheOperator() throws IOException {
    JsonNode data = Chart.render(Chart.values("everything")).settings();

    assertThat(data.path("CODESOURCE_BUILDERS").asText())
        .isEqualTo("Tekton,Shipwright,Kpack,BuildKit");
    assertThat(data.path("CODESOURCE_BUILDS_SERVICE_ACCOUNTS").asText())
        .isEqualTo("image-builder,codesource-builder");
    assertThat(data.path("CODESOURCE_BUILDS_MAX_CONCURRENT_PER_NAMESPACE").asText())
        .isEqualTo("20");
    assertThat(data.path("CODESOURCE_BUILDS_BUILDKIT_IMAGE").asText())
        .isEqualTo("mirror.example.com/moby/buildkit:rootless");
    assertThat(
            new ObjectMapper().readTree(data.path("CODESOURCE_BUILDS_BUILDKIT_RESOURCES").asText()))
        .isEqualTo(
            new ObjectMapper()
                .readTree("{\"limits\":{\"memory\":\"4Gi\"},\"requests\":{\"cpu\":\"500m\"}}"));
    assertThat(DEFAULTS.settings().path("CODESOURCE_BUILDS_SERVICE_ACCOUNTS").asText())
        .isEqualTo("codesource-builder");
    assertThat(render(ALL).all("ClusterRole"))
        .extracting(role -> role.at("/metadata/name").asText())
        .contains(
            DEFAULTS.settings().path("CODESOURCE_BUILDS_CLUSTER_ROLE_PREFIX").asText()
                + "-builder-tekton");
    assertThat(DEFAULTS.settings().has("CODESOURCE_BUILDS_BUILDKIT_RESOURCES")).isFalse();
  }

  @Test
  void authorsOfTriggersAreAskedForEveryKindUnlessThatIsSwitchedOff() {
    JsonNode policy = policy(DEFAULTS);
    String expressions =
        each(policy.at("/spec/validations"))
            .map(validation -> validation.path("expression").asText())
            .collect(Collectors.joining("\n"));
    assertThat(RunKind.values())
        .allSatisfy(
            kind ->
                assertThat(expressions)
                    .contains(
                        "has(builder." + kind.builder(),
                        "authorizer.group('%s').resource('%s')"
                            .formatted(kind.group(), kind.plural())));
    // More than two in one exceed its cost.
    assertThat(each(policy.at("/spec/validations")))
        .hasSize(RunKind.values().length + 1)
        .allSatisfy(
            validation ->
                assertThat(validation.path("expression").asText().split("authorizer", -1))
                    .hasSize(2));
    assertThat(
            texts(
                binding(render("watchNamespaces={team-a,team-b}"))
                    .at("/spec/matchResources/namespaceSelector/matchExpressions/0/values")))
        .containsExactly("team-a", "team-b");
    assertThat(binding(DEFAULTS).at("/spec").has("matchResources")).isFalse();
    assertThat(render("admissionPolicy.triggers.enabled=false").all("ValidatingAdmissionPolicy"))
        .noneMatch(BuildersChartTest::isForTriggers);
  }

  private static JsonNode policy(Manifests manifests) {
    return only(manifests.all("ValidatingAdmissionPolicy"));
  }

  private static JsonNode binding(Manifests manifests) {
    return only(manifests.all("ValidatingAdmissionPolicyBinding"));
  }

  private static JsonNode only(List<JsonNode> policies) {
    List<JsonNode> found = policies.stream().filter(BuildersChartTest::isForTriggers).toList();
    assertThat(found).hasSize(1);
    return found.getFirst();
  }

  private static boolean isForTriggers(JsonNode policy) {
    return policy.at("/metadata/name").asText().endsWith("-triggers");
  }

  @Test
  void theChartKnowsTheBuildersThatThereAre() {
    assertThat(BUILDERS.keySet())
        .isEqualTo(
            Arrays.stream(RunKind.values()).map(RunKind::builder).collect(Collectors.toSet()));
  }
}
