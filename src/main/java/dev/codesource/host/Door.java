package dev.codesource.host;

import dev.codesource.reason.Problem;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** The gate of one host. */
final class Door {
  /** How long after a back-off the next failure still counts as one more in a row. */
  private static final Duration MEMORY = Duration.ofMinutes(30);

  /** Threads in the gate with this door; guarded by the gate's map. */
  int users;

  private final int permits;
  private final Clock clock;
  private final BackOff backOff;
  private final Queue<Visit> waiting = new ArrayDeque<>();

  private int inside;
  private int failures;
  private Optional<TurnedAway> closed = Optional.empty();
  private boolean probing;

  /**
   * Goes up with each failure that counts. Whoever was let in before does not report anything new:
   * of many requests that were under way when a host went down, one counts.
   */
  private long epoch;

  Door(int permits, Clock clock, BackOff backOff) {
    this.permits = permits;
    this.clock = clock;
    this.backOff = backOff;
  }

  /** What becomes of one who arrives. */
  sealed interface Admission {}

  /**
   * The host may be asked.
   *
   * @param probe whether the others wait for what is found
   */
  record Admitted(long epoch, boolean probe) implements Admission {}

  /** The host is not asked. */
  record TurnedAway(Problem problem, Instant until) implements Admission {}

  /** One who has arrived, and waits for what becomes of that. */
  static final class Visit {
    private final CompletableFuture<Admission> admission = new CompletableFuture<>();

    Admission await() throws InterruptedException {
      try {
        return admission.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("An admission does not fail.", e);
      }
    }
  }

  synchronized Visit arrive() {
    Visit visit = new Visit();
    waiting.add(visit);
    decide();
    return visit;
  }

  /** Whoever arrived does not wait any longer. */
  synchronized void withdraw(Visit visit) {
    if (!waiting.remove(visit) && visit.admission.resultNow() instanceof Admitted admitted) {
      leave(admitted);
    }
  }

  /** Nothing was found out about the host. */
  synchronized void leave(Admitted admitted) {
    inside--;
    if (admitted.probe()) {
      probing = false;
    }
    decide();
  }

  /** The host answered, whatever it said. */
  synchronized void leaveAnswered(Admitted admitted) {
    if (admitted.epoch() == epoch) {
      failures = 0;
      closed = Optional.empty();
    }
    leave(admitted);
  }

  /**
   * The host did not answer, or asked to wait.
   *
   * @return until when it is left alone
   */
  synchronized Instant leaveUnanswered(Admitted admitted, Problem problem, Optional<Instant> said) {
    boolean counts = admitted.epoch() == epoch;
    if (counts) {
      epoch++;
      failures++;
    }
    Instant until = backOff.until(clock.instant(), Math.max(1, failures), said);
    if (counts || (said.isPresent() && closed.stream().allMatch(c -> c.until().isBefore(until)))) {
      closed = Optional.of(new TurnedAway(problem, until));
    }
    leave(admitted);
    return closedUntil(clock.instant()).orElse(until);
  }

  synchronized int inside() {
    return inside;
  }

  synchronized Optional<Instant> closedUntil(Instant now) {
    return closed.map(TurnedAway::until).filter(now::isBefore);
  }

  synchronized boolean isForgettable(Instant now) {
    return inside == 0
        && waiting.isEmpty()
        && closed.stream().allMatch(c -> !now.isBefore(c.until().plus(MEMORY)));
  }

  private void decide() {
    while (!waiting.isEmpty()) {
      Optional<TurnedAway> turnedAway = closed.filter(c -> clock.instant().isBefore(c.until()));
      if (turnedAway.isPresent()) {
        waiting.remove().admission.complete(turnedAway.get());
      } else if (inside < permits && !probing) {
        inside++;
        probing = closed.isPresent();
        waiting.remove().admission.complete(new Admitted(epoch, probing));
      } else {
        return;
      }
    }
  }
}
