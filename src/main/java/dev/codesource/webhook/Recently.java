package dev.codesource.webhook;

import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Outcomes that are used again for some time. Kept in memory: a new leader knows of none. They are
 * bounded: of too many those that were put first are forgotten.
 */
final class Recently<T> {

  static final int MOST = 50_000;

  private final SequencedMap<String, Entry<T>> entries = new LinkedHashMap<>();

  private record Entry<T>(Outcome<T> outcome, Instant until) {}

  synchronized Optional<Outcome<T>> get(String key, Instant now) {
    return Optional.ofNullable(entries.get(key))
        .filter(entry -> now.isBefore(entry.until()))
        .map(Entry::outcome);
  }

  /**
   * Keeps an outcome.
   *
   * @param until when it is not used any more
   */
  synchronized void put(String key, Outcome<T> outcome, Instant until) {
    entries.remove(key);
    entries.putLast(key, new Entry<>(outcome, until));
    if (entries.size() > MOST) {
      entries.pollFirstEntry();
    }
  }

  synchronized void forget(String key) {
    entries.remove(key);
  }
}
