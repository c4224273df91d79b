package dev.codesource.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Optional;
import java.util.SequencedMap;

/**
 * Keeps apart what is done for one resource, so that a user cannot cause it in a loop. Kept in
 * memory: a new leader knows of none.
 */
public final class Pauses {

  /** What is older than the pause is forgotten; this bounds what comes within one pause. */
  static final int MOST = 100_000;

  private final Duration length;

  /** By UID, the oldest first. */
  private final SequencedMap<String, Instant> noted = new LinkedHashMap<>();

  /**
   * @param length the minimum between two times for one resource
   */
  public Pauses(Duration length) {
    this.length = length;
  }

  public Duration length() {
    return length;
  }

  /** When it may be done for a resource; empty: now. */
  public synchronized Optional<Instant> until(String uid, Instant now) {
    while (!noted.isEmpty() && !now.isBefore(noted.firstEntry().getValue().plus(length))) {
      noted.pollFirstEntry();
    }
    return Optional.ofNullable(noted.get(uid)).map(last -> last.plus(length));
  }

  /** Notes that it is done for a resource now. */
  public synchronized void note(String uid, Instant now) {
    noted.remove(uid);
    noted.putLast(uid, now);
    if (noted.size() > MOST) {
      noted.pollFirstEntry();
    }
  }

  /**
   * Asks whether it may be done for a resource now, and notes that it is.
   *
   * @return when it may be; empty: now
   */
  public synchronized Optional<Instant> take(String uid, Instant now) {
    Optional<Instant> until = until(uid, now);
    if (until.isEmpty()) {
      note(uid, now);
    }
    return until;
  }
}
