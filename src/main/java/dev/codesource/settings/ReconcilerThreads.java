package dev.codesource.settings;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.ConfigurationServiceOverrider;
import io.quarkiverse.operatorsdk.runtime.api.ConfigurationServiceCustomizer;
import io.quarkus.arc.Unremovable;
import jakarta.inject.Singleton;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A virtual thread for each reconciliation: one that waits for a code host costs next to nothing,
 * so a slow host does not hold up the bindings of others.
 */
@Singleton
@Unremovable
final class ReconcilerThreads implements ConfigurationServiceCustomizer {

  private final KubernetesClient client;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  ReconcilerThreads(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public Consumer<ConfigurationServiceOverrider> overrider() {
    return configuration ->
        configuration
            .withKubernetesClient(client)
            // It is still needed, to give the Lease back; Quarkus closes it at last.
            .withCloseClientOnStop(false)
            .withExecutorService(threads);
  }

  /** Whether the last reconciliation has ended. Shut down by the Operator SDK. */
  boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return threads.awaitTermination(timeout, unit);
  }
}
