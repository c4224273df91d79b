package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.builder.RunKind;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * As whom the API server lets the operator's ServiceAccount act, in both forms of impersonation; no
 * operator runs. Whether a request is forbidden is decided before the API server looks whether
 * there is such a kind or object, so neither CRDs nor pods are needed.
 */
@ExtendWith(ClusterExtension.class)
class ImpersonationIT {
  private static final String ACCOUNT = "codesource-builder";

  private static final String SPEC =
      """
      spec: {template: {spec: {restartPolicy: Never, containers: [{name: build, image: buildkit}]}}}
      """;

  private final Cluster cluster;

  ImpersonationIT(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Installs the chart, and returns the kubeconfig of the operator's ServiceAccount. */
  private Path operator(boolean constrained, String builders) {
    return Installation.of(
            cluster,
            "--set",
            "operator.builders={" + builders + "}",
            "--set",
            "rbac.constrainedImpersonation=" + constrained)
        .kubeconfig();
  }

  /** A namespace in which the account, and another one, have the role of the builder. */
  private String team(String builder) {
    String namespace = cluster.newNamespace();
    for (String account : new String[] {ACCOUNT, "other"}) {
      cluster
          .apply(
              """
              apiVersion: v1
              kind: ServiceAccount
              metadata: {name: %1$s, namespace: %2$s}
              ---
              apiVersion: rbac.authorization.k8s.io/v1
              kind: RoleBinding
              metadata: {name: %1$s, namespace: %2$s}
              roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: codesource-operator-builder-%3$s}
              subjects: [{kind: ServiceAccount, name: %1$s, namespace: %2$s}]
              """
                  .formatted(account, namespace, builder))
          .orFail();
    }
    return namespace;
  }

  private static String nameOf(String namespace, String account) {
    return "system:serviceaccount:" + namespace + ":" + account;
  }

  @ParameterizedTest(name = "constrained: {0}")
  @ValueSource(booleans = {false, true})
  void theOperatorBuildsAsTheAccountAndAsNobodyElse(boolean constrained) {
    Path operator = operator(constrained, "BuildKit");
    String namespace = team("buildkit");
    String without = cluster.newNamespace();
    try (KubernetesClient account = as(operator, nameOf(namespace, ACCOUNT))) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(create(account, namespace, RunKind.Job)).isEmpty());
      assertThat(forbidden(() -> account.pods().inNamespace(namespace).list())).isEmpty();
      assertThat(forbidden(() -> account.pods().inNamespace(namespace).withName("x").getLog()))
          .contains("cannot");
      assertThat(patch(account, namespace, RunKind.Job)).contains("cannot");
      assertThat(delete(account, namespace, RunKind.Job)).isEmpty();
    }
    for (Consumer<ConfigBuilder> somebody :
        List.<Consumer<ConfigBuilder>>of(
            _ -> {},
            config -> config.withImpersonateUsername(nameOf(namespace, "other")),
            config -> config.withImpersonateUsername("admin"),
            config ->
                config
                    .withImpersonateUsername(nameOf(namespace, ACCOUNT))
                    .withImpersonateGroups("system:masters"),
            config ->
                config.withImpersonateUsername("admin").withImpersonateGroups("system:masters"))) {
      try (KubernetesClient client = client(operator, somebody)) {
        assertThat(create(client, namespace, RunKind.Job)).contains("cannot");
      }
    }
    try (KubernetesClient account = as(operator, nameOf(without, ACCOUNT))) {
      assertThat(create(account, without, RunKind.Job))
          .as("without a RoleBinding")
          .contains("User \"%s\" cannot create".formatted(nameOf(without, ACCOUNT)));
    }
  }

  /** What an account may besides is nothing that the operator may as that account. */
  @ParameterizedTest(name = "constrained: {0}")
  @ValueSource(booleans = {false, true})
  void ofAnAccountWithMorePermissionsTheOperatorUsesThemOnlyWhereThatCannotBePrevented(
      boolean constrained) {
    Path operator = operator(constrained, "BuildKit");
    String namespace = team("buildkit");
    cluster
        .kubectl(
            "create",
            "rolebinding",
            "more",
            "-n",
            namespace,
            "--clusterrole=admin",
            "--serviceaccount=" + namespace + ":" + ACCOUNT)
        .orFail();
    try (KubernetesClient account = as(operator, nameOf(namespace, ACCOUNT))) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(create(account, namespace, RunKind.Job)).isEmpty());
      String secrets =
          forbidden(() -> account.secrets().inNamespace(namespace).withName("x").get());
      String pods = forbidden(() -> account.pods().inNamespace(namespace).resource(pod()).create());
      if (constrained) {
        assertThat(secrets).contains("impersonate-on:serviceaccount:get");
        assertThat(pods).contains("impersonate-on:serviceaccount:create");
      } else {
        assertThat(secrets + pods).isEmpty();
      }
    }
  }

  /** For each kind of build. As itself, the operator reads builds and changes none. */
  @ParameterizedTest
  @CsvSource({
    "PipelineRun, true,  true",
    "TaskRun,     true,  true",
    "BuildRun,    true,  true",
    "Build,       true,  false",
    "Job,         true,  false",
    "PipelineRun, false, true",
    "TaskRun,     false, true",
    "BuildRun,    false, true",
    "Build,       false, false",
    "Job,         false, false",
  })
  void buildsOfEachKindAreTheAccounts(RunKind kind, boolean constrained, boolean isPatched) {
    Path operator = operator(constrained, "Tekton,Shipwright,Kpack,BuildKit");
    String namespace = team(kind.builder());
    try (KubernetesClient itself = client(operator, _ -> {});
        KubernetesClient account = as(operator, nameOf(namespace, ACCOUNT))) {
      Awaitility.await()
          .atMost(Duration.ofSeconds(30))
          .untilAsserted(() -> assertThat(create(account, namespace, kind)).isEmpty());
      assertThat(patch(account, namespace, kind).isEmpty()).isEqualTo(isPatched);
      assertThat(get(account, namespace, kind).isEmpty())
          .as("read before it is changed")
          .isEqualTo(isPatched);
      assertThat(delete(account, namespace, kind)).isEmpty();

      assertThat(
              forbidden(
                  () -> itself.genericKubernetesResources(kind.context()).inAnyNamespace().list()))
          .isEmpty();
      assertThat(create(itself, namespace, kind)).contains("cannot create");
      assertThat(patch(itself, namespace, kind)).contains("cannot patch");
      assertThat(delete(itself, namespace, kind)).contains("cannot delete");
      assertThat(
              forbidden(
                  () -> itself.serviceAccounts().inNamespace(namespace).withName(ACCOUNT).get()))
          .isEmpty();
      assertThat(
              forbidden(
                  () -> itself.serviceAccounts().inNamespace(namespace).withName("other").get()))
          .contains("cannot get");
    }
  }

  private static Pod pod() {
    return new PodBuilder()
        .withNewMetadata()
        .withName("x")
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("x")
        .withImage("x")
        .endContainer()
        .endSpec()
        .build();
  }

  private static String create(KubernetesClient client, String namespace, RunKind kind) {
    return forbidden(() -> run(client, namespace, kind).create());
  }

  /**
   * As a request, and not by {@link Resource#patch}: that one reads the object first, and sends
   * nothing if there is none.
   */
  private static String patch(KubernetesClient client, String namespace, RunKind kind) {
    HttpClient http = client.getHttpClient();
    HttpRequest request =
        http.newHttpRequestBuilder()
            .uri(
                "%sapis/%s/namespaces/%s/%s/build"
                    .formatted(client.getMasterUrl(), kind.apiVersion(), namespace, kind.plural()))
            .method(
                "PATCH",
                "application/merge-patch+json",
                "{\"metadata\":{\"labels\":{\"a\":\"b\"}}}")
            .build();
    HttpResponse<String> response = http.sendAsync(request, String.class).join();
    return response.code() == 403 ? response.body() : "";
  }

  private static String get(KubernetesClient client, String namespace, RunKind kind) {
    return forbidden(() -> named(client, namespace, kind).get());
  }

  private static String delete(KubernetesClient client, String namespace, RunKind kind) {
    return forbidden(() -> named(client, namespace, kind).delete());
  }

  private static Resource<GenericKubernetesResource> named(
      KubernetesClient client, String namespace, RunKind kind) {
    return client
        .genericKubernetesResources(kind.context())
        .inNamespace(namespace)
        .withName("build");
  }

  private static Resource<GenericKubernetesResource> run(
      KubernetesClient client, String namespace, RunKind kind) {
    GenericKubernetesResource object =
        Serialization.unmarshal(
            "apiVersion: %s\nkind: %s\nmetadata: {name: build}\n%s"
                .formatted(kind.apiVersion(), kind.name(), SPEC),
            GenericKubernetesResource.class);
    return client
        .genericKubernetesResources(kind.context())
        .inNamespace(namespace)
        .resource(object);
  }

  /** What the API server says when it forbids a request; empty: it does not, whatever it says. */
  private static String forbidden(Runnable request) {
    try {
      request.run();
      return "";
    } catch (KubernetesClientException e) {
      if (e.getCode() == 0) {
        throw e; // It was not sent.
      }
      return e.getCode() == 403 ? Objects.requireNonNullElse(e.getMessage(), "") : "";
    }
  }

  private static KubernetesClient as(Path kubeconfig, String user) {
    return client(kubeconfig, config -> config.withImpersonateUsername(user));
  }

  private static KubernetesClient client(Path kubeconfig, Consumer<ConfigBuilder> somebody) {
    ConfigBuilder config = new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()));
    somebody.accept(config);
    return new KubernetesClientBuilder().withConfig(config.build()).build();
  }
}
