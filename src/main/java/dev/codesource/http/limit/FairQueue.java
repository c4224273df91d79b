package dev.codesource.http.limit;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.TreeSet;

/**
 * A queue that is fair to tenants: the next item is of the tenant that has the fewest items in
 * progress. The items of one tenant keep their order. So a tenant with thousands of items delays
 * another one by no more than what is in progress already. Not safe for use by several threads.
 */
public final class FairQueue<T> {

  private final Map<String, Lane<T>> lanes = new HashMap<>();

  /** The lanes in which something waits. */
  private final TreeSet<Lane<T>> waiting =
      new TreeSet<>(
          Comparator.<Lane<T>>comparingInt(lane -> lane.inProgress)
              .thenComparingLong(lane -> lane.since)
              .thenComparing(lane -> lane.tenant));

  private long arrivals;
  private int size;

  /** What one tenant has in the queue and in progress. */
  private static final class Lane<T> {
    private final String tenant;
    private final Queue<T> items = new ArrayDeque<>();
    private int inProgress;

    /** The number of the arrival, or of the last turn: lanes with equal load take turns. */
    private long since;

    Lane(String tenant) {
      this.tenant = tenant;
    }
  }

  /** Adds an item that waits. */
  public void add(String tenant, T item) {
    Lane<T> lane = lane(tenant);
    if (lane.items.isEmpty()) {
      lane.since = ++arrivals;
      lane.items.add(item);
      waiting.add(lane);
    } else {
      lane.items.add(item);
    }
    size++;
  }

  /** How many items of the tenant are in progress. */
  public int inProgress(String tenant) {
    Lane<T> lane = lanes.get(tenant);
    return lane == null ? 0 : lane.inProgress;
  }

  /**
   * Whether something waits whose tenant has less than this in progress. If so, it is the
   * {@linkplain #poll next} item.
   */
  public boolean isNextBelow(int inProgress) {
    return !waiting.isEmpty() && waiting.first().inProgress < inProgress;
  }

  /** Counts an item as in progress that did not have to wait. */
  public void start(String tenant) {
    change(lane(tenant), 1);
  }

  /** The next item, which is in progress from now on; empty: nothing waits. */
  public Optional<T> poll() {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    Lane<T> lane = waiting.pollFirst();
    T item = lane.items.remove();
    size--;
    lane.inProgress++;
    lane.since = ++arrivals;
    if (!lane.items.isEmpty()) {
      waiting.add(lane);
    }
    return Optional.of(item);
  }

  /** An item of the tenant is no longer in progress. */
  public void finish(String tenant) {
    Lane<T> lane = lanes.get(tenant);
    if (lane == null || lane.inProgress == 0) {
      throw new IllegalStateException("Nothing of " + tenant + " is in progress.");
    }
    change(lane, -1);
  }

  /** Removes an item that waits; false: it does not. */
  public boolean remove(String tenant, T item) {
    Lane<T> lane = lanes.get(tenant);
    if (lane == null || !lane.items.remove(item)) {
      return false;
    }
    size--;
    if (lane.items.isEmpty()) {
      waiting.remove(lane);
    }
    forgetIfIdle(lane);
    return true;
  }

  /** How many items wait. */
  public int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  /** Whether nothing waits and nothing is in progress. */
  public boolean isIdle() {
    return lanes.isEmpty();
  }

  private Lane<T> lane(String tenant) {
    return lanes.computeIfAbsent(tenant, Lane::new);
  }

  private void change(Lane<T> lane, int by) {
    boolean isWaiting = waiting.remove(lane);
    lane.inProgress += by;
    if (isWaiting) {
      waiting.add(lane);
    }
    forgetIfIdle(lane);
  }

  private void forgetIfIdle(Lane<T> lane) {
    if (lane.inProgress == 0 && lane.items.isEmpty()) {
      lanes.remove(lane.tenant);
    }
  }
}
