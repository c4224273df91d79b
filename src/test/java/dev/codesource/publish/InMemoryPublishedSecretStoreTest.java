package dev.codesource.publish;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.util.function.UnaryOperator;

class InMemoryPublishedSecretStoreTest extends PublishedSecretStoreContract {

  private final InMemoryPublishedSecretStore store = new InMemoryPublishedSecretStore();

  @Override
  PublishedSecretStore store() {
    return store;
  }

  @Override
  CodeSourceBinding binding() {
    return Bindings.binding("");
  }

  @Override
  void putByUser(Secret secret) {
    store.putByUser(secret);
  }

  @Override
  void editByUser(String namespace, String name, UnaryOperator<SecretBuilder> change) {
    store.editByUser(namespace, name, change);
  }

  @Override
  void deleteByUser(String namespace, String name) {
    store.deleteByUser(namespace, name);
  }
}
