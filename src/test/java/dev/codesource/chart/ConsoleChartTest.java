package dev.codesource.chart;

import static dev.codesource.chart.Manifests.each;
import static dev.codesource.chart.Manifests.texts;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The console: a Deployment that may do nothing by itself. */
class ConsoleChartTest {

  private static final Manifests EVERYTHING =
      Chart.render(Chart.values("everything")).ofTheConsole();

  private static final Manifests SMALLEST =
      Chart.render("--set", "console.enabled=true").ofTheConsole();

  @Test
  void byDefaultThereIsNone() {
    assertThat(Chart.render().ofTheConsole().objects()).isEmpty();
  }

  @Test
  void itHasNoPermissionAndNoTokenThatSaysWhoItIs() {
    assertThat(EVERYTHING.kinds())
        .containsExactlyInAnyOrder(
            "Service",
            "Deployment",
            "Ingress",
            "HTTPRoute",
            "NetworkPolicy",
            "PodDisruptionBudget",
            "ServiceMonitor");
    for (Manifests console : List.of(EVERYTHING, SMALLEST)) {
      JsonNode pod = console.pod().path("spec");
      assertThat(pod.path("automountServiceAccountToken").asBoolean(true)).isFalse();
      assertThat(pod.has("serviceAccountName")).isFalse();
      assertThat(each(pod.path("volumes")))
          .noneSatisfy(volume -> assertThat(volume.has("projected")).isTrue());
    }
    Manifests all = Chart.render("--set", "console.enabled=true");
    assertThat(all.objects())
        .filteredOn(object -> object.path("kind").asText().endsWith("RoleBinding"))
        .allSatisfy(
            binding ->
                assertThat(binding.at("/subjects/0/name").asText()).doesNotContain("console"));
  }

  @Test
  void itIsRestrictedAsTheOperatorIs() {
    Manifests operator = Chart.render();

    assertThat(SMALLEST.pod().at("/spec/securityContext"))
        .isEqualTo(operator.pod().at("/spec/securityContext"));
    assertThat(SMALLEST.container().path("securityContext"))
        .isEqualTo(operator.container().path("securityContext"));
    assertThat(SMALLEST.container().path("image")).isEqualTo(operator.container().path("image"));
    assertThat(SMALLEST.pod().at("/spec/enableServiceLinks").asBoolean(true)).isFalse();
  }

  /** Else strangers who ask for the operator's pages would get the console's, and the reverse. */
  @Test
  void noServiceOrPolicyTakesThePodsOfTheOther() {
    Manifests all = Chart.render("-f", Chart.values("everything").toString());
    JsonNode console = EVERYTHING.pod().at("/metadata/labels");
    JsonNode operator = all.ofTheOperator().pod().at("/metadata/labels");

    for (Manifests each : List.of(all.ofTheOperator(), EVERYTHING)) {
      boolean isConsole = each == EVERYTHING;
      for (JsonNode selector :
          List.of(
              each.one("Service").at("/spec/selector"),
              each.one("NetworkPolicy").at("/spec/podSelector/matchLabels"),
              each.all("PodDisruptionBudget").getFirst().at("/spec/selector/matchLabels"),
              each.all("Deployment").getFirst().at("/spec/selector/matchLabels"))) {
        assertThat(matches(selector, console)).isEqualTo(isConsole);
        assertThat(matches(selector, operator)).isEqualTo(!isConsole);
      }
    }
  }

  private static boolean matches(JsonNode selector, JsonNode labels) {
    return selector.properties().stream()
        .allMatch(label -> labels.path(label.getKey()).equals(label.getValue()));
  }

  @Test
  void settingsReachTheConsole() {
    assertThat(environment(EVERYTHING))
        .containsEntry("QUARKUS_PROFILE", "console")
        .containsEntry("CODESOURCE_CONSOLE_API_SERVER_CA", "/etc/codesource/api-server/ca.crt")
        .containsEntry("CODESOURCE_CONSOLE_SESSION_KEY", "console-session/session-key")
        .containsEntry("CODESOURCE_CONSOLE_PROXY_TOKENS", "true")
        .containsEntry("CODESOURCE_CONSOLE_OIDC_ENABLED", "true")
        .containsEntry(
            "CODESOURCE_CONSOLE_OIDC_ISSUER", "https://login.example.com:8443/realms/platform")
        .containsEntry("CODESOURCE_CONSOLE_OIDC_CLIENT_ID", "console")
        .containsEntry("CODESOURCE_CONSOLE_OIDC_CLIENT_SECRET", "console-client/client_secret")
        .containsEntry("CODESOURCE_CONSOLE_OIDC_NAME", "Example")
        .containsEntry("CODESOURCE_CONSOLE_OIDC_SCOPES", "profile,groups,offline_access")
        .containsEntry("CODESOURCE_CONSOLE_OIDC_EXCHANGE_AUDIENCE", "kubernetes")
        .containsEntry("CODESOURCE_CONSOLE_OIDC_EXCHANGE_SCOPES", "groups")
        .containsEntry("QUARKUS_OIDC_TLS_TLS_CONFIGURATION_NAME", "provider")
        .containsEntry(
            "QUARKUS_TLS__PROVIDER__TRUST_STORE_PEM_CERTS", "/etc/codesource/provider/ca.crt");
    assertThat(environment(SMALLEST).keySet())
        .noneMatch(name -> name.contains("OIDC") || name.contains("PROXY"));
    assertThat(volumes(EVERYTHING))
        .containsEntry("api-server", "kube-root-ca.crt")
        .containsEntry("provider", "corp-ca");
  }

