package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.schedule.Jitter;
import dev.codesource.status.ExpiryNotice;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** When a binding is looked at again, if nothing wakes the operator before. */
final class Schedule {

  /** Between the first and the second look at something that may be mended any minute. */
  private static final Duration SOONEST = Duration.ofSeconds(30);

  /** The longest wait for something that may be mended any minute. */
  private static final Duration LATEST = Duration.ofMinutes(10);

  private final Jitter jitter;
  private final Duration interval;

  /**
   * @param uid spreads bindings over time: each has its own, fixed share of the jitter
   */
  Schedule(String uid, Duration interval) {
    this.jitter = Jitter.computed(uid);
    this.interval = interval;
  }

  static Schedule of(CodeSourceBinding binding) {
    return new Schedule(binding.getMetadata().getUid(), Interval.of(binding.getSpec().interval()));
  }

  /** When a proof has to be given again. */
  Instant proofDue(Instant lastVerifiedAt) {
    return lastVerifiedAt.plus(jitter.aroundTenth(interval, lastVerifiedAt));
  }

  /** The next look at a proven binding: its interval, its expiry, or a notice of it. */
  Instant afterProof(BindingStatus status, Instant now) {
    Stream<Instant> expiry =
        Stream.ofNullable(status.expiresAt())
            .map(Instant::parse)
            .flatMap(Schedule::noticesOf)
            .filter(now::isBefore);
    Stream<Instant> due =
        Stream.ofNullable(status.lastVerifiedAt()).map(Instant::parse).map(this::proofDue);
    return Stream.concat(expiry, due).min(Instant::compareTo).orElse(now.plus(interval));
  }

  /** The next look at a binding with a problem; empty: when something changes. */
  Optional<Instant> afterProblem(
      Problem problem, Optional<Instant> until, BindingStatus status, Instant now) {
    if (until.isPresent()) {
      // Bindings that wait for the same host do not come back in the same second.
      Duration wait = Duration.between(now, until.get());
      return until.map(end -> end.plus(jitter.share(wait.dividedBy(10), end)));
    }
    return switch (problem.reason().recheck()) {
      case ON_CHANGE -> Optional.empty();
      case AT_INTERVAL -> Optional.of(now.plus(jitter.aroundTenth(interval, now)));
      case SOON ->
          Optional.of(now.plus(jitter.aroundTenth(sooner(problem.reason(), status, now), now)));
    };
  }

  /**
   * How long to wait for a time. Never nothing and never less: what is due already is due in a
   * millisecond, since the Operator SDK's timer throws at a negative delay and would never look
   * again.
   */
  static Duration delayUntil(Instant time, Instant now) {
    return now.isBefore(time) ? Duration.between(now, time).plusMillis(1) : Duration.ofMillis(1);
  }

  /** Half as long as the problem lasts already, within limits: no counter has to be kept. */
  private Duration sooner(Reason reason, BindingStatus status, Instant now) {
    // Not Ready: that is false for longer where one problem followed another, and true in an
    // outage.
    String type = reason.stage().condition().name();
    Instant since =
        Optional.ofNullable(status.conditions()).orElse(List.of()).stream()
            .filter(condition -> type.equals(condition.getType()))
            .filter(condition -> reason.name().equals(condition.getReason()))
            .map(Condition::getLastTransitionTime)
            .map(Instant::parse)
            .findFirst()
            .orElse(now);
    Duration wait = Duration.between(since, now).dividedBy(2);
    Duration latest = interval.compareTo(LATEST) < 0 ? interval : LATEST;
    return wait.compareTo(SOONEST) < 0 ? SOONEST : wait.compareTo(latest) > 0 ? latest : wait;
  }

  private static Stream<Instant> noticesOf(Instant expiresAt) {
    return Stream.concat(
        Stream.of(expiresAt.plusSeconds(1)),
        Arrays.stream(ExpiryNotice.values()).map(event -> expiresAt.minus(event.ahead())));
  }
}
