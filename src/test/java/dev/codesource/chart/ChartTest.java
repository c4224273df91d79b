package dev.codesource.chart;

import static dev.codesource.chart.Manifests.each;
import static dev.codesource.chart.Manifests.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.codesource.address.HostPolicy;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.Shard;
import dev.codesource.webhook.DeliveryConfigMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChartTest {
  private static final Manifests DEFAULTS = Chart.render();
  private static final Manifests NAMESPACES = Chart.render(Chart.values("namespaces"));
  private static final Manifests EVERYTHING =
      Chart.render(Chart.values("everything")).ofTheOperator();

  /** Everything, with a PodMonitor instead of the ServiceMonitor. */
  private static final Manifests POD_MONITOR =
      Chart.render(
              "-f",
              Chart.values("everything").toString(),
              "--set",
              "serviceMonitor.enabled=false,podMonitor.enabled=true")
          .ofTheOperator();

  private static final Manifests HTTPS_ONLY = Chart.render(Chart.values("https-only"));

  static List<Path> allValues() {
    return Chart.allValues();
  }

  @ParameterizedTest
  @MethodSource("allValues")
  void lints(Path values) {
    String report =
        Helm.run("lint", "--strict", "-f", values.toString(), Chart.FOLDER.toString())
            .orFail()
            .stdout();
    assertThat(report).contains("0 chart(s) failed");
  }

  @ParameterizedTest
  @MethodSource("allValues")
  void everyObjectHasTheReleasesLabelsAndANameOfItsOwn(Path values) {
    List<JsonNode> ours =
        Chart.render(values).objects().stream()
            .filter(object -> !object.at("/metadata/name").asText().endsWith("extra"))
            .toList();
    assertThat(ours)
        .isNotEmpty()
        .allSatisfy(
            object ->
                assertThat(object.at("/metadata/labels").has("app.kubernetes.io/instance"))
                    .isTrue());
    assertThat(ours)
        .extracting(
            object ->
                List.of(
                    object.path("kind").asText(),
                    object.at("/metadata/namespace").asText(),
                    object.at("/metadata/name").asText()))
        .doesNotHaveDuplicates();
  }

  @Test
  void podIsRestricted() {
    JsonNode pod = DEFAULTS.pod().path("spec");
    assertThat(pod.at("/securityContext/runAsNonRoot").asBoolean()).isTrue();
    assertThat(pod.at("/securityContext/seccompProfile/type").asText()).isEqualTo("RuntimeDefault");
    assertThat(pod.path("enableServiceLinks").asBoolean(true)).isFalse();

    JsonNode container = DEFAULTS.container().path("securityContext");
    assertThat(container.path("runAsNonRoot").asBoolean()).isTrue();
    assertThat(container.path("readOnlyRootFilesystem").asBoolean()).isTrue();
    assertThat(container.path("allowPrivilegeEscalation").asBoolean(true)).isFalse();
    assertThat(texts(container.at("/capabilities/drop"))).containsExactly("ALL");
    assertThat(container.at("/capabilities").has("add")).isFalse();
  }

  @Test
  void onlyTmpIsWritable() {
    assertThat(each(DEFAULTS.container().path("volumeMounts")))
        .singleElement()
        .satisfies(mount -> assertThat(mount.path("mountPath").asText()).isEqualTo("/tmp"));
    assertThat(each(DEFAULTS.pod().at("/spec/volumes")))
        .singleElement()
        .satisfies(
            volume -> assertThat(volume.at("/emptyDir/sizeLimit").asText()).isEqualTo("64Mi"));
  }

  @Test
  void onlyTheOperatorsPodIsGivenTheTokenOfTheServiceAccount() {
    assertThat(DEFAULTS.one("ServiceAccount").path("automountServiceAccountToken").asBoolean(true))
        .isFalse();
    assertThat(DEFAULTS.pod().at("/spec/automountServiceAccountToken").asBoolean()).isTrue();
  }

  @Test
  void probesAskTheOperatorsHealth() {
    assertThat(List.of("startupProbe", "livenessProbe", "readinessProbe"))
        .extracting(probe -> DEFAULTS.container().at("/" + probe + "/httpGet/path").asText())
        .containsExactly("/q/health/started", "/q/health/live", "/q/health/ready");
    assertThat(EVERYTHING.container().at("/startupProbe/failureThreshold").asInt()).isEqualTo(120);
  }

  @Test
  void memoryIsLimitedAndTheProcessorIsNot() {
    JsonNode resources = DEFAULTS.container().path("resources");
    assertThat(resources.at("/limits/memory").asText()).isEqualTo("320Mi");
    assertThat(resources.path("limits").has("cpu")).isFalse();
    assertThat(resources.at("/requests/cpu").asText()).isEqualTo("50m");
  }

  @Test
  void imageIsTakenByTagOrByDigest() {
    assertThat(DEFAULTS.container().path("image").asText())
        .isEqualTo("code-source-operator:" + appVersion());
    assertThat(Chart.render("--set", "image.tag=1.2.3").container().path("image").asText())
        .isEqualTo("code-source-operator:1.2.3");
    assertThat(EVERYTHING.container().path("image").asText())
        .matches("mirror\\.example\\.com/platform/code-source-operator@sha256:[0-9a-f]{64}");
    assertThat(
            Chart.render("--set", "image.registry=registry.example.com:5000")
                .container()
                .path("image")
                .asText())
        .isEqualTo("registry.example.com:5000/code-source-operator:" + appVersion());
    assertThat(
            Chart.render("--set", "global.imageRegistry=mirror.example.com/hub/")
                .container()
                .path("image")
                .asText())
        .isEqualTo("mirror.example.com/hub/code-source-operator:" + appVersion());
  }

  @Test
  void appVersionIsThatOfTheBuild() throws IOException {
    assertThat(Files.readString(Path.of("pom.xml")))
        .containsPattern(
            "<artifactId>code-source-operator</artifactId>\\s*<version>%s</version>"
                .formatted(appVersion()));
  }

  @Test
  void clusterWideItHasOneRoleOfItsOwn() {
    assertThat(DEFAULTS.all("ClusterRole"))
        .extracting(role -> role.at("/metadata/name").asText())
        .containsExactlyInAnyOrder(
            "codesource-system.bindings-codesource-operator",
            "codesource-system.bindings-codesource-operator-servicebinding",
            "codesource-system.bindings-codesource-operator-view",
            "codesource-system.bindings-codesource-operator-edit");
    assertThat(DEFAULTS.all("ClusterRoleBinding")).hasSize(1);
    assertThat(DEFAULTS.all("Role"))
        .extracting(role -> role.at("/metadata/name").asText())
        .containsExactly("bindings-codesource-operator-leader-election");
  }

  @Test
  void forNamespacesItHasNothingClusterWideButTheCrd() {
    assertThat(NAMESPACES.kinds()).doesNotContain("ClusterRole", "ClusterRoleBinding");
    assertThat(NAMESPACES.all("Role"))
        .extracting(role -> role.at("/metadata/namespace").asText())
        .containsExactlyInAnyOrder("team-a", "team-b", "codesource-system");
    assertThat(NAMESPACES.all("RoleBinding"))
        .extracting(role -> role.at("/metadata/namespace").asText())
        .containsExactlyInAnyOrder("team-a", "team-b", "codesource-system");
    assertThat(NAMESPACES.settings().path("QUARKUS_OPERATOR_SDK_NAMESPACES").asText())
        .isEqualTo("team-a,team-b");
    assertThat(DEFAULTS.settings().path("QUARKUS_OPERATOR_SDK_NAMESPACES").asText())
        .isEqualTo("JOSDK_ALL_NAMESPACES");
  }

  @Test
  void visitorsAreReviewedOnlyWhereTheyMustProveWhoTheyAre() {
    assertThat(DEFAULTS.settings().has("CODESOURCE_OAUTH_REQUIRE_CLUSTER_ACCESS")).isFalse();
    assertThat(DEFAULTS.all("ClusterRole")).noneMatch(ChartTest::isForPages);

    assertThat(EVERYTHING.settings().path("CODESOURCE_OAUTH_REQUIRE_CLUSTER_ACCESS").asText())
        .isEqualTo("true");
    assertThat(EVERYTHING.all("ClusterRole"))
        .filteredOn(ChartTest::isForPages)
        .singleElement()
        .extracting(role -> role.path("rules").findValues("resources").toString())
        .isEqualTo("[[\"tokenreviews\"], [\"subjectaccessreviews\"]]");
    assertThat(EVERYTHING.all("ClusterRoleBinding")).anyMatch(ChartTest::isForPages);
  }

  private static boolean isForPages(JsonNode role) {
    return role.at("/metadata/name").asText().endsWith("-pages");
  }

  @Test
  void usersAreGivenTheBindingsUnlessThatTakesAClusterRoleTooMany() {
    assertThat(EVERYTHING.all("ClusterRole"))
        .filteredOn(role -> !role.at("/metadata/name").asText().endsWith("-servicebinding"))
        .filteredOn(role -> !role.at("/metadata/name").asText().endsWith("-pages"))
        .filteredOn(role -> !role.at("/metadata/name").asText().contains("-builder-"))
        .allSatisfy(
            role ->
                assertThat(
                        role.at("/metadata/labels")
                            .path("rbac.authorization.k8s.io/aggregate-to-admin")
                            .asText())
                    .isEqualTo("true"))
        .hasSize(2);
    assertThat(Chart.render("--set", "rbac.aggregateClusterRoles=false").all("ClusterRole"))
        .hasSize(2);
  }

  @Test
  void serviceBindingMayReadBindingsUnlessThatTakesAClusterRoleTooMany() {
    JsonNode role =
        DEFAULTS.all("ClusterRole").stream()
            .filter(object -> object.at("/metadata/name").asText().endsWith("-servicebinding"))
            .findFirst()
            .orElseThrow();
    assertThat(role.at("/metadata/labels").path("servicebinding.io/controller").asText())
        .isEqualTo("true");
    assertThat(each(role.path("rules")))
        .singleElement()
        .satisfies(
            rule -> {
              assertThat(texts(rule.path("apiGroups"))).containsExactly("codesource.dev");
              assertThat(texts(rule.path("resources"))).containsExactly("codesourcebindings");
              assertThat(texts(rule.path("verbs"))).containsExactly("get", "list", "watch");
            });
    assertThat(Chart.render("--set", "rbac.serviceBindingClusterRole=false").all("ClusterRole"))
        .noneMatch(object -> object.at("/metadata/name").asText().endsWith("-servicebinding"));
  }

  @Test
  void rulesAreTheSameInBothScopesAndNameNoWildcard() {
    JsonNode clusterWide =
        DEFAULTS.all("ClusterRole").stream()
            .filter(role -> role.at("/metadata/name").asText().endsWith("operator"))
            .findFirst()
            .orElseThrow()
            .path("rules");
    assertThat(NAMESPACES.all("Role"))
        .filteredOn(role -> role.at("/metadata/namespace").asText().startsWith("team-"))
        .hasSize(2)
        .allSatisfy(role -> assertThat(role.path("rules")).isEqualTo(clusterWide));
    assertThat(clusterWide.toString()).doesNotContain("*");
    assertThat(
            each(clusterWide)
                .filter(rule -> rule.toString().contains("\"secrets\""))
                .flatMap(rule -> texts(rule.path("verbs")).stream()))
        .containsExactlyInAnyOrder("create", "delete", "list", "patch", "watch");
  }

  @Test
  void leaseIsGrantedByNameAlsoToOneReplica() {
    String lease = DEFAULTS.settings().path("CODESOURCE_LEADER_ELECTION_LEASE_NAME").asText();
    assertThat(lease).isEqualTo("bindings-codesource-operator");
    assertThat(each(DEFAULTS.one("Role").path("rules")))
        .hasSize(2)
        .allSatisfy(
            rule -> {
              if (!texts(rule.path("verbs")).equals(List.of("create"))) {
                assertThat(texts(rule.path("resourceNames"))).isEqualTo(leases(lease));
              }
            });
    assertThat(DEFAULTS.one("Role").at("/metadata/namespace").asText()).isEqualTo(Chart.NAMESPACE);
    assertThat(DEFAULTS.one("RoleBinding").at("/metadata/namespace").asText())
        .isEqualTo(Chart.NAMESPACE);
  }

  /** A user of an earlier chart may still have the value. */
  @ParameterizedTest
  @ValueSource(strings = {"false", "true"})
  void leaderElectionCannotBeSwitchedOff(String enabled) {
    String value = "leaderElection.enabled=" + enabled;
    assertThat(Chart.render("--set", value).objects()).isEqualTo(DEFAULTS.objects());
    assertThat(Chart.render("--set", "replicas=2," + value).all("Role"))
        .isEqualTo(DEFAULTS.all("Role"));
  }

  @Test
  void theNewPodStartsFirstAndEveryFieldOfTheStrategyIsWritten() {
    assertThat(DEFAULTS.one("Deployment").at("/spec/strategy").toString())
        .isEqualTo(
            "{\"type\":\"RollingUpdate\",\"rollingUpdate\":{\"maxSurge\":1,\"maxUnavailable\":0}}");
    assertThat(Chart.render("--set", "shards=2,replicas=3").all("Deployment"))
        .extracting(deployment -> deployment.at("/spec/strategy"))
        .containsOnly(DEFAULTS.one("Deployment").at("/spec/strategy"));
    assertThat(
            Chart.render("--set", "strategy.rollingUpdate.maxSurge=25%")
                .one("Deployment")
                .at("/spec/strategy/rollingUpdate")
                .toString())
        .isEqualTo("{\"maxSurge\":\"25%\",\"maxUnavailable\":0}");
  }

  @Test
  void whoRecreatesPodsHasNothingOfARollingUpdate() {
    assertThat(
            Chart.render("--set", "strategy.type=Recreate")
                .one("Deployment")
                .at("/spec/strategy")
                .toString())
        .isEqualTo("{\"type\":\"Recreate\"}");
  }

  @Test
  void eachShardHasADeploymentAndALease() {
    Manifests three = Chart.render("--set", "shards=3");
    List<JsonNode> deployments = three.all("Deployment");
    assertThat(deployments).hasSize(3);
    for (int shard = 0; shard < 3; shard++) {
      JsonNode deployment = deployments.get(shard);
      String number = Integer.toString(shard);
      assertThat(deployment.at("/spec/selector/matchLabels/codesource.dev~1shard").asText())
          .isEqualTo(number);
      assertThat(deployment.at("/spec/template/metadata/labels/codesource.dev~1shard").asText())
          .isEqualTo(number);
      assertThat(each(deployment.at("/spec/template/spec/containers/0/env")))
          .extracting(each -> each.path("name").asText() + "=" + each.path("value").asText())
          .containsExactly("CODESOURCE_SHARD_INDEX=" + number, "CODESOURCE_SHARD_COUNT=3");
    }
    String lease = three.settings().path("CODESOURCE_LEADER_ELECTION_LEASE_NAME").asText();
    assertThat(each(three.one("Role").path("rules")))
        .filteredOn(rule -> texts(rule.path("verbs")).contains("update"))
        .singleElement()
        .satisfies(rule -> assertThat(texts(rule.path("resourceNames"))).isEqualTo(leases(lease)));
    // All pods serve the pages.
    assertThat(three.one("Service").at("/spec/selector").has("codesource.dev/shard")).isFalse();
  }

  /** Of all shards that there may be: when their number changes, some of both numbers run. */
  private static List<String> leases(String base) {
    return IntStream.range(0, Shard.MOST)
        .mapToObj(shard -> new Shard(shard, Shard.MOST).lease(base))
        .toList();
  }

  @Test
  void settingsReachTheOperator() {
    JsonNode data = EVERYTHING.settings();
    assertThat(data.path("QUARKUS_LOG_LEVEL").asText()).isEqualTo("DEBUG");
    assertThat(data.path("QUARKUS_LOG_CONSOLE_JSON_ENABLED").asText()).isEqualTo("false");
    assertThat(data.path("CODESOURCE_ADDRESS_HTTP_PORTS").asText()).isEqualTo("80,3000-3010");
    assertThat(data.path("CODESOURCE_ADDRESS_HTTPS_PORTS").asText()).isEqualTo("443,8443");
    assertThat(data.path("CODESOURCE_ADDRESS_ALLOWED_HOSTS").asText()).isEqualTo("*.example.com");
    assertThat(data.path("CODESOURCE_ADDRESS_DENIED_HOSTS").asText()).isEqualTo("old.example.com");
    assertThat(data.path("CODESOURCE_ADDRESS_ALLOWED_CIDRS").asText()).isEqualTo("169.254.1.0/24");
    assertThat(data.path("CODESOURCE_ADDRESS_DENIED_CIDRS").asText())
        .isEqualTo("192.168.0.0/16,fd00::/8,10.96.0.0/12");
    assertThat(data.path("CODESOURCE_HOST_CONCURRENCY").asText()).isEqualTo("2");
    assertThat(data.path("CODESOURCE_HOST_CONNECT_TIMEOUT").asText()).isEqualTo("2s");
    assertThat(data.path("CODESOURCE_HOST_TIMEOUT").asText()).isEqualTo("1m");
    assertThat(data.path("CODESOURCE_TOKENS_MINIMUM_AGE").asText()).isEqualTo("30s");
    assertThat(DEFAULTS.settings().path("CODESOURCE_TOKENS_MINIMUM_AGE").asText()).isEqualTo("60s");
    assertThat(data.path("CODESOURCE_OAUTH_PUBLIC_URL").asText())
        .isEqualTo("https://codesource.example.com:8443");
    assertThat(data.path("CODESOURCE_OAUTH_APPS").asText()).isEqualTo("/etc/codesource/oauth-apps");
    assertThat(DEFAULTS.settings().has("CODESOURCE_OAUTH_PUBLIC_URL")).isFalse();
    assertThat(data.path("CODESOURCE_LEADER_ELECTION_LEASE_NAME").asText())
        .isEqualTo("bindings-leader");
    assertThat(each(EVERYTHING.container().path("envFrom")))
        .first()
        .satisfies(
            source -> assertThat(source.at("/configMapRef/name").asText()).isEqualTo("bindings"));
    assertThat(HTTPS_ONLY.settings().path("CODESOURCE_ADDRESS_HTTP_PORTS").asText("absent"))
        .isEmpty();
  }

  @Test
  void proxiesReachTheOperatorAndTheirCredentialsOnlyFromTheSecret() {
    JsonNode data = EVERYTHING.settings();
    assertThat(data.path("CODESOURCE_PROXY_HTTP").asText())
        .isEqualTo("http://proxy.example.com:3128");
    assertThat(data.path("CODESOURCE_PROXY_HTTPS").asText())
        .isEqualTo("http://tunnel.example.com:3129");
    assertThat(data.path("CODESOURCE_PROXY_NO_PROXY").asText())
        .isEqualTo(".corp.example.com,git.example.com:8080,10.0.0.0/8");
    for (String key : List.of("username", "password")) {
      assertThat(each(EVERYTHING.container().path("env")))
          .filteredOn(
              variable ->
                  variable
                      .path("name")
                      .asText()
                      .equals("CODESOURCE_PROXY_" + key.toUpperCase(Locale.ROOT)))
          .singleElement()
          .satisfies(
              variable -> {
                JsonNode secret = variable.at("/valueFrom/secretKeyRef");
                assertThat(secret.path("name").asText()).isEqualTo("proxy-login");
                assertThat(secret.path("key").asText()).isEqualTo(key);
              });
    }
    assertThat(each(EVERYTHING.one("NetworkPolicy").at("/spec/egress")))
        .anyMatch(
            rule ->
                rule.path("ports")
                        .toString()
                        .equals(
                            "[{\"port\":3128,\"protocol\":\"TCP\"},{\"port\":3129,\"protocol\":\"TCP\"}]")
                    && rule.at("/to/0/ipBlock/cidr").asText().equals("10.30.0.1/32"));
    assertThat(DEFAULTS.settings().toString()).doesNotContain("CODESOURCE_PROXY_");
  }

  @Test
  void aProxyForBothSchemesIsLetThroughOnce() {
    JsonNode egress =
        Chart.render(
                "--set",
                "networkPolicy.enabled=true,proxy.http=http://a:3128,proxy.https=http://a:3128/")
            .one("NetworkPolicy")
            .at("/spec/egress");
    assertThat(each(egress))
        .filteredOn(rule -> rule.toString().contains("3128"))
        .singleElement()
        .satisfies(rule -> assertThat(rule.path("ports")).hasSize(1));
  }

  @Test
  void trustBundleIsMountedFromAConfigMapOrASecret() {
    assertThat(EVERYTHING.settings().path("CODESOURCE_TRUST_BUNDLE").asText())
        .isEqualTo("/etc/codesource/trust-bundle/ca.crt");
    JsonNode configMap = trustBundle(EVERYTHING).path("configMap");
    assertThat(configMap.path("name").asText()).isEqualTo("company-authorities");
    assertThat(configMap.at("/items/0/key").asText()).isEqualTo("bundle.pem");
    assertThat(configMap.at("/items/0/path").asText()).isEqualTo("ca.crt");
    JsonNode secret =
        trustBundle(Chart.render("--set", "trustBundle.secret.name=authorities")).path("secret");
    assertThat(secret.path("secretName").asText()).isEqualTo("authorities");
    assertThat(secret.at("/items/0/key").asText()).isEqualTo("ca.crt");
    assertThat(DEFAULTS.settings().has("CODESOURCE_TRUST_BUNDLE")).isFalse();
  }

  private static JsonNode trustBundle(Manifests manifests) {
    assertThat(each(manifests.container().path("volumeMounts")))
        .filteredOn(mount -> mount.path("name").asText().equals("trust-bundle"))
        .singleElement()
        .satisfies(
            mount -> {
              assertThat(mount.path("mountPath").asText())
                  .isEqualTo("/etc/codesource/trust-bundle");
              assertThat(mount.has("subPath")).isFalse();
            });
    return each(manifests.pod().at("/spec/volumes"))
        .filter(volume -> volume.path("name").asText().equals("trust-bundle"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void pagesAreAtThePublicHostAndNothingElseIs() {
    JsonNode rule = EVERYTHING.one("Ingress").at("/spec/rules/0");
    assertThat(rule.path("host").asText()).isEqualTo("codesource.example.com");
    assertThat(each(rule.at("/http/paths")))
        .extracting(path -> path.path("path").asText())
        .containsExactly("/authorize", "/callback", "/result", "/webhook");
    JsonNode route = EVERYTHING.one("HTTPRoute").path("spec");
    assertThat(texts(route.path("hostnames"))).containsExactly("codesource.example.com");
    assertThat(each(route.at("/rules/0/matches")))
        .extracting(match -> match.at("/path/value").asText())
        .containsExactly("/authorize", "/callback", "/result", "/webhook");
    assertThat(DEFAULTS.all("Ingress")).isEmpty();
    assertThat(DEFAULTS.all("HTTPRoute")).isEmpty();
    assertThat(Chart.refusal("--set", "ingress.enabled=true")).contains("oauth.publicUrl");
  }

  /** By host. */
  private static Map<String, List<String>> published(String values) {
    Manifests manifests =
        Chart.render(
            "--set",
            "ingress.enabled=true,httpRoute.enabled=true,httpRoute.parentRefs[0].name=public,"
                + values);
    Map<String, List<String>> byIngress = new TreeMap<>();
    each(manifests.one("Ingress").at("/spec/rules"))
        .forEach(
            rule ->
                byIngress.put(
                    rule.path("host").asText(),
                    each(rule.at("/http/paths")).map(path -> path.path("path").asText()).toList()));
    Map<String, List<String>> byRoute = new TreeMap<>();
    Set<String> names = new TreeSet<>();
    for (JsonNode route : manifests.all("HTTPRoute")) {
      names.add(route.at("/metadata/name").asText());
      byRoute.put(
          route.at("/spec/hostnames/0").asText(),
          each(route.at("/spec/rules/0/matches"))
              .map(match -> match.at("/path/value").asText())
              .toList());
    }
    assertThat(byRoute).isEqualTo(byIngress);
    assertThat(names).hasSameSizeAs(byRoute.keySet());
    return byIngress;
  }

  @Test
  void deliveriesHaveTheirOwnHostAndNoOtherPath() {
    List<String> pages = List.of("/authorize", "/callback", "/result");
    String oauth = "oauth.publicUrl=https://pages.example.com";
    String webhook = "operator.webhook.publicUrl=https://hooks.example.com:8443";
    assertThat(published(oauth)).isEqualTo(Map.of("pages.example.com", pages));
    assertThat(published(webhook)).isEqualTo(Map.of("hooks.example.com", List.of("/webhook")));
    assertThat(published(oauth + "," + webhook))
        .isEqualTo(Map.of("pages.example.com", pages, "hooks.example.com", List.of("/webhook")));
  }

  @Test
  void theOperatorMayWriteTheOneConfigMapOfDeliveries() {
    String webhook = "operator.webhook.publicUrl=https://hooks.example.com";
    Manifests manifests =
        Chart.render("--set", webhook + ",leaderElection.leaseName=of-team,watchNamespaces={a}");
    JsonNode role =
        manifests.all("Role").stream()
            .filter(each -> each.at("/metadata/name").asText().endsWith("-deliveries"))
            .findFirst()
            .orElseThrow();
    assertThat(texts(role.at("/rules/0/resourceNames")))
        .containsExactly("of-team" + DeliveryConfigMap.SUFFIX);
    assertThat(manifests.all("ConfigMap"))
        .filteredOn(each -> each.at("/metadata/name").asText().equals("of-team-deliveries"))
        .singleElement()
        // An upgrade would set it back.
        .matches(each -> !each.has("data"));
    assertThat(manifests.settings().path("CODESOURCE_WEBHOOK_PUBLIC_URL").asText())
        .isEqualTo("https://hooks.example.com");
    assertThat(DEFAULTS.all("Role").toString() + DEFAULTS.all("ConfigMap"))
        .doesNotContain("-deliveries");
  }

  @Test
  void applicationsAreMountedReadOnly() {
    assertThat(each(EVERYTHING.container().path("volumeMounts")))
        .filteredOn(
            mount -> mount.path("mountPath").asText().startsWith("/etc/codesource/oauth-apps/"))
        .singleElement()
        .satisfies(
            mount -> {
              assertThat(mount.path("mountPath").asText())
                  .isEqualTo("/etc/codesource/oauth-apps/github-app");
              assertThat(mount.path("readOnly").asBoolean()).isTrue();
            });
  }

  @Test
  void applicationsMayHaveAnyNameOfASecret() {
    String name = "github." + "a".repeat(60);
    Manifests manifests =
        Chart.render("--set", "oauth.apps[0].secretName=other,oauth.apps[1].secretName=" + name);
    JsonNode volume =
        each(manifests.pod().at("/spec/volumes"))
            .filter(each -> each.at("/secret/secretName").asText().equals(name))
            .findFirst()
            .orElseThrow();
    assertThat(volume.path("name").asText()).matches("[a-z0-9-]{1,63}");
    assertThat(each(manifests.container().path("volumeMounts")))
        .filteredOn(mount -> mount.path("name").equals(volume.path("name")))
        .singleElement()
        .satisfies(
            mount ->
                assertThat(mount.path("mountPath").asText())
                    .isEqualTo("/etc/codesource/oauth-apps/" + name));
  }

  @Test
  void sinksReachTheOperatorAndTheirSecretsAreMountedReadOnly() {
    JsonNode data = EVERYTHING.settings();
    assertThat(data.path("CODESOURCE_SINKS_0__NAME").asText()).isEqualTo("build-service");
    assertThat(data.path("CODESOURCE_SINKS_0__URL").asText())
        .isEqualTo("https://build.example.com/events");
    assertThat(data.path("CODESOURCE_SINKS_0__OIDC_ISSUER").asText())
        .isEqualTo("https://login.example.com/realms/ci");
    assertThat(data.path("CODESOURCE_SINKS_0__OIDC_SCOPES").asText()).isEqualTo("builds,write");
    assertThat(data.has("CODESOURCE_SINKS_1__SECRET")).isFalse();
    assertThat(each(EVERYTHING.container().path("volumeMounts")))
        .filteredOn(
            mount ->
                mount
                    .path("mountPath")
                    .asText()
                    .equals(data.path("CODESOURCE_SINKS_0__SECRET").asText()))
        .singleElement()
        .satisfies(mount -> assertThat(mount.path("readOnly").asBoolean()).isTrue());
  }

  @Test
  void networkPolicyLetsOutToSinksAndTheirAuthorizationServers() {
    Manifests manifests =
        Chart.render(
            "--set",
            "networkPolicy.enabled=true,operator.sinks[0].name=ci,operator.sinks[0].url=http://ci.builds.svc:8081/x,operator.sinks[0].secretName=ci,operator.sinks[0].oidc.issuer=https://login.example.com/realms/ci,operator.sinks[1].name=b,operator.sinks[1].url=http://b.example.com");
    assertThat(each(manifests.one("NetworkPolicy").at("/spec/egress")))
        .last()
        .satisfies(
            rule ->
                assertThat(each(rule.path("ports")))
                    .extracting(port -> port.path("port").asInt())
                    .containsExactly(8081, 443, 80));
    assertThat(each(EVERYTHING.one("NetworkPolicy").at("/spec/egress")))
        .anySatisfy(rule -> assertThat(rule.path("to").toString()).contains("build-service"));
  }

  /** The port of an http sink without a port is also that of the metadata of clouds. */
  @Test
  void aSinkOnPort80DoesNotOpenTheMetadataOfClouds() {
    JsonNode to =
        each(Chart.render(
                    "--set",
                    "networkPolicy.enabled=true,operator.sinks[0].name=ci,operator.sinks[0].url=http://ci.builds.svc")
                .one("NetworkPolicy")
                .at("/spec/egress"))
            .reduce((_, last) -> last)
            .orElseThrow()
            .path("to");

    assertThat(to.at("/0/namespaceSelector").isObject()).as("every pod").isTrue();
    assertThat(to.at("/1/ipBlock/cidr").asText()).isEqualTo("0.0.0.0/0");
    assertThat(texts(to.at("/1/ipBlock/except")))
        .contains("169.254.0.0/16", "168.63.129.16/32", "100.100.100.200/32");
    assertThat(to.at("/2/ipBlock/cidr").asText()).isEqualTo("::/0");
    assertThat(texts(to.at("/2/ipBlock/except"))).contains("fe80::/10", "fd00:ec2::/32");
    assertThat(to).hasSize(3);
  }

  @Test
  void changedSettingsMakeNewPods() {
    String checksum = "/metadata/annotations/checksum~1config";
    String before = DEFAULTS.pod().at(checksum).asText();
    assertThat(before).hasSize(64);
    assertThat(Chart.render("--set", "operator.log.level=WARN").pod().at(checksum).asText())
        .isNotEqualTo(before);
    assertThat(Chart.render("--set", "service.port=9090").pod().at(checksum).asText())
        .isEqualTo(before);
  }

  @Test
  void crdsAreKeptWhenTheReleaseGoes(@TempDir Path folder) throws IOException {
    Path chart = withCrd(folder);
    JsonNode kept = Manifests.parse(render(chart)).one("CustomResourceDefinition");
    assertThat(kept.at("/metadata/annotations/helm.sh~1resource-policy").asText())
        .isEqualTo("keep");
    assertThat(kept.at("/metadata/annotations/example.com~1own").asText()).isEqualTo("yes");
    assertThat(kept.at("/spec/versions/0/schema/openAPIV3Schema/maximum").asLong())
        .isEqualTo(65535);

    assertThat(
            Manifests.parse(render(chart, "--set", "crds.keep=false"))
                .one("CustomResourceDefinition")
                .at("/metadata/annotations")
                .has("helm.sh/resource-policy"))
        .isFalse();
    assertThat(Manifests.parse(render(chart, "--set", "crds.install=false")).kinds())
        .doesNotContain("CustomResourceDefinition");
  }

  @Test
  void disruptionBudgetIsOfPodsThatMayBeMissingOrMustStay() {
    assertThat(DEFAULTS.kinds()).doesNotContain("PodDisruptionBudget");
    JsonNode missing =
        Chart.render("--set", "podDisruptionBudget.enabled=true").one("PodDisruptionBudget");
    assertThat(missing.at("/spec/maxUnavailable").asInt()).isEqualTo(1);
    assertThat(missing.path("spec").has("minAvailable")).isFalse();
    assertThat(EVERYTHING.all("PodDisruptionBudget"))
        .isNotEmpty()
        .allSatisfy(
            budget -> {
              assertThat(budget.at("/spec/minAvailable").asText()).isEqualTo("50%");
              assertThat(budget.path("spec").has("maxUnavailable")).isFalse();
            });
  }

  @Test
  void eachShardHasADisruptionBudgetOfItsOwn() {
    Manifests three = Chart.render("--set", "shards=3,podDisruptionBudget.enabled=true");
    assertThat(three.all("PodDisruptionBudget"))
        .extracting(
            budget ->
                budget.at("/metadata/name").asText() + budget.at("/spec/selector/matchLabels"))
        .containsExactlyElementsOf(
            three.all("Deployment").stream()
                .map(
                    deployment ->
                        deployment.at("/metadata/name").asText()
                            + deployment.at("/spec/selector/matchLabels"))
                .toList());
  }

  @Test
  void pagesAndMetricsHavePortsOfTheirOwn() {
    assertThat(each(DEFAULTS.container().path("ports")))
        .extracting(port -> port.path("name").asText() + " " + port.path("containerPort").asInt())
        .containsExactly("http 8080", "management 9000");
    assertThat(List.of("startupProbe", "livenessProbe", "readinessProbe"))
        .extracting(probe -> DEFAULTS.container().at("/" + probe + "/httpGet/port").asText())
        .containsOnly("management");
    assertThat(each(EVERYTHING.one("Service").at("/spec/ports")))
        .extracting(port -> port.path("targetPort").asText() + " " + port.path("port").asInt())
        .containsExactly("http 9090", "management 9091");
    assertThat(each(EVERYTHING.one("NetworkPolicy").at("/spec/ingress")))
        .extracting(rule -> rule.at("/ports/0/port").asText() + " " + rule.path("from").size())
        .containsExactly("http 1", "management 1");
    assertThat(
            EVERYTHING
                .one("NetworkPolicy")
                .at("/spec/ingress/1/from/0/podSelector")
                .isMissingNode())
        .isFalse();
  }

  @Test
  void networkPolicyLetsOutToThePortsOfBindings() {
    assertThat(DEFAULTS.kinds()).doesNotContain("NetworkPolicy");
    JsonNode spec = HTTPS_ONLY.one("NetworkPolicy").path("spec");
    assertThat(texts(spec.path("policyTypes"))).containsExactly("Ingress", "Egress");
    JsonNode codeHosts = spec.at("/egress/2");
    assertThat(codeHosts.path("ports").toString())
        .isEqualTo(
            "[{\"port\":443,\"protocol\":\"TCP\"},{\"port\":8443,\"endPort\":8445,\"protocol\":\"TCP\"}]");
    assertThat(texts(codeHosts.at("/to/0/ipBlock/except")))
        .containsExactly(
            "169.254.0.0/16",
            "168.63.129.16/32",
            "100.100.100.200/32",
            "192.0.0.192/32",
            "10.0.0.0/8");
    assertThat(texts(codeHosts.at("/to/1/ipBlock/except")))
        .startsWith("fe80::/10", "fd00:ec2::/32")
        .endsWith("fd00::/8");
    assertThat(codeHosts.at("/to/2/ipBlock/cidr").asText()).isEqualTo("127.0.0.0/8");
    assertThat(EVERYTHING.one("NetworkPolicy").at("/spec/egress/2/to/0/ipBlock/cidr").asText())
        .isEqualTo("10.20.0.0/16");
  }

  @Test
  void networkPolicyKeepsOutOfMetadataAndOfTheClustersNetworks() {
    JsonNode to =
        Chart.render(
                "--set",
                "networkPolicy.enabled=true,operator.address.denyClusterNetworks={10.96.0.0/12,fd12::/16}")
            .one("NetworkPolicy")
            .at("/spec/egress/2/to");
    List<String> except = new ArrayList<>(texts(to.at("/0/ipBlock/except")));
    except.addAll(texts(to.at("/1/ipBlock/except")));

    assertThat(except)
        .contains("168.63.129.16/32", "100.100.100.200/32", "fd00:ec2::/32")
        .contains("10.96.0.0/12", "fd12::/16")
        .doesNotHaveDuplicates();
    List<String> own = List.of("10.96.0.0/12", "fd12::/16");
    assertThat(except)
        .filteredOn(network -> !own.contains(network))
        .allMatch(ChartTest::isRefusedByDefault, "the operator refuses it too");
  }

  private static boolean isRefusedByDefault(String network) {
    String first = network.substring(0, network.indexOf('/'));
    String address = first.endsWith("::") ? first + "1" : first;
    try {
      return HostPolicy.DEFAULT.check("git.example.com", InetAddress.getByName(address))
          instanceof Outcome.Refused;
    } catch (UnknownHostException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void theReadmeListsThePermissionsThatThereAre() throws IOException {
    String all =
        "oauth.requireClusterAccess=true,operator.webhook.publicUrl=https://hooks.example.com,operator.builders={Tekton,Shipwright,Kpack,BuildKit},rbac.constrainedImpersonation=";
    Map<String, Set<String>> granted = new TreeMap<>();
    Stream.of("true", "false")
        .map(constrained -> Chart.render("--set", all + constrained))
        .flatMap(each -> Stream.concat(each.all("ClusterRole").stream(), each.all("Role").stream()))
        .filter(
            role ->
                !role.at("/metadata/name")
                    .asText()
                    .matches(".*-(view|edit|servicebinding|builder-[a-z]+)"))
        .flatMap(role -> each(role.path("rules")))
        .forEach(
            rule ->
                texts(rule.path("resources"))
                    .forEach(
                        resource ->
                            granted
                                .computeIfAbsent(resource, _ -> new TreeSet<>())
                                .addAll(texts(rule.path("verbs")))));
    Map<String, Set<String>> listed = new TreeMap<>();
    String readme = Files.readString(Chart.FOLDER.resolve("README.md"));
    String permissions =
        readme.substring(readme.indexOf("## Permissions"), readme.indexOf("## Replicas"));
    Pattern.compile("^\\| (`[^|]*) \\| ([^|]*) \\|", Pattern.MULTILINE)
        .matcher(permissions)
        .results()
        .forEach(
            row ->
                found("`([a-z/]+)`", row.group(1).replaceAll("\\(.*?\\)", ""))
                    .forEach(
                        resource ->
                            found("([a-z:-]+)", row.group(2))
                                .forEach(
                                    listed.computeIfAbsent(resource, _ -> new TreeSet<>())::add)));

    assertThat(listed).isEqualTo(granted);
  }

  private static Stream<String> found(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(match -> match.group(1));
  }

  @Test
  void admissionPolicyIsMadeFromTheOperatorsOwnLists() {
    assertThat(DEFAULTS.all("ValidatingAdmissionPolicy"))
        .allMatch(policy -> isForOperator(policy) || isForTriggers(policy));
    JsonNode spec = forBindings(HTTPS_ONLY, "ValidatingAdmissionPolicy").path("spec");
    List<String> rules =
        each(spec.path("validations")).map(v -> v.path("expression").asText()).toList();
    assertThat(rules).hasSize(5);
    assertThat(rules.get(1)).endsWith("variables.scheme != 'http' || false");
    assertThat(rules.get(2))
        .endsWith(
            "(variables.port >= 443 && variables.port <= 443) || (variables.port >= 8443 &&"
                + " variables.port <= 8445)");
    assertThat(rules.get(3)).isEqualTo("!(variables.host == 'evil.corp.example')");
    assertThat(rules.get(4))
        .endsWith(
            "variables.host == 'git.example.com' || variables.host.endsWith('.corp.example')");
    assertThat(
            texts(EVERYTHING.one("ValidatingAdmissionPolicyBinding").at("/spec/validationActions")))
        .containsExactly("Warn", "Audit");
  }

  private static boolean isForOperator(JsonNode policy) {
    return policy.at("/metadata/name").asText().endsWith("-writes");
  }

  private static boolean isForTriggers(JsonNode policy) {
    return policy.at("/metadata/name").asText().endsWith("-triggers");
  }

  private static JsonNode forBindings(Manifests manifests, String kind) {
    return manifests.all(kind).stream()
        .filter(policy -> !isForOperator(policy) && !isForTriggers(policy))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theOperatorsOwnWritesAreJudgedUnlessThatIsSwitchedOff() {
    assertThat(DEFAULTS.all("ValidatingAdmissionPolicy"))
        .filteredOn(ChartTest::isForOperator)
        .singleElement()
        .extracting(policy -> policy.at("/spec/matchConditions/0/expression").asText())
        .isEqualTo(
            "request.userInfo.username =="
                + " 'system:serviceaccount:codesource-system:bindings-codesource-operator'");
    assertThat(NAMESPACES.all("ValidatingAdmissionPolicyBinding"))
        .anyMatch(ChartTest::isForOperator);
    assertThat(EVERYTHING.all("ValidatingAdmissionPolicy")).noneMatch(ChartTest::isForOperator);
  }

  @Test
  void admissionPolicyLeavesOtherNamespacesAlone() {
    assertThat(
            texts(
                forBindings(NAMESPACES, "ValidatingAdmissionPolicyBinding")
                    .at("/spec/matchResources/namespaceSelector/matchExpressions/0/values")))
        .containsExactly("team-a", "team-b");
  }

  @Test
  void monitoringFindsTheService() {
    JsonNode monitor = EVERYTHING.one("ServiceMonitor");
    assertThat(monitor.at("/metadata/namespace").asText()).isEqualTo("monitoring");
    assertThat(monitor.at("/spec/namespaceSelector/matchNames/0").asText())
        .isEqualTo(EVERYTHING.one("Service").at("/metadata/namespace").asText())
        .isEqualTo("bindings-system");
    JsonNode service = EVERYTHING.one("Service");
    monitor
        .at("/spec/selector/matchLabels")
        .properties()
        .forEach(
            label ->
                assertThat(service.at("/metadata/labels").path(label.getKey()))
                    .isEqualTo(label.getValue()));
    assertThat(monitor.at("/spec/endpoints/0/port").asText())
        .isEqualTo(service.at("/spec/ports/1/name").asText());
    assertThat(monitor.at("/spec/endpoints/0/path").asText()).isEqualTo("/metrics");
    assertThat(monitor.at("/spec/endpoints/0/honorLabels").asBoolean(true)).isFalse();
    assertThat(monitor.at("/metadata/annotations/example.com~1owner").asText())
        .isEqualTo("platform");
    assertThat(
            Chart.render("--set", "serviceMonitor.enabled=true")
                .one("ServiceMonitor")
                .at("/spec/endpoints/0/honorLabels")
                .asBoolean())
        .isTrue();
  }

  @Test
  void podMonitorScrapesThePodsAsTheServiceMonitorDoesTheService() {
    JsonNode monitor = POD_MONITOR.one("PodMonitor");
    assertThat(monitor.at("/spec/podMetricsEndpoints"))
        .isEqualTo(EVERYTHING.one("ServiceMonitor").at("/spec/endpoints"));
    assertThat(monitor.at("/spec/podMetricsEndpoints/0/port").asText())
        .isEqualTo(EVERYTHING.container().at("/ports/1/name").asText());
    monitor
        .at("/spec/selector/matchLabels")
        .properties()
        .forEach(
            label ->
                assertThat(EVERYTHING.pod().at("/metadata/labels").path(label.getKey()))
                    .isEqualTo(label.getValue()));
  }

  @ParameterizedTest
  @CsvSource({
    "serviceMonitor, ServiceMonitor",
    "podMonitor, PodMonitor",
    "prometheusRule, PrometheusRule"
  })
  void monitoringIsLeftOutOnRequestWhereTheClusterDoesNotKnowIt(String value, String kind) {
    String enabled = value + ".enabled=true";
    String onlyIf = enabled + "," + value + ".onlyIfCrdExists=true";
    assertThat(DEFAULTS.kinds()).doesNotContain(kind);
    assertThat(Chart.render("--set", enabled).kinds()).contains(kind);
    assertThat(Chart.render("--set", onlyIf).kinds()).doesNotContain(kind);
    assertThat(
            Chart.render("--set", onlyIf, "--api-versions", "monitoring.coreos.com/v1/" + kind)
                .kinds())
        .contains(kind);
  }

  @Test
  void podsSayWhereTheyAreScrapedOnRequest() {
    JsonNode annotations = EVERYTHING.pod().at("/metadata/annotations");
    assertThat(annotations.path("prometheus.io/scrape").asText()).isEqualTo("true");
    assertThat(annotations.path("prometheus.io/path").asText()).isEqualTo("/metrics");
    assertThat(annotations.path("prometheus.io/port").asText())
        .isEqualTo(EVERYTHING.container().at("/ports/1/containerPort").asText());
    assertThat(DEFAULTS.pod().at("/metadata/annotations").toString())
        .doesNotContain("prometheus.io");
  }

  @Test
  void everyObjectIsInTheNamespaceThatReplacesTheReleases() {
    Manifests elsewhere =
        Chart.render(
            "--set",
            "namespaceOverride=elsewhere,networkPolicy.enabled=true,serviceMonitor.enabled=true,"
                + "podDisruptionBudget.enabled=true,prometheusRule.enabled=true");
    assertThat(elsewhere.objects())
        .extracting(object -> object.at("/metadata/namespace").asText(""))
        .containsOnly("elsewhere", "");
    assertThat(elsewhere.objects().toString()).doesNotContain(Chart.NAMESPACE);
  }

  @Test
  void podTakesWhatAClusterMayAskFor() {
    JsonNode spec = EVERYTHING.pod().path("spec");
    assertThat(spec.at("/hostAliases/0/ip").asText()).isEqualTo("10.0.0.7");
    assertThat(spec.path("dnsPolicy").asText()).isEqualTo("None");
    assertThat(spec.at("/dnsConfig/nameservers/0").asText()).isEqualTo("10.0.0.53");
    assertThat(spec.at("/initContainers/0/name").asText()).isEqualTo("wait");
    assertThat(each(spec.path("containers")))
        .extracting(container -> container.path("name").asText())
        .containsExactly("operator", "proxy");
    assertThat(spec.path("automountServiceAccountToken").asBoolean(true)).isFalse();
    assertThat(each(spec.path("imagePullSecrets")))
        .extracting(secret -> secret.path("name").asText())
        .containsExactly("mirror", "registry");
    JsonNode service = EVERYTHING.one("Service").path("spec");
    assertThat(service.path("ipFamilyPolicy").asText()).isEqualTo("SingleStack");
    assertThat(texts(service.path("ipFamilies"))).containsExactly("IPv4");
    List<String> absent =
        List.of("hostAliases", "dnsPolicy", "dnsConfig", "initContainers", "imagePullSecrets");
    assertThat(absent).noneMatch(DEFAULTS.pod().path("spec")::has);
    assertThat(DEFAULTS.one("Service").path("spec").has("ipFamilyPolicy")).isFalse();
  }

  @Test
  void serviceAccountHasItsLabelsAndGivesItsTokenOnRequest() {
    JsonNode account =
        Chart.render(
                "--set",
                "serviceAccount.labels.team=identity,serviceAccount.automountServiceAccountToken=true")
            .one("ServiceAccount");
    assertThat(account.at("/metadata/labels/team").asText()).isEqualTo("identity");
    assertThat(account.path("automountServiceAccountToken").asBoolean()).isTrue();
  }

  /** OpenShift's restricted-v2 assigns a user and a group of the namespace's range. */
  @Test
  void podNamesNoUserThatAClusterCouldNotAssign() {
    assertThat(DEFAULTS.pod().toString())
        .doesNotContain("runAsUser", "runAsGroup", "fsGroup", "supplementalGroups");
  }

  @Test
  void levelsOfCategoriesReachTheOperator() {
    assertThat(EVERYTHING.settings().path("QUARKUS_LOG_CATEGORY__IO_FABRIC8__LEVEL").asText())
        .isEqualTo("WARN");
  }

  @Test
  void replicasOfAShardAreSpreadAndNotThoseOfAllShards() {
    List<JsonNode> deployments =
        Chart.render(
                "--set",
                "shards=2,topologySpreadConstraints[0].maxSkew=1,topologySpreadConstraints[0].topologyKey=zone")
            .all("Deployment");
    assertThat(deployments)
        .hasSize(2)
        .allSatisfy(
            deployment ->
                assertThat(
                        deployment.at(
                            "/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels"))
                    .isEqualTo(deployment.at("/spec/selector/matchLabels")));
  }

  @Test
  void aNewVersionOfTheChartThatChangesNothingElseRestartsNoPod(@TempDir Path folder)
      throws IOException {
    Path chart = withCrd(folder);
    String before = render(chart);
    Path about = chart.resolve("Chart.yaml");
    Files.writeString(
        about, Files.readString(about).replaceFirst("(?m)^version: .*", "version: 9.9.9+abc"));
    String after = render(chart);

    assertThat(after).contains("codesource-operator-9.9.9_abc").isNotEqualTo(before);
    assertThat(Manifests.parse(after).pod()).isEqualTo(Manifests.parse(before).pod());
  }

  @ParameterizedTest
  @ValueSource(strings = {"serviceMonitor", "podMonitor"})
  void noKeyStandsTwiceWhoeverNamesItAndSelectorsStillMatch(String monitor) throws IOException {
    String clash = ".app\\.kubernetes\\.io/instance=other";
    String rendered =
        Helm.run(
                "template",
                Chart.RELEASE,
                Chart.FOLDER.toString(),
                "--set",
                monitor + ".enabled=true,prometheusRule.enabled=true,grafanaDashboard.enabled=true",
                "--set-json",
                "topologySpreadConstraints=[{\"topologyKey\":\"zone\",\"labelSelector\":{}}]",
                "--set-string",
                Stream.of(
                        "commonLabels.rbac\\.authorization\\.k8s\\.io/aggregate-to-view=x",
                        "commonLabels.servicebinding\\.io/controller=x",
                        "commonLabels.team=a,podLabels.team=b,service.labels.team=c",
                        "podLabels.codesource\\.dev/shard=7",
                        "podAnnotations.checksum/config=mine",
                        "prometheusRule.alertLabels.severity=page",
                        "commonLabels" + clash,
                        "podLabels" + clash,
                        "service.labels" + clash,
                        "serviceAccount.labels" + clash,
                        "serviceMonitor.labels" + clash,
                        "podMonitor.labels" + clash,
                        "prometheusRule.labels" + clash,
                        "grafanaDashboard.labels" + clash)
                    .collect(Collectors.joining(",")))
            .orFail()
            .stdout();
    YAMLMapper strict =
        YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (var documents = strict.readerFor(JsonNode.class).readValues(rendered)) {
      assertThat(documents.readAll()).isNotEmpty();
    }
    Manifests manifests = Manifests.parse(rendered);
    JsonNode labels = manifests.pod().at("/metadata/labels");
    assertThat(labels.path("team").asText()).isEqualTo("b");
    manifests
        .one("Deployment")
        .at("/spec/selector/matchLabels")
        .properties()
        .forEach(label -> assertThat(labels.path(label.getKey())).isEqualTo(label.getValue()));
    assertThat(manifests.one("Service").at("/metadata/labels/team").asText()).isEqualTo("c");
  }

  @Test
  void podServesThePagesOverTlsWithASecretOfItsOwn() {
    JsonNode data = EVERYTHING.settings();
    assertThat(data.path("QUARKUS_HTTP_INSECURE_REQUESTS").asText()).isEqualTo("disabled");
    assertThat(data.path("QUARKUS_HTTP_SSL_PORT").asText())
        .isEqualTo(EVERYTHING.container().at("/ports/0/containerPort").asText());
    assertThat(each(EVERYTHING.pod().at("/spec/volumes")))
        .anyMatch(volume -> volume.at("/secret/secretName").asText().equals("pages-tls"));
    assertThat(DEFAULTS.settings().has("QUARKUS_HTTP_TLS_CONFIGURATION_NAME")).isFalse();
  }

  @Test
  void alertsKeepPrometheusOwnTemplates() {
    JsonNode rules = EVERYTHING.one("PrometheusRule").at("/spec/groups/0/rules");
    assertThat(each(rules).map(rule -> rule.path("alert").asText()))
        .containsExactly(
            "CodeSourceTokenExpiring",
            "CodeSourceBindingFailed",
            "CodeSourceHostUnreachable",
            "CodeSourceTriggerFailed",
            "CodeSourceWebhookNotReady",
            "CodeSourceDeliveriesRejected",
            "CodeSourceDeliveriesNotNoted",
            "CodeSourceSinkFailing",
            "CodeSourceSinkBehind",
            "CodeSourceBuildsFailing",
            "CodeSourceBuildsWaiting",
            "CodeSourceOperatorAbsent",
            "CodeSourceOperatorAbsent",
            "NoBindings");
    assertThat(rules.at("/0/expr").asText()).contains("< 14 * 86400");
    assertThat(rules.at("/0/annotations/description").asText())
        .contains("{{ $labels.namespace }}/{{ $labels.name }}", "{{ $value | humanizeDuration }}");
  }

  @Test
  void dashboardIsWhole() throws IOException {
    JsonNode configMap =
        EVERYTHING.all("ConfigMap").stream()
            .filter(map -> map.path("data").has("codesource-operator.json"))
            .findFirst()
            .orElseThrow();
    assertThat(configMap.at("/metadata/labels/grafana_dashboard").asText()).isEqualTo("codesource");
    JsonNode dashboard =
        new ObjectMapper().readTree(configMap.at("/data/codesource-operator.json").asText());
    assertThat(each(dashboard.path("panels")).map(panel -> panel.path("id").asInt()))
        .doesNotHaveDuplicates();
    assertThat(dashboard.toString())
        .as("the days of the alert")
        .contains("expire within 14 days", "< 14 * 86400");
    assertThat(dashboard.toString())
        .contains(
            "codesource_bindings",
            "codesource_verifications_total",
            "codesource_verification_duration_seconds_bucket",
            "codesource_token_expiration_timestamp_seconds",
            "codesource_host_backoff_seconds");
  }

  @Test
  void notesAskForARegistryOnlyWhereNoneIsNamed(@TempDir Path folder) throws IOException {
    Path chart = withNotes(folder);
    String question = "no public registry serves";
    assertThat(notes(chart)).contains(question);
    assertThat(
            List.of(
                "image.registry=registry.example.com",
                "global.imageRegistry=registry.example.com",
                "image.repository=registry.example.com/op"))
        .allSatisfy(value -> assertThat(notes(chart, "--set", value)).doesNotContain(question));
  }

  @Test
  void notesSayWhereTheConsoleIs(@TempDir Path folder) throws IOException {
    Path chart = withNotes(folder);
    assertThat(notes(chart)).doesNotContain("console");
    assertThat(notes(chart, "--set", "console.enabled=true"))
        .contains(
            "rollout status deployment/bindings-codesource-operator-console",
            "port-forward service/");
    assertThat(
            notes(
                chart,
                "--set",
                "console.enabled=true,console.publicUrl=https://codesource.example.com"))
        .contains("The console is at https://codesource.example.com")
        .doesNotContain("port-forward");
  }

  /** The README has the order, also for a release of some namespaces; nothing else repeats it. */
  @Test
  void notesPointToTheOrderOfUninstalling(@TempDir Path folder) throws IOException {
    Path chart = withNotes(folder);
    assertThat(notes(chart, "--set", "watchNamespaces={team-a}"))
        .contains("the section Uninstall")
        .doesNotContain("--all-namespaces", "delete crd");
    assertThat(Files.readString(Chart.FOLDER.resolve("README.md"))).contains("## Uninstall");
  }

  /** A copy of the chart with its notes in a ConfigMap: {@code helm template} leaves them out. */
  private static Path withNotes(Path folder) throws IOException {
    Path chart = withCrd(folder);
    Path templates = chart.resolve("templates");
    Files.writeString(
        templates.resolve("notes.yaml"),
        """
        {{- define "notes" }}
        %s
        {{- end }}
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: notes}
        data: {notes: {{ include "notes" . | quote }}}
        """
            .formatted(Files.readString(templates.resolve("NOTES.txt"))));
    return chart;
  }

  private static String notes(Path chart, String... arguments) {
    return Manifests.parse(render(chart, arguments)).all("ConfigMap").stream()
        .filter(map -> map.path("data").has("notes"))
        .findFirst()
        .orElseThrow()
        .at("/data/notes")
        .asText();
  }

  private static String appVersion() {
    return Chart.documents(Chart.FOLDER.resolve("Chart.yaml"))
        .getFirst()
        .path("appVersion")
        .asText();
  }

  /** A copy of the chart with a small CRD, whatever the chart has. */
  private static Path withCrd(Path folder) throws IOException {
    Path chart = folder.resolve("chart");
    try (var files = Files.walk(Chart.FOLDER)) {
      for (Path file : files.toList()) {
        Files.copy(file, chart.resolve(Chart.FOLDER.relativize(file).toString()));
      }
    }
    Path crds = Files.createDirectories(chart.resolve("files/crds"));
    try (var old = Files.list(crds)) {
      for (Path crd : old.toList()) {
        Files.delete(crd);
      }
    }
    Files.writeString(
        crds.resolve("crd.yml"),
        """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata:
          name: codesourcebindings.codesource.dev
          annotations: {example.com/own: "yes"}
        spec:
          versions: [{name: v1alpha1, schema: {openAPIV3Schema: {maximum: 65535}}}]
        """);
    return chart;
  }

  private static String render(Path chart, String... arguments) {
    List<String> all = new ArrayList<>(List.of("template", Chart.RELEASE, chart.toString()));
    all.addAll(List.of(arguments));
    return Helm.run(all.toArray(String[]::new)).orFail().stdout();
  }
}
