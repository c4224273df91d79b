package dev.codesource.app;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.javaoperatorsdk.operator.api.config.ConfigurationService;
import io.javaoperatorsdk.operator.api.config.ControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.reconciler.MaxReconciliationInterval;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.quarkiverse.operatorsdk.runtime.QuarkusConfigurationService;
import io.quarkiverse.operatorsdk.runtime.QuarkusControllerConfiguration;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurableReconciler;
import io.quarkiverse.operatorsdk.runtime.config.OverriddenConfigurationService;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Duration;

/**
 * Makes the Operator SDK's operator, in the place of the one that its Quarkus extension would make:
 * whoever customizes that one gets a new Kubernetes client, with all certificates that Java trusts
 * and a connection pool, for each copy of a resource that is made, which is each reconciliation.
 */
final class OperatorSdk {

  private OperatorSdk() {}

  @Produces
  @Singleton
  static Operator operator(
      QuarkusConfigurationService quarkus,
      KubernetesClient client,
      ReconcilerThreads threads,
      Instance<Reconciler<? extends HasMetadata>> reconcilers) {
    ConfigurationService own =
        ConfigurationService.newOverriddenConfigurationService(
            quarkus,
            overrider ->
                overrider
                    // It is still needed, to give the Lease back; Quarkus closes it at last.
                    .withCloseClientOnStop(false)
                    .withExecutorService(threads.executor()));
    QuarkusConfigurationService configuration = new WithOneClient(quarkus, own, client);
    Operator operator = new Operator(configuration);
    for (Reconciler<? extends HasMetadata> reconciler : reconcilers) {
      register(operator, configuration, reconciler);
    }
    return operator;
  }

  private static <P extends HasMetadata> void register(
      Operator operator, QuarkusConfigurationService configuration, Reconciler<P> reconciler) {
    QuarkusControllerConfiguration<P> built = configuration.getConfigurationFor(reconciler);
    ControllerConfigurationOverrider<P> overrider =
        ControllerConfigurationOverrider.override(built);
    if (reconciler instanceof ConfigurableReconciler<P> configurable) {
      configurable.updateConfigurationFrom(overrider);
    }
    QuarkusControllerConfiguration<P> controller = quarkusOf(built, overrider.build());
    controller.setParent(configuration);
    operator.register(reconciler, controller);
  }

  /** The extension's parts take no other kind of configuration. */
  private static <P extends HasMetadata> QuarkusControllerConfiguration<P> quarkusOf(
      QuarkusControllerConfiguration<P> built, ControllerConfiguration<P> configured) {
    return new QuarkusControllerConfiguration<>(
        configured.getInformerConfig(),
        built.getName(),
        configured.isGenerationAware(),
        built.getAssociatedReconcilerClassName(),
        configured.getRetry(),
        configured.getRateLimiter(),
        configured
            .maxReconciliationInterval()
            .orElse(Duration.ofHours(MaxReconciliationInterval.DEFAULT_INTERVAL)),
        configured.getFinalizerName(),
        configured.fieldManager(),
        built.getWorkflow(),
        built.getResourceTypeName(),
        built.getResourceClass());
  }

  /** The extension's class forgets the client and the cloner. */
  private static final class WithOneClient extends OverriddenConfigurationService {

    private final KubernetesClient client;
    private final Cloner cloner = new AsItIs();

    WithOneClient(
        QuarkusConfigurationService quarkus, ConfigurationService own, KubernetesClient client) {
      super(quarkus, own);
      this.client = client;
    }

    @Override
    public KubernetesClient getKubernetesClient() {
      return client;
    }

    @Override
    public Cloner getResourceCloner() {
      return cloner;
    }
  }

  /** The reconciler changes nothing of what it is given, so nothing has to be copied for it. */
  private static final class AsItIs implements Cloner {
    @Override
    public <R extends HasMetadata> R clone(R resource) {
      return resource;
    }
  }
}
