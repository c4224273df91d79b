package dev.codesource.credential.owned;

import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.util.UUID;

class InMemorySecretStoreTest extends OwnedSecretStoreContract {

  private final InMemorySecretStore store = new InMemorySecretStore(Clock.systemUTC());

  @Override
  OwnedSecretStore store() {
    return store;
  }

  @Override
  HasMetadata owner() {
    return object("owner");
  }

  @Override
  HasMetadata successor(HasMetadata owner) {
    return object("successor");
  }

  private static HasMetadata object(String name) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("team-a")
        .withUid(UUID.randomUUID().toString())
        .endMetadata()
        .build();
  }

  @Override
  Secret writeByOther(Secret secret) {
    return store.put(secret);
  }
}
