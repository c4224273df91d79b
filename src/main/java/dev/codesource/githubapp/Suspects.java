package dev.codesource.githubapp;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * Stored tokens that may have been revoked, until they are replaced. Kept in memory: a new leader
 * knows of none, as it knows of no pauses.
 */
final class Suspects {

  /** A binding that is deleted leaves an entry behind. */
  private static final int MOST = 10_000;

  /** When the token was obtained, by the UID of its binding. */
  private final SequencedMap<String, Instant> obtainedAt = new LinkedHashMap<>();

  synchronized void add(String uid, StoredInstallationToken token) {
    obtainedAt.remove(uid);
    obtainedAt.putLast(uid, token.obtainedAt());
    if (obtainedAt.size() > MOST) {
      obtainedAt.pollFirstEntry();
    }
  }

  /** Whether it is this token of the binding, and not a later one. */
  synchronized boolean contains(String uid, StoredInstallationToken token) {
    return token.obtainedAt().equals(obtainedAt.get(uid));
  }

  synchronized void clear(String uid) {
    obtainedAt.remove(uid);
  }
}
