package dev.codesource.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.cluster.FreePort;
import dev.codesource.codehost.WebhookSecret;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.web.webhook.Signing;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The paths, secrets and signatures of a webhook and the credential of a build, and a search for
 * them in all that can be seen.
 */
@ExtendWith(ClusterExtension.class)
class WebhookCanaryIT {

  private static final String TOKEN = "glpat-good-and-long-enough";
  private static final String DIGEST = "sha256:" + "ab".repeat(32);
  private static final byte[] BODY = "{\"object_kind\":\"push\"}".getBytes(UTF_8);

  private final Cluster cluster;
  private final GitLabWording wording = GitLabWording.current();
  private final WebhookShelf shelf = new WebhookShelf(wording);

  WebhookCanaryIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @Test
  void whatProvesDeliveriesOrReadsTheCodeOfABuildIsNowhereButInSecrets(@TempDir Path folder)
      throws Exception {
    GitRepository repository = GitRepository.empty(folder.resolve("group/shop.git"));
    repository.push("main", "README", "one");
    shelf.put("group/shop");
    int port = FreePort.find();
    String address = "http://127.0.0.1:" + port;
    Installation installation =
        Installation.receivingDeliveries(
            cluster, "--set", "operator.log.level=DEBUG,operator.builders={BuildKit}");
    OperatorProcess operator = installation.start(Installation.receivingAt(port));
    Map<String, String> places = new LinkedHashMap<>();
    List<String> canaries;
    try (operator;
        SimulatedJobs builds =
            SimulatedJobs.succeeding(cluster, _ -> Duration.ofMillis(500), DIGEST);
        LoopbackCodeHost gitLab =
            LoopbackCodeHost.http(shelf)
                .grant(TOKEN, Grant.of("alice", "api"))
                .serving("/group", new GitHttpBackend(folder, "", "alice:" + TOKEN))) {
      Team team = Team.in(cluster).token("gitlab-token", gitLab.url(), TOKEN);
      team.bind(
          "gitlab",
          "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: [BuildKit]"
              .formatted(gitLab.url()));
      team.await("gitlab", Phase.Bound);
      trigger(team);
      Resource<CodeSourceTrigger> shop =
          cluster
              .admin()
              .resources(CodeSourceTrigger.class)
              .inNamespace(team.namespace())
              .withName("shop");
      Team.patiently().until(() -> isActive(shop.get()));
      String url = wording.url(shelf.hooks("group/shop").getFirst());
      String before = secret();
      repository.push("main", "README", "two");
      Map<String, String> proof = proof(before);
      Team.patiently().until(() -> send(url, proof) == 202);
      // Forged, to a path of nobody with the right secret as a token, and as a query.
      assertThat(send(url, proof("whsec_" + "A".repeat(43) + "="))).isEqualTo(404);
      assertThat(send(address + "/webhook/nobody", Map.of("X-Gitlab-Token", before)))
          .isEqualTo(404);
      assertThat(send(url + "?token=" + before.replace("+", "%2B"), Map.of())).isEqualTo(404);
      Team.patiently().until(() -> isBuilt(shop.get()));
      shop.patch(
          PatchContext.of(PatchType.JSON_MERGE),
          "{\"metadata\":{\"annotations\":{\"codesource.dev/rotate-webhook-secret\":\"1\"}}}");
      Team.patiently().until(() -> !secret().equals(before));
      canaries =
          Stream.concat(
                  Stream.of(url.substring(url.lastIndexOf('/') + 1), before, secret()),
                  proof.values().stream().filter(value -> value.startsWith("v1,")))
              .map(text -> text.replaceFirst("^(whsec_|v1,)", ""))
              .toList();
      places.put("metrics", operator.get("/metrics"));
      places.put("health", operator.get("/q/health"));
      places.put("the API server's log of requests", Files.readString(cluster.auditLog()));
      places.putAll(
          AllObjects.byKind(
              cluster, secret -> secret.path("type").asText().equals("codesource.dev/webhook")));
    }
    places.put("the operator's log", String.join("\n", operator.log()));

    assertThat(canaries).hasSize(4).doesNotHaveDuplicates();
    assertThat(places.get("codesourcetriggers.codesource.dev")).contains("\"webhook\"");
    assertThat(places.get("the operator's log")).contains("made the webhook");
    places.forEach(
        (place, text) ->
            canaries.forEach(
                canary ->
                    assertThat(text)
                        .as(place)
                        .doesNotContain(canary)
                        .doesNotContain(base64(canary))));
    assertThat(places.get("jobs.batch")).contains("codesource.dev/trigger");
    places.remove("secrets");
    places.forEach(
        (place, text) ->
            assertThat(text)
                .as(place)
                .doesNotContain(
                    TOKEN, base64(TOKEN), base64("alice:" + TOKEN), base64("oauth2:" + TOKEN)));
  }

  private static String base64(String text) {
    return Base64.getEncoder().withoutPadding().encodeToString(text.getBytes(UTF_8));
  }

  private void trigger(Team team) {
    cluster
        .apply(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: codesource-builder, namespace: %1$s}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: codesource-builder, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: codesource-operator-builder-buildkit}
            subjects: [{kind: ServiceAccount, name: codesource-builder, namespace: %1$s}]
            ---
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop, namespace: %1$s}
            spec:
              bindingRef: {name: gitlab}
              repository: group/shop
              interval: 1h
              image: registry.example.com/team-a/shop
              rules: [{name: main, branch: main}]
              builders: [{name: bk, buildkit: {}}]
            """
                .formatted(team.namespace()))
        .orFail();
  }

  private static boolean isActive(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getStatus())
        .map(TriggerStatus::webhook)
        .filter(webhook -> webhook.state() == TriggerStatus.WebhookState.Active)
        .isPresent();
  }

  private static boolean isBuilt(CodeSourceTrigger trigger) {
    return Optional.ofNullable(Objects.requireNonNull(trigger.getStatus()).rules())
        .orElse(List.of())
        .stream()
        .flatMap(rule -> Stream.ofNullable(rule.lastBuild()))
        .anyMatch(build -> DIGEST.equals(build.digest()));
  }

  private String secret() {
    return shelf.hooks("group/shop").getFirst().path("signing_token").asText();
  }

  private static Map<String, String> proof(String secret) {
    return Signing.headers(Platform.GitLab, new WebhookSecret(secret), BODY);
  }

  private static int send(String url, Map<String, String> headers) throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url)).POST(HttpRequest.BodyPublishers.ofByteArray(BODY));
    headers.forEach(request::header);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(request.build(), HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
