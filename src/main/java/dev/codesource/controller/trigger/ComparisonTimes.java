package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.runtime.Pauses;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
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

  private final Map<String, Instant> last = new ConcurrentHashMap<>();

  ComparisonTimes() {}

  void compared(CodeSourceTrigger trigger, Instant now) {
    last.put(trigger.getMetadata().getUid(), now);
  }

  /** The trigger is gone, or to be compared again at once. */
  void forget(String uid) {
    last.remove(uid);
  }

  /** When the repository is to be compared; empty: now. */
  Optional<Instant> due(CodeSourceTrigger trigger, TriggerSchedule schedule, Instant now) {
    String uid = trigger.getMetadata().getUid();
    if (TriggerRequest.isOpen(trigger)) {
      return requests.take(uid, now);
    }
    boolean isObserved =
        Optional.ofNullable(trigger.getStatus())
            .map(TriggerStatus::observedGeneration)
            .filter(seen -> Objects.equals(seen, trigger.getMetadata().getGeneration()))
            .isPresent();
    return Optional.ofNullable(last.get(uid))
        .filter(_ -> isObserved)
        .map(schedule::afterComparison)
        .filter(now::isBefore);
  }
}
