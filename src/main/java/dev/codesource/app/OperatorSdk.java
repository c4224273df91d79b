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
 * Makes the Operator SDK's operator instead of its Quarkus extension. A customized operator of the
 * extension makes a new Kubernetes client, with a connection pool and all certificates that Java
 * trusts, each time it copies a resource, which is in each reconciliation.
 */
final class OperatorSdk {

  private OperatorSdk() {}

  @Produces
  @Singleton
  static Operator operator(
      Settings settings,
      QuarkusConfigurationService quarkus,
      KubernetesClient client,
      ReconcilerThreads threads,
      CrdCheck crds,
      Instance<Reconciler<? extends HasMetadata>> reconcilers) {
    ConfigurationService own =
        ConfigurationService.newOverriddenConfigurationService(
            quarkus,
            overrider ->
                overrider
                    // The client is still needed to release the Lease; Quarkus closes it
                    // afterwards.
                    .withCloseClientOnStop(false)
                    .withExecutorService(threads.executor()));
    QuarkusConfigurationService configuration = new WithOneClient(quarkus, own, client);
    Operator operator = new Operator(configuration);
    if (settings.role() == Settings.Role.CONSOLE) {
      return operator; // which is not started, since it has no controller
    }
    for (Reconciler<? extends HasMetadata> reconciler : reconcilers) {
      if (crds.isToBeWatched(configuration.getConfigurationFor(reconciler).getResourceClass())) {
        register(operator, configuration, reconciler);
      }
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

  /** The extension's classes accept no other kind of configuration. */
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

  /** The extension's class does not keep the client and the cloner. */
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

  /** Copies nothing: the reconciler does not change the objects that it gets. */
  private static final class AsItIs implements Cloner {
    @Override
    public <R extends HasMetadata> R clone(R resource) {
      return resource;
    }
  }
}
