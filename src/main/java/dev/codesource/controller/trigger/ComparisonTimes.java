package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.runtime.Pauses;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * When the repositories of triggers were compared last. Kept in memory: after a start every
 * repository is compared, since pushes may have been missed.
 */
@Singleton
final class ComparisonTimes {

  /** Each request of a user has a code host asked, and an annotation can be changed in a loop. */
  private final Pauses requests = new Pauses(Duration.ofSeconds(5));

  /** Each change of a spec has a code host asked, and a spec can be changed in a loop, too. */
  private final Pauses changes = new Pauses(Duration.ofSeconds(2));

  private final Map<String, Instant> last = new ConcurrentHashMap<>();

  /** When a repository is compared before the interval has passed. */
  private final Map<String, Instant> sooner = new ConcurrentHashMap<>();

  /** The next try after a comparison that failed. */
  private final Map<String, Instant> afterFailure = new ConcurrentHashMap<>();

  ComparisonTimes() {}

  /** A comparison begins, for whatever reason. */
  void begins(CodeSourceTrigger trigger, Instant now) {
    String uid = trigger.getMetadata().getUid();
    if (isRequested(trigger)) {
      requests.note(uid, now);
    }
    if (ObservedStatus.of(trigger).isEmpty()) {
      changes.note(uid, now);
    }
  }

  private static boolean isRequested(CodeSourceTrigger trigger) {
    return TriggerRequests.comparison(trigger).isOpen()
        || TriggerRequests.rotation(trigger).isOpen()
        || TriggerRequests.build(trigger).isOpen();
  }

  void compared(CodeSourceTrigger trigger, Instant now) {
    String uid = trigger.getMetadata().getUid();
    last.put(uid, now);
    sooner.remove(uid);
    afterFailure.remove(uid);
  }

  /**
   * A comparison failed.
   *
   * @param next the next try; empty: when something changes
   */
  void failed(CodeSourceTrigger trigger, Optional<Instant> next) {
    String uid = trigger.getMetadata().getUid();
    forget(uid);
    next.ifPresent(time -> afterFailure.put(uid, time));
  }

  /** The next comparison is then, if it would be later. */
  void again(CodeSourceTrigger trigger, Instant time) {
    sooner.put(trigger.getMetadata().getUid(), time);
  }

  /** The trigger is gone, or to be compared again at once. */
  void forget(String uid) {
    last.remove(uid);
    sooner.remove(uid);
    afterFailure.remove(uid);
  }

  /** When the repository is to be compared; empty: now. */
  Optional<Instant> due(CodeSourceTrigger trigger, TriggerSchedule schedule, Instant now) {
    String uid = trigger.getMetadata().getUid();
    if (isRequested(trigger)) {
      return requests.until(uid, now);
    }
    if (ObservedStatus.of(trigger).isEmpty()) {
      return changes.until(uid, now);
    }
    return Optional.ofNullable(afterFailure.get(uid))
        .or(() -> next(trigger, schedule))
        .filter(now::isBefore);
  }

  /** When the repository is to be compared after the last time; empty: there was none. */
  Optional<Instant> next(CodeSourceTrigger trigger, TriggerSchedule schedule) {
    String uid = trigger.getMetadata().getUid();
    return Optional.ofNullable(last.get(uid))
        .map(schedule::afterComparison)
        .map(next -> Optional.ofNullable(sooner.get(uid)).filter(next::isAfter).orElse(next));
  }
}
