package dev.codesource.controller.trigger;

import dev.codesource.api.TriggerStatus.BuildObject;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.build.DueCommit;
import dev.codesource.builder.RunKind;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.sink.Sinks;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** The metrics of triggers and sinks. The names of sinks are the administrator's. */
@Singleton
final class TriggerMetrics {

  private final MeterRegistry registry;

  /** What is pending, by the UID of the trigger and the name of the sink; only what is not 0. */
  private final Map<String, Map<String, Long>> pending = new ConcurrentHashMap<>();

  /** Builds that are yet to be started, by the UID of the trigger; only what is not 0. */
  private final Map<String, Long> waiting = new ConcurrentHashMap<>();

  private final Timer delay;

  TriggerMetrics(MeterRegistry registry, Sinks sinks) {
    this.registry = registry;
    this.delay =
        Timer.builder("codesource.trigger.delivery.delay")
            .description("Time from noticing a commit to the moment when its builder has it")
            .serviceLevelObjectives(
                Duration.ofMillis(100),
                Duration.ofMillis(500),
                Duration.ofSeconds(1),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                Duration.ofHours(1))
            .register(registry);
    Gauge.builder(
            "codesource.builds.waiting",
            () -> waiting.values().stream().mapToLong(Long::longValue).sum())
        .description("Commits whose build is yet to be started")
        .register(registry);
    sinks
        .names()
        .forEach(
            sink ->
                Gauge.builder("codesource.sink.pending", () -> pending(sink))
                    .description("Commits that a sink is yet to be told of")
                    .tag("sink", sink)
                    .register(registry));
  }

  private double pending(String sink) {
    return pending.values().stream().mapToLong(each -> each.getOrDefault(sink, 0L)).sum();
  }

  /**
   * Counts commits that became due.
   *
   * @param foundBy why they did
   */
  void due(FoundBy foundBy, int number) {
    if (number > 0) {
      Counter.builder("codesource.trigger.due")
          .description("Commits that became due, by how they were noticed")
          .tag("found_by", foundBy.name())
          .register(registry)
          .increment(number);
    }
  }

  /** Counts an answer of a sink, or that there was none. */
  void answered(String sink, Outcome<Boolean> answer) {
    String result =
        switch (answer) {
          case Outcome.Done<Boolean> _ -> "Delivered";
          case Outcome.Refused<Boolean>(var problem) -> problem.reason().name();
          case Outcome.Waiting<Boolean>(var problem, _, _) -> problem.reason().name();
        };
    // One that the administrator has not set up has a name of a tenant's choice.
    if (!result.equals(Reason.SinkNotFound.name())) {
      Counter.builder("codesource.sink.deliveries")
          .description("Events for sinks, by what became of them")
          .tag("sink", sink)
          .tag("result", result)
          .register(registry)
          .increment();
    }
  }

  /** A builder was told. */
  void told(DueCommit due, Instant now) {
    delay.record(between(due.foundAt(), now));
  }

  /** Counts a build that is in another state than before. */
  void build(BuildChange change) {
    BuildStatus build = change.build();
    BuildState state = build.state();
    String kind = Optional.ofNullable(build.object()).map(BuildObject::kind).orElse("");
    if (state == null || !state.isEnd() || RunKind.named(kind).isEmpty()) {
      return;
    }
    String builder = RunKind.valueOf(kind).builder();
    Counter.builder("codesource.builds")
        .description("Builds that have ended, by builder and result")
        .tag("builder", builder)
        .tag("result", state.name())
        .register(registry)
        .increment();
    if (build.startedAt() != null && build.finishedAt() != null) {
      Timer.builder("codesource.build.duration")
          .description("Time from the start of a build to its end")
          .tag("builder", builder)
          .serviceLevelObjectives(
              Duration.ofSeconds(30),
              Duration.ofMinutes(1),
              Duration.ofMinutes(5),
              Duration.ofMinutes(15),
              Duration.ofHours(1))
          .register(registry)
          .record(between(Instant.parse(build.startedAt()), Instant.parse(build.finishedAt())));
    }
  }

  private static Duration between(Instant start, Instant end) {
    Duration time = Duration.between(start, end);
    return time.isNegative() ? Duration.ZERO : time;
  }

  /** What is pending of a trigger now. */
  void pending(String uid, Map<String, Long> bySink, long ofBuilds) {
    if (ofBuilds == 0) {
      waiting.remove(uid);
    } else {
      waiting.put(uid, ofBuilds);
    }
    if (bySink.isEmpty()) {
      pending.remove(uid);
    } else {
      pending.put(uid, bySink);
    }
  }

  /** Nothing of a trigger waits for its builders. */
  void nothingPending(String uid) {
    pending.remove(uid);
    waiting.remove(uid);
  }

  /** The trigger is gone. */
  void forget(String uid) {
    nothingPending(uid);
  }
}
