package dev.codesource.http.limit;

import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Limits how many do something at once. A free permit goes to the tenant that holds the fewest. A
 * permit may be released by another thread than the one that acquired it.
 *
 * <p>A tenant gets another permit only while it holds fewer than are free. So one tenant holds half
 * of them at most, each of two tenants a third, and a permit is left for a tenant that comes: it
 * need not wait until those who hold many have finished. (The rule is known from switches that
 * share the memory of their buffers: Choudhury and Hahne, Dynamic queue length thresholds, 1998.)
 */
public final class FairBulkhead {

  private final FairQueue<Waiter> queue = new FairQueue<>();
  private int free;

  /**
   * A bulkhead whose permits are all free.
   *
   * @param permits at least 1
   */
  public FairBulkhead(int permits) {
    if (permits < 1) {
      throw new IllegalArgumentException("A bulkhead needs a permit at least.");
    }
    this.free = permits;
  }

  /** The right to go on. Closing it twice is the same as closing it once. */
  public final class Permit implements AutoCloseable {
    private final String tenant;
    private boolean held = true;

    private Permit(String tenant) {
      this.tenant = tenant;
    }

    @Override
    public void close() {
      synchronized (FairBulkhead.this) {
        if (held) {
          held = false;
          free++;
          queue.finish(tenant);
          grant();
        }
      }
    }
  }

  private record Waiter(String tenant, CompletableFuture<Permit> permit) {}

  /**
   * Waits for a permit.
   *
   * @return empty: there was none in that time
   * @throws RequestInterruptedException when the thread is interrupted while it waits
   */
  public Optional<Permit> acquire(String tenant, Duration most) {
    Waiter waiter = arrive(tenant);
    try {
      return Optional.of(waiter.permit.get(most.toNanos(), TimeUnit.NANOSECONDS));
    } catch (TimeoutException e) {
      withdraw(waiter);
      return Optional.empty();
    } catch (InterruptedException e) {
      withdraw(waiter);
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException(e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("A permit does not fail.", e);
    }
  }

  /**
   * A permit, if there is one now.
   *
   * @return empty: the tenant holds as many as are free, or more
   */
  public synchronized Optional<Permit> tryAcquire(String tenant) {
    if (queue.inProgress(tenant) >= free) {
      return Optional.empty();
    }
    free--;
    queue.start(tenant);
    return Optional.of(new Permit(tenant));
  }

  /**
   * Does something as soon as there is a permit, which it holds as long as it runs.
   *
   * @param tenants who all want it, at least one; it counts for the one that holds the fewest
   * @param threads on which it runs
   */
  public void execute(Collection<String> tenants, Executor threads, Runnable task) {
    var _ =
        arriveFor(tenants)
            .permit
            .thenAccept(
                permit ->
                    threads.execute(
                        () -> {
                          try (permit) {
                            task.run();
                          }
                        }));
  }

  private synchronized Waiter arriveFor(Collection<String> tenants) {
    return arrive(Collections.min(tenants, Comparator.comparingInt(queue::inProgress)));
  }

  private synchronized Waiter arrive(String tenant) {
    Waiter waiter = new Waiter(tenant, new CompletableFuture<>());
    queue.add(tenant, waiter);
    grant();
    return waiter;
  }

  private synchronized void withdraw(Waiter waiter) {
    if (!queue.remove(waiter.tenant, waiter)) {
      waiter.permit.resultNow().close();
    }
  }

  private void grant() {
    while (queue.isNextBelow(free)) {
      free--;
      queue.poll().ifPresent(next -> next.permit.complete(new Permit(next.tenant)));
    }
  }
}
