package dev.codesource.publish;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class KubernetesPublishedSecretStoreIT extends PublishedSecretStoreContract {

  private final KubernetesClient client;
  private final String namespace;
  private final KubernetesPublishedSecretStore store;
  private final Operator operator;

  KubernetesPublishedSecretStoreIT(Cluster cluster) {
    this.client = cluster.admin();
    this.namespace = cluster.newNamespace();
    this.store = new KubernetesPublishedSecretStore(client);
    this.operator =
        new Operator(
            overrider -> overrider.withKubernetesClient(client).withCloseClientOnStop(false));
  }

  /** Reconciles nothing: it is there for the informer, which is a controller's. */
  @ControllerConfiguration
  private static final class Idle implements Reconciler<CodeSourceBinding> {
    private final KubernetesPublishedSecretStore store;

    Idle(KubernetesPublishedSecretStore store) {
      this.store = store;
    }

    @Override
    public List<EventSource<?, CodeSourceBinding>> prepareEventSources(
        EventSourceContext<CodeSourceBinding> context) {
      return List.of(store.eventSource(context));
    }

    @Override
    public UpdateControl<CodeSourceBinding> reconcile(
        CodeSourceBinding binding, Context<CodeSourceBinding> context) {
      return UpdateControl.noUpdate();
    }
  }

  @Override
  @BeforeEach
  void begin() {
    operator.register(new Idle(store), overrider -> overrider.settingNamespace(namespace));
    operator.start();
    super.begin();
  }

  @AfterEach
  void stop() {
    operator.stop();
  }

  @Override
  PublishedSecretStore store() {
    return store;
  }

  @Override
  CodeSourceBinding binding() {
    CodeSourceBinding binding = Bindings.binding("");
    binding.getMetadata().setNamespace(namespace);
    binding.getMetadata().setUid(null);
    return client.resource(binding).create();
  }

  @Override
  void putByUser(Secret secret) {
    client.resource(secret).create();
  }

  @Override
  void editByUser(String namespace, String name, UnaryOperator<SecretBuilder> change) {
    client
        .secrets()
        .inNamespace(namespace)
        .withName(name)
        .edit(secret -> change.apply(new SecretBuilder(secret)).build());
  }

  @Override
  void deleteByUser(String namespace, String name) {
    client.secrets().inNamespace(namespace).withName(name).delete();
  }
}
