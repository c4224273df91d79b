package dev.codesource.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the other tests take for granted of their cluster. */
@ExtendWith(ClusterExtension.class)
@TestInstance(Lifecycle.PER_CLASS)
class ControlPlaneIT {
  private static final Duration SOON = Duration.ofSeconds(60);

  private final Cluster cluster;
  private final KubernetesClient admin;
  private String namespace = "";

  ControlPlaneIT(Cluster cluster) {
    this.cluster = cluster;
    this.admin = cluster.admin();
  }

  @BeforeAll
  void inANamespaceOfItsOwn() {
    namespace = cluster.newNamespace();
  }

  @Test
  void kubectlTalksToTheServer() {
    assertThat(cluster.kubectl("version").orFail().stdout())
        .containsPattern("Client Version: v1\\.\\d+")
        .containsPattern("Server Version: v1\\.\\d+");
    assertThat(cluster.kubectl("get", "namespace", namespace).orFail().stdout()).contains("Active");
  }

  @Test
  void aRefusalOfTheServerIsAResult() {
    CommandResult result = cluster.kubectl("get", "configmap", "none", "-n", namespace);
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.stderr()).contains("(NotFound)");
  }

  @Test
  void helmKnowsTheServersVersion() {
    assertThat(cluster.helm("version", "--short").orFail().stdout()).startsWith("v3.");
    assertThat(cluster.helm("list", "-n", namespace, "-o", "json").orFail().stdout().strip())
        .isEqualTo("[]");
  }

  @Test
  void whatIsOwnedGoesWithItsOwner() {
    garbageIsCollected();
  }

  private void garbageIsCollected() {
    ConfigMap owner = create("owner");
    create(
        "owned",
        new OwnerReferenceBuilder()
            .withApiVersion("v1")
            .withKind("ConfigMap")
            .withName("owner")
            .withUid(owner.getMetadata().getUid())
            .build());
    admin.resource(owner).delete();
    await().atMost(SOON).until(() -> configMap("owned") == null);
  }

  @Test
  void deletedNamespaceIsEmptiedAndGoes() {
    String doomed = cluster.newNamespace();
    cluster.kubectl("create", "configmap", "content", "-n", doomed, "--from-literal=a=b").orFail();
    cluster.kubectl("delete", "namespace", doomed, "--timeout=60s").orFail();
    assertThat(admin.namespaces().withName(doomed).get()).isNull();
  }

  @Test
  void serviceAccountMayOnlyWhatItWasGrantedAndTheAuditLogNamesIt() {
    cluster
        .apply(
            """
            apiVersion: v1
            kind: ServiceAccount
            metadata: {name: reader, namespace: %1$s}
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: Role
            metadata: {name: reader, namespace: %1$s}
            rules: [{apiGroups: [""], resources: [configmaps], verbs: [list]}]
            ---
            apiVersion: rbac.authorization.k8s.io/v1
            kind: RoleBinding
            metadata: {name: reader, namespace: %1$s}
            roleRef: {apiGroup: rbac.authorization.k8s.io, kind: Role, name: reader}
            subjects: [{kind: ServiceAccount, name: reader}]
            """
                .formatted(namespace))
        .orFail();
    Path reader = cluster.kubeconfigFor(namespace, "reader");

    cluster.kubectlAs(reader, "get", "configmaps").orFail();
    assertThat(cluster.kubectlAs(reader, "get", "secrets").stderr())
        .contains("(Forbidden)", "system:serviceaccount:" + namespace + ":reader");
    assertThat(cluster.auditEvents())
        .contains(
            new AuditEvent(user("reader"), "list", "", "configmaps", "", namespace, "", 200),
            new AuditEvent(user("reader"), "list", "", "secrets", "", namespace, "", 403));
  }

  @Test
  void restartOfTheApiServerKeepsWhatWasStored() {
    create("kept");
    cluster.restartApiServer();
    assertThat(configMap("kept")).isNotNull();
    cluster.crashApiServer();
    assertThat(configMap("kept")).isNotNull();
    garbageIsCollected(); // the controllers have come back too
  }

  private String user(String serviceAccount) {
    return "system:serviceaccount:" + namespace + ":" + serviceAccount;
  }

  private ConfigMap create(String name, OwnerReference... owners) {
    return admin
        .configMaps()
        .inNamespace(namespace)
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withOwnerReferences(owners)
                .endMetadata()
                .build())
        .create();
  }

  private @Nullable ConfigMap configMap(String name) {
    return admin.configMaps().inNamespace(namespace).withName(name).get();
  }
}
