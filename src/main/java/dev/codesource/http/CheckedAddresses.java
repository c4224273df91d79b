package dev.codesource.http;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Outcome.Waiting;
import dev.codesource.reason.Reason;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Resolves a host's name to the addresses that the operator may connect to. */
final class CheckedAddresses implements AutoCloseable {
  /**
   * The system's resolver blocks in native code and cannot be interrupted. This is how many
   * look-ups may block before others have to wait.
   */
  private static final int LOOKUPS_AT_ONCE = 64;

  private final Resolver resolver;
  private final AddressGuard guard;
  private final Semaphore free = new Semaphore(LOOKUPS_AT_ONCE, true);

  /** One thread for each look-up that runs; a pool of a fixed size would keep idle threads. */
  private final ExecutorService lookups =
      Executors.newCachedThreadPool(Thread.ofPlatform().daemon().name("host-lookup-", 0).factory());

  CheckedAddresses(Resolver resolver, AddressGuard guard) {
    this.resolver = resolver;
    this.guard = guard;
  }

  /**
   * Looks a name up and checks the addresses that it resolves to.
   *
   * @param most how long the look-up may take
   * @return at least one address, the preferred one first
   */
  Outcome<List<InetAddress>> of(String host, Duration most) {
    Deadline deadline = Deadline.in(most);
    if (!acquire(most)) {
      return late(host);
    }
    Future<List<InetAddress>> lookup = lookUp(host);
    try {
      return allowed(host, deadline.await(lookup));
    } catch (TimeoutException e) {
      return late(host);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownHostException) {
        return noAddress(host);
      }
      throw new IllegalStateException("The look-up of a name failed.", e.getCause());
    } finally {
      lookup.cancel(true);
    }
  }

  private boolean acquire(Duration most) {
    try {
      return free.tryAcquire(most.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException(e);
    }
  }

  /** The permit is released at the end of the look-up, which may be long after its time-out. */
  private Future<List<InetAddress>> lookUp(String host) {
    FutureTask<List<InetAddress>> lookup = new FutureTask<>(() -> resolver.resolve(host));
    try {
      lookups.execute(
          () -> {
            try {
              lookup.run();
            } finally {
              free.release();
            }
          });
      return lookup;
    } catch (RejectedExecutionException e) { // closed
      free.release();
      throw e;
    }
  }

  private static Outcome<List<InetAddress>> late(String host) {
    return Outcome.waiting(
        Reason.ConnectionTimedOut, "DNS did not say in time which address " + host + " has.");
  }

  private Outcome<List<InetAddress>> allowed(String host, List<InetAddress> found) {
    if (found.isEmpty()) {
      return noAddress(host);
    }
    List<InetAddress> allowed = new ArrayList<>();
    List<Outcome<List<InetAddress>>> refusals = new ArrayList<>();
    for (InetAddress address : found) {
      switch (guard.check(host, address)) {
        case Done<InetAddress>(var checked) -> allowed.add(checked);
        case Refused<InetAddress>(var problem) -> refusals.add(new Refused<>(problem));
        case Waiting<InetAddress>(var problem, var until, var scope) ->
            refusals.add(new Waiting<>(problem, until, scope));
      }
    }
    return allowed.isEmpty() ? refusals.getFirst() : Outcome.done(List.copyOf(allowed));
  }

  private static Outcome<List<InetAddress>> noAddress(String host) {
    return Outcome.waiting(Reason.HostNotFound, "The name " + host + " has no address in DNS.");
  }

  @Override
  public void close() {
    lookups.shutdownNow();
  }
}
