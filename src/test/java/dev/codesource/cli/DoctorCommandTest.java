package dev.codesource.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import dev.codesource.cli.ScriptedKubectl.Run;
import dev.codesource.cli.doctor.Check;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import dev.codesource.status.Finding;
import dev.codesource.status.Publishing;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class DoctorCommandTest {

  private static final String SITE = "https://git.example.com";

  /** They are in a binding, and are not why it does not work. */
  private static final Set<Reason> NO_CAUSE =
      EnumSet.of(
          Reason.Published, // good
          Reason.ScopesUnknown, // "cannot tell"
          Reason.Stale, // beside the cause
          Reason.Withdrawn); // beside the cause

  private final Path folder;
  private final ScriptedKubectl kubectl;

  /** For a second run: one answers the request of one. */
  private final ScriptedKubectl other;

  private LoopbackCodeHost host;

  DoctorCommandTest(@TempDir Path folder) {
    this.folder = folder;
    this.kubectl = new ScriptedKubectl(folder.resolve("kubectl"));
    this.other = new ScriptedKubectl(folder.resolve("other"));
  }

  @BeforeEach
  void open() {
    host = LoopbackCodeHost.http(Dialect.gitLab()).grant(Doctored.TOKEN, Grant.of("alice", "api"));
  }

  @AfterEach
  void close() {
    host.close();
  }

  static Stream<Reason> causes() {
    return Arrays.stream(Reason.values())
        .filter(reason -> EnumSet.range(Stage.ADDRESS, Stage.PUBLISHED).contains(reason.stage()))
        .filter(reason -> !NO_CAUSE.contains(reason));
  }

  @ParameterizedTest
  @MethodSource("causes")
  void everyReasonIsTheFirstCauseOfItsBinding(Reason reason) throws IOException {
    JsonNode binding = Json.TREES.readTree(Doctored.binding(SITE, Doctored.status(reason, SITE)));
    Diary diary =
        new Diary(
            new Kubectl(
                new Kubectl.Connection("none", List.of(), Duration.ZERO),
                new Terminal(System.out, System.err, System.in, new Prompt.Nobody())));

    new Conditions(binding, "gitlab", " -n team-a").findings().forEach(diary::add);

    isFirstCause(Report.json(diary), reason);
  }

  /** One of each stage. */
  @ParameterizedTest
  @EnumSource(
      names = {
        "InvalidURL",
        "SecretNotFound",
        "HostNotFound",
        "UsernameMismatch",
        "InsufficientScope",
        "TokenExpiring",
        "SecretRefused",
        "AwaitingAuthorization",
        "Suspended"
      })
  void theDoctorNamesTheFirstCause(Reason reason) throws IOException {
    String binding = Doctored.binding(SITE, Doctored.status(reason, SITE));
    Doctored.answering(kubectl, reason == Reason.Suspended ? Doctored.suspended(binding) : binding)
        .fail("get secrets", "Error from server (Forbidden): secrets is forbidden");

    isFirstCause(report("gitlab", "--no-host"), reason);
  }

  private static void isFirstCause(JsonNode report, Reason reason) {
    assertThat(report.path("firstCause").asText()).isEqualTo(reason.name());
    JsonNode finding = finding(report, reason.name());
    assertThat(finding.path("level").asText()).isEqualTo(isBound(reason) ? "warning" : "error");
    assertThat(finding.path("remedy").asText()).isEqualTo(reason.remedy());
    assertThat(finding.path("sentence").asText()).isNotBlank().doesNotContain(reason.remedy());
    assertThat(finding.path("command").asText()).startsWith("kubectl ").contains("-n team-a");
  }

  /** Or nobody wants it to be. */
  private static boolean isBound(Reason reason) {
    return reason == Reason.TokenExpiring || reason == Reason.Suspended;
  }

  @Test
  void whatIsBesideTheCauseComesAfterIt() throws IOException {
    for (Reason reason : List.of(Reason.Stale, Reason.Withdrawn)) {
      ScriptedKubectl each = new ScriptedKubectl(folder.resolve(reason.name()));
      Doctored.answering(each, Doctored.binding(SITE, Doctored.status(reason, SITE)))
          .fail("get secrets", "Error from server (Forbidden): secrets is forbidden");

      JsonNode report =
          Json.TREES.readTree(each.run("doctor", "gitlab", "--no-host", "-o", "json").out());

      assertThat(report.path("firstCause").asText()).isEqualTo("TokenRejected");
      assertThat(finding(report, reason.name()).path("level").asText()).isEqualTo("warning");
    }
  }

  @Test
  void nothingIsSaidAgainstAHealthyBinding() {
    Doctored.answering(kubectl, Doctored.binding(host.url(), Doctored.healthy(host.url())))
        .answer("get secrets", Doctored.secret(host.url(), Doctored.TOKEN));

    Run run = kubectl.run("doctor", "gitlab", "--with-token", "--fail-on=warning");

    assertThat(run.out())
        .doesNotContain("✗", "! ", "–")
        .contains("✔ HostFromHere      " + host.url() + " answers as GitLab does.\n")
        .contains("✔ TokenFromHere     The host accepts it: it is of alice, has the scopes api,")
        .endsWith("\nNothing is wrong.\n");
    assertThat(run.exit()).isZero();
    assertThat(run.out() + run.err()).doesNotContain("glpat");
  }

  /** Nothing that is sent without being asked for is a credential. */
  @Test
  void theTokenIsSentOnlyWhenTheUserSaysSo() {
    for (ScriptedKubectl each : List.of(kubectl, other)) {
      Doctored.answering(each, Doctored.binding(host.url(), Doctored.healthy(host.url())))
          .answer("get secrets", Doctored.secret(host.url(), Doctored.TOKEN));
    }

    kubectl.run("doctor", "gitlab");

    assertThat(host.asked()).isNotEmpty().allMatch(each -> credentials(each).isEmpty());

    other.run("doctor", "gitlab", "--with-token");

    assertThat(host.asked()).anyMatch(each -> credentials(each).contains(Doctored.TOKEN));
  }

  private static String credentials(Asked asked) {
    return String.join(
        " ",
        Stream.of("Authorization", "Private-Token")
            .flatMap(name -> asked.header(name).stream())
            .toList());
  }

  /** Somebody who may not read Secrets is told so, and that nothing is wrong with the rest. */
  @Test
  void whatMayNotBeReadCannotBeTold() {
    Doctored.answering(kubectl, Doctored.binding(host.url(), Doctored.healthy(host.url())))
        .fail("get secrets", "Error from server (Forbidden): secrets is forbidden");

    Run run = kubectl.run("doctor", "gitlab", "--with-token");

    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains(
            "– SecretFromHere    What is in the Secret gitlab-token cannot be told: secrets is forbidden")
        .contains("– TokenFromHere ")
        .endsWith("Nothing is wrong.\n");
  }

  @Test
  void aHostThatAnswersHereAndNotThereIsSoughtOnTheOperatorsSide() {
    Doctored.answering(
            kubectl,
            Doctored.binding(host.url(), Doctored.status(Reason.ConnectionTimedOut, host.url())))
        .answer("get secrets", Doctored.secret(host.url(), Doctored.TOKEN));

    Run run = kubectl.run("doctor", "gitlab");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .contains("✔ HostFromHere")
        .contains("answers this machine, and not the operator.")
        .contains("NetworkPolicy")
        .contains("kubectl get networkpolicies -n codesource-system\n")
        .endsWith("First cause: ConnectionTimedOut\n");
  }

  @Test
  void aHostThatAnswersTheOperatorOnlyIsNoFinding() {
    String url = host.url();
    host.close();
    Doctored.answering(kubectl, Doctored.binding(url, Doctored.healthy(url)))
        .answer("get secrets", Doctored.secret(url, Doctored.TOKEN));

    Run run = kubectl.run("doctor", "gitlab", "--with-token", "--fail-on=warning");

    assertThat(run.exit()).isZero();
    assertThat(run.out())
        .contains("(ConnectionRefused)")
        .contains("That is harmless")
        .endsWith("Nothing is wrong.\n");
  }

  @Test
  void aHostThatAnswersNeitherIsNotSoughtInTheCluster() {
    host.answering((asked, grants) -> Answer.html(502, "<h1>Bad gateway</h1>"));
    Doctored.answering(
            kubectl, Doctored.binding(host.url(), Doctored.status(Reason.ServerError, host.url())))
        .answer("get secrets", Doctored.secret(host.url(), Doctored.TOKEN));

    assertThat(kubectl.run("doctor", "gitlab").out())
        .contains("✗ Compared          ServerError: From here it is the same")
        .doesNotContain("NetworkPolicy")
        .endsWith("First cause: ServerError\n");
  }

  @Test
  void aTokenThatIsGoodHereAndRefusedThereIsTold() {
    Doctored.answering(
            kubectl,
            Doctored.binding(host.url(), Doctored.status(Reason.TokenRejected, host.url())))
        .answer("get secrets", Doctored.secret(host.url(), Doctored.TOKEN));

    assertThat(kubectl.run("doctor", "gitlab", "--with-token").out())
        .contains("✗ Authenticated     TokenRejected: ")
        .contains("The host accepts the token from here, and not from the operator.")
        .endsWith("First cause: TokenRejected\n");
  }

  @Test
  void aWrongTokenIsWrongFromHereToo() {
    host.revoke(Doctored.TOKEN);
    Doctored.answering(
            kubectl,
            Doctored.binding(host.url(), Doctored.status(Reason.TokenRejected, host.url())))
        .answer("get secrets", Doctored.secret(host.url(), Doctored.TOKEN));

    Run run = kubectl.run("doctor", "gitlab", "--with-token");

    assertThat(run.out())
        .contains("✗ TokenFromHere     TokenRejected: From here it is the same")
        .contains(" ".repeat(20) + Reason.TokenRejected.remedy() + "\n")
        .contains("kubectl codesource rotate gitlab -n team-a\n");
    assertThat(run.out() + run.err()).doesNotContain("glpat");
  }

  /** What is known from here is told; the status of long ago is not compared with it. */
  @Test
  void anOperatorThatDoesNotAnswerIsTheFirstCause() {
    String old =
        Doctored.binding(host.url(), Doctored.status(Reason.ConnectionTimedOut, host.url()))
            .replace("REQUEST", "long ago");
    Doctored.answering(kubectl, old)
        .answer("get secrets", "")
        .fail("get leases", "Error from server (Forbidden): no");

    Run run = kubectl.run("doctor", "gitlab", "--timeout=1s");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .contains(
            "✗ Answer            operator-silent: The operator did not verify gitlab within 1 s.")
        .contains("✗ SecretFromHere    SecretNotFound: There is no Secret gitlab-token")
        .doesNotContain("Compared")
        .endsWith("First cause: operator-silent\n");
  }

  @Test
  void anOperatorWithoutPodsThatDoesNotAnswerIsNamed() {
    kubectl.answer("get deployments", Answers.list(Doctored.operator("0")));
    Doctored.answering(
            kubectl, Doctored.binding(SITE, Doctored.healthy(SITE)).replace("REQUEST", "long ago"))
        .answer("get secrets", Doctored.secret(SITE, Doctored.TOKEN));

    assertThat(kubectl.run("doctor", "gitlab", "--no-host", "--timeout=1s").out())
        .contains("No pod of codesource-system/codesource is ready.")
        .contains("kubectl describe pods -n codesource-system")
        .endsWith("First cause: operator-not-running\n");
  }

  /** It may be that of another shard. */
  @Test
  void aDeploymentWithoutPodsIsNoCauseIfTheOperatorAnswers() {
    kubectl.answer("get deployments", Answers.list(Doctored.operator("0")));
    Doctored.answering(kubectl, Doctored.binding(SITE, Doctored.healthy(SITE)))
        .answer("get secrets", Doctored.secret(SITE, Doctored.TOKEN));

    Run run = kubectl.run("doctor", "gitlab", "--no-host", "--fail-on=warning");

    assertThat(run.exit()).as(run.out()).isZero();
    assertThat(run.out()).contains("– Operator ").endsWith("Nothing is wrong.\n");
  }

  @Test
  void whoMayNotAskTheOperatorSeesWhatItFoundLast() {
    kubectl.fail("^patch", "Error from server (Forbidden): cannot patch");
    Doctored.answering(kubectl, Doctored.binding(SITE, Doctored.healthy(SITE)))
        .answer("get secrets", Doctored.secret(SITE, Doctored.TOKEN));

    Run run = kubectl.run("doctor", "gitlab", "--no-host");

    assertThat(run.exit()).isZero();
    assertThat(run.out()).contains("– Answer            It was not asked: cannot patch");
  }

  @Test
  void nothingIsAskedOfAClusterThatDoesNotHaveTheOperator() {
    kubectl
        .answer("get --raw /version", "{\"gitVersion\":\"v1.30.4\"}")
        .answer("selfsubjectreviews", "{}")
        .fail(
            "get --raw /apis/codesource.dev",
            "Error from server (NotFound): the server could not find the requested resource");

    Run run = kubectl.run("doctor", "gitlab");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .contains("✗ Cluster           kubernetes-version: The API server is of version v1.30.4.")
        .contains("✗ Resources         not-installed: ");
    assertThat(kubectl.commands()).hasSize(3);
  }

  @Test
  void aBindingThatIsNotThereIsTold() {
    Doctored.cluster(kubectl).answer("get codesourcebindings.*--ignore-not-found", "");

    Run run = kubectl.run("doctor", "gitlab");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out()).endsWith("First cause: binding-not-found\n");
  }

  @Test
  void withoutANameTheFirstCauseOfEachBindingIsTold() {
    Doctored.cluster(kubectl)
        .answer(
            "get codesourcebindings",
            Answers.list(
                Doctored.binding(SITE, Doctored.healthy(SITE)),
                Doctored.binding(SITE, Doctored.status(Reason.TokenRevoked, SITE))
                    .replace("\"name\":\"gitlab\"", "\"name\":\"other\"")));

    Run run = kubectl.run("doctor");

    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.out())
        .contains("✗ Authenticated     TokenRevoked: other: Something was seen.")
        .doesNotContain("gitlab:");
    assertThat(kubectl.commands()).noneMatch(each -> each.startsWith("patch"));
  }

  @Test
  void aWarningFailsOnlyIfItIsWantedTo() {
    Doctored.answering(kubectl, Doctored.binding(SITE, Doctored.status(Reason.TokenExpiring, SITE)))
        .answer("get secrets", Doctored.secret(SITE, Doctored.TOKEN));

    assertThat(kubectl.run("doctor", "gitlab", "--no-host").exit()).isZero();
    assertThat(other.run("doctor", "gitlab", "--no-host", "--fail-on=warning").exit()).isEqualTo(1);
  }

  @Test
  void aTriggerThatIsNotReadyIsAWarning() throws IOException {
    kubectl.answer(
        "get codesourcetriggers",
        Answers.list(
            Answers.trigger("shop")
                .replace(
                    "\"conditions\":[",
                    "\"conditions\":[{\"type\":\"WebhookReady\",\"status\":\"False\",\"reason\":\"WebhookSilent\",\"message\":\"Nothing came. "
                        + Reason.WebhookSilent.remedy()
                        + "\"},")));
    Doctored.answering(kubectl, Doctored.binding(SITE, Doctored.healthy(SITE)))
        .answer("get secrets", Doctored.secret(SITE, Doctored.TOKEN));

    JsonNode finding = finding(report("gitlab", "--no-host"), "WebhookSilent");

    assertThat(finding.path("sentence").asText()).isEqualTo("shop: Nothing came.");
    assertThat(finding.path("level").asText()).isEqualTo("warning");
  }

  @Test
  void aLastBuildThatFailedAndWhatABuildWouldLackAreWarnings() throws IOException {
    String failed =
        "{\"ref\":\"refs/heads/main\",\"foundAt\":\"2026-02-02T00:00:00Z\",\"state\":\"Failed\",\"message\":\"exit 3\"}";
    kubectl.answer(
        "get codesourcetriggers",
        Answers.list(
            """
            {"metadata":{"name":"shop","namespace":"team-a"},"status":{
             "conditions":[{"type":"BuilderReady","status":"False","reason":"PushSecretUnusable","message":"No."}],
             "rules":[{"name":"main","lastBuild":%s},
              {"name":"old","lastBuild":{"foundAt":"2026-01-01T00:00:00Z","state":"Succeeded"}}]}}
            """
                .formatted(failed)));
    Doctored.answering(kubectl, Doctored.binding(SITE, Doctored.healthy(SITE)))
        .answer("get secrets", Doctored.secret(SITE, Doctored.TOKEN));

    JsonNode report = report("gitlab", "--no-host");

    assertThat(finding(report, "BuildFailed").path("sentence").asText())
        .isEqualTo("shop: the last build, of main, has failed: exit 3");
    assertThat(finding(report, "BuildFailed").path("command").asText())
        .isEqualTo("kubectl codesource logs shop -n team-a");
    assertThat(finding(report, "PushSecretUnusable").path("level").asText()).isEqualTo("warning");
  }

  /** A platform may refuse it, or a host of another make may get it. */
  @Test
  void aTokenThatBeginsAsThoseOfAnotherPlatformIsAWarning() throws IOException {
    String token = "ghp_0123456789abcdefghijabcdefghij012345";
    Doctored.answering(kubectl, Doctored.binding(SITE, Doctored.healthy(SITE)))
        .answer("get secrets", Doctored.secret(SITE, token));

    JsonNode finding = finding(report("gitlab", "--no-host"), "token-of-other-platform");

    assertThat(finding.path("level").asText()).isEqualTo("warning");
    assertThat(finding.path("sentence").asText())
        .contains("as those of GitHub do, and the binding is of GitLab")
        .doesNotContain("ghp_");
  }

  @Test
  void aPageOfAuthorizationThatIsNotTheOperatorsIsAWarning() throws IOException {
    host.serving("/authorize", exchange -> page(exchange, "Authorize gitlab - Code Source"))
        .serving("/other", exchange -> page(exchange, "Log in"));
    assertThat(pageOf(kubectl, host.url() + "/authorize/team-a/gitlab").path("level").asText())
        .isEqualTo("good");
    assertThat(pageOf(other, host.url() + "/other").path("id").asText())
        .isEqualTo("no-authorization-page");
    String url = host.url();
    host.close();
    assertThat(
            pageOf(new ScriptedKubectl(folder.resolve("closed")), url + "/authorize")
                .path("sentence")
                .asText())
        .contains("does not answer this machine (ConnectionRefused)");
  }

  private static void page(HttpExchange exchange, String title) throws IOException {
    byte[] body = "<title>%s</title>".formatted(title).getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private JsonNode pageOf(ScriptedKubectl each, String url) throws IOException {
    Doctored.answering(
            each,
            Doctored.binding(
                host.url(),
                Doctored.status(Reason.AwaitingAuthorization, host.url())
                    .replace(host.url() + "/authorize", url)))
        .fail("get secrets", "Error from server (Forbidden): secrets is forbidden");
    JsonNode report = Json.TREES.readTree(each.run("doctor", "gitlab", "-o", "json").out());
    return Json.elements(report, "findings")
        .filter(finding -> finding.path("check").asText().equals("AuthorizationPage"))
        .findFirst()
        .orElseThrow(() -> new AssertionError(report.toPrettyString()));
  }

  @Test
  void theChecksAreListedWithoutACluster() {
    Run run = kubectl.run("doctor", "--list");

    assertThat(run.exit()).isZero();
    assertThat(run.out().lines()).hasSize(Check.values().length);
    assertThat(kubectl.calls()).isEmpty();
  }

  /** Canaries in all places where a secret can be. */
  @Test
  void theBundleHasNothingThatIsSecret() throws IOException {
    String token = "canary-token-0123456789";
    String url = "https://alice:canary-userinfo@git.example.com";
    String binding =
        Doctored.binding(
                url,
                Doctored.status(
                    SITE,
                    new Finding.NotProven(
                        new dev.codesource.reason.Problem(
                            Reason.Redirected,
                            "It redirects to https://git.example.com/login?ticket=canary-query and"
                                + " says glpat-canary-0123456789 and "
                                + token
                                + " as "
                                + Doctored.base64(token)
                                + "."),
                        false),
                    new Publishing.NotAsked()))
            .replace(
                "\"metadata\":{",
                "\"metadata\":{\"managedFields\":[{\"manager\":\"canary-field\"}],\"annotations\":{\"kubectl.kubernetes.io/last-applied-configuration\":\"canary-applied\",\"codesource.dev/build\":\"main@refs/heads/main\"},")
            .replace(
                "\"status\":{",
                "\"status\":{\"authorization\":{\"url\":\"https://git.example.com/a?state=canary-state\",\"userCode\":\"canary-code\"},");
    kubectl.answer(
        "get events",
        Answers.list(
            "{\"reason\":\"Redirected\",\"message\":\"see http://bob:canary-event@git.example.com/x and "
                + token
                + "\"}"));
    Doctored.answering(kubectl, binding)
        .answer(
            "get secrets",
            Doctored.secret(SITE, token)
                .replace(
                    "\"data\":{",
                    "\"data\":{\"email\":\"" + Doctored.base64("canary@mail.example") + "\","));
    Path file = folder.resolve("bundle.json");

    Run run = kubectl.run("doctor", "gitlab", "--no-host", "--bundle", file.toString());

    assertThat(run.err()).contains("Wrote " + file);
    String bundle = Files.readString(file);
    assertThat(bundle)
        .doesNotContain("canary", Doctored.base64(token))
        .contains("\"firstCause\" : \"", "\"kubernetes\" : \"v1.34.2\"")
        .contains("main@refs/heads/main", "It redirects to https://git.example.com/login?")
        .contains("\"events\" : [", "\"platform\" : \"GitLab\"");
    assertThat(Json.TREES.readTree(bundle).path("binding").path("metadata").path("name").asText())
        .isEqualTo("gitlab");
    assertThat(Files.getPosixFilePermissions(file)).hasSize(2);
  }

  @Test
  void aFileThatExistsIsNotReplacedByABundle() throws IOException {
    Doctored.answering(kubectl, Doctored.binding(SITE, Doctored.healthy(SITE)))
        .answer("get secrets", Doctored.secret(SITE, Doctored.TOKEN));
    Path file = Files.writeString(folder.resolve("mine"), "mine");

    Run run = kubectl.run("doctor", "gitlab", "--no-host", "--bundle", file.toString());

    assertThat(run.exit()).isEqualTo(1);
    assertThat(file).hasContent("mine");
  }

  private JsonNode report(String... arguments) throws IOException {
    List<String> all =
        Stream.of(List.of("doctor"), List.of(arguments), List.of("-o", "json"))
            .flatMap(List::stream)
            .toList();
    Run run = kubectl.run(all.toArray(String[]::new));
    assertThat(run.out()).as(run.err()).isNotEmpty();
    return Json.TREES.readTree(run.out());
  }

  private static JsonNode finding(JsonNode report, String id) {
    return Json.elements(report, "findings")
        .filter(each -> each.path("id").asText().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError(id + " is not in " + report));
  }
}
