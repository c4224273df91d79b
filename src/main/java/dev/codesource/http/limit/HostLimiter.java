package dev.codesource.http.limit;

import dev.codesource.address.Origin;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Outcome.Scope;
import dev.codesource.reason.Outcome.Waiting;
import dev.codesource.reason.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * What all who ask a host share: permits, of which a free one goes to the tenant that holds the
 * fewest, and circuit breakers for each site and tenant. When a circuit is half-open, one request
 * is sent and the others wait for what it finds. Blocks; meant for virtual threads.
 */
public final class HostLimiter {
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

  /**
   * So many sites that failed are remembered for each tenant; the ones that failed first are
   * forgotten instead. A tenant can name any number of sites, one after the other.
   */
  static final int SITES_OF_TENANT = 256;

  private final Map<Origin, HostState> hosts = new ConcurrentHashMap<>();

  /** The sites that failed, by tenant, the ones that failed first at the front. */
  private final Map<String, SequencedSet<FailedSite>> failed = new HashMap<>();

  private final AtomicReference<Instant> nextSweep = new AtomicReference<>(Instant.MIN);
  private final int permits;
  private final Clock clock;
  private final BackOff backOff;

  /**
   * A limiter whose circuits are closed.
   *
   * @param permits the maximum of concurrent calls for one host, at least 1
   * @param random for the jitter of back-offs
   */
  public HostLimiter(int permits, Clock clock, RandomGenerator random) {
    if (permits < 1) {
      throw new IllegalArgumentException("A limiter needs a permit at least.");
    }
    this.permits = permits;
    this.clock = clock;
    this.backOff = new BackOff(random);
  }

  /**
   * Does work that asks a host, when the host may be asked. The work must not call this method
   * again.
   *
   * @return the outcome of the work, in which a wait has its end filled in; or, while the circuit
   *     breaker is open, the host's current wait, without having done the work
   * @throws RequestInterruptedException when the thread is interrupted while it waits
   */
  public <T> Outcome<T> through(Caller caller, Supplier<Outcome<T>> work) {
    Origin origin = caller.site().origin();
    HostState host = enter(origin);
    try {
      return switch (admission(host, caller)) {
        case HostState.TurnedAway(var why) ->
            new Waiting<>(why.problem(), Optional.of(why.until()), Scope.HOST);
        case HostState.Permitted permitted -> done(host, permitted, work);
      };
    } finally {
      exit(origin);
    }
  }

  /** The hosts whose circuit breaker is open, and until when. */
  public Map<Origin, Instant> backingOff() {
    Instant now = clock.instant();
    Map<Origin, Instant> backingOff = new HashMap<>();
    hosts.forEach(
        (origin, host) -> host.openUntil(now).ifPresent(until -> backingOff.put(origin, until)));
    return Map.copyOf(backingOff);
  }

  /** The maximum of concurrent calls for one host. */
  public int permits() {
    return permits;
  }

  /** The number of calls that have a permit now, of all hosts together. */
  public int inFlight() {
    return hosts.values().stream().mapToInt(HostState::inFlight).sum();
  }

  /** The number of hosts for which state is kept. */
  int remembered() {
    return hosts.size();
  }

  private static HostState.Admission admission(HostState host, Caller caller) {
    HostState.Request request = host.request(caller);
    try {
      return request.await();
    } catch (InterruptedException e) {
      host.withdraw(request);
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException(e);
    }
  }

  private <T> Outcome<T> done(
      HostState host, HostState.Permitted permitted, Supplier<Outcome<T>> work) {
    boolean released = false;
    try {
      Outcome<T> outcome = work.get();
      released = true;
      return release(host, permitted, outcome);
    } finally {
      if (!released) {
        host.ignored(permitted);
      }
    }
  }

  private <T> Outcome<T> release(
      HostState host, HostState.Permitted permitted, Outcome<T> outcome) {
    return switch (outcome) {
      case Done<T> _, Refused<T> _ -> {
        host.succeeded(permitted);
        yield outcome;
      }
      // The host was not asked.
      case Waiting<T> waiting when waiting.problem().reason() == Reason.Queued -> {
        host.ignored(permitted);
        yield new Waiting<>(
            waiting.problem(),
            Optional.of(backOff.untilForOne(clock.instant(), waiting.until())),
            waiting.scope());
      }
      case Waiting<T> waiting ->
          new Waiting<>(
              waiting.problem(), Optional.of(end(host, permitted, waiting)), waiting.scope());
    };
  }

  private Instant end(HostState host, HostState.Permitted permitted, Waiting<?> waiting) {
    return switch (waiting.scope()) {
      case HOST -> {
        remember(permitted.caller());
        yield host.failed(permitted, waiting.problem(), waiting.until());
      }
      case CREDENTIAL -> {
        host.succeeded(permitted);
        yield backOff.untilForOne(clock.instant(), waiting.until());
      }
    };
  }

  /**
   * A site that has a circuit breaker.
   *
   * @param path in the form in which {@link HostState} keeps it
   */
  private record FailedSite(Origin origin, String path) {}

  /** Bounds what is remembered of one tenant. */
  private void remember(Caller caller) {
    FailedSite site = new FailedSite(caller.site().origin(), HostState.path(caller));
    Optional<FailedSite> tooMany = Optional.empty();
    synchronized (failed) {
      SequencedSet<FailedSite> ofTenant =
          failed.computeIfAbsent(caller.tenant(), _ -> new LinkedHashSet<>());
      ofTenant.addLast(site);
      if (ofTenant.size() > SITES_OF_TENANT) {
        tooMany = Optional.of(ofTenant.removeFirst());
      }
    }
    tooMany.ifPresent(
        first ->
            hosts.computeIfPresent(
                first.origin(),
                (_, host) -> {
                  host.forget(caller.tenant(), first.path());
                  return keptOrForgotten(host, clock.instant());
                }));
  }

  private void forgetFailed() {
    synchronized (failed) {
      failed.values().forEach(sites -> sites.removeIf(site -> !hosts.containsKey(site.origin())));
      failed.values().removeIf(Set::isEmpty);
    }
  }

  private HostState enter(Origin origin) {
    return hosts.compute(
        origin,
        (_, known) -> {
          HostState host = known == null ? new HostState(permits, clock, backOff) : known;
          host.users++;
          return host;
        });
  }

  private void exit(Origin origin) {
    Instant now = clock.instant();
    hosts.computeIfPresent(
        origin,
        (_, host) -> {
          host.users--;
          return keptOrForgotten(host, now);
        });
    Instant due = nextSweep.get();
    if (!now.isBefore(due) && nextSweep.compareAndSet(due, now.plus(SWEEP_EVERY))) {
      hosts
          .keySet()
          .forEach(each -> hosts.computeIfPresent(each, (_, host) -> keptOrForgotten(host, now)));
      forgetFailed();
    }
  }

  @SuppressWarnings("NullAway") // a null result removes the entry from the map
  private static HostState keptOrForgotten(HostState host, Instant now) {
    return host.users == 0 && host.isForgettable(now) ? null : host;
  }
}
