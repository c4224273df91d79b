package dev.codesource.http;

import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
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
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;

/** Resolves a host's name to the addresses that the operator may connect to. */
final class CheckedAddresses implements AutoCloseable {
  /**
   * The system's resolver blocks in native code and cannot be interrupted. This is how many
   * look-ups may block before others have to wait.
   */
  private static final int LOOKUPS_AT_ONCE = 64;

  /** More hosts than an installation has; an answer has at most some hundred bytes. */
  private static final int NAMES_KEPT = 4096;

  private final Resolver resolver;
  private final AddressGuard guard;
  private final FairBulkhead bulkhead = new FairBulkhead(LOOKUPS_AT_ONCE);
  private final AddressCache cache = new AddressCache(NAMES_KEPT, System::nanoTime);

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
   * @param tenant who asks
   * @param most how long the look-up may take
   * @return at least one address, the preferred one first
   */
  Outcome<List<InetAddress>> of(String tenant, String host, Duration most) {
    Deadline deadline = Deadline.in(most);
    Optional<List<InetAddress>> known = cache.find(host);
    if (known.isPresent()) {
      return allowed(host, known.get());
    }
    Optional<Permit> permit = bulkhead.acquire(tenant, most);
    if (permit.isEmpty()) {
      return busy(host);
    }
    Future<List<InetAddress>> lookup = lookUp(tenant, host, permit.get());
    try {
      return allowed(host, deadline.await(lookup));
    } catch (TimeoutException e) {
      return late(host);
    } catch (ExecutionException e) {
      throw new IllegalStateException("The look-up of a name failed.", e.getCause());
    } finally {
      lookup.cancel(true);
    }
  }

  /** The permit is given back at the end of the look-up, which may be long after its time. */
  private Future<List<InetAddress>> lookUp(String tenant, String host, Permit permit) {
    FutureTask<List<InetAddress>> lookup = new FutureTask<>(() -> found(tenant, host));
    try {
      lookups.execute(
          () -> {
            try {
              lookup.run();
            } finally {
              permit.close();
            }
          });
      return lookup;
    } catch (RejectedExecutionException e) { // closed
      permit.close();
      throw e;
    }
  }

  /** Many may have waited for the permit that ask for the same name. */
  private List<InetAddress> found(String tenant, String host) {
    Optional<List<InetAddress>> known = cache.find(host);
    if (known.isPresent()) {
      return known.get();
    }
    List<InetAddress> found;
    try {
      found = resolver.resolve(host);
    } catch (UnknownHostException e) {
      found = List.of();
    }
    if (resolver.mayBeKept()) {
      cache.put(tenant, host, found);
    }
    return found;
  }

  /** The operator is at fault, not the host. */
  private static Outcome<List<InetAddress>> busy(String host) {
    return Outcome.waiting(
        Reason.ConnectionTimedOut,
        "The address of " + host + " was not looked up in time, because many others were.",
        Optional.empty(),
        Outcome.Scope.CREDENTIAL);
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
