package dev.codesource.builder;

import java.util.HashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/**
 * Counts the builds of each namespace that are being started, which no informer has told of yet, so
 * that triggers that start builds at the same time stay within the limit.
 */
public final class NamespaceSlots {

  private final int most;
  private final Map<String, Integer> reserved = new HashMap<>();

  /**
   * Slots that are all free.
   *
   * @param most builds of a namespace that are in progress at once
   */
  public NamespaceSlots(int most) {
    this.most = most;
  }

  /**
   * Reserves places.
   *
   * @param active counts the builds of the namespace that are known to be in progress; while it
   *     counts, nobody releases places of builds that it does not know yet
   * @return how many places were reserved, as many as wanted at most
   */
  public synchronized int reserve(String namespace, IntSupplier active, int wanted) {
    int taken = reserved.getOrDefault(namespace, 0);
    int given = Math.max(0, Math.min(wanted, most - active.getAsInt() - taken));
    if (given > 0) {
      reserved.put(namespace, taken + given);
    }
    return given;
  }

  /** Their builds are known now, or were not started. */
  public synchronized void release(String namespace, int number) {
    reserved.computeIfPresent(
        namespace, (_, taken) -> taken <= number ? null : Integer.valueOf(taken - number));
  }
}
