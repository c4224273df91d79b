package dev.codesource.runtime;

import java.util.LinkedHashSet;
import java.util.SequencedSet;

/**
 * Resources for which something is to be done later. Kept in memory: a new leader knows of none.
 * Safe for concurrent use.
 */
public final class Postponed {

  /** A resource that is deleted may leave an entry behind. */
  private static final int MOST = 10_000;

  private final SequencedSet<String> uids = new LinkedHashSet<>();

  /** Remembers the resource; the one that was remembered first may be forgotten instead. */
  public synchronized void add(String uid) {
    uids.addLast(uid);
    if (uids.size() > MOST) {
      uids.removeFirst();
    }
  }

  public synchronized boolean contains(String uid) {
    return uids.contains(uid);
  }

  public synchronized void remove(String uid) {
    uids.remove(uid);
  }
}
