package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.schedule.Interval;
import dev.codesource.schedule.Jitter;
import dev.codesource.status.Patience;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** When a trigger is reconciled again, if nothing changes before. */
final class TriggerSchedule {

  /** With a webhook that works. */
  private static final Duration WITH_WEBHOOK = Duration.ofMinutes(10);

  private static final Duration WITHOUT_WEBHOOK = Duration.ofMinutes(2);

  private final Jitter jitter;
  private final Duration interval;

  private TriggerSchedule(String uid, Duration interval) {
    this.jitter = Jitter.computed(uid);
    this.interval = interval;
  }

  /**
   * The schedule of a trigger.
   *
   * @param status which says whether it has a webhook that works
   */
  static TriggerSchedule of(CodeSourceTrigger trigger, Optional<TriggerStatus> status) {
    return new TriggerSchedule(
        trigger.getMetadata().getUid(),
        Interval.of(
            trigger.getSpec().interval(),
            WebhookReport.isActive(status) ? WITH_WEBHOOK : WITHOUT_WEBHOOK));
  }

  /** When the repository is to be compared again. */
  Instant afterComparison(Instant last) {
    return last.plus(jitter.aroundTenth(interval, last));
  }

  /**
   * The next try; empty: when something changes.
   *
   * @param until when the host may be asked again, if it says so
   */
  Optional<Instant> afterProblem(
      Problem problem, Optional<Instant> until, TriggerStatus status, Instant now) {
    Optional<Instant> next =
        until
            .map(end -> end.plus(jitter.share(Duration.between(now, end).dividedBy(10), end)))
            .or(
                () ->
                    problem.reason().recheck() == Reason.Recheck.ON_CHANGE
                        ? Optional.empty()
                        : Optional.of(now.plus(jitter.aroundTenth(interval, now))));
    return Stream.concat(next.stream(), Patience.end(status.conditions()).stream())
        .min(Instant::compareTo);
  }
}
