package dev.codesource.controller.binding;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.publish.KubernetesPublishedSecretStore;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.EventRecorder;
import dev.codesource.runtime.FinalizerRunner;
import dev.codesource.runtime.HostQueue;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;

/**
 * The event sources: those that start a reconciliation of a binding, and others that observe
 * bindings.
 */
@Singleton
final class BindingEventSources {

  private final BindingInputs inputs;
  private final KubernetesPublishedSecretStore published;
  private final HostQueue queue;
  private final BoundAccess bound;
  private final BindingMetrics metrics;
  private final FinalizerRunner<CodeSourceBinding> finalizers;
  private final Shard shard;

  BindingEventSources(
      BindingInputs inputs,
      KubernetesPublishedSecretStore published,
      HostQueue queue,
      BoundAccess bound,
      BindingMetrics metrics,
      ConsumerCredentials credentials,
      GrantRevocation revocation,
      KubernetesClient client,
      EventRecorder events,
      StartBarrier barrier,
      Shard shard,
      Clock clock) {
    this.inputs = inputs;
    this.published = published;
    this.queue = queue;
    this.bound = bound;
    this.metrics = metrics;
    this.finalizers =
        new FinalizerRunner<>(
            client,
            CodeSourceBinding.class,
            // In this order: deploy tokens are deleted with the access that is revoked next.
            List.of(credentials, revocation),
            events,
            barrier,
            clock);
    this.shard = shard;
  }

  /** Which bindings are watched: those of the shard, listed page by page. */
  void configure(ControllerConfigurationOverrider<CodeSourceBinding> configuration) {
    configuration.withInformerListLimit(ControllerDefaults.LIST_PAGE);
    shard.selector().ifPresent(configuration::withLabelSelector);
  }

  /**
   * The binding as the API server has it after a write by the operator. The Operator SDK drops
   * events that are older than such a write, and a deletion may be among them: only the answer to
   * the write shows it then.
   */
  void applied(CodeSourceBinding binding) {
    finalizers.changed(binding);
    bound.changed(binding);
  }

  List<EventSource<?, CodeSourceBinding>> all(EventSourceContext<CodeSourceBinding> context) {
    return Stream.concat(
            inputs.eventSources(context).stream(),
            Stream.of(
                published.eventSource(context),
                queue.eventSource(CodeSourceBinding.class, context.getPrimaryCache()),
                bound.eventSource(context),
                metrics.eventSource(),
                finalizers.eventSource()))
        .toList();
  }
}
