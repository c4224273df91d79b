package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class KubernetesFinalizerRemoverIT {

  private static final String OURS = "codesource.dev/test";
  private static final String THEIRS = "example.com/theirs";

  private final KubernetesClient client;
  private final String namespace;
  private final KubernetesFinalizerRemover<ConfigMap> remover;

  KubernetesFinalizerRemoverIT(Cluster cluster) {
    this.client = cluster.admin();
    this.namespace = cluster.newNamespace();
    this.remover = new KubernetesFinalizerRemover<>(client);
  }

  @AfterEach
  void letGo() {
    present().forEach(resource -> setFinalizers(List.of()));
  }

  private ConfigMap created() {
    return client
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("resource")
                .withNamespace(namespace)
                .withFinalizers(THEIRS, OURS)
                .endMetadata()
                .build())
        .create();
  }

  private List<ConfigMap> present() {
    return client
        .configMaps()
        .inNamespace(namespace)
        .withField("metadata.name", "resource")
        .list()
        .getItems();
  }

  private List<String> finalizers() {
    return present().getFirst().getMetadata().getFinalizers();
  }

  private void setFinalizers(List<String> finalizers) {
    client
        .configMaps()
        .inNamespace(namespace)
        .withName("resource")
        .edit(
            resource ->
                new ConfigMapBuilder(resource)
                    .editMetadata()
                    .withFinalizers(finalizers)
                    .endMetadata()
                    .build());
  }

  private void delete() {
    client.configMaps().inNamespace(namespace).withName("resource").delete();
  }

  @Test
  void onlyTheOneAskedForIsTakenOffAlsoOfAnOlderVersion() {
    ConfigMap seen = created();
    delete();

    remover.remove(seen, OURS);
    assertThat(finalizers()).containsExactly(THEIRS);

    remover.remove(seen, OURS);
    assertThat(finalizers()).containsExactly(THEIRS);
    remover.remove(seen, THEIRS);
    assertThat(present()).isEmpty();
  }

  @Test
  void whatIsGoneIsLeftAtThat() {
    ConfigMap seen = created();
    setFinalizers(List.of());
    delete();

    remover.remove(seen, OURS);

    assertThat(present()).isEmpty();
  }

  @Test
  void anotherResourceOfTheNameKeepsItsFinalizer() {
    ConfigMap seen = created();
    setFinalizers(List.of());
    delete();
    created();

    remover.remove(seen, OURS);

    assertThat(finalizers()).containsExactly(THEIRS, OURS);
  }
}
