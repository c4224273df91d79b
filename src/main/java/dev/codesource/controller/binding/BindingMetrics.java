package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.Platform;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.HostMetrics;
import dev.codesource.runtime.HostQueue;
import dev.codesource.runtime.PrimaryEventSource;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The metrics of bindings (https://prometheus.io/docs/practices/naming/). Events update them, so
 * that a scrape does no work per binding except for writing its line.
 */
@Singleton
final class BindingMetrics {

  private final MeterRegistry registry;
  private final Tags shard;
  private final HostMetrics hosts;
  private final Map<ResourceID, Seen> seen = new ConcurrentHashMap<>();
  private final Map<Count, AtomicInteger> counts = new ConcurrentHashMap<>();

  /** The labels by which bindings are counted. */
  private record Count(Platform platform, BindingStatus.Phase phase) {}

  /** The values of a binding that are in metrics now. */
  private record Seen(Count count, Optional<String> expiresAt, Optional<Meter> expiry) {}

  BindingMetrics(
      MeterRegistry registry,
      HostLimiter limiter,
      HostQueue queue,
      Shard shard,
      StartBarrier barrier,
      Clock clock) {
    this.registry = registry;
    this.shard = Tags.of("shard", Integer.toString(shard.index()));
    Gauge.builder("codesource.active", barrier, each -> each.isOpen() ? 1 : 0)
        .description("Whether this process works on the bindings of its shard: 1, or 0 if it waits")
        .tags(this.shard)
        .register(registry);
    Gauge.builder("codesource.bindings.waiting", queue, HostQueue::waiting)
        .description("Bindings queued until others are reconciled")
        .register(registry);
    this.hosts = new HostMetrics(registry, limiter, clock);
  }

  /** Counts and times one verification. */
  <T> Outcome<T> timed(Platform platform, Supplier<Outcome<T>> verification) {
    long began = System.nanoTime();
    Outcome<T> outcome = verification.get();
    Reason reason =
        switch (outcome) {
          case Outcome.Done<T> ignored -> Reason.Bound;
          case Outcome.Refused<T>(var problem) -> problem.reason();
          case Outcome.Waiting<T>(var problem, var until, var scope) -> problem.reason();
        };
    Counter.builder("codesource.verifications")
        .description("Verifications by reason")
        .tag("platform", platform.name())
        .tag("reason", reason.name())
        .register(registry)
        .increment();
    Timer.builder("codesource.verification.duration")
        .description("Time from the request for a host's permit to its whole answer")
        .tag("platform", platform.name())
        .serviceLevelObjectives(
            Duration.ofMillis(50),
            Duration.ofMillis(100),
            Duration.ofMillis(250),
            Duration.ofMillis(500),
            Duration.ofSeconds(1),
            Duration.ofSeconds(5),
            Duration.ofSeconds(15))
        .register(registry)
        .record(Duration.ofNanos(System.nanoTime() - began));
    hosts.refresh();
    return outcome;
  }

  /** Observes every binding that is created, changed or deleted. */
  EventSource<?, CodeSourceBinding> eventSource() {
    return new PrimaryEventSource<>(CodeSourceBinding.class, "metrics", this::update, this::forget);
  }

  /**
   * Records a new status. The Operator SDK sends no event for a status that the operator writes
   * itself. A binding that was deleted meanwhile is not added again.
   */
  void update(CodeSourceBinding binding, BindingStatus status) {
    seen.computeIfPresent(
        ResourceID.fromResource(binding), (id, before) -> next(id, before, binding, status));
  }

  private void update(CodeSourceBinding binding) {
    seen.compute(
        ResourceID.fromResource(binding),
        (id, before) -> next(id, before, binding, binding.getStatus()));
  }

  private Seen next(
      ResourceID id,
      @Nullable Seen before,
      CodeSourceBinding binding,
      @Nullable BindingStatus status) {
    Count count =
        new Count(
            binding.getSpec().platform(),
            status == null || status.phase() == null
                ? BindingStatus.Phase.Pending
                : status.phase());
    Optional<String> expiresAt = Optional.ofNullable(status).map(BindingStatus::expiresAt);
    if (before == null || !before.count().equals(count)) {
      counter(count).incrementAndGet();
      Optional.ofNullable(before).ifPresent(was -> counter(was.count()).decrementAndGet());
    }
    if (before != null && before.expiresAt().equals(expiresAt)) {
      return new Seen(count, expiresAt, before.expiry());
    }
    Optional.ofNullable(before).flatMap(Seen::expiry).ifPresent(registry::remove);
    return new Seen(count, expiresAt, expiresAt.map(at -> expiryGauge(id, count.platform(), at)));
  }

  private void forget(CodeSourceBinding binding) {
    seen.computeIfPresent(
        ResourceID.fromResource(binding),
        (id, before) -> {
          counter(before.count()).decrementAndGet();
          before.expiry().ifPresent(registry::remove);
          return null;
        });
  }

  private AtomicInteger counter(Count count) {
    return counts.computeIfAbsent(
        count,
        key -> {
          AtomicInteger number = new AtomicInteger();
          Gauge.builder("codesource.bindings", number, AtomicInteger::get)
              .description("Bindings by phase")
              .tag("platform", key.platform().name())
              .tag("phase", key.phase().name())
              // Sums over shards need it: within one, each replica counts the same bindings.
              .tags(shard)
              .register(registry);
          return number;
        });
  }

  private Meter expiryGauge(ResourceID id, Platform platform, String expiresAt) {
    double epochSeconds = Instant.parse(expiresAt).getEpochSecond();
    return Gauge.builder("codesource.token.expiration.timestamp.seconds", () -> epochSeconds)
        .description("When the credential expires, in seconds since 1970")
        .tag("namespace", id.getNamespace().orElse(""))
        .tag("name", id.getName())
        .tag("platform", platform.name())
        .register(registry);
  }
}
