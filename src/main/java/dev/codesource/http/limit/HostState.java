package dev.codesource.http.limit;

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
final class HostState {
  /** How long after a back-off the next failure still counts as one more in a row. */
  private static final Duration MEMORY = Duration.ofMinutes(30);

  /** Threads in the gate with this door; guarded by the gate's map. */
  int users;

  private final int permits;
  private final Clock clock;
  private final BackOff backOff;
  private final Queue<Request> waiting = new ArrayDeque<>();

  private int inFlight;
  private int failures;
  private Optional<Rejected> open = Optional.empty();
  private boolean halfOpen;

  /**
   * Goes up with each failure that counts. Whoever was let in before does not report anything new:
   * of many requests that were under way when a host went down, one counts.
   */
  private long epoch;

  HostState(int permits, Clock clock, BackOff backOff) {
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
  record Permitted(long epoch, boolean probe) implements Admission {}

  /** The host is not asked. */
  record Rejected(Problem problem, Instant until) implements Admission {}

  /** One who has arrived, and waits for what becomes of that. */
  static final class Request {
    private final CompletableFuture<Admission> admission = new CompletableFuture<>();

    Admission await() throws InterruptedException {
      try {
        return admission.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("An admission does not fail.", e);
      }
    }
  }

  synchronized Request request() {
    Request request = new Request();
    waiting.add(request);
    decide();
    return request;
  }

  /** Whoever arrived does not wait any longer. */
  synchronized void withdraw(Request request) {
    if (!waiting.remove(request) && request.admission.resultNow() instanceof Permitted permitted) {
      leave(permitted);
    }
  }

  /** Nothing was found out about the host. */
  synchronized void leave(Permitted permitted) {
    inFlight--;
    if (permitted.probe()) {
      halfOpen = false;
    }
    decide();
  }

  /** The host answered, whatever it said. */
  synchronized void leaveAnswered(Permitted permitted) {
    if (permitted.epoch() == epoch) {
      failures = 0;
      open = Optional.empty();
    }
    leave(permitted);
  }

  /**
   * The host did not answer, or asked to wait.
   *
   * @return until when it is left alone
   */
  synchronized Instant leaveUnanswered(
      Permitted permitted, Problem problem, Optional<Instant> said) {
    boolean counts = permitted.epoch() == epoch;
    if (counts) {
      epoch++;
      failures++;
    }
    Instant until = backOff.until(clock.instant(), Math.max(1, failures), said);
    if (counts || (said.isPresent() && open.stream().allMatch(c -> c.until().isBefore(until)))) {
      open = Optional.of(new Rejected(problem, until));
    }
    leave(permitted);
    return openUntil(clock.instant()).orElse(until);
  }

  synchronized int inFlight() {
    return inFlight;
  }

  synchronized Optional<Instant> openUntil(Instant now) {
    return open.map(Rejected::until).filter(now::isBefore);
  }

  synchronized boolean isForgettable(Instant now) {
    return inFlight == 0
        && waiting.isEmpty()
        && open.stream().allMatch(c -> !now.isBefore(c.until().plus(MEMORY)));
  }

  private void decide() {
    while (!waiting.isEmpty()) {
      Optional<Rejected> rejected = open.filter(c -> clock.instant().isBefore(c.until()));
      if (rejected.isPresent()) {
        waiting.remove().admission.complete(rejected.get());
      } else if (inFlight < permits && !halfOpen) {
        inFlight++;
        halfOpen = open.isPresent();
        waiting.remove().admission.complete(new Permitted(epoch, halfOpen));
      } else {
        return;
      }
    }
  }
}
