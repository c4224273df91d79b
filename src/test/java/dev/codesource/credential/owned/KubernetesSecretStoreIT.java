package dev.codesource.credential.owned;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class KubernetesSecretStoreIT extends OwnedSecretStoreContract {

  private final Cluster cluster;

  KubernetesSecretStoreIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @Override
  OwnedSecretStore store() {
    return new KubernetesSecretStore(cluster.admin(), Clock.systemUTC());
  }

  @Override
  HasMetadata owner() {
    return object("owner", cluster.newNamespace());
  }

  @Override
  HasMetadata successor(HasMetadata owner) {
    return object("successor", owner.getMetadata().getNamespace());
  }

  private HasMetadata object(String name, String namespace) {
    return cluster
        .admin()
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
  }

  @Override
  Secret writeByOther(Secret secret) {
    return cluster.admin().resource(secret).forceConflicts().serverSideApply();
  }
}