  private static Map<String, String> environment(Manifests console) {
    Map<String, String> all = new TreeMap<>();
    each(console.container().path("env"))
        .forEach(
            variable ->
                all.put(
                    variable.path("name").asText(),
                    variable.has("value")
                        ? variable.path("value").asText()
                        : variable.at("/valueFrom/secretKeyRef/name").asText()
                            + "/"
                            + variable.at("/valueFrom/secretKeyRef/key").asText()));
    return all;
  }

  private static Map<String, String> volumes(Manifests console) {
    Map<String, String> all = new TreeMap<>();
    each(console.pod().at("/spec/volumes"))
        .forEach(
            volume ->
                all.put(volume.path("name").asText(), volume.at("/configMap/name").asText("none")));
    return all;
  }

  @Test
  void theKeyOfSessionsIsMadeAndKeptUnlessOneIsNamed() {
    JsonNode secret = SMALLEST.one("Secret");

    assertThat(secret.at("/metadata/annotations/helm.sh~1resource-policy").asText())
        .isEqualTo("keep");
    assertThat(
            new String(
                java.util.Base64.getDecoder().decode(secret.at("/data/session-key").asText()),
                java.nio.charset.StandardCharsets.US_ASCII))
        .matches("[A-Za-z0-9]{48}");
    assertThat(environment(SMALLEST).get("CODESOURCE_CONSOLE_SESSION_KEY"))
        .isEqualTo(secret.at("/metadata/name").asText() + "/session-key");
    assertThat(
            Chart.render("--set", "console.enabled=true,console.sessionKeySecretName=mine")
                .ofTheConsole()
                .all("Secret"))
        .isEmpty();
  }

  /** The longer path wins, in an Ingress as in a Gateway. */
  @Test
  void theOperatorsPathsStayTheOperatorsAtTheSameHost() {
    Manifests all =
        Chart.render(
            "--set",
            "console.enabled=true,console.publicUrl=https://codesource.example.com,oauth.publicUrl=https://codesource.example.com,operator.webhook.publicUrl=https://codesource.example.com,ingress.enabled=true,ingress.tlsSecretName=tls,httpRoute.enabled=true,httpRoute.parentRefs[0].name=public");
    Map<String, String> paths = new TreeMap<>();
    for (JsonNode ingress : all.all("Ingress")) {
      assertThat(ingress.at("/spec/rules/0/host").asText()).isEqualTo("codesource.example.com");
      assertThat(texts(ingress.at("/spec/tls/0/hosts"))).containsExactly("codesource.example.com");
      each(ingress.at("/spec/rules/0/http/paths"))
          .forEach(
              path ->
                  paths.put(
                      path.path("path").asText(),
                      path.at("/backend/service/name").asText().replaceFirst(".*-operator", "")));
    }

    assertThat(paths)
        .isEqualTo(
            Map.of(
                "/", "-console",
                "/authorize", "",
                "/callback", "",
                "/result", "",
                "/webhook", ""));
    assertThat(all.ofTheConsole().one("HTTPRoute").at("/spec/rules/0/backendRefs/0/name").asText())
        .endsWith("-console");
  }

  /** Such as those of oauth2-proxy: code hosts that deliver pushes cannot log in. */
  @Test
  void theRoutesOfTheConsoleHaveAnnotationsAndACertificateThatTheOperatorsHaveNot() {
    Manifests all =
        Chart.render(
            "--set",
            "console.enabled=true,console.publicUrl=https://codesource.example.com,oauth.publicUrl=https://codesource.example.com,ingress.enabled=true,ingress.tlsSecretName=tls,httpRoute.enabled=true,httpRoute.parentRefs[0].name=public",
            "--set",
            "ingress.annotations.a=all,ingress.annotations.b=all,httpRoute.annotations.a=all,console.ingress.annotations.a=console,console.ingress.tlsSecretName=console-tls,console.httpRoute.annotations.a=console");

    Manifests console = all.ofTheConsole();
    assertThat(console.one("Ingress").at("/metadata/annotations"))
        .hasToString("{\"a\":\"console\",\"b\":\"all\"}");
    assertThat(console.one("Ingress").at("/spec/tls/0/secretName").asText())
        .isEqualTo("console-tls");
    assertThat(console.one("HTTPRoute").at("/metadata/annotations"))
        .hasToString("{\"a\":\"console\"}");
    for (String kind : List.of("Ingress", "HTTPRoute")) {
      assertThat(all.all(kind))
          .anySatisfy(
              route -> assertThat(route.at("/metadata/annotations/a").asText()).isEqualTo("all"));
    }
  }

