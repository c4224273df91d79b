package dev.codesource.chart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.codesource.cluster.CommandResult;
import dev.codesource.prometheus.Dashboard;
import dev.codesource.prometheus.Promtool;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The chart's alerts and dashboard, evaluated by Prometheus' own tool. */
class PrometheusTest {

  /** What a scrape by the chart's ServiceMonitor adds. */
  private static final String TARGET =
      "job=\"bindings-codesource-operator\", namespace=\"codesource-system\"";

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"shards=1", "shards=3", "prometheusRule.tokenExpiryDays=30"})
  void prometheusLoadsTheRules(String value) {
    CommandResult result = new Promtool(folder).check(rules(value));
    assertThat(result.succeeded()).as(result.stdout() + result.stderr()).isTrue();
    assertThat(result.stdout()).contains("SUCCESS");
  }

  @Test
  void prometheusTakesEveryQueryOfTheDashboard() {
    List<Dashboard.Query> queries = Dashboard.queries();
    assertThat(queries).hasSizeGreaterThan(15);
    String rules =
        IntStream.range(0, queries.size())
            .mapToObj(
                i ->
                    "{\"record\": \"panel_%d\", \"expr\": %s}"
                        .formatted(i, text(queries.get(i).expression())))
            .collect(
                Collectors.joining(
                    ",", "{\"groups\": [{\"name\": \"panels\", \"rules\": [", "]}]}"));
    CommandResult result = new Promtool(folder).check(rules);
    assertThat(result.stdout() + result.stderr())
        .contains("%d rules found".formatted(queries.size()));
  }

  /** Two replicas of shard 0 count the same bindings; shard 1 has others. */
  private static final String TWO_SHARDS =
      """
      - {series: 'codesource_bindings{phase="Failed", platform="GitLab", shard="0", pod="a", %1$s}', values: '4x30'}
      - {series: 'codesource_bindings{phase="Failed", platform="GitLab", shard="0", pod="b", %1$s}', values: '4x30'}
      - {series: 'codesource_bindings{phase="Failed", platform="GitLab", shard="1", pod="c", %1$s}', values: '7x30'}
      """
          .formatted(TARGET);

  @ParameterizedTest
  @CsvSource({
    "Failed, {}",
    "Bindings by phase, '{phase=\"Failed\"}'",
    "Bindings by platform, '{platform=\"GitLab\"}'"
  })
  void theDashboardAddsShardsAndNotReplicas(String panel, String labels) {
    assertEvaluates(TWO_SHARDS, Dashboard.query(panel).expression(), labels, 11);
  }

  @Test
  void theAlertForFailedBindingsAddsShardsAndNotReplicas() {
    assertHolds(
        TWO_SHARDS,
        """
        alert_rule_test:
          - eval_time: 20m
            alertname: CodeSourceBindingFailed
            exp_alerts:
              - exp_labels: {severity: warning, platform: GitLab}
                exp_annotations:
                  summary: Bindings have failed.
                  description: "11 GitLab binding(s) failed. See which, and what to do, with: kubectl get csb -A -o wide --field-selector status.phase=Failed"
        """);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        // It waits for the Lease.
        "- {series: 'codesource_active{shard=\"1\", %s}', values: '0x30'}",
        // It is gone.
        "- {series: 'codesource_active{shard=\"1\", %s}', values: '1x2 stale'}",
        // Another release's.
        "- {series: 'codesource_active{shard=\"1\", job=\"other\","
            + " namespace=\"codesource-system\"}', values: '1x30'}"
      })
  void aShardWithoutALeaderIsToldWhileTheOtherWorks(String second) {
    String series =
        """
        - {series: 'codesource_active{shard="0", pod="a", %1$s}', values: '1x30'}
        - {series: 'codesource_active{shard="0", pod="b", %1$s}', values: '0x30'}
        """
            .formatted(TARGET);
    assertEvaluates(
        series + second.formatted(TARGET) + "\n",
        "count by (shard) (ALERTS{alertname=\"CodeSourceOperatorAbsent\", alertstate=\"firing\"})",
        "{shard=\"1\"}",
        1);
  }

  /** The job of a PodMonitor is its own namespace and name, whatever the pods' namespace is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "bindings-codesource-operator",
        "codesource-system/bindings-codesource-operator",
        "monitoring/bindings-codesource-operator"
      })
  void shardsThatWorkAreNotTold(String job) {
    String series =
        """
        - {series: 'codesource_active{shard="0", %1$s}', values: '1x30'}
        - {series: 'codesource_active{shard="1", job="%2$s", namespace="codesource-system"}', values: '1x30'}
        """
            .formatted(TARGET, job);
    assertEvaluates(
        series, "count(ALERTS{alertname=\"CodeSourceOperatorAbsent\"}) or vector(0)", "{}", 0);
  }

  /** The time of a test begins at 0, so a token that expires at 259 200 has three days left. */
  @ParameterizedTest
  @CsvSource({"259200, 1", "777600, 0", "60, 0"})
  void aTokenIsToldInItsLastWeekAndNotWhenItHasExpired(long expiresAt, int alerts) {
    String series =
        "- {series: 'codesource_token_expiration_timestamp_seconds{namespace=\"team\", name=\"gitlab\", platform=\"GitLab\"}', values: '%dx30'}\n"
            .formatted(expiresAt);
    assertEvaluates(
        series,
        "count(ALERTS{alertname=\"CodeSourceTokenExpiring\", alertstate=\"firing\","
            + " namespace=\"team\", name=\"gitlab\"}) or vector(0)",
        "{}",
        alerts);
  }

  @Test
  void aHostThatIsLeftAloneForLongIsTold() {
    String series =
        "- {series: 'codesource_host_backoff_seconds{host=\"git.example.com\", %s}', values: '60x30'}\n"
            .formatted(TARGET);
    assertEvaluates(
        series,
        "count by (host) (ALERTS{alertname=\"CodeSourceHostUnreachable\", alertstate=\"firing\"})",
        "{host=\"git.example.com\"}",
        1);
  }

  /** Two replicas of shard 0 count the same triggers; shard 1 has others. */
  private static final String TRIGGERS_OF_TWO_SHARDS =
      """
      - {series: 'codesource_triggers{phase="Failed", shard="0", pod="a", %1$s}', values: '4x30'}
      - {series: 'codesource_triggers{phase="Failed", shard="0", pod="b", %1$s}', values: '4x30'}
      - {series: 'codesource_triggers{phase="Failed", shard="1", pod="c", %1$s}', values: '7x30'}
      - {series: 'codesource_trigger_webhooks{reason="WebhookNotPermitted", shard="0", pod="a", %1$s}', values: '2x30'}
      - {series: 'codesource_trigger_webhooks{reason="WebhookNotPermitted", shard="0", pod="b", %1$s}', values: '2x30'}
      - {series: 'codesource_trigger_webhooks{reason="WebhookNotPermitted", shard="1", pod="c", %1$s}', values: '3x30'}
      - {series: 'codesource_trigger_webhooks{reason="Succeeded", shard="1", pod="c", %1$s}', values: '9x30'}
      - {series: 'codesource_trigger_webhooks{reason="NotChecked", shard="1", pod="c", %1$s}', values: '1x30'}
      """
          .formatted(TARGET);

  @ParameterizedTest
  @CsvSource({
    "Triggers failed, {}, 11",
    "Triggers by phase, '{phase=\"Failed\"}', 11",
    "Without a working webhook, {}, 5"
  })
  void theDashboardAddsTriggersOfShardsAndNotOfReplicas(String panel, String labels, int value) {
    assertEvaluates(TRIGGERS_OF_TWO_SHARDS, Dashboard.query(panel).expression(), labels, value);
  }

  @Test
  void failedTriggersAndWebhooksThatDoNotWorkAreToldWithTheirNumber() {
    assertHolds(
        TRIGGERS_OF_TWO_SHARDS,
        """
        alert_rule_test:
          - eval_time: 20m
            alertname: CodeSourceTriggerFailed
            exp_alerts:
              - exp_labels: {severity: warning}
                exp_annotations:
                  summary: Triggers have failed.
                  description: "11 trigger(s) notice no pushes. See which, and what to do, with: kubectl get cst -A -o wide --field-selector status.phase=Failed"
          - eval_time: 20m
            alertname: CodeSourceWebhookNotReady
            exp_alerts:
              - exp_labels: {severity: warning, reason: WebhookNotPermitted}
                exp_annotations:
                  summary: Webhooks do not work.
                  description: "5 trigger(s) have no working webhook: WebhookNotPermitted. Their pushes are noticed at the interval only. See which, and what to do, in the condition WebhookReady of: kubectl describe cst -A"
        """);
  }

  private void assertFiring(String series, String alert, int number) {
    assertEvaluates(
        series,
        "count(ALERTS{alertname=\"%s\", alertstate=\"firing\"}) or vector(0)".formatted(alert),
        "{}",
        number);
  }

  /** Once in a while a delivery is broken; in numbers somebody sends them. */
  @ParameterizedTest
  @CsvSource({"unproven, 10, 1", "unproven, 1, 0", "accepted, 10, 0"})
  void deliveriesWithWrongSignaturesAreToldInNumbers(String result, int aMinute, int alerts) {
    assertFiring(
        "- {series: 'codesource_webhook_deliveries_total{platform=\"GitLab\", result=\"%s\", %s}', values: '0+%dx30'}\n"
            .formatted(result, TARGET, aMinute),
        "CodeSourceDeliveriesRejected",
        alerts);
  }

  @ParameterizedTest
  @CsvSource({"failed, 1", "written, 0"})
  void deliveriesThatCannotBeNotedAreTold(String result, int alerts) {
    assertFiring(
        "- {series: 'codesource_webhook_notes_total{result=\"%s\", %s}', values: '0+1x30'}\n"
            .formatted(result, TARGET),
        "CodeSourceDeliveriesNotNoted",
        alerts);
  }

  /** A sink that answers one of two times is slow; one that never answers is down. */
  @ParameterizedTest
  @CsvSource({"0, 2, 1", "1, 1, 0", "1, 99, 1", "3, 0, 0"})
  void aSinkThatTakesNoEventsIsTold(int taken, int refused, int alerts) {
    assertFiring(
        """
        - {series: 'codesource_sink_deliveries_total{sink="build", result="Delivered", %1$s}', values: '0+%2$dx30'}
        - {series: 'codesource_sink_deliveries_total{sink="build", result="SinkUnreachable", %1$s}', values: '0+%3$dx30'}
        """
            .formatted(TARGET, taken, refused),
        "CodeSourceSinkFailing",
        alerts);
  }

  @ParameterizedTest
  @CsvSource({"5x100, 1", "5x40 0 5x60, 0"})
  void aSinkThatHasNotCaughtUpForAnHourIsTold(String values, int alerts) {
    assertHolds(
        "- {series: 'codesource_sink_pending{sink=\"build\", %s}', values: '%s'}\n"
            .formatted(TARGET, values),
        """
        promql_expr_test:
          - eval_time: 90m
            expr: 'count(ALERTS{alertname="CodeSourceSinkBehind", alertstate="firing"}) or vector(0)'
            exp_samples: [{labels: '{}', value: %d}]
        """
            .formatted(alerts));
  }

  @Test
  void alertLabelsReplaceTheChartsAndStandOnce() {
    Manifests manifests =
        Chart.render(
            "--set", "prometheusRule.enabled=true,prometheusRule.alertLabels.severity=page");
    assertThat(Manifests.each(manifests.one("PrometheusRule").at("/spec/groups/0/rules")))
        .isNotEmpty()
        .allSatisfy(rule -> assertThat(rule.at("/labels/severity").asText()).isEqualTo("page"));
  }

  /** At 20 minutes, with the rules of two shards. */
  private void assertEvaluates(String series, String expression, String labels, double value) {
    assertHolds(
        series,
        """
        promql_expr_test:
          - eval_time: 20m
            expr: %s
            exp_samples: [{labels: '%s', value: %s}]
        """
            .formatted(text(expression), labels, value));
  }

  private void assertHolds(String series, String expected) {
    CommandResult result =
        new Promtool(folder)
            .rules("rules.yaml", rules("shards=2"))
            .test(
                """
                rule_files: [rules.yaml]
                evaluation_interval: 1m
                tests:
                  - interval: 1m
                    input_series:
                """
                    + series.indent(6)
                    + expected.indent(4));
    assertThat(result.succeeded()).as(result.stdout() + result.stderr()).isTrue();
  }

  /** A rule file, as the Prometheus Operator makes one of the object. */
  private static String rules(String value) {
    return Chart.render("--set", "prometheusRule.enabled=true," + value)
        .one("PrometheusRule")
        .path("spec")
        .toString();
  }

  private static String text(String value) {
    return TextNode.valueOf(value).toString();
  }
}
