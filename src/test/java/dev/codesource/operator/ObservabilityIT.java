package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.CommandResult;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.prometheus.Dashboard;
import dev.codesource.prometheus.Promtool;
import dev.codesource.prometheus.Scrape;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a monitoring system sees of the operator: metrics and health. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ObservabilityIT {

  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Name, labels, value. */
  private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:]+)(?:\\{(.*)})? (\\S+)");

  /** Samples of deliveries, webhooks and sinks, of which there are none here. */
  private static final String ELSEWHERE =
      """
      codesource_trigger_webhooks{reason="WebhookNotPermitted",shard="0"} 1
      codesource_trigger_due_total{found_by="Poll"} 1
      codesource_webhook_deliveries_total{platform="GitLab",result="accepted"} 1
      codesource_webhook_notes_total{result="written"} 1
      codesource_sink_deliveries_total{sink="build",result="Delivered"} 1
      codesource_sink_pending{sink="build"} 1
      codesource_builds_total{builder="tekton",result="Failed"} 1
      codesource_build_duration_seconds_bucket{builder="tekton",le="60.0"} 1
      """;

  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"[^\"]*\"");

  private final Cluster cluster;
  private final Installation installation;
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private Team team;
  @TempDir private Path folder;

  ObservabilityIT(Cluster cluster) {
    this.cluster = cluster;
    this.installation = Installation.allowingLoopback(cluster);
  }

  @BeforeAll
  void startOperator() {
    operator = installation.start(Map.of());
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void startCodeHost() {
    gitLab = LoopbackCodeHost.http(Dialect.gitLab());
    gitLab.grant("glpat-good", Grant.of("alice", "api"));
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), "glpat-good");
  }

  @AfterEach
  void stopCodeHost() {
    gitLab.close();
  }

  @Test
  void metricsFollowTheConventionsOfPrometheus() {
    showEveryMetric();

    List<String> own = lines(line -> line.contains("codesource_"));
    assertThat(own)
        .filteredOn(line -> line.startsWith("# TYPE"))
        .containsExactlyInAnyOrder(
            "# TYPE codesource_active gauge",
            "# TYPE codesource_bindings gauge",
            "# TYPE codesource_bindings_waiting gauge",
            "# TYPE codesource_builds_waiting gauge",
            "# TYPE codesource_host_backoff_seconds gauge",
            "# TYPE codesource_hosts_backing_off gauge",
            "# TYPE codesource_reconciliations counter",
            "# TYPE codesource_token_expiration_timestamp_seconds gauge",
            "# TYPE codesource_trigger_comparison_duration_seconds histogram",
            "# TYPE codesource_trigger_comparison_duration_seconds_max gauge",
            "# TYPE codesource_trigger_comparisons counter",
            "# TYPE codesource_trigger_delivery_delay_seconds histogram",
            "# TYPE codesource_trigger_delivery_delay_seconds_max gauge",
            "# TYPE codesource_trigger_last_comparison_timestamp_seconds gauge",
            "# TYPE codesource_triggers gauge",
            "# TYPE codesource_triggers_waiting gauge",
            "# TYPE codesource_verification_duration_seconds histogram",
            "# TYPE codesource_verification_duration_seconds_max gauge",
            "# TYPE codesource_verifications counter",
            "# TYPE codesource_webhook_hints counter");
    assertThat(own)
        .filteredOn(line -> line.startsWith("# HELP"))
        .hasSize(20)
        .allMatch(line -> line.matches("# HELP \\w+ [A-Z].{10,}"), "has a sentence");
    // In OpenMetrics the family of a counter goes without the suffix of its samples.
    assertThat(labels("codesource_reconciliations_total")).containsOnly("result");
    assertThat(own)
        .filteredOn(line -> !line.startsWith("#"))
        .allMatch(line -> SAMPLE.matcher(line).matches());
    assertThat(labels("codesource_bindings")).containsOnly("platform", "phase", "shard");
    assertThat(labels("codesource_active")).containsOnly("shard");
    assertThat(labels("codesource_bindings_waiting")).isEmpty();
    assertThat(labels("codesource_hosts_backing_off")).isEmpty();
    assertThat(labels("codesource_verifications_total")).containsOnly("platform", "reason");
    assertThat(labels("codesource_verification_duration_seconds_bucket"))
        .containsOnly("platform", "le");
    assertThat(labels("codesource_token_expiration_timestamp_seconds"))
        .containsOnly("namespace", "name", "platform");
    assertThat(labels("codesource_host_backoff_seconds")).containsOnly("host");
    assertThat(labels("codesource_triggers")).containsOnly("phase", "shard");
    assertThat(labels("codesource_triggers_waiting")).isEmpty();
    assertThat(labels("codesource_trigger_comparisons_total")).containsOnly("reason");
    assertThat(labels("codesource_trigger_comparison_duration_seconds_bucket")).containsOnly("le");
    assertThat(labels("codesource_trigger_last_comparison_timestamp_seconds"))
        .containsOnly("shard");
  }

  @Test
  void everyQueryOfTheDashboardAndTheAlertsFindsSamplesAndTheirLabels(@TempDir Path folder)
      throws IOException {
    showEveryMetric();
    String page = operator.get("/metrics");
    Scrape scrape =
        Scrape.of(
            page + elsewhere(page),
            Map.of(
                "job", "codesource-operator",
                "namespace", Installation.NAMESPACE,
                "instance", "10.0.0.1:9000",
                "pod", "codesource-operator-1"));
    List<Dashboard.Query> queries =
        Stream.concat(Dashboard.queries().stream(), alerts().stream()).toList();
    assertThat(queries).hasSizeGreaterThan(20);

    String expected =
        queries.stream()
            .map(query -> withoutThresholds(query.expression()))
            .map(
                query ->
                    """
                    - eval_time: 20m
                      expr: 'count(%s) > bool 0'
                      exp_samples: [{labels: '{}', value: 1}]
                    """
                        .formatted(query))
            .collect(Collectors.joining());
    CommandResult result =
        new Promtool(folder)
            .test(
                "evaluation_interval: 1m\ntests:\n  - interval: 1m\n    input_series:\n"
                    + scrape.series().indent(6)
                    + "    promql_expr_test:\n"
                    + expected.indent(6));
    assertThat(result.succeeded()).as(result.stdout() + result.stderr()).isTrue();
    assertThat(queries)
        .allSatisfy(
            query ->
                assertThat(scrape.labelsOf(query.expression()))
                    .as(query.toString())
                    .containsAll(labelsNamedIn(query)));
  }

  /** Those of {@link #ELSEWHERE} that a page has not itself. */
  private static String elsewhere(String page) {
    return ELSEWHERE
        .lines()
        .filter(line -> !page.contains("\n" + line.split("\\{", 2)[0] + "{"))
        .collect(Collectors.joining("\n", "\n", "\n"));
  }

  private List<Dashboard.Query> alerts() throws IOException {
    String rules =
        cluster
            .helm(
                "template",
                Installation.RELEASE,
                "helm/codesource-operator",
                "--namespace",
                Installation.NAMESPACE,
                "--set",
                "prometheusRule.enabled=true",
                "--show-only",
                "templates/prometheusrule.yaml")
            .orFail()
            .stdout();
    List<Dashboard.Query> alerts = new ArrayList<>();
    new YAMLMapper()
        .readTree(rules)
        .at("/spec/groups/0/rules")
        .forEach(
            rule ->
                alerts.add(
                    new Dashboard.Query(
                        rule.path("alert").asText(),
                        rule.path("expr").asText().strip(),
                        rule.path("annotations").toString().replace("$labels.", ""))));
    return alerts;
  }

  /** What is compared is there, also when it is in order. */
  private static String withoutThresholds(String expression) {
    return expression
        .replaceAll("^absent\\((.*)\\)$", "$1")
        .replace(" or vector(0)", "")
        .replaceAll("(phase|reason|result)(=|!=|=~|!~)\"[^\"]+\"", "$1=~\".+\"")
        .replaceAll(" (<|>|==) [0-9]+( \\* [0-9]+)?", "");
  }

  private static Set<String> labelsNamedIn(Dashboard.Query query) {
    Stream<String> grouped =
        Pattern.compile("by \\(([^)]*)\\)")
            .matcher(query.expression())
            .results()
            .flatMap(by -> Stream.of(by.group(1).split(", *")));
    Stream<String> shown =
        Pattern.compile("\\{\\{ *([a-z_]+) *}}")
            .matcher(query.legend())
            .results()
            .map(label -> label.group(1));
    return Stream.concat(grouped, shown).collect(Collectors.toCollection(TreeSet::new));
  }

  @Test
  void bindingsAreCountedWhereTheyStandAndNotWhenTheyAreGone() {
    double bound = value("codesource_bindings{phase=\"Bound\",platform=\"GitLab\",shard=\"0\"}");
    double failed = value("codesource_bindings{phase=\"Failed\",platform=\"GitLab\",shard=\"0\"}");
    team.createGitLab("one", gitLab.url()).createGitLab("two", gitLab.url());
    awaitValue("codesource_bindings{phase=\"Bound\",platform=\"GitLab\",shard=\"0\"}", bound + 2);

    team.token("gitlab-token", gitLab.url(), "glpat-wrong");
    awaitValue("codesource_bindings{phase=\"Bound\",platform=\"GitLab\",shard=\"0\"}", bound);
    awaitValue("codesource_bindings{phase=\"Failed\",platform=\"GitLab\",shard=\"0\"}", failed + 2);

    team.resource("one").delete();
    team.resource("two").delete();
    awaitValue("codesource_bindings{phase=\"Failed\",platform=\"GitLab\",shard=\"0\"}", failed);
    awaitValue("codesource_bindings{phase=\"Pending\",platform=\"GitLab\",shard=\"0\"}", 0);
  }

  @Test
  void theExpiryOfATokenIsShownFollowedAndForgotten() {
    gitLab.grant("glpat-good", Grant.of("alice", "api").expiring("2099-01-31"));
    gitLab.grant("glpat-later", Grant.of("alice", "api").expiring("2099-02-28"));
    gitLab.grant("glpat-endless", Grant.of("alice", "api"));
    String gauge =
        "codesource_token_expiration_timestamp_seconds{name=\"gitlab\",namespace=\"%s\",platform=\"GitLab\"}"
            .formatted(team.namespace());

    team.bindGitLab("gitlab", gitLab.url());
    String expiresAt = team.await("gitlab", Phase.Bound).expiresAt();
    awaitValue(gauge, Instant.parse(String.valueOf(expiresAt)).getEpochSecond());
    assertThat(expiresAt).startsWith("2099-01-31");

    team.token("gitlab-token", gitLab.url(), "glpat-later");
    String later = team.await("gitlab", found -> !expiresAt.equals(found.expiresAt())).expiresAt();
    awaitValue(gauge, Instant.parse(String.valueOf(later)).getEpochSecond());

    team.token("gitlab-token", gitLab.url(), "glpat-endless");
    awaitNone(gauge);
    team.token("gitlab-token", gitLab.url(), "glpat-good");
    awaitValue(gauge, Instant.parse(expiresAt).getEpochSecond());
    team.resource("gitlab").delete();
    awaitNone(gauge);
  }

  @Test
  void aHostThatIsLeftAloneIsShownAsLongAsItIs() {
    String gauge = "codesource_host_backoff_seconds{host=\"127.0.0.1:" + gitLab.port() + "\"}";
    team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);
    assertThat(operator.get("/metrics")).doesNotContain(gauge);

    gitLab.answering((asked, grants) -> Answer.json(429, "{}").with("Retry-After", "4"));
    team.request("gitlab", "now");
    Team.patiently().until(() -> operator.get("/metrics"), page -> page.contains(gauge));
    assertThat(value(gauge)).isBetween(0.0, 4.0);
    gitLab.answering(Dialect.gitLab());

    awaitNone(gauge);
  }

  @Test
  void thePortOfThePagesServesNeitherMetricsNorHealth() {
    for (String path :
        List.of("/metrics", "/q/metrics", "/q", "/q/health", "/q/health/ready", "/q/health-ui")) {
      assertThat(operator.publicStatus(path)).as(path).isEqualTo(404);
    }
    assertThat(operator.port()).isNotEqualTo(operator.managementPort());
    assertThat(operator.status("/authorize/team/gitlab")).isEqualTo(404);
  }

  @Test
  void theServiceMonitorScrapesWhatIsServed() {
    CommandResult monitor =
        cluster
            .helm(
                "template",
                "operator",
                "helm/codesource-operator",
                "--set",
                "serviceMonitor.enabled=true",
                "--show-only",
                "templates/servicemonitor.yaml")
            .orFail();
    Matcher path = Pattern.compile("path: (\\S+)").matcher(monitor.stdout());

    assertThat(path.find()).isTrue();
    assertThat(operator.status(path.group(1))).isEqualTo(200);
    assertThat(operator.get(path.group(1))).contains("codesource_");
  }

  /** Each of them would keep half a megabyte of heap, as long as it likes. */
  @Test
  void strangersWhoHoldConnectionsNeitherEndItNorKeepOthersOut() throws IOException {
    List<Socket> held = new ArrayList<>();
    try {
      for (int port : List.of(operator.port(), operator.managementPort())) {
        for (int i = 0; i < 300; i++) {
          for (int length : List.of(1_500, 3_900)) {
            holdUnfinishedRequest(port, length).ifPresent(held::add);
          }
        }
        assertThat(operator.status("/q/health/live")).isEqualTo(200);
        assertThat(operator.publicStatus("/authorize/team/gitlab")).isEqualTo(404);
      }
      assertThat(operator.liveHeap()).isLessThan(100 << 20);
    } finally {
      for (Socket each : held) {
        each.close();
      }
    }
    assertThat(operator.isAlive()).isTrue();
    assertThat(operator.status("/q/health/ready")).isEqualTo(200);
  }

  private static Optional<Socket> holdUnfinishedRequest(int port, int fields) throws IOException {
    Socket socket = new Socket("127.0.0.1", port);
    try {
      String head = "GET /authorize/a/b HTTP/1.1\r\nHost: x\r\n" + "a:b\r\n".repeat(fields);
      socket.getOutputStream().write(head.getBytes(StandardCharsets.US_ASCII));
      return Optional.of(socket);
    } catch (SocketException e) {
      socket.close(); // ended by the operator meanwhile
      return Optional.empty();
    }
  }

  @Test
  void itIsStartedLiveAndReady() throws IOException {
    for (String probe : List.of("started", "live", "ready")) {
      String path = "/q/health/" + probe;
      assertThat(operator.status(path)).as(probe).isEqualTo(200);
      assertThat(JSON.readTree(operator.get(path)).path("status").asText()).isEqualTo("UP");
    }
    assertThat(operator.get("/q/health/ready")).contains("\"codesourcebinding\": \"OK\"");
  }

  private void showEveryMetric() {
    gitLab.grant("glpat-good", Grant.of("alice", "api").expiring("2099-01-31"));
    team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);
    compareARepository();
    gitLab.answering((asked, grants) -> Answer.json(429, "{}").with("Retry-After", "600"));
    team.request("gitlab", "now");
    Team.patiently()
        .until(
            () -> operator.get("/metrics"),
            page ->
                page.contains("codesource_host_backoff_seconds{")
                    && page.contains("codesource_token_expiration_timestamp_seconds{"));
  }

  private void compareARepository() {
    Path repositories = folder.resolve(team.namespace());
    GitRepository.empty(repositories.resolve("group/shop.git")).push("main", "README", "one");
    byte[] project =
        "{\"id\":42,\"path_with_namespace\":\"group/shop\",\"http_url_to_repo\":\"%s/group/shop.git\"}"
            .formatted(gitLab.url())
            .getBytes(StandardCharsets.UTF_8);
    gitLab
        .serving("/group", new GitHttpBackend(repositories, "", "alice:glpat-good"))
        .serving(
            "/api/v4/projects",
            exchange -> {
              exchange.getResponseHeaders().set("Content-Type", "application/json");
              exchange.sendResponseHeaders(200, project.length);
              exchange.getResponseBody().write(project);
              exchange.close();
            });
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop, namespace: %s}
            spec: {bindingRef: {name: gitlab}, repository: group/shop, interval: 1h, rules: [{name: main, branch: main}]}
            """
                .formatted(team.namespace()))
        .orFail();
    Team.patiently()
        .until(
            () -> operator.get("/metrics"),
            page -> page.contains("codesource_trigger_last_comparison_timestamp_seconds{"));
  }

  private List<String> lines(Predicate<String> wanted) {
    return operator.get("/metrics").lines().filter(wanted).toList();
  }

  private Set<String> labels(String metric) {
    return lines(line -> line.startsWith(metric + "{")).stream()
        .flatMap(line -> LABEL.matcher(line).results())
        .map(label -> label.group(1))
        .collect(Collectors.toSet());
  }

  private void awaitValue(String sample, double value) {
    Team.patiently().alias(sample).untilAsserted(() -> assertThat(value(sample)).isEqualTo(value));
  }

  private void awaitNone(String sample) {
    Team.patiently().alias(sample).until(() -> lines(line -> line.startsWith(sample)).isEmpty());
  }

  /** 0 where there is no such sample: so it is read by what adds samples up. */
  private double value(String sample) {
    try (Stream<String> found = lines(line -> line.startsWith(sample + " ")).stream()) {
      return found
          .map(line -> line.substring(sample.length()).strip())
          .mapToDouble(Double::parseDouble)
          .findFirst()
          .orElse(0);
    }
  }
}
