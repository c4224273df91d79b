package dev.codesource.http.limit;

import dev.codesource.address.Origin;
import dev.codesource.http.RequestInterruptedException;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Outcome.Scope;
import dev.codesource.reason.Outcome.Waiting;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Limits the requests to each host: a number of permits, given in the order of the requests, and a
 * circuit breaker. While the circuit breaker is open, requests are rejected. After the back-off it
 * is half-open: one request is a probe, and the others wait for its result. Blocks; meant for
 * virtual threads.
 */
public final class HostLimiter {
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

  private final Map<Origin, HostState> hosts = new ConcurrentHashMap<>();
  private final AtomicReference<Instant> nextSweep = new AtomicReference<>(Instant.MIN);
  private final int permits;
  private final Clock clock;
  private final BackOff backOff;

  /**
   * A limiter without open circuit breakers.
   *
   * @param permits the maximum of concurrent calls for one host, at least 1
   * @param random for the jitter of back-offs
   */
  public HostLimiter(int permits, Clock clock, RandomGenerator random) {
    if (permits < 1) {
      throw new IllegalArgumentException("The limit of a host is at least 1.");
    }
    this.permits = permits;
    this.clock = clock;
    this.backOff = new BackOff(random);
  }

  /**
   * Does work that sends requests to a host, as soon as the limit allows it. The work must not call
   * the limiter again.
   *
   * @return the outcome of the work, in which a wait has its end filled in; or, while the circuit
   *     breaker is open, the host's current wait, without having done the work
   * @throws RequestInterruptedException when the thread is interrupted while it waits
   */
  public <T> Outcome<T> through(Origin origin, Supplier<Outcome<T>> work) {
    HostState host = enter(origin);
    try {
      return switch (admission(host)) {
        case HostState.Rejected(var problem, var until) ->
            new Waiting<>(problem, Optional.of(until), Scope.HOST);
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

  private static HostState.Admission admission(HostState host) {
    HostState.Request request = host.request();
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
        host.release(permitted);
      }
    }
  }

  private <T> Outcome<T> release(
      HostState host, HostState.Permitted permitted, Outcome<T> outcome) {
    return switch (outcome) {
      case Done<T> _, Refused<T> _ -> {
        host.releaseAnswered(permitted);
        yield outcome;
      }
      case Waiting<T> waiting ->
          new Waiting<>(
              waiting.problem(), Optional.of(end(host, permitted, waiting)), waiting.scope());
    };
  }

  private Instant end(HostState host, HostState.Permitted permitted, Waiting<?> waiting) {
    return switch (waiting.scope()) {
      case HOST -> host.releaseUnanswered(permitted, waiting.problem(), waiting.until());
      case CREDENTIAL -> {
        host.releaseAnswered(permitted);
        yield backOff.untilForOne(clock.instant(), waiting.until());
      }
    };
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
    }
  }

  @SuppressWarnings("NullAway") // a null result removes the entry from the map
  private static HostState keptOrForgotten(HostState host, Instant now) {
    return host.users == 0 && host.isForgettable(now) ? null : host;
  }
}
