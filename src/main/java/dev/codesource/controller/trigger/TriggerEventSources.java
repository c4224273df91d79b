package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.HostQueue;
import dev.codesource.runtime.PrimaryEventSource;
import dev.codesource.runtime.Shard;
import dev.codesource.verification.ProvenAccess;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;

/** The event sources that start a reconciliation of a trigger, or observe triggers. */
@Singleton
final class TriggerEventSources {

  private static final String BY_BINDING = "binding";

  private final ProvenAccess bindings;
  private final RepositoryWatch watch;
  private final ComparisonTimes times;
  private final HostQueue queue;
  private final Shard shard;

  TriggerEventSources(
      ProvenAccess bindings,
      RepositoryWatch watch,
      ComparisonTimes times,
      HostLimiter limiter,
      Shard shard,
      Clock clock) {
    this.bindings = bindings;
    this.watch = watch;
    this.times = times;
    // One of its own: a trigger may have the name of a binding.
    this.queue = new HostQueue(limiter, clock);
    this.shard = shard;
  }

  HostQueue queue() {
    return queue;
  }

  /** Which triggers are watched: those of the shard, listed page by page. */
  void configure(ControllerConfigurationOverrider<CodeSourceTrigger> configuration) {
    configuration.withInformerListLimit(ControllerDefaults.LIST_PAGE);
    shard.selector().ifPresent(configuration::withLabelSelector);
  }

  List<EventSource<?, CodeSourceTrigger>> all(EventSourceContext<CodeSourceTrigger> context) {
    IndexerResourceCache<CodeSourceTrigger> triggers = context.getPrimaryCache();
    triggers.addIndexer(
        BY_BINDING,
        trigger ->
            List.of(
                key(trigger.getMetadata().getNamespace(), trigger.getSpec().bindingRef().name())));
    PrimaryEventSource<CodeSourceTrigger> ofBindings =
        new PrimaryEventSource<>(
            CodeSourceTrigger.class,
            "bindings",
            _ -> {},
            trigger -> {
              String uid = trigger.getMetadata().getUid();
              watch.forget(uid);
              times.forget(uid);
            });
    bindings.onChange(
        (namespace, name) ->
            triggers.byIndex(BY_BINDING, key(namespace, name)).stream()
                .map(ResourceID::fromResource)
                .forEach(ofBindings::reconcile));
    return List.of(ofBindings, queue.eventSource(CodeSourceTrigger.class, triggers));
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }
}
