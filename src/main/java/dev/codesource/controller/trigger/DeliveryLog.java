package dev.codesource.controller.trigger;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;

/**
 * What deliveries say of triggers, by their UIDs: when repositories are compared because of them,
 * and whether there are as many as there should be. Kept in memory: after a start every repository
 * is compared.
 */
@Singleton
final class DeliveryLog {

  /**
   * Between two comparisons because of deliveries, and between a delivery whose change is not to be
   * seen yet and the next look: code hosts may tell of a push a moment before git does.
   */
  static final Duration FIRST_PAUSE = Duration.ofSeconds(2);

  /** Between the second look and the last. */
  static final Duration SECOND_PAUSE = Duration.ofSeconds(10);

  /** A delivery may come a moment after its change was seen. */
  static final Duration GRACE = Duration.ofMinutes(1);

  private static final int LOOKS = 3;

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();

  DeliveryLog() {}

  /**
   * What is known of one trigger.
   *
   * @param hint a delivery that nothing came of yet
   * @param lookedAt when the repository was compared because of a delivery
   * @param delivery the last one of this webhook
   * @param missedAt when a change was seen of which no delivery has told since
   * @param expectedFrom when deliveries are expected; of a push before there was a webhook there is
   *     none
   */
  private record Entry(
      Optional<Hint> hint,
      Optional<Instant> lookedAt,
      Optional<Instant> delivery,
      Optional<Instant> missedAt,
      Instant expectedFrom) {

    static final Entry NOTHING =
        new Entry(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Instant.EPOCH);

    Entry delivered(Instant now) {
      return new Entry(
          Optional.of(new Hint(now, 0)),
          lookedAt,
          Optional.of(now),
          Optional.empty(),
          expectedFrom);
    }

    /** A comparison that deliveries had led to has ended; what came meanwhile is left. */
    Entry looked(Look look, boolean isNew, Instant now) {
      Optional<Hint> left =
          hint.equals(look.hint)
              ? hint.filter(some -> !isNew && some.looks() + 1 < LOOKS)
                  .map(some -> new Hint(some.at(), some.looks() + 1))
              : hint;
      return new Entry(
          left, look.isTold() ? Optional.of(now) : lookedAt, delivery, missedAt, expectedFrom);
    }

    /** A comparison failed; what had led to it is left. */
    Entry failed(Instant now) {
      return new Entry(
          hint, hint.isPresent() ? Optional.of(now) : lookedAt, delivery, missedAt, expectedFrom);
    }

    Entry missed(Instant now) {
      return new Entry(hint, lookedAt, delivery, missedAt.or(() -> Optional.of(now)), expectedFrom);
    }

    Entry restarted(Instant now) {
      return new Entry(hint, lookedAt, Optional.empty(), Optional.empty(), now.plus(GRACE));
    }
  }

  /**
   * A reason to compare.
   *
   * @param at when the delivery came
   * @param looks how often the repository was compared because of it
   */
  private record Hint(Instant at, int looks) {}

  /** One comparison. */
  static final class Look {
    private final Optional<Hint> hint;

    private Look(Optional<Hint> hint) {
      this.hint = hint;
    }

    /** Whether a delivery told of what it finds. */
    boolean isTold() {
      return hint.isPresent();
    }
  }

  private Entry of(String uid) {
    return entries.getOrDefault(uid, Entry.NOTHING);
  }

  private void change(String uid, UnaryOperator<Entry> change) {
    entries.compute(uid, (_, known) -> change.apply(known == null ? Entry.NOTHING : known));
  }

  /** A delivery came. */
  void delivered(String uid, Instant now) {
    change(uid, known -> known.delivered(now));
  }

  /** The webhook is another one than before, or was repaired. */
  void restart(String uid, Instant now) {
    change(uid, known -> known.restarted(now));
  }

  /** A comparison failed: the next one because of the same delivery is after a pause. */
  void failed(String uid, Instant now) {
    entries.computeIfPresent(uid, (_, known) -> known.failed(now));
  }

  /** The trigger is gone. */
  void forget(String uid) {
    entries.remove(uid);
  }

  /** When a delivery came; empty: none since the process started. */
  Optional<Instant> lastDelivery(String uid) {
    return of(uid).delivery();
  }

  /** When the repository is to be compared because of a delivery; empty: there is none. */
  Optional<Instant> due(String uid) {
    Entry entry = of(uid);
    return entry
        .hint()
        .map(
            hint ->
                entry
                    .lookedAt()
                    .map(at -> at.plus(hint.looks() > 1 ? SECOND_PAUSE : FIRST_PAUSE))
                    .filter(hint.at()::isBefore)
                    .orElse(hint.at()));
  }

  /** A comparison begins: it tells of deliveries that came before. */
  Look begin(String uid) {
    return new Look(of(uid).hint());
  }

  /**
   * A comparison has ended.
   *
   * @param isNew whether something new was found, so that nobody looks again for it
   * @param isExpected whether something was found of which a delivery should have told
   */
  void end(String uid, Look look, boolean isNew, boolean isExpected, Instant now) {
    change(
        uid,
        known -> {
          Entry next = known.looked(look, isNew, now);
          // A delivery may have come during the comparison.
          boolean isMissed =
              isExpected
                  && !look.isTold()
                  && next.hint().isEmpty()
                  && !now.isBefore(next.expectedFrom());
          return isMissed ? next.missed(now) : next;
        });
  }

  /**
   * Whether no delivery told of a change.
   *
   * @param wasSilent whether it was so before the process started
   */
  boolean isSilent(String uid, boolean wasSilent, Instant now) {
    Entry entry = of(uid);
    return entry.missedAt().filter(at -> !now.isBefore(at.plus(GRACE))).isPresent()
        || (wasSilent && entry.delivery().isEmpty());
  }
}
