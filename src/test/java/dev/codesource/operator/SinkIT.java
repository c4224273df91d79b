package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.keycloak.KeycloakExtension;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.status.ConditionSet;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.LoopbackHost;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The way of a push to a sink: a real git, the packaged operator with the settings that the chart
 * makes, and access tokens of a Keycloak.
 */
@ExtendWith({ClusterExtension.class, KeycloakExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SinkIT {

  private static final String TOKEN = "glpat-good-and-long-enough";
  private static final String KEY = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private final Cluster cluster;
  private final KeycloakGitLab keycloak;
  private final AtomicInteger requests = new AtomicInteger();
  private volatile Function<Asked, CannedAnswer> answer = _ -> CannedAnswer.of(202);
  private final LoopbackHost sink = new LoopbackHost(asked -> answer.apply(asked));
  private Installation installation;
  private OperatorProcess operator;
  private LoopbackCodeHost gitLab;
  private GitRepository repository;
  private Team team;
  private Path folder;
  private Path secret;

  SinkIT(Cluster cluster, KeycloakGitLab keycloak) {
    this.cluster = cluster;
    this.keycloak = keycloak;
  }

  @BeforeAll
  void startOperator(@TempDir Path temporary) throws IOException {
    folder = temporary;
    secret = Files.createDirectories(temporary.resolve("secret"));
    Files.writeString(secret.resolve("signing_key"), "whsec_" + KEY);
    Files.writeString(secret.resolve("client_id"), "operator");
    Files.writeString(secret.resolve("client_secret"), "the-secret-of-the-operator");
    String values =
        "operator.sinks[0].name=build-service,operator.sinks[0].url=%s,operator.sinks[0].secretName=build-service,operator.sinks[0].oidc.issuer=%s/realms/codehost"
            .formatted(sink.site("/events"), keycloak.url());
    installation = Installation.allowingLoopback(cluster, "--set", values);
    operator = start();
  }

  private OperatorProcess start() {
    return installation.start(
        Map.of("CODESOURCE_SINKS_0__SECRET", secret.toAbsolutePath().toString()));
  }

  @AfterAll
  void stopOperator() {
    operator.close();
    sink.close();
  }

  @BeforeEach
  void watch() {
    answer = _ -> CannedAnswer.of(202);
    Path repositories = folder.resolve("repositories" + System.nanoTime());
    repository = GitRepository.empty(repositories.resolve("group/shop.git"));
    repository.push("main", "README", "one");
    gitLab =
        LoopbackCodeHost.http(Dialect.gitLab())
            .grant(TOKEN, Grant.of("alice", "api"))
            .serving("/group", new GitHttpBackend(repositories, "", "alice:" + TOKEN))
            .serving("/api/v4/projects", this::project);
    team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
    team.bindGitLab("gitlab", gitLab.url());
    team.await("gitlab", Phase.Bound);
  }

  @AfterEach
  void stop() {
    cluster.admin().resources(CodeSourceTrigger.class).inNamespace(team.namespace()).delete();
    gitLab.close();
  }

  private void project(HttpExchange exchange) throws IOException {
    byte[] body =
        "{\"id\":42,\"path_with_namespace\":\"group/shop\",\"http_url_to_repo\":\"%s/group/shop.git\"}"
            .formatted(gitLab.url())
            .getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private TriggerStatus trigger(String sinkName) {
    apply(sinkName);
    return await(status -> status.repository() != null);
  }

  private void apply(String sinkName) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop, namespace: %s}
            spec:
              bindingRef: {name: gitlab}
              repository: group/shop
              interval: 1h
              image: registry.example.com/team-a/shop
              rules:
              - {name: main, branch: main}
              builders:
              - {name: ci, sink: {name: %s}}
            """
                .formatted(team.namespace(), sinkName))
        .orFail();
  }

  private Resource<CodeSourceTrigger> resource() {
    return cluster
        .admin()
        .resources(CodeSourceTrigger.class)
        .inNamespace(team.namespace())
        .withName("shop");
  }

  private void annotate(String name, String value) {
    resource()
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}".formatted(name, value));
  }

  private void compareNow() {
    annotate(CodeSourceTrigger.REQUESTED_AT, "request-" + requests.incrementAndGet());
  }

  private TriggerStatus await(Predicate<TriggerStatus> wanted) {
    return Objects.requireNonNull(
        Team.patiently()
            .until(
                () -> Objects.requireNonNull(resource().get()),
                found -> found.getStatus() != null && wanted.test(found.getStatus()))
            .getStatus());
  }

  private static String state(TriggerStatus status) {
    return Optional.ofNullable(status.rules()).orElse(List.of()).stream()
        .map(RuleStatus::lastBuild)
        .map(LastBuild::state)
        .map(String::valueOf)
        .findFirst()
        .orElse("none");
  }

  private static String condition(TriggerStatus status, ConditionType type) {
    return ConditionSet.find(status.conditions(), type)
        .map(found -> found.getStatus() + " " + found.getReason())
        .orElse("none");
  }

  /** What the sink was sent for this test's namespace. */
  private List<Asked> received() {
    return sink.seen().stream()
        .filter(asked -> asked.body().contains("\"" + team.namespace() + "\""))
        .toList();
  }

  private static String commit(Asked asked) {
    try {
      return new ObjectMapper().readTree(asked.body()).path("commit").asText();
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aPushReachesTheSinkSignedAndWithAToken() throws GeneralSecurityException {
    TriggerStatus watching = trigger("build-service");
    assertThat(condition(watching, ConditionType.BuilderReady)).isEqualTo("True Succeeded");
    String commit = repository.push("main", "README", "two");
    compareNow();
    TriggerStatus delivered = await(status -> state(status).equals("Delivered"));

    Asked event = received().getFirst();
    assertThat(received()).hasSize(1);
    assertThat(commit(event)).isEqualTo(commit);
    assertThat(event.header("ce-type")).contains("dev.codesource.ref.updated.v1");
    assertThat(event.header("ce-subject")).contains("refs/heads/main");
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(Base64.getDecoder().decode(KEY), "HmacSHA256"));
    String signed =
        event.header("webhook-id").orElseThrow()
            + "."
            + event.header("webhook-timestamp").orElseThrow()
            + "."
            + event.body();
    assertThat(event.header("webhook-signature"))
        .contains(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
    assertThat(keycloak.introspect(event.token()).path("active").asBoolean()).isTrue();
    assertThat(condition(delivered, ConditionType.BuilderReady)).isEqualTo("True Succeeded");
    assertThat(operator.get("/metrics"))
        .contains("codesource_trigger_due_total{found_by=\"Poll\"")
        .contains("codesource_sink_deliveries_total{result=\"Delivered\",sink=\"build-service\"")
        .contains("codesource_trigger_delivery_delay_seconds_bucket");
    assertThat(operator.log()).noneMatch(line -> line.contains("the-secret-of-the-operator"));
  }

  @Test
  void whatIsDueWhileTheSinkIsDownIsDeliveredAfterAKillAndInItsOrder() {
    trigger("build-service");
    answer = _ -> CannedAnswer.of(503);
    String one = repository.push("main", "README", "two");
    compareNow();
    TriggerStatus down =
        await(
            status ->
                condition(status, ConditionType.BuilderReady).equals("False SinkUnreachable"));
    assertThat(state(down)).isEqualTo("Due");
    assertThat(condition(down, ConditionType.Ready)).isEqualTo("True Watching");
    String two = repository.push("main", "README", "three");
    compareNow();
    await(status -> last(status).equals(two));
    operator.killHard();
    int before = received().size();
    answer = _ -> CannedAnswer.of(202);
    operator = start();
    await(status -> state(status).equals("Delivered"));

    List<Asked> after = received().subList(before, received().size());
    assertThat(after).extracting(SinkIT::commit).containsExactly(one, two);
    assertThat(received())
        .filteredOn(asked -> commit(asked).equals(one))
        .extracting(asked -> asked.header("ce-id"))
        .hasSizeGreaterThan(1)
        .containsOnly(after.getFirst().header("ce-id"));
  }

  private static String last(TriggerStatus status) {
    return Optional.ofNullable(status.rules()).orElse(List.of()).stream()
        .map(RuleStatus::lastBuild)
        .map(LastBuild::sha)
        .findFirst()
        .orElse("none");
  }

  /** The sink has it, and the operator ends before it could note that. */
  @Test
  void anOperatorThatIsKilledWhileItSendsSendsTheSameAgain() {
    trigger("build-service");
    answer =
        _ -> {
          operator.killHard();
          return CannedAnswer.of(202);
        };
    String commit = repository.push("main", "README", "two");
    compareNow();
    Team.patiently().until(() -> !operator.isAlive());
    answer = _ -> CannedAnswer.of(202);
    operator = start();
    await(status -> state(status).equals("Delivered"));

    assertThat(received()).hasSize(2).extracting(SinkIT::commit).containsOnly(commit);
    assertThat(received())
        .extracting(asked -> asked.header("ce-id"))
        .containsOnly(received().getFirst().header("ce-id"));
  }

  @Test
  void aSinkThatIsNotSetUpIsTold() {
    apply("nowhere");
    TriggerStatus missing =
        await(status -> condition(status, ConditionType.Ready).equals("False SinkNotFound"));

    assertThat(condition(missing, ConditionType.Stalled)).isEqualTo("True SinkNotFound");
    assertThat(condition(missing, ConditionType.BuilderReady)).isEqualTo("False SinkNotFound");
  }

  @Test
  void whatASinkRefusesIsTold() {
    trigger("build-service");
    answer = _ -> CannedAnswer.of(422);
    repository.push("main", "README", "two");
    compareNow();
    await(status -> condition(status, ConditionType.BuilderReady).equals("False SinkRefused"));
    answer = _ -> CannedAnswer.of(202);
    String newer = repository.push("main", "README", "three");
    compareNow();
    await(status -> last(status).equals(newer) && state(status).equals("Delivered"));

    Team.patiently().until(() -> notes(Reason.NotDelivered).size() == 1);
    assertThat(notes(Reason.SinkRefused)).hasSize(1);
  }

  @Test
  void aSinkThatDoesNotAcceptTheOperatorIsTold() {
    trigger("build-service");
    answer = _ -> CannedAnswer.of(403);
    repository.push("main", "README", "two");
    compareNow();

    await(status -> condition(status, ConditionType.BuilderReady).equals("False SinkUnauthorized"));
  }

  @Test
  void aUserMayHaveATipBuiltAndIsToldWhatCannotBe() {
    trigger("build-service");
    annotate(CodeSourceTrigger.BUILD, "main@refs/heads/main");
    TriggerStatus built = await(status -> state(status).equals("Delivered"));

    assertThat(built.lastHandledBuild()).isEqualTo("main@refs/heads/main");
    assertThat(received())
        .singleElement()
        .extracting(SinkIT::commit)
        .isEqualTo(repository.commits().get("refs/heads/main"));
    annotate(CodeSourceTrigger.BUILD, "main@refs/heads/nowhere");
    await(status -> "main@refs/heads/nowhere".equals(status.lastHandledBuild()));
    Team.patiently().until(() -> !notes(Reason.BuildRequestInvalid).isEmpty());
    assertThat(notes(Reason.BuildRequestInvalid).getFirst())
        .startsWith("The rule main does not match refs/heads/nowhere.");
    assertThat(received()).hasSize(1);
  }

  /** The API server refuses what could not be told to anybody. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{name: main, branch: main, builder: other}] | [{name: ci, sink: {name: a}}] | builder of a rule is the name of one of spec.builders
          [{name: main, branch: main}] | [{name: ci, sink: {name: a}}, {name: cd, sink: {name: b}}] | each rule says in builder
          [{name: main, branch: main}] | [{name: ci}] | give exactly one kind of builder
          [{name: main, branch: main}] | [{name: ci, sink: {name: a}}, {name: ci, sink: {name: b}}] | Duplicate value
          [{name: main, branch: main}] | [{name: ci, sink: {name: 'https://a'}}] | should match
          """)
  void aRuleHasABuilderThatThereIs(String rules, String builders, String words) {
    assertThat(
            cluster
                .apply(
                    """
                    apiVersion: codesource.dev/v1alpha1
                    kind: CodeSourceTrigger
                    metadata: {name: wrong, namespace: %s}
                    spec:
                      bindingRef: {name: gitlab}
                      repository: group/shop
                      rules: %s
                      builders: %s
                    """
                        .formatted(team.namespace(), rules, builders))
                .stderr())
        .contains(words);
  }

  private List<String> notes(Reason reason) {
    return team.events("shop").stream()
        .filter(event -> event.getReason().equals(reason.name()))
        .map(event -> event.getNote())
        .toList();
  }
}
