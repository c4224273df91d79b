package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.HostQueue;
import dev.codesource.runtime.PrimaryEventSource;
import dev.codesource.runtime.Shard;
import dev.codesource.status.ConditionSet;
import io.fabric8.kubernetes.api.model.Condition;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How triggers stand, and how often repositories are compared, as metrics
 * (https://prometheus.io/docs/practices/naming/). Events update them, so that a scrape does no work
 * for each trigger.
 */
@Singleton
final class TriggerGauges {

  private static final Set<String> REASONS =
      Stream.of(Reason.values()).map(Reason::name).collect(Collectors.toUnmodifiableSet());

  private static final double MILLIS = 1_000;

  private final MeterRegistry registry;
  private final Tags shard;
  private final Clock clock;
  private final Map<ResourceID, List<Count>> seen = new ConcurrentHashMap<>();
  private final Map<Count, AtomicInteger> counts = new ConcurrentHashMap<>();
  private final AtomicLong lastComparison = new AtomicLong();

  /** By what triggers are counted. */
  private enum Metric {
    PHASE("codesource.triggers", "Triggers by phase", "phase"),
    WEBHOOK(
        "codesource.trigger.webhooks",
        "Triggers that have a webhook or cannot have one, by the reason of WebhookReady",
        "reason");

    private final String title;
    private final String description;
    private final String tag;

    Metric(String title, String description, String tag) {
      this.title = title;
      this.description = description;
      this.tag = tag;
    }
  }

  private record Count(Metric metric, String value) {}

  TriggerGauges(MeterRegistry registry, Shard shard, Clock clock) {
    this.registry = registry;
    this.shard = Tags.of("shard", Integer.toString(shard.index()));
    this.clock = clock;
  }

  /** Shows how many triggers wait in a queue. */
  void observe(HostQueue queue) {
    Gauge.builder("codesource.triggers.waiting", queue, HostQueue::waiting)
        .description("Triggers queued until others are reconciled")
        .register(registry);
  }

  /** Counts and times one comparison. */
  <T> Outcome<T> timed(Supplier<Outcome<T>> comparison) {
    long began = System.nanoTime();
    Outcome<T> outcome = comparison.get();
    Reason reason =
        switch (outcome) {
          case Outcome.Done<T> _ -> Reason.Watching;
          case Outcome.Refused<T>(var problem) -> problem.reason();
          case Outcome.Waiting<T>(var problem, var _, var _) -> problem.reason();
        };
    Counter.builder("codesource.trigger.comparisons")
        .description("Comparisons of repositories by reason; Watching: they succeeded")
        .tag("reason", reason.name())
        .register(registry)
        .increment();
    Timer.builder("codesource.trigger.comparison.duration")
        .description("Time of a comparison, with the wait for the host's permits")
        .serviceLevelObjectives(
            Duration.ofMillis(100),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15))
        .register(registry)
        .record(Duration.ofNanos(System.nanoTime() - began));
    if (outcome instanceof Outcome.Done<T>) {
      succeeded();
    }
    return outcome;
  }

  private void succeeded() {
    if (lastComparison.getAndSet(clock.millis()) == 0) {
      Gauge.builder(
              "codesource.trigger.last.comparison.timestamp.seconds",
              lastComparison,
              at -> at.get() / MILLIS)
          .description("When a repository was last compared, in seconds since 1970")
          .tags(shard)
          .register(registry);
    }
  }

  /** Observes every trigger that is created, changed or deleted. */
  PrimaryEventSource<CodeSourceTrigger> eventSource() {
    return new PrimaryEventSource<>(
        CodeSourceTrigger.class,
        "metrics",
        trigger ->
            seen.compute(
                ResourceID.fromResource(trigger), (_, before) -> next(before, trigger.getStatus())),
        this::forget);
  }

  /**
   * Records a new status. The Operator SDK sends no event for a status that the operator writes
   * itself. A trigger that was deleted meanwhile is not added again.
   */
  void update(CodeSourceTrigger trigger, TriggerStatus status) {
    seen.computeIfPresent(ResourceID.fromResource(trigger), (_, before) -> next(before, status));
  }

  private void forget(CodeSourceTrigger trigger) {
    List<Count> before = seen.remove(ResourceID.fromResource(trigger));
    if (before != null) {
      before.forEach(count -> counter(count).decrementAndGet());
    }
  }

  private List<Count> next(@Nullable List<Count> before, @Nullable TriggerStatus status) {
    List<Count> now = counts(Optional.ofNullable(status));
    now.forEach(count -> counter(count).incrementAndGet());
    if (before != null) {
      before.forEach(count -> counter(count).decrementAndGet());
    }
    return now;
  }

  private static List<Count> counts(Optional<TriggerStatus> status) {
    Phase phase = status.map(TriggerStatus::phase).orElse(Phase.Pending);
    Optional<Count> webhook =
        status
            .map(TriggerStatus::conditions)
            .flatMap(conditions -> ConditionSet.find(conditions, ConditionType.WebhookReady))
            .map(Condition::getReason)
            // Whoever may write a status could fill a metric with words.
            .filter(REASONS::contains)
            .map(reason -> new Count(Metric.WEBHOOK, reason));
    return Stream.concat(Stream.of(new Count(Metric.PHASE, phase.name())), webhook.stream())
        .toList();
  }

  private AtomicInteger counter(Count count) {
    return counts.computeIfAbsent(
        count,
        key -> {
          AtomicInteger number = new AtomicInteger();
          Gauge.builder(key.metric().title, number, AtomicInteger::get)
              .description(key.metric().description)
              .tag(key.metric().tag, key.value())
              // Sums over shards need it: within one, each replica counts the same triggers.
              .tags(shard)
              .register(registry);
          return number;
        });
  }
}
