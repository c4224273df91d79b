package dev.codesource.host;

import dev.codesource.address.Origin;
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
 * What all who ask a host share: a number of permits, given in the order of arrival, and a back-off
 * when the host cannot be asked now. After a back-off one goes ahead and the others wait for what
 * it finds. Blocks; meant for virtual threads.
 */
public final class HostGate {
  private static final Duration SWEEP_EVERY = Duration.ofMinutes(1);

  private final Map<Origin, Door> doors = new ConcurrentHashMap<>();
  private final AtomicReference<Instant> nextSweep = new AtomicReference<>(Instant.MIN);
  private final int permits;
  private final Clock clock;
  private final BackOff backOff;

  /**
   * A gate that is open to all.
   *
   * @param permits how many may ask one host at once
   * @param random for the jitter of back-offs
   */
  public HostGate(int permits, Clock clock, RandomGenerator random) {
    if (permits < 1) {
      throw new IllegalArgumentException("A gate needs a permit at least.");
    }
    this.permits = permits;
    this.clock = clock;
    this.backOff = new BackOff(random);
  }

  /**
   * Does work that asks a host, when the host may be asked. The work must not go through the gate
   * again.
   *
   * @return what the work found, a wait with its end filled in; or the wait that the host is in,
   *     without having done the work
   * @throws RequestInterruptedException when the thread is interrupted while it waits
   */
  public <T> Outcome<T> through(Origin origin, Supplier<Outcome<T>> work) {
    Door door = enter(origin);
    try {
      return switch (admission(door)) {
        case Door.TurnedAway(var problem, var until) ->
            new Waiting<>(problem, Optional.of(until), Scope.HOST);
        case Door.Admitted admitted -> done(door, admitted, work);
      };
    } finally {
      exit(origin);
    }
  }

  /** The hosts that are not asked at present, and until when. */
  public Map<Origin, Instant> backingOff() {
    Instant now = clock.instant();
    Map<Origin, Instant> hosts = new HashMap<>();
    doors.forEach(
        (origin, door) -> door.closedUntil(now).ifPresent(until -> hosts.put(origin, until)));
    return Map.copyOf(hosts);
  }

  /** How many may ask one host at once. */
  public int permits() {
    return permits;
  }

  /** How many are asking a host at present. */
  public int inFlight() {
    return doors.values().stream().mapToInt(Door::inside).sum();
  }

  /** How many hosts are remembered. */
  int remembered() {
    return doors.size();
  }

  private static Door.Admission admission(Door door) {
    Door.Visit visit = door.arrive();
    try {
      return visit.await();
    } catch (InterruptedException e) {
      door.withdraw(visit);
      Thread.currentThread().interrupt();
      throw new RequestInterruptedException(e);
    }
  }

  private <T> Outcome<T> done(Door door, Door.Admitted admitted, Supplier<Outcome<T>> work) {
    boolean told = false;
    try {
      Outcome<T> outcome = work.get();
      told = true;
      return tell(door, admitted, outcome);
    } finally {
      if (!told) {
        door.leave(admitted);
      }
    }
  }

  private <T> Outcome<T> tell(Door door, Door.Admitted admitted, Outcome<T> outcome) {
    return switch (outcome) {
      case Done<T> _, Refused<T> _ -> {
        door.leaveAnswered(admitted);
        yield outcome;
      }
      case Waiting<T> waiting ->
          new Waiting<>(
              waiting.problem(), Optional.of(end(door, admitted, waiting)), waiting.scope());
    };
  }

  private Instant end(Door door, Door.Admitted admitted, Waiting<?> waiting) {
    return switch (waiting.scope()) {
      case HOST -> door.leaveUnanswered(admitted, waiting.problem(), waiting.until());
      case CREDENTIAL -> {
        door.leaveAnswered(admitted);
        yield backOff.untilForOne(clock.instant(), waiting.until());
      }
    };
  }

  private Door enter(Origin origin) {
    return doors.compute(
        origin,
        (_, known) -> {
          Door door = known == null ? new Door(permits, clock, backOff) : known;
          door.users++;
          return door;
        });
  }

  private void exit(Origin origin) {
    Instant now = clock.instant();
    doors.computeIfPresent(
        origin,
        (_, door) -> {
          door.users--;
          return keptOrForgotten(door, now);
        });
    Instant due = nextSweep.get();
    if (!now.isBefore(due) && nextSweep.compareAndSet(due, now.plus(SWEEP_EVERY))) {
      doors
          .keySet()
          .forEach(each -> doors.computeIfPresent(each, (_, door) -> keptOrForgotten(door, now)));
    }
  }

  @SuppressWarnings("NullAway") // null is how a map is told to forget
  private static Door keptOrForgotten(Door door, Instant now) {
    return door.users == 0 && door.isForgettable(now) ? null : door;
  }
}
