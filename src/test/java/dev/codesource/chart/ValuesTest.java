package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.address.Cidr;
import dev.codesource.address.HostPattern;
import dev.codesource.address.NoProxy;
import dev.codesource.oauth.PublicUrl;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  private static final JsonNode DEFAULTS =
      Chart.documents(Chart.FOLDER.resolve("values.yaml")).getFirst();

  @ParameterizedTest
  @ValueSource(
      strings = {
        "foo=1",
        "image.tga=1",
        "operator.address.allowHosts={a}",
        "networkPolicy.egress.dns.port=53",
        "image.digest=sha256:1",
        "image.pullPolicy=Sometimes",
        "operator.log.level=info",
        "operator.host.timeout=soon",
        "operator.address.httpPorts={web}",
        "operator.address.httpPorts={70000}",
        "operator.address.httpPorts={0}",
        "operator.address.httpPorts={9-3}",
        "operator.address.allowedHosts={it's}",
        "operator.address.deniedCidrs={10.0.0.1}",
        "operator.address.deniedCidrs={10.0.0.0/33}",
        "operator.address.allowedCidrs={fd00::/129}",
        "operator.address.deniedCidrs={300.0.0.0/8}",
        "operator.address.denyClusterNetworks={10.0.0.1/8}",
        "operator.address.allowedHosts={git.example.com:8080}",
        "operator.address.allowedHosts={git..example.com}",
        "operator.address.allowedHosts={*.10.0.0.1}",
        "operator.host.timeout=0s",
        "operator.host.timeout=500ms1s",
        "operator.host.concurrency=0",
        "operator.host.concurrency=1001",
        "operator.host.timeout=99999999999999999999s",
        "operator.log.level=TRACE",
        "leaderElection.leaseName=a..b",
        "leaderElection.leaseName=My-Lease",
        "commonLabels.team=a b",
        "podLabels.team=-a",
        "service.labels.team=a/b",
        "prometheusRule.alertLabels.a-b=c",
        "httpRoute.enabled=true,oauth.publicUrl=https://codesource.example.com",
        "admissionPolicy.validationActions={Deny,Warn}",
        "livenessProbe.successThreshold=2",
        "startupProbe.successThreshold=2",
        "strategy.type=OnDelete",
        "strategy.rollingUpdate.maxSurge=two",
        "watchNamespaces={Team A}",
        "proxy.noProxy={http://git.example.com}",
        "proxy.noProxy={10.0.0.0/99}",
        "proxy.noProxy={git.example.com:99999}",
        "oauth.publicUrl=https://codesource.example.com:99999",
        "oauth.apps[0].secretName=a,oauth.apps[1].secretName=a",
        "podDisruptionBudget.minAvailable=some",
        "podDisruptionBudget.maxUnavailable=some",
        "serviceMonitor.interval=0s",
        "podMonitor.interval=0s",
        "podMonitor.namespace=Monitoring",
        "extraContainers[0].name=operator",
        "initContainers[0].name=operator",
        "enabled=perhaps",
        "replicas=two",
        "admissionPolicy.validationActions={Refuse}",
        "operator.sinks[0].name=ci",
        "operator.sinks[0].url=https://build.example.com",
        "operator.sinks[0].name=Ci,operator.sinks[0].url=https://build.example.com",
        "operator.sinks[0].name=ci,operator.sinks[0].url=https://user:s3cret@build.example.com",
        "operator.sinks[0].name=ci,operator.sinks[0].url=https://build.example.com?token=s3cret",
        "operator.sinks[0].name=ci,operator.sinks[0].url=ftp://build.example.com",
        "operator.sinks[0].name=ci,operator.sinks[0].url=https://build.example.com,operator.sinks[0].token=s3cret",
        "operator.builders={tekton}",
        "operator.builders={Kaniko}",
        "operator.builders={Tekton,Tekton}",
        "operator.builds.serviceAccountNames={}",
        "operator.builds.serviceAccountNames={*}",
        "operator.builds.serviceAccountNames={Builder}",
        "operator.builds.maxConcurrentPerNamespace=0",
        "operator.builds.maxConcurrentPerNamespace=1001",
        "operator.builds.buildkitResources.memory=4Gi",
        "operator.builds.buildkitResources.limits.memory=much",
        "operator.builds.buildkitResources.claims[0].name=gpu",
        "rbac.constrainedImpersonation=sometimes"
      })
  void wrongValueIsRefused(String value) {
    assertThat(Chart.refusal("--set", value)).contains("rror");
  }

  /** What a schema cannot say, or says with the value, a sentence says without it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          proxy.https=https://proxy.example.com:3128 | proxy.https must have the form http://proxy.example.com:3128
          proxy.https=http://user:s3cret@proxy.example.com:3128 | without user, password and path
          proxy.http=http://proxy.example.com | proxy.http must have the form
          proxy.http=http://proxy.example.com:99999 | proxy.http: the port must be from 1 to 65535
          proxy.credentialsSecretName=login | proxy.credentialsSecretName needs proxy.http or proxy.https
          trustBundle.configMap.name=a,trustBundle.secret.name=b | trustBundle: set configMap.name or secret.name, not both
          service.port=9000 | service: port and managementPort must differ
          dnsPolicy=None | dnsPolicy None needs dnsConfig.nameservers
          strategy.rollingUpdate.maxSurge=0 | strategy.rollingUpdate: maxSurge and maxUnavailable must not both be 0
          operator.address.deniedCidrs={10.0.0.1} | 10.0.0.1 is not a network; write its prefix behind it, or /32 for one address
          operator.address.allowedCidrs={fd00::} | fd00:: is not a network; write its prefix behind it, or /128 for one address
          operator.address.denyClusterNetworks={fd00::1/8} | the network fd00::1/8 has bits set after its prefix
          operator.address.denyClusterNetworks={:::/8} | :::/8 is not a network
          operator.address.deniedHosts={10.0.0.1} | operator.address.deniedHosts: 10.0.0.1 is an address; it belongs in operator.address.deniedCidrs, as 10.0.0.1/32
          operator.address.allowedHosts={:::} | operator.address: ::: is not an IPv6 address
          operator.tokens.minimumAge=4s | operator.tokens.minimumAge must be at least 5s
          operator.tokens.minimumAge=4999ms | operator.tokens.minimumAge must be at least 5s
          operator.host.timeout=10m1s | operator.host.timeout must be at most 10m
          operator.host.connectTimeout=600h | operator.host.connectTimeout must be at most 10m
          operator.sinks[0].name=ci,operator.sinks[0].url=https://b.example,operator.sinks[1].name=ci,operator.sinks[1].url=https://c.example | operator.sinks: two have the name ci
          operator.sinks[0].name=ci,operator.sinks[0].url=https://b.example,operator.sinks[0].oidc.issuer=https://l.example | operator.sinks: ci has oidc, so it needs secretName
          operator.sinks[0].name=ci,operator.sinks[0].url=https://b.example,operator.sinks[0].secretName=ci,operator.sinks[0].oidc.audience=ci | operator.sinks: oidc needs issuer or tokenUrl, and not both
          operator.sinks[0].name=ci,operator.sinks[0].url=https://b.example:99999/x | operator.sinks: ci has an address whose port is not from 1 to 65535: https://b.example:99999/x
          operator.sinks[0].name=ci,operator.sinks[0].url=https://b.example:0 | operator.sinks: ci has an address whose host or port is wrong: https://b.example:0
          operator.sinks[0].name=ci,operator.sinks[0].url=http://[::1 | operator.sinks: ci has an address whose host or port is wrong
          ingress.enabled=true,operator.webhook.publicUrl=https://192.0.2.1 | 192.0.2.1 is an address: an Ingress or HTTPRoute needs a name
          operator.builds.serviceAccountNames={codesource-builder,default} | operator.builds.serviceAccountNames: every pod that names no account has default, and could create builds
          operator.builds.buildkitImage=https://registry.example.com/buildkit | operator.builds.buildkitImage must be like moby/buildkit:v0.32.0-rootless, without scheme
          operator.builds.buildkitImage= | operator.builds.buildkitImage must be like moby/buildkit:v0.32.0-rootless
          proxy.noProxy={10.0.0.1/8} | proxy.noProxy: the network 10.0.0.1/8 has bits set after its prefix
          proxy.http=http://my_proxy.example.com:3128 | proxy.http must have the form
          serviceMonitor.enabled=true,podMonitor.enabled=true | enable serviceMonitor or podMonitor, not both
          image.repository=registry.example.com/op:1.2 | image.repository must be like registry.example.com/platform/code-source-operator, without scheme, tag and digest
          image.repository=registry.example.com/op@sha256:12 | image.repository must be like
          image.repository=https://registry.example.com/op | image.repository must be like
          image.registry=https://registry.example.com | image.registry must be like registry.example.com or registry.example.com:5000, without scheme
          global.imageRegistry=https://registry.example.com | global.imageRegistry must be like
          """)
  void wrongCombinationIsRefusedWithASentence(String value, String sentence) {
    assertThat(Chart.refusal("--set", value)).contains(sentence).doesNotContain("s3cret");
  }

  /** What is left without it is what Kubernetes has, or is as if the value were its default. */
  private static final List<String> MAY_BE_NULL =
      List.of(
          "startupProbe.",
          "livenessProbe.",
          "readinessProbe.",
          "resources.",
          "console.resources.",
          "grafanaDashboard.labels.",
          "watchNamespaces",
          "admissionPolicy.triggers.enabled",
          "admissionPolicy.operatorWrites.enabled",
          // These are null by default.
          "leaderElection.enabled",
          "rbac.aggregateClusterRoles",
          "rbac.serviceBindingClusterRole",
          "rbac.builderClusterRoles",
          "rbac.constrainedImpersonation",
          "podDisruptionBudget.minAvailable");

  static Stream<String> leaves() {
    return leaves("", DEFAULTS);
  }

  private static Stream<String> leaves(String path, JsonNode value) {
    return value.isObject() && !value.isEmpty()
        ? value.properties().stream()
            .flatMap(
                each ->
                    leaves(
                        (path.isEmpty() ? "" : path + ".") + each.getKey().replace(".", "\\."),
                        each.getValue()))
        : Stream.of(path);
  }

  /** Helm takes null for: without the chart's own value. A field or a limit would be gone. */
  @ParameterizedTest
  @MethodSource("leaves")
  void noValueCanBeTakenAwayByNull(String value) {
    String all = Chart.values("everything").toString();
    String[] asNull = {"-f", all, "--set", value + "=null"};
    if (MAY_BE_NULL.stream().anyMatch(value::startsWith)) {
      assertThat(Chart.render(asNull).objects()).allMatch(object -> !hasNull(object));
    } else {
      int dot = value.lastIndexOf('.');
      assertThat(Chart.refusal(asNull))
          .contains(
              "at '%s': missing property '%s'"
                  .formatted(
                      dot < 0 ? "" : "/" + value.substring(0, dot).replace('.', '/'),
                      value.substring(dot + 1)));
    }
  }

  private static boolean hasNull(JsonNode node) {
    return node.isNull() || node.valueStream().anyMatch(ValuesTest::hasNull);
  }

  /** An empty map is not none: without the sentence requests would have no access token. */
  @Test
  void anAuthorizationServerWithoutAnAddressIsRefused() {
    assertThat(
            Chart.refusal(
                "--set-json",
                "operator.sinks=[{\"name\":\"ci\",\"url\":\"https://b.example\",\"oidc\":{}}]"))
        .contains("operator.sinks: oidc needs issuer or tokenUrl, and not both");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "operator.address.deniedCidrs={10.0.0.0/8,192.0.2.10/32,0.0.0.0/0,172.16.0.0/12}",
        "operator.address.deniedCidrs={fd00::/8,2001:db8::1/128,::/0,::1/128}",
        "operator.address.deniedCidrs={2001:db8:0:2::/63,1:2:3:4:5:6:7:8/128,1:2:3:4:5:6:7::/112}",
        "proxy.noProxy={*,.a.example,10.0.0.1,10.0.0.0/8,fd00::1,fd00::/8,a.example:65535}",
        "oauth.publicUrl=https://codesource.example.com:65535",
        "dnsPolicy=None,dnsConfig.nameservers={10.0.0.53}",
        "podDisruptionBudget.minAvailable=2",
        "operator.address.allowedHosts={git.example.com,*.example.com,192.0.2.10,2001:db8::1,xn--bcher-kva.example}",
        "operator.host.timeout=1m30s,operator.host.connectTimeout=500ms",
        "operator.host.timeout=10m,operator.host.concurrency=1000",
        "operator.tokens.minimumAge=5s",
        "operator.tokens.minimumAge=5000ms",
        "image.repository=localhost:5000/op,image.tag=1.2",
        "proxy.http=http://proxy-1.example.com:3128,proxy.https=http://[fd00::1]:3128",
        "admissionPolicy.validationActions={Warn,Audit}",
        "readinessProbe.successThreshold=2",
        "operator.sinks[0].name=ci,operator.sinks[0].url=http://ci.builds.svc:8080/events",
        "operator.sinks[0].name=ci,operator.sinks[0].url=http://[fd00::1]:8080/a:b",
        "watchNamespaces=null",
        "operator.builders={BuildKit,Tekton},operator.builds.serviceAccountNames={a,b.c}",
        "operator.builds.buildkitImage=registry.example.com:5000/moby/buildkit:rootless",
        "operator.builds.buildkitResources.limits.cpu=2,operator.builds.buildkitResources.requests.memory=512Mi",
        "commonLabels.example\\.com/team=platform_1.2"
      })
  void whatTheOperatorTakesTheChartTakesToo(String value) {
    assertThat(Chart.render("--set", value).objects()).isNotEmpty();
  }

  /** Of each list: what the operator refuses at its start does not come that far. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "10.0.0.0/33",
        "10.0.0.1/8",
        "300.0.0.0/8",
        "fd00::/129",
        "fd00::1/8",
        "2001:db8:0:3::/63",
        ":::/8",
        "1:2:3:4:5:6:7:8:9/8",
        "10.0.0.0/08",
        "10.0.0/8"
      })
  void theOperatorRefusesTheseNetworksToo(String network) {
    assertThatIllegalArgumentException().isThrownBy(() -> Cidr.parse(network));
    assertThat(Chart.refusal("--set", "operator.address.deniedCidrs={" + network + "}"))
        .contains("rror");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "git.example.com:8080",
        "git..example.com",
        "*.10.0.0.1",
        "-git.example",
        "git_lab.example.com",
        "git.example.1",
        "300.0.0.1",
        ":::",
        "a123456789012345678901234567890123456789012345678901234567890123.example"
      })
  void theOperatorRefusesTheseHostsToo(String host) {
    assertThatIllegalArgumentException().isThrownBy(() -> HostPattern.parse(host));
    assertThat(Chart.refusal("--set", "operator.address.allowedHosts={" + host + "}"))
        .contains("rror");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1/8", "git..example.com", ".10.0.0.1", "my_git.example", "fd00::1/8"})
  void theOperatorRefusesTheseHostsWithoutProxyToo(String host) {
    assertThatIllegalArgumentException().isThrownBy(() -> NoProxy.parse(List.of(host)));
    assertThat(Chart.refusal("--set", "proxy.noProxy={" + host + "}")).contains("rror");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://-a.example.com", "https://a..example.com", "https://10.0.0.256"})
  void theOperatorRefusesTheseUrlsOfItsPagesToo(String url) {
    assertThatIllegalArgumentException().isThrownBy(() -> PublicUrl.of(URI.create(url)));
    assertThat(Chart.refusal("--set", "oauth.publicUrl=" + url)).contains("rror");
    assertThat(Chart.refusal("--set", "operator.webhook.publicUrl=" + url)).contains("rror");
  }

  @Test
  void parentChartMayHandOnGlobalsAndItsCondition() {
    assertThat(Chart.render("--set", "global.region=eu,enabled=true").objects()).isNotEmpty();
  }

  @Test
  void schemaKnowsTheValuesThatThereAreAndNoOthers() throws IOException {
    JsonNode schema =
        new ObjectMapper().readTree(Chart.FOLDER.resolve("values.schema.json").toFile());
    Set<String> inSchema = new TreeSet<>();
    collectSchema("", schema, inSchema);
    // The condition of a chart that contains this one.
    inSchema.remove("enabled");
    Set<String> inValues = new TreeSet<>();
    collect("", schema, DEFAULTS, inValues);
    assertThat(inSchema).isEqualTo(inValues);
  }

  @Test
  void everyValueIsDescribedInTheReadme() throws IOException {
    String readme = Files.readString(Chart.FOLDER.resolve("README.md"));
    Set<String> described =
        Pattern.compile("^\\| `([A-Za-z.]+)` \\| ", Pattern.MULTILINE)
            .matcher(readme.substring(readme.indexOf("<!-- values -->")))
            .results()
            .map(match -> match.group(1))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> leaves = new TreeSet<>();
    collectLeaves("", DEFAULTS, leaves);
    assertThat(leaves)
        .allMatch(
            leaf -> described.stream().anyMatch(d -> leaf.equals(d) || leaf.startsWith(d + ".")));
    assertThat(described)
        .allMatch(
            d -> leaves.stream().anyMatch(leaf -> leaf.equals(d) || leaf.startsWith(d + ".")));
  }

  @Test
  void everythingOfTheTestValuesDiffersFromTheDefault() {
    JsonNode everything = Chart.documents(Chart.values("everything")).getFirst();
    Set<String> given = new TreeSet<>();
    collectLeaves("", everything, given);
    Set<String> missing = new TreeSet<>();
    collectLeaves("", DEFAULTS, missing);
    missing.removeIf(
        leaf -> given.stream().anyMatch(g -> g.equals(leaf) || g.startsWith(leaf + ".")));
    // A trust bundle is either in a ConfigMap or in a Secret.
    missing.remove("trustBundle.secret.name");
    assertThat(missing).allMatch(leaf -> leaf.matches("(startup|liveness|readiness)Probe\\..*"));
  }

  /** Paths of the schema's properties that have no properties themselves. */
  private static void collectSchema(String path, JsonNode schema, Set<String> paths) {
    if (!schema.has("properties")) {
      paths.add(path);
      return;
    }
    schema
        .path("properties")
        .properties()
        .forEach(
            property -> collectSchema(join(path, property.getKey()), property.getValue(), paths));
  }

  /** The same paths of the values, as deep as the schema describes them. */
  private static void collect(String path, JsonNode schema, JsonNode value, Set<String> paths) {
    if (!schema.has("properties")) {
      paths.add(path);
      return;
    }
    value
        .properties()
        .forEach(
            field ->
                collect(
                    join(path, field.getKey()),
                    schema.path("properties").path(field.getKey()),
                    field.getValue(),
                    paths));
  }

  private static void collectLeaves(String path, JsonNode value, Set<String> paths) {
    if (!value.isObject() || value.isEmpty()) {
      paths.add(path);
      return;
    }
    value
        .properties()
        .forEach(field -> collectLeaves(join(path, field.getKey()), field.getValue(), paths));
  }

  private static String join(String path, String key) {
    return path.isEmpty() ? key : path + "." + key;
  }
}
