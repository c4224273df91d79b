package dev.codesource.controller.binding;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Limits how often a user can have a binding verified at once by the annotation. Each such request
 * sends requests to a code host, and an annotation can be changed in a loop.
 */
final class RequestThrottle {

  /** Between two verifications on request of one binding. */
  static final Duration PAUSE = Duration.ofSeconds(5);

  /** By UID, the oldest first; none is older than {@link #PAUSE}. */
  private final SequencedMap<String, Instant> handled = new LinkedHashMap<>();

  /**
   * Asks whether a request may be handled now, and notes that it is.
   *
   * @return when it may be; empty: now
   */
  synchronized Optional<Instant> handle(String uid, Instant now) {
    while (!handled.isEmpty() && !now.isBefore(handled.firstEntry().getValue().plus(PAUSE))) {
      handled.pollFirstEntry();
    }
    Instant last = handled.get(uid);
    if (last != null) {
      return Optional.of(last.plus(PAUSE));
    }
    handled.putLast(uid, now);
    return Optional.empty();
  }
}
