package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.AuditEvent;
import dev.codesource.cluster.Cluster;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The life of a published Secret: written, mended, renewed, never anybody else's, withdrawn. */
class PublishIT extends WithPublishing {

  private static final String CANARY = "glpat-canary/5d1c+9a7e42f0b8636?c";
  private static final String RENEWED = "glpat-renewed-83ac61";

  PublishIT(Cluster cluster) {
    super(cluster);
  }

  @Override
  LoopbackCodeHost openCodeHost() {
    return LoopbackCodeHost.http(Dialect.gitLab())
        .grant(CANARY, Grant.of("alice", "api"))
        .grant(RENEWED, Grant.of("alice", "api"));
  }

  @BeforeEach
  void storeToken() {
    team.token("gitlab-token", codeHost.url(), CANARY);
  }

  @Test
  void aBoundBindingOwnsWhatItPublishesAndSaysSo() {
    publish("[ServiceBinding, Flux, Tekton]");

    BindingStatus status = team.await("code", Reason.Bound);

    assertThat(condition(status).getMessage())
        .isEqualTo("Written: code-servicebinding, code-flux, code-tekton, code-tekton-gitconfig.");
    assertThat(status.binding()).isEqualTo(new BindingStatus.BindingRef("code-servicebinding"));
    assertThat(secret("code-servicebinding").getType()).isEqualTo("servicebinding.io/git");
    Secret flux = secret("code-flux");
    assertThat(value(flux, "username")).isEqualTo("alice");
    assertThat(value(flux, "password")).isEqualTo(CANARY);
    assertThat(flux.getMetadata().getOwnerReferences())
        .singleElement()
        .returns(team.get("code").getMetadata().getUid(), OwnerReference::getUid)
        .returns(true, OwnerReference::getController)
        .returns(false, OwnerReference::getBlockOwnerDeletion);
    assertThat(flux.getMetadata().getManagedFields())
        .singleElement()
        .returns("code-source-operator", entry -> entry.getManager())
        .returns("Apply", entry -> entry.getOperation());
  }

  @Test
  void theCaAndTheRegistryInstanceGoWithTheCredentialAndWithoutThem() {
    CertificateAuthority authority = CertificateAuthority.root("Corp");
    String bundle = "# ours\n" + authority.pem();
    team.configMap("corp-ca", Map.of("ca.crt", bundle)).acceptCa("gitlab-token", bundle);
    String everything =
        ", tls: {caConfigMapRef: {name: corp-ca}}, registryInstance: {type: Enterprise, region: eu, name: images}";
    publish("[ServiceBinding, Flux]", everything);
    team.await("code", Reason.Bound);

    Secret flux = secret("code-flux");
    assertThat(value(flux, "ca.crt").replaceAll("\\s", ""))
        .isEqualTo(authority.pem().replaceAll("\\s", ""));
    assertThat(flux.getMetadata().getAnnotations())
        .containsEntry("codesource.dev/registry-name", "images");
    assertThat(value(secret("code-servicebinding"), "registry-region")).isEqualTo("eu");

    publish("[ServiceBinding, Flux]");
    Secret without = awaitSecret("code-flux", now -> !now.getData().containsKey("ca.crt"));
    assertThat(Optional.ofNullable(without.getMetadata().getAnnotations()).orElse(Map.of()))
        .doesNotContainKey("codesource.dev/registry-name");
    assertThat(without.getMetadata().getUid()).isEqualTo(flux.getMetadata().getUid());
    awaitSecret("code-servicebinding", now -> !now.getData().containsKey("registry-region"));
  }

