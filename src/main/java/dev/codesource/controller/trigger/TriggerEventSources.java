package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.EventRecorder;
import dev.codesource.runtime.FinalizerRunner;
import dev.codesource.runtime.HostQueue;
import dev.codesource.runtime.PrimaryEventSource;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import dev.codesource.verification.ProvenAccess;
import dev.codesource.webhook.Deliveries;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.ControllerConfigurationOverrider;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The event sources that start a reconciliation of a trigger, or observe triggers. */
@Singleton
final class TriggerEventSources {

  private static final String BY_BINDING = "binding";

  private final ProvenAccess bindings;
  private final RepositoryWatch watch;
  private final ComparisonTimes times;
  private final Deliveries deliveries;
  private final DeliveryLog log;
  private final SharedWebhooks shared;
  private final TriggerEvents events;
  private final FinalizerRunner<CodeSourceTrigger> finalizers;
  private final TriggerGauges gauges;
  private final Handover handover;
  private final Builds builds;
  private final CommitReports reports;
  private final HostQueue queue;
  private final Shard shard;
  private final Clock clock;
  private volatile @Nullable IndexerResourceCache<CodeSourceTrigger> known;

  TriggerEventSources(
      ProvenAccess bindings,
      RepositoryWatch watch,
      ComparisonTimes times,
      Deliveries deliveries,
      DeliveryLog log,
      SharedWebhooks shared,
      TriggerWebhooks webhooks,
      TriggerEvents events,
      KubernetesClient client,
      EventRecorder recorder,
      StartBarrier barrier,
      TriggerGauges gauges,
      Handover handover,
      Builds builds,
      CommitReports reports,
      HostLimiter limiter,
      Shard shard,
      Clock clock) {
    this.bindings = bindings;
    this.watch = watch;
    this.times = times;
    this.deliveries = deliveries;
    this.log = log;
    this.shared = shared;
    this.events = events;
    this.finalizers =
        new FinalizerRunner<>(
            client, CodeSourceTrigger.class, List.of(webhooks), recorder, barrier, clock);
    this.handover = handover;
    this.builds = builds;
    this.reports = reports;
    // One of its own: a trigger may have the name of a binding.
    this.queue = new HostQueue(limiter, clock);
    this.gauges = gauges;
    gauges.observe(queue);
    this.shard = shard;
    this.clock = clock;
  }

  HostQueue queue() {
    return queue;
  }

  /** Which triggers are watched: those of the shard, listed page by page. */
  void configure(ControllerConfigurationOverrider<CodeSourceTrigger> configuration) {
    configuration.withInformerListLimit(ControllerDefaults.LIST_PAGE);
    shard.selector().ifPresent(configuration::withLabelSelector);
  }

  /**
   * The trigger as the API server has it after a write by the operator. The Operator SDK drops
   * events that are older than such a write, and a deletion may be among them.
   */
  void applied(CodeSourceTrigger trigger) {
    finalizers.changed(trigger);
  }

  private void forget(String uid) {
    watch.forget(uid);
    times.forget(uid);
    log.forget(uid);
    events.forget(uid);
    handover.forget(uid);
    builds.forget(uid);
    reports.forget(uid);
  }

  /** Forgets a trigger that was deleted while it was reconciled. */
  void forgetIfGone(CodeSourceTrigger trigger) {
    String uid = trigger.getMetadata().getUid();
    Optional.ofNullable(known)
        .filter(
            triggers ->
                triggers
                    .get(ResourceID.fromResource(trigger))
                    .filter(present -> present.getMetadata().getUid().equals(uid))
                    .isEmpty())
        .ifPresent(_ -> forget(uid));
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
            trigger -> forget(trigger.getMetadata().getUid()));
    known = triggers;
    bindings.onChange(
        (namespace, name) ->
            triggers.byIndex(BY_BINDING, key(namespace, name)).stream()
                .map(ResourceID::fromResource)
                .forEach(ofBindings::reconcile));
    shared.observe(triggers);
    PrimaryEventSource<CodeSourceTrigger> ofDeliveries =
        new PrimaryEventSource<>(CodeSourceTrigger.class, "deliveries", _ -> {}, _ -> {});
    deliveries.onDelivery(
        delivered ->
            shared
                .sharing(delivered)
                .forEach(
                    trigger -> {
                      log.delivered(trigger.getMetadata().getUid(), clock.instant());
                      ofDeliveries.reconcile(ResourceID.fromResource(trigger));
                    }));
    PrimaryEventSource<CodeSourceTrigger> ofBuilds =
        new PrimaryEventSource<>(CodeSourceTrigger.class, "builds", _ -> {}, _ -> {});
    builds.onChange(ofBuilds::reconcile);
    builds.start();
    return List.of(
        ofBindings,
        ofDeliveries,
        ofBuilds,
        finalizers.eventSource(),
        gauges.eventSource(),
        queue.eventSource(CodeSourceTrigger.class, triggers));
  }

  private static String key(String namespace, String name) {
    return namespace + "/" + name;
  }
}
