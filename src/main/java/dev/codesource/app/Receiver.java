package dev.codesource.app;

import dev.codesource.runtime.StartBarrier;
import dev.codesource.web.webhook.DeliveryEndpoint;
import dev.codesource.webhook.DeliveryConfigMap;
import dev.codesource.webhook.KnownWebhooks;
import dev.codesource.webhook.NoteWriter;
import dev.codesource.webhook.NotedDeliveries;
import dev.codesource.webhook.WebhookAddress;
import dev.codesource.webhook.WebhookInformer;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.StartupEvent;
import io.vertx.ext.web.Router;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Disposes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.Optional;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Receives deliveries, if the administrator has said where code hosts reach the operator. Every
 * replica receives them; whoever leads reads what all have noted.
 */
@Singleton
final class Receiver {

  /** After the settings are checked, and before the Operator SDK's observer. */
  private static final int SECOND = 2;

  private final boolean isReached;

  Receiver(WebhookAddress address) {
    this.isReached = address.origin().isPresent();
  }

  @Produces
  @Singleton
  static WebhookInformer webhooks(
      KubernetesClient client,
      @ConfigProperty(name = "quarkus.operator-sdk.namespaces") Optional<Set<String>> watched) {
    return new WebhookInformer(client, WatchedNamespaces.of(client, watched));
  }

  @Produces
  @Singleton
  static NotedDeliveries deliveries(KnownWebhooks webhooks, MeterRegistry registry, Clock clock) {
    return new NotedDeliveries(webhooks, registry, clock);
  }

  @Produces
  @Singleton
  static DeliveryConfigMap configMap(Settings settings, KubernetesClient client) {
    Settings.LeaderElection election = settings.leaderElection();
    return new DeliveryConfigMap(
        client,
        election.namespace().orElseGet(() -> client.getConfiguration().getNamespace()),
        election.leaseName() + DeliveryConfigMap.SUFFIX);
  }

  @Produces
  @Singleton
  static NoteWriter notes(
      DeliveryConfigMap configMap,
      dev.codesource.runtime.Instance instance,
      MeterRegistry registry,
      Clock clock) {
    return NoteWriter.to(configMap, instance, registry, clock);
  }

  /**
   * Before all other routes, one of which refuses bodies of the length that deliveries may have.
   */
  void mount(@Observes Router router, Instance<DeliveryEndpoint> endpoint) {
    if (isReached) {
      router
          .route(WebhookAddress.PREFIX + "*")
          .order(Integer.MIN_VALUE)
          .handler(context -> endpoint.get().handle(context.request()));
    }
  }

  void start(
      @Observes @Priority(SECOND) StartupEvent event,
      WebhookInformer webhooks,
      NotedDeliveries deliveries,
      DeliveryConfigMap configMap,
      StartBarrier barrier) {
    if (isReached) {
      webhooks.start();
      var _ =
          Thread.ofVirtual()
              .name("noted-deliveries")
              .start(
                  () -> {
                    barrier.await();
                    deliveries.start(configMap);
                  });
    }
  }

  /** A replica that does not know them yet would refuse deliveries. */
  @Produces
  @Singleton
  @Readiness
  HealthCheck knows(KnownWebhooks webhooks) {
    return () ->
        HealthCheckResponse.named("Webhooks are known")
            .status(!isReached || webhooks.isComplete())
            .build();
  }

  void close(@Disposes WebhookInformer webhooks) {
    webhooks.close();
  }

  void close(@Disposes NotedDeliveries deliveries) {
    deliveries.close();
  }

  void close(@Disposes NoteWriter notes) {
    notes.close();
  }
}
