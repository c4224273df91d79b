package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the API server lets the operator's ServiceAccount do to Secrets; no operator runs. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorWritesIT {

  private static final String MANAGED = "app.kubernetes.io/managed-by: code-source-operator";
  private static final String PUBLISHED = MANAGED + ", codesource.dev/published-for: Flux";

  private static final String PASSWORD = "{\"stringData\":{\"password\":\"b\"}}";

  private final Cluster cluster;
  private final KubernetesClient operator;
  private String namespace = "";
  private String owner = "";

  OperatorWritesIT(Cluster cluster) {
    this.cluster = cluster;
    Path kubeconfig = Installation.of(cluster).kubeconfig();
    operator =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(kubeconfig.toFile()))
            .build();
  }

  @BeforeAll
  void installWithDefaults() {
    namespace = cluster.newNamespace();
    owner = owner(binding("code"));
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !create("probe-" + UUID.randomUUID(), "Opaque", PUBLISHED, "").isEmpty());
  }

  @AfterAll
  void close() {
    operator.close();
  }

  @ParameterizedTest
  @CsvSource({
    "codesource.dev/token,      false",
    "codesource.dev/oauth-flow, false",
    "codesource.dev/repositories, false",
    "Opaque,                    true",
    "kubernetes.io/basic-auth,  true",
    "servicebinding.io/git,     true",
  })
  void whatItKeepsAndPublishesPasses(String type, boolean published) {
    String name = "own-" + type.replaceAll("[^a-z]", "") + "-x";

    assertThat(create(name, type, published ? PUBLISHED : MANAGED, owner)).isEmpty();
    assertThat(patch(name, PatchType.JSON_MERGE, PASSWORD)).isEmpty();
    assertThat(delete(name)).isEmpty();
  }

  @Test
  void whatItKeepsForATriggerIsTheTriggers() {
    String ofTrigger = trigger("refs");

    assertThat(create("refs", "codesource.dev/refs", MANAGED, ofTrigger)).isEmpty();
    assertThat(patch("refs", PatchType.JSON_MERGE, PASSWORD)).isEmpty();
    assertThat(delete("refs")).isEmpty();
    assertThat(create("refs", "codesource.dev/refs", MANAGED, owner))
        .contains("controller is a CodeSourceTrigger");
    assertThat(create("token", "codesource.dev/token", MANAGED, ofTrigger))
        .contains("controller is a CodeSourceBinding");
  }

  @Test
  void aWebhookIsHandedFromOneTriggerToAnotherAndToNothingElse() {
    String first = trigger("first");
    String uid = trigger("second").replaceFirst(".*uid: ([^,]+),.*", "$1");

    assertThat(create("hook", "codesource.dev/webhook", MANAGED, owner))
        .contains("controller is a CodeSourceTrigger");
    assertThat(create("hook", "codesource.dev/webhook", MANAGED, first)).isEmpty();
    assertThat(create("seen", "codesource.dev/refs", MANAGED, first)).isEmpty();
    assertThat(patch("seen", PatchType.JSON, controller("uid", uid)))
        .contains("the same CodeSourceTrigger already");
    assertThat(patch("hook", PatchType.JSON, controller("kind", "CodeSourceBinding")))
        .contains("controller is a CodeSourceTrigger");
    assertThat(patch("hook", PatchType.JSON, controller("uid", uid))).isEmpty();
    assertThat(delete("hook")).isEmpty();
    cluster.apply(secret("plain", "codesource.dev/webhook", "", "")).orFail();
    assertThat(patch("plain", PatchType.JSON_MERGE, takeOver(first)))
        .contains("the same CodeSourceTrigger already");
  }

  /** A trigger, as an owner: the garbage collector deletes what an owner has that is not there. */
  private String trigger(String name) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: %s, namespace: %s}
            spec: {bindingRef: {name: code}, repository: group/shop, rules: [{name: main, branch: main}]}
            """
                .formatted(name, namespace))
        .orFail();
    String uid =
        cluster
            .kubectl("get", "cst", name, "-n", namespace, "-o", "jsonpath={.metadata.uid}")
            .orFail()
            .stdout();
    return "{apiVersion: codesource.dev/v1alpha1, kind: CodeSourceTrigger, name: %s, uid: %s, controller: true}"
        .formatted(name, uid);
  }

  private static String controller(String field, String value) {
    return "[{\"op\":\"replace\",\"path\":\"/metadata/ownerReferences/0/%s\",\"value\":\"%s\"}]"
        .formatted(field, value);
  }

  /** A patch that makes a Secret of somebody else look like one of the operator. */
  private static String takeOver(String owner) {
    return "{\"metadata\":{\"labels\":{\"app.kubernetes.io/managed-by\":\"code-source-operator\",\"codesource.dev/published-for\":\"Flux\"},\"ownerReferences\":[%s]}}"
        .formatted(
            owner.replaceAll("([A-Za-z]+): ([^,}]+)", "\"$1\":\"$2\"").replace("\"true\"", "true"));
  }

  @Test
  void aTokenOfAServiceAccountIsRefused() {
    String labels = PUBLISHED + "}, annotations: {kubernetes.io/service-account.name: default";

    assertThat(create("sa", "kubernetes.io/service-account-token", labels, owner))
        .contains("no Secrets of the type kubernetes.io/service-account-token");
  }

  @ParameterizedTest
  @CsvSource({
    "kubernetes.io/dockercfg",
    "kubernetes.io/tls",
    "codesource.dev/oauth-client",
    "bootstrap.kubernetes.io/token"
  })
  void otherTypesAreRefused(String type) {
    assertThat(create("other", type, PUBLISHED, owner)).contains("no Secrets of the type " + type);
  }

  @Test
  void oneWithoutABindingAsItsControllerIsRefused() {
    String pod =
        "{apiVersion: v1, kind: Pod, name: p, uid: 0b0f7c3e-0000-4000-8000-000000000001, controller: %s}";
    String words = "controller is a CodeSourceBinding";

    assertThat(create("none", "Opaque", PUBLISHED, "")).contains(words);
    assertThat(create("pod", "Opaque", PUBLISHED, pod.formatted(true))).contains(words);
    assertThat(
            create(
                "loose",
                "Opaque",
                PUBLISHED,
                owner.replace("controller: true", "controller: false")))
        .contains(words);
    assertThat(
            create(
                "foreign",
                "Opaque",
                PUBLISHED,
                owner.replace("codesource.dev/v1alpha1", "example.com/v1")))
        .contains(words);
    assertThat(create("both", "Opaque", PUBLISHED, owner + ", " + pod.formatted(false)))
        .contains("no other owners than a CodeSourceBinding");
  }

  @Test
  void oneWithoutTheLabelsIsRefused() {
    for (String labels : new String[] {"", "codesource.dev/published-for: Flux", MANAGED}) {
      assertThat(create("bare", "Opaque", labels, owner))
          .as(labels)
          .contains("only Secrets with its own labels");
    }
    assertThat(create("bare", "codesource.dev/token", "", owner))
        .contains("only Secrets with its own labels");
  }

  @Test
  void aSecretOfSomebodyElseIsNeitherChangedNorDeleted() {
    cluster.apply(secret("theirs", "Opaque", "", "")).orFail();
    assertThat(patch("theirs", PatchType.JSON_MERGE, PASSWORD))
        .contains("controller is a CodeSourceBinding");
    assertThat(patch("theirs", PatchType.JSON_MERGE, takeOver(owner)))
        .contains("the same CodeSourceBinding already");
    assertThat(delete("theirs")).contains("controller is a CodeSourceBinding");
  }

  @Test
  void aSecretOfOneBindingIsNotHandedToAnother() {
    assertThat(create("handed", "Opaque", PUBLISHED, owner)).isEmpty();
    String other = owner(binding("other"));
    String uid = other.replaceAll(".*uid: ([^,]+),.*", "$1");

    assertThat(
            patch(
                "handed",
                PatchType.JSON,
                "[{\"op\":\"replace\",\"path\":\"/metadata/ownerReferences/0/uid\",\"value\":\"%s\"}]"
                    .formatted(uid)))
        .contains("the same CodeSourceBinding already");
  }

  @Test
  void whatOthersHaveAddedStaysAndLabelsComeBack() {
    assertThat(create("shared", "codesource.dev/token", MANAGED, owner)).isEmpty();
    String added =
        "[{\"op\":\"add\",\"path\":\"/metadata/ownerReferences/-\",\"value\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"name\":\"p\",\"uid\":\"0b0f7c3e-0000-4000-8000-000000000001\"}},{\"op\":\"remove\",\"path\":\"/metadata/labels\"}]";
    cluster
        .kubectl("patch", "secret", "shared", "-n", namespace, "--type=json", "-p", added)
        .orFail();

    assertThat(
            patch(
                "shared",
                PatchType.JSON_MERGE,
                "{\"metadata\":{\"labels\":{\"app.kubernetes.io/managed-by\":\"code-source-operator\"}},\"stringData\":{\"token\":\"b\"}}"))
        .isEmpty();
  }

  @Test
  void othersAreNotJudged() {
    cluster.apply(secret("free", "Opaque", "", "")).orFail();
    cluster.kubectl("delete", "secret", "free", "-n", namespace).orFail();
  }

  private CodeSourceBinding binding(String name) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceBinding
            metadata: {name: %s, namespace: %s}
            spec: {platform: GitLab, username: alice, tokenSecretRef: {name: a}}
            """
                .formatted(name, namespace))
        .orFail();
    return cluster
        .admin()
        .resources(CodeSourceBinding.class)
        .inNamespace(namespace)
        .withName(name)
        .require();
  }

  private static String owner(CodeSourceBinding binding) {
    return "{apiVersion: codesource.dev/v1alpha1, kind: CodeSourceBinding, name: %s, uid: %s, controller: true}"
        .formatted(binding.getMetadata().getName(), binding.getMetadata().getUid());
  }

  /** What the API server says against it; empty: it is done. */
  private String create(String name, String type, String labels, String owners) {
    Secret secret = Serialization.unmarshal(secret(name, type, labels, owners), Secret.class);
    return refusal(() -> operator.resource(secret).create());
  }

  /** Not by name: the client would read the Secret first, which the operator may not. */
  private String patch(String name, PatchType type, String patch) {
    Secret secret =
        new SecretBuilder()
            .withNewMetadata()
            .withName(name)
            .withNamespace(namespace)
            .endMetadata()
            .build();
    return refusal(() -> operator.resource(secret).patch(PatchContext.of(type), patch));
  }

  private String delete(String name) {
    return refusal(() -> operator.secrets().inNamespace(namespace).withName(name).delete());
  }

  private static String refusal(Runnable write) {
    try {
      write.run();
      return "";
    } catch (KubernetesClientException e) {
      return String.valueOf(e.getMessage());
    }
  }

  private String secret(String name, String type, String labels, String owners) {
    return """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s, ownerReferences: [%s], labels: {%s}}
        type: %s
        stringData: {username: alice, password: a, token: a, tls.crt: '', tls.key: '', .dockercfg: '{}'}
        """
        .formatted(name, namespace, owners, labels, type);
  }
}
