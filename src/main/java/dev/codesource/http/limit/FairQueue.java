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

  private final Map<String, TenantQueue<T>> queues = new HashMap<>();

  /** The queues in which something waits. */
  private final TreeSet<TenantQueue<T>> waiting =
      new TreeSet<>(
          Comparator.<TenantQueue<T>>comparingInt(queue -> queue.inProgress)
              .thenComparingLong(queue -> queue.since)
              .thenComparing(queue -> queue.tenant));

  private long arrivals;
  private int size;

  /** What one tenant has in the queue and in progress. */
  private static final class TenantQueue<T> {
    private final String tenant;
    private final Queue<T> items = new ArrayDeque<>();
    private int inProgress;

    /** The number of the arrival, or of the last turn: queues with equal load take turns. */
    private long since;

    TenantQueue(String tenant) {
      this.tenant = tenant;
    }
  }

  /** Adds an item that waits. */
  public void add(String tenant, T item) {
    TenantQueue<T> queue = queue(tenant);
    if (queue.items.isEmpty()) {
      queue.since = ++arrivals;
      queue.items.add(item);
      waiting.add(queue);
    } else {
      queue.items.add(item);
    }
    size++;
  }

  /** How many items of the tenant are in progress. */
  public int inProgress(String tenant) {
    TenantQueue<T> queue = queues.get(tenant);
    return queue == null ? 0 : queue.inProgress;
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
    change(queue(tenant), 1);
  }

  /** The next item, which is in progress from now on; empty: nothing waits. */
  public Optional<T> poll() {
    if (waiting.isEmpty()) {
      return Optional.empty();
    }
    TenantQueue<T> queue = waiting.pollFirst();
    T item = queue.items.remove();
    size--;
    queue.inProgress++;
    queue.since = ++arrivals;
    if (!queue.items.isEmpty()) {
      waiting.add(queue);
    }
    return Optional.of(item);
  }

  /** An item of the tenant is no longer in progress. */
  public void finish(String tenant) {
    TenantQueue<T> queue = queues.get(tenant);
    if (queue == null || queue.inProgress == 0) {
      throw new IllegalStateException("Nothing of " + tenant + " is in progress.");
    }
    change(queue, -1);
  }

  /** Removes an item that waits; false: it does not. */
  public boolean remove(String tenant, T item) {
    TenantQueue<T> queue = queues.get(tenant);
    if (queue == null || !queue.items.remove(item)) {
      return false;
    }
    size--;
    if (queue.items.isEmpty()) {
      waiting.remove(queue);
    }
    forgetIfIdle(queue);
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
    return queues.isEmpty();
  }

  private TenantQueue<T> queue(String tenant) {
    return queues.computeIfAbsent(tenant, TenantQueue::new);
  }

  private void change(TenantQueue<T> queue, int by) {
    boolean isWaiting = waiting.remove(queue);
    queue.inProgress += by;
    if (isWaiting) {
      waiting.add(queue);
    }
    forgetIfIdle(queue);
  }

  private void forgetIfIdle(TenantQueue<T> queue) {
    if (queue.inProgress == 0 && queue.items.isEmpty()) {
      queues.remove(queue.tenant);
    }
  }
}