  @Test
  void nothingIsPublishedBeforeTheAccessIsProven() {
    team.token("gitlab-token", codeHost.url(), "glpat-wrong");
    publish("[Flux]");

    BindingStatus status = team.await("code", Reason.TokenRejected);

    assertThat(condition(status).getReason()).isEqualTo("NotChecked");
    assertThat(find("code-flux")).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a value   | {'data':{'password':'b3RoZXI='}}",
        "a key     | {'data':{'username':null}}",
        "all data  | {'data':null}",
        "its label | {'metadata':{'labels':{'codesource.dev/published-for':null}}}",
        "a label   | {'metadata':{'labels':{'app.kubernetes.io/managed-by':'me'}}}",
        "immutable | {'immutable':true,'data':{'password':'b3RoZXI='}}"
      })
  void driftIsRepairedAtOnceAndWhatUsersAddSurvives(String what, String patch) {
    publish("[Flux]");
    team.await("code", Reason.Bound);
    merge("code-flux", "{'metadata':{'labels':{'team':'a'},'annotations':{'note':'mine'}}}");
    int asked = codeHost.count();

    merge("code-flux", patch);

    Secret mended =
        awaitSecret(
            "code-flux",
            now ->
                CANARY.equals(value(now, "password"))
                    && "alice".equals(value(now, "username"))
                    && "Flux"
                        .equals(now.getMetadata().getLabels().get("codesource.dev/published-for"))
                    && "code-source-operator"
                        .equals(now.getMetadata().getLabels().get("app.kubernetes.io/managed-by")));
    if (!what.equals("immutable")) {
      assertThat(mended.getMetadata().getLabels()).containsEntry("team", "a");
      assertThat(mended.getMetadata().getAnnotations()).containsEntry("note", "mine");
    }
    assertThat(codeHost.count()).as("requests to the code host").isEqualTo(asked);
  }

  @Test
  void aDeletedSecretComesBack() {
    publish("[Flux]");
    team.await("code", Reason.Bound);
    String uid = secret("code-flux").getMetadata().getUid();

    cluster.kubectl("-n", team.namespace(), "delete", "secret/code-flux").orFail();

    awaitSecret("code-flux", now -> !now.getMetadata().getUid().equals(uid));
  }

  @Test
  void whatIsAsItShouldBeIsNotWritten() {
    publish("[ServiceBinding, Flux, ArgoCD, Tekton, Kpack, Shipwright, BuildKit, Git]");
    team.await("code", Reason.Bound);
    List<String> before = versions();
    List<AuditEvent> writes = writes();
    int asked = codeHost.count();

    cluster
        .kubectl(
            "-n", team.namespace(), "annotate", "csb/code", CodeSourceBinding.REQUESTED_AT + "=now")
        .orFail();
    team.await("code", found -> "now".equals(found.lastHandledRequestedAt()));

    assertThat(codeHost.count()).isGreaterThan(asked);
    assertThat(before).hasSize(9);
    assertThat(versions()).isEqualTo(before);
    assertThat(writes()).as("requests, also those that change nothing").isEqualTo(writes);
  }

  @Test
  void aNewTokenReachesEverySecret() {
    publish("[ServiceBinding, Flux, ArgoCD, Tekton, Kpack, Shipwright, BuildKit, Git]");
    team.await("code", Reason.Bound);

    team.token("gitlab-token", codeHost.url(), RENEWED);

    for (Secret secret : published()) {
      awaitSecret(secret.getMetadata().getName(), now -> holds(now, RENEWED));
    }
    assertThat(published())
        .hasSize(9)
        .noneMatch(secret -> holds(secret, CANARY))
        .allSatisfy(
            secret ->
                assertThat(secret.getMetadata().getManagedFields())
                    .extracting(entry -> entry.getManager() + " " + entry.getOperation())
                    .containsExactly("code-source-operator Apply"));
  }

  /** As it is, or as a header of HTTP has it. */
  private static boolean holds(Secret secret, String token) {
    String login =
        Base64.getEncoder().encodeToString(("alice:" + token).getBytes(StandardCharsets.UTF_8));
    return text(secret).contains(token) || text(secret).contains(login);
  }

  @Test
  void anOutageKeepsTheSecretsAndTheyAreMendedEvenThen() {
    publish("[Flux]", ", whenUnbound: Withdraw");
    team.await("code", Reason.Bound);
    codeHost.answering((asked, grants) -> Answer.html(502, "<h1>Bad gateway</h1>"));
    request("1");
    team.await("code", found -> "1".equals(found.lastHandledRequestedAt()));

    merge("code-flux", "{'data':{'password':'b3RoZXI='}}");

    awaitSecret("code-flux", now -> CANARY.equals(value(now, "password")));
    assertThat(team.get("code").getStatus())
        .extracting(BindingStatus::phase)
        .isEqualTo(Phase.Bound);
  }

  @Test
  void aRevokedTokenIsKeptAndToldUnlessItIsToBeWithdrawn() {
    publish("[ServiceBinding, Flux]");
    team.await("code", Reason.Bound);

    codeHost.revoke(CANARY);
    request("1");
    BindingStatus stale = team.await("code", Reason.TokenRejected);

    assertThat(condition(stale))
        .returns("True", condition -> condition.getStatus())
        .returns("Stale", condition -> condition.getReason());
    assertThat(stale.binding()).isNotNull();
    assertThat(find("code-flux")).isPresent();
    awaitEvent("Stale", "Warning");

    publish("[ServiceBinding, Flux]", ", whenUnbound: Withdraw");
    BindingStatus withdrawn =
        team.await("code", found -> condition(found).getReason().equals("Withdrawn"));

    assertThat(withdrawn.binding()).isNull();
    Awaitility.await().until(() -> published().isEmpty());
    awaitEvent("Withdrawn", "Warning");

    team.token("gitlab-token", codeHost.url(), RENEWED);
    team.await("code", Reason.Bound);
    assertThat(value(secret("code-flux"), "password")).isEqualTo(RENEWED);
  }

  @Test
  void anEntryThatGoesTakesItsSecretsAlongAndARenamedOneMoves() {
    publish("[Flux, Tekton]");
    team.await("code", Reason.Bound);

    publish("[Flux]", ", publishNames: {Flux: my-flux}");

    awaitSecret("my-flux", now -> CANARY.equals(value(now, "password")));
    Awaitility.await().until(() -> published().size() == 1);
    assertThat(condition(team.await("code", Reason.Bound)).getMessage())
        .isEqualTo("Written: my-flux.");

    // Another form under the name of the first, whose type a Secret cannot change.
    publish("[Kpack]", ", publishNames: {Kpack: my-flux}");
    awaitSecret("my-flux", now -> now.getType().equals("kubernetes.io/basic-auth"));

    codeHost.revoke(CANARY);
    request("1");
    team.await("code", Reason.TokenRejected);
    publish("[Git]");
    Awaitility.await("also while nothing is proven").until(() -> published().isEmpty());
  }

  @Test
  void aSecretOfSomebodyElseIsNeverTouched() {
    team.secret("code-flux", "Opaque", Map.of("password", "theirs"));
    String version = secret("code-flux").getMetadata().getResourceVersion();
    publish("[Flux, Kpack]");

    BindingStatus status = team.await("code", Reason.SecretNotOwned);

    assertThat(status.phase()).isEqualTo(Phase.Bound);
    assertThat(condition(status))
        .returns("False", condition -> condition.getStatus())
        .returns("SecretNotOwned", condition -> condition.getReason());
    assertThat(Team.condition(status, ConditionType.Ready).getMessage())
        .startsWith("The Secret code-flux, which Flux is to have, exists");
    assertThat(Team.condition(status, ConditionType.Stalled).getStatus()).isEqualTo("True");
    assertThat(find("code-kpack")).as("the others are written").isPresent();
    Secret theirs = secret("code-flux");
    assertThat(theirs.getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(theirs.getMetadata().getOwnerReferences()).isEmpty();

    // Not taken for the operator's by its label either, and not when the binding moves on.
    merge("code-flux", "{'metadata':{'labels':{'codesource.dev/published-for':'Flux'}}}");
    publish("[Flux, Kpack]", ", publishNames: {Flux: ours}");
    team.await("code", Reason.Bound);
    assertThat(value(secret("code-flux"), "password")).isEqualTo("theirs");
  }

  @Test
  void theSecretsOfAnotherBindingAreSomebodyElses() {
    publish("[Flux]", ", publishNames: {Flux: shared}");
    team.await("code", Reason.Bound);
    String uid = team.get("code").getMetadata().getUid();

    bind("other", "[Flux]", ", publishNames: {Flux: shared}");

    team.await("other", Reason.SecretNotOwned);
    assertThat(secret("shared").getMetadata().getOwnerReferences())
        .singleElement()
        .returns(uid, OwnerReference::getUid);
  }

  @Test
  void theCredentialItselfCannotBeNamedAsATarget() {
    publish("[Git]", ", publishNames: {Git: gitlab-token}");

    team.await("code", Reason.SecretNotOwned);

    assertThat(value(secret("gitlab-token"), "token")).isEqualTo(CANARY);
  }

  @Test
  void aRefusalOfTheApiServerIsToldInItsWords() {
    cluster
        .apply(
            """
            apiVersion: v1
            kind: ResourceQuota
            metadata: {name: few, namespace: %s}
            spec: {hard: {count/secrets: "0"}}
            """
                .formatted(team.namespace()))
        .orFail();
    // The quota is enforced only once its controller has counted; this control plane has none.
    cluster
        .kubectl(
            "-n",
            team.namespace(),
            "patch",
            "resourcequota/few",
            "--subresource=status",
            "--type=merge",
            "-p",
            "{\"status\":{\"hard\":{\"count/secrets\":\"0\"},\"used\":{\"count/secrets\":\"1\"}}}")
        .orFail();
    publish("[Flux]");

    BindingStatus status = team.await("code", Reason.SecretRefused);

    assertThat(condition(status).getMessage()).contains("code-flux", "exceeded quota");
  }

  @Test
  void namesOfEntriesThatAreNotThereAreRefusedAtTheDoor() {
    assertThat(cluster.apply(binding("code", "[Flux]", ", publishNames: {Git: x}")).stderr())
        .contains("publishNames may only have entries that are also in publish");
    assertThat(cluster.apply(binding("code", "[Flux, Flux]", "")).stderr())
        .contains("Duplicate value");
    assertThat(
            cluster.apply(binding("code", "[Flux]", ", publishNames: {Flux: Not_A_Name}")).stderr())
        .contains("spec.publishNames.Flux");
    publish("[Flux, Git]", ", publishNames: {Flux: x, Git: x}");
    team.await("code", Reason.SecretNamesCollide);
    for (String own :
        List.of("-oauth", "-oauth-flow", "-deploytoken", "-installation", "-repositories")) {
      publish("[Flux]", ", publishNames: {Flux: code%s}".formatted(own));
      BindingStatus status = team.await("code", Reason.SecretNamesCollide);
      assertThat(condition(status).getMessage())
          .startsWith(
              "Flux would write the Secret code%s, which the operator keeps for the binding itself."
                  .formatted(own));
    }
  }

  @Test
  void aSecretThatForbidsItIsNotPublishedAndWhatWasIsDeleted() {
    publish("[Flux, Git]");
    team.await("code", Reason.Bound);

    merge("gitlab-token", "{'stringData':{'publish':'false'}}");

    BindingStatus status = team.await("code", Reason.PublishingNotAllowed);
    assertThat(condition(status).getMessage())
        .isEqualTo(
            "The key publish of the Secret gitlab-token does not allow it; nothing is published. "
                + Reason.PublishingNotAllowed.remedy());
    assertThat(status.phase()).isEqualTo(Phase.Bound);
    Awaitility.await().until(() -> published().isEmpty());

    merge("gitlab-token", "{'data':{'publish':null}}");
    team.await("code", Reason.Bound);
    assertThat(published()).hasSize(2);
  }

  @Test
  void whatIsSuspendedIsLeftAsItIs() {
    publish("[ServiceBinding]");
    team.await("code", Reason.Bound);
    publish("[ServiceBinding]", ", suspend: true");
    BindingStatus suspended = team.await("code", Phase.Suspended);

    merge("code-servicebinding", "{'data':{'password':'b3RoZXI='}}");
    team.token("gitlab-token", codeHost.url(), RENEWED);

    assertThat(suspended.binding()).isEqualTo(new BindingStatus.BindingRef("code-servicebinding"));
    Awaitility.await()
        .during(Duration.ofSeconds(2))
        .atMost(Duration.ofSeconds(15))
        .until(() -> "other".equals(value(secret("code-servicebinding"), "password")));
  }

  @Test
  void theSecretsGoWithTheBinding() {
    publish("[Flux, Git]");
    team.await("code", Reason.Bound);

    cluster.kubectl("-n", team.namespace(), "delete", "csb/code").orFail();

    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> published().isEmpty());
  }

  @Test
  void theTokenIsInTheSecretsAndNowhereElse() {
    publish("[ServiceBinding, Flux, ArgoCD, Tekton, Kpack, Shipwright, BuildKit, Git]");
    team.await("code", Reason.Bound);
    team.secret("mine", "Opaque", Map.of());
    publish("[Flux, Git]", ", publishNames: {Flux: mine}");
    team.await("code", Reason.SecretNotOwned);

    String seen =
        String.join(
            "\n",
            String.join("\n", operator.log()),
            operator.get("/metrics"),
            cluster
                .kubectl("-n", team.namespace(), "get", "csb,events", "-o", "yaml")
                .orFail()
                .stdout());

    assertThat(seen)
        .contains("SecretNotOwned")
        .doesNotContain(
            CANARY,
            Base64.getEncoder().encodeToString(CANARY.getBytes(StandardCharsets.UTF_8)),
            URLEncoder.encode(CANARY, StandardCharsets.UTF_8));
  }

  private void publish(String entries) {
    publish(entries, "");
  }

  private void publish(String entries, String more) {
    bind("code", entries, more);
  }

  private void bind(String name, String entries, String more) {
    cluster.apply(binding(name, entries, more)).orFail();
  }

  private String binding(String name, String entries, String more) {
    return """
        apiVersion: codesource.dev/v1alpha1
        kind: CodeSourceBinding
        metadata: {name: %s, namespace: %s}
        spec: {platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}, publish: %s%s}
        """
        .formatted(name, team.namespace(), codeHost.url(), entries, more);
  }

  private void request(String value) {
    cluster
        .kubectl(
            "-n",
            team.namespace(),
            "annotate",
            "--overwrite",
            "csb/code",
            CodeSourceBinding.REQUESTED_AT + "=" + value)
        .orFail();
  }

  private void merge(String secret, String patch) {
    cluster
        .admin()
        .secrets()
        .inNamespace(team.namespace())
        .withName(secret)
        .patch(PatchContext.of(PatchType.JSON_MERGE), patch.replace('\'', '"'));
  }

  private void awaitEvent(String reason, String type) {
    Awaitility.await(reason)
        .until(
            () ->
                cluster
                    .kubectl(
                        "-n",
                        team.namespace(),
                        "get",
                        "events",
                        "--field-selector=reason=" + reason,
                        "-o",
                        "jsonpath={.items[*].type}")
                    .orFail()
                    .stdout()
                    .equals(type));
  }

  private Secret awaitSecret(String name, Predicate<Secret> wanted) {
    return awaitSecret(name, Duration.ofSeconds(10), wanted);
  }

  /** What was asked of the API server, other than to read. */
  private List<AuditEvent> writes() {
    return cluster.auditEvents().stream()
        .filter(event -> event.namespace().equals(team.namespace()))
        .filter(event -> event.resource().equals("secrets"))
        .filter(event -> !List.of("get", "list", "watch").contains(event.verb()))
        .toList();
  }

  private List<String> versions() {
    return published().stream()
        .map(
            secret ->
                secret.getMetadata().getName() + " " + secret.getMetadata().getResourceVersion())
        .sorted()
        .toList();
  }

  private static io.fabric8.kubernetes.api.model.Condition condition(BindingStatus status) {
    return Team.condition(status, ConditionType.Published);
  }
}
