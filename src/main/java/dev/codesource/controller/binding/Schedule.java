package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.schedule.Interval;
import dev.codesource.schedule.Jitter;
import dev.codesource.status.ExpiryNotice;
import dev.codesource.status.Patience;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/** Computes when a binding is reconciled again, if no event starts a reconciliation before. */
final class Schedule {

  static final Duration DEFAULT_INTERVAL = Duration.ofHours(1);

  /** The shortest interval between two checks of a problem that may be fixed at any time. */
  private static final Duration SOONEST = Duration.ofSeconds(30);

  /** The longest interval between two checks of a problem that may be fixed at any time. */
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
    return new Schedule(
        binding.getMetadata().getUid(),
        Interval.of(binding.getSpec().interval(), DEFAULT_INTERVAL));
  }

  /** When the access has to be proven again. */
  Instant proofDue(Instant lastVerifiedAt) {
    return lastVerifiedAt.plus(jitter.aroundTenth(interval, lastVerifiedAt));
  }

  /**
   * The next reconciliation of a proven binding: at its interval, its expiry, or a notice of its
   * expiry.
   */
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

  /**
   * The next reconciliation of a binding with a problem: at the latest when it becomes stalled;
   * empty: when something changes.
   */
  Optional<Instant> afterProblem(
      Problem problem, Optional<Instant> until, BindingStatus status, Instant now) {
    return Stream.concat(
            Patience.end(status.conditions()).stream(),
            nextTry(problem, until, status, now).stream())
        .min(Instant::compareTo);
  }

  private Optional<Instant> nextTry(
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

  /** Half of the time that the problem has lasted, within limits: no counter has to be stored. */
  private Duration sooner(Reason reason, BindingStatus status, Instant now) {
    // Not Ready: it is false for longer if one problem followed another, and true in an outage.
    Instant since =
        Conditions.of(status, reason.stage().condition())
            .filter(condition -> reason.name().equals(condition.getReason()))
            .map(Condition::getLastTransitionTime)
            .map(Instant::parse)
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