  @Test
  void replicasAreSpread() {
    JsonNode deployment = EVERYTHING.one("Deployment");

    assertThat(
            deployment.at(
                "/spec/template/spec/topologySpreadConstraints/0/labelSelector/matchLabels"))
        .isEqualTo(deployment.at("/spec/selector/matchLabels"));
  }

  /** Its job is another than the operator's, for which there are alerts. */
  @Test
  void metricsOfTheConsoleAreScrapedAsThoseOfTheOperator() {
    JsonNode service = EVERYTHING.one("Service");
    JsonNode monitor = EVERYTHING.one("ServiceMonitor");
    assertThat(monitor.at("/spec/selector/matchLabels").properties())
        .isSubsetOf(service.at("/metadata/labels").properties());
    assertThat(each(service.at("/spec/ports")).map(port -> port.path("name").asText()))
        .contains(monitor.at("/spec/endpoints/0/port").asText());

    Manifests all =
        Chart.render("--set", "console.enabled=true,podMonitor.enabled=true").ofTheConsole();
    assertThat(all.one("PodMonitor").at("/spec/selector/matchLabels"))
        .isEqualTo(all.one("Deployment").at("/spec/selector/matchLabels"));
    assertThat(Chart.render("--set", "podMonitor.enabled=true").all("PodMonitor")).hasSize(1);
  }

  @Test
  void theConsoleCanBePublishedAlone() {
    Manifests all =
        Chart.render(
            "--set",
            "console.enabled=true,console.publicUrl=https://codesource.example.com,ingress.enabled=true,httpRoute.enabled=true,httpRoute.parentRefs[0].name=public");

    for (String kind : List.of("Ingress", "HTTPRoute")) {
      assertThat(all.one(kind).at("/metadata/name").asText()).endsWith("-console");
    }
    assertThat(
            Chart.refusal(
                "--set",
                "console.enabled=true,console.publicUrl=https://192.0.2.1,ingress.enabled=true"))
        .contains("192.0.2.1 is an address");
  }

  /** YAML reads these as numbers. */
  @Test
  void namesOfSecretsAndConfigMapsAreTextsWhateverTheyAreLike() {
    Manifests console =
        Chart.render(
                "--set-string",
                "console.sessionKeySecretName=123,console.oidc.clientSecretName=1e3,console.oidc.caConfigMapName=0",
                "--set",
                "console.enabled=true,console.oidc.clientId=a,console.oidc.issuer=https://id.example.com")
            .ofTheConsole();

    List<JsonNode> names = new ArrayList<>();
    each(console.container().path("env"))
        .forEach(variable -> names.add(variable.at("/valueFrom/secretKeyRef/name")));
    each(console.pod().at("/spec/volumes"))
        .forEach(volume -> names.add(volume.at("/configMap/name")));
    assertThat(names)
        .filteredOn(name -> !name.isMissingNode())
        .hasSize(4)
        .allSatisfy(name -> assertThat(name.isTextual()).isTrue());
  }

  @Test
  void itMayConnectToTheApiServerTheProviderAndDnsOnly() {
    JsonNode policy = EVERYTHING.one("NetworkPolicy").path("spec");

    assertThat(texts(policy.path("policyTypes"))).containsExactly("Ingress", "Egress");
    assertThat(each(policy.path("egress"))).hasSize(4);
    assertThat(policy.at("/egress/3").toString()).isEqualTo("{\"ports\":[{\"port\":8443}]}");
    assertThat(policy.at("/egress/2/ports/0/port").asInt()).isEqualTo(8443);
    assertThat(policy.at("/egress/2/to/0/ipBlock/cidr").asText()).isEqualTo("10.1.2.3/32");
    assertThat(
            each(
                Chart.render("--set", "console.enabled=true,networkPolicy.enabled=true")
                    .ofTheConsole()
                    .one("NetworkPolicy")
                    .at("/spec/egress")))
        .hasSize(2);
  }

  @Test
  void aProviderIsNamedWholeOrNotAtAll() {
    assertThat(
            Chart.refusal(
                "--set", "console.enabled=true,console.oidc.issuer=https://id.example.com"))
        .contains("console.oidc needs issuer and clientId");
    assertThat(Chart.refusal("--set", "console.enabled=true,console.oidc.clientSecretName=a"))
        .contains("need console.oidc.issuer");
    assertThat(
            Chart.refusal(
                "--set",
                "console.enabled=true,console.oidc.clientId=a,console.oidc.issuer=http://id.example.com"))
        .contains("/console/oidc/issuer");
    assertThat(Chart.refusal("--set", "console.enabled=true,console.oidc.exchange.audience=a"))
        .contains("needs console.oidc.issuer");
    assertThat(
            Chart.refusal(
                "--set",
                "console.enabled=true,console.oidc.clientId=a,console.oidc.issuer=https://id.example.com,console.oidc.exchange.scopes={a}"))
        .contains("need console.oidc.exchange.audience");
    assertThat(Chart.refusal("--set", "console.oidc.exchange=null"))
        .contains("missing property 'exchange'");
  }
}
