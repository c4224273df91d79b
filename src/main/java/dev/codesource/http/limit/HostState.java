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

/** The permits and the circuit breaker of one host. */
final class HostState {
  /** How long after a back-off the next failure still counts as one more in a row. */
  private static final Duration MEMORY = Duration.ofMinutes(30);

  /** Threads that use this object; guarded by the limiter's map. */
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
   * Goes up with each failure that counts. The result of a request that was permitted in an earlier
   * epoch does not count: of many requests that were under way when a host went down, only one
   * does.
   */
  private long epoch;

  HostState(int permits, Clock clock, BackOff backOff) {
    this.permits = permits;
    this.clock = clock;
    this.backOff = backOff;
  }

  /** The decision on a request. */
  sealed interface Admission {}

  /**
   * The request may be sent.
   *
   * @param probe whether the circuit breaker is half-open, so that the others wait for the result
   */
  record Permitted(long epoch, boolean probe) implements Admission {}

  /** The request is not sent: the circuit breaker is open. */
  record Rejected(Problem problem, Instant until) implements Admission {}

  /** A request, which waits for its admission. */
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

  /** The request is not made after all, such as when its thread was interrupted. */
  synchronized void withdraw(Request request) {
    if (!waiting.remove(request) && request.admission.resultNow() instanceof Permitted permitted) {
      release(permitted);
    }
  }

  /** Releases the permit without a result: nothing is known about the host. */
  synchronized void release(Permitted permitted) {
    inFlight--;
    if (permitted.probe()) {
      halfOpen = false;
    }
    decide();
  }

  /** Releases the permit after an answer, whatever it said: closes the circuit breaker. */
  synchronized void releaseAnswered(Permitted permitted) {
    if (permitted.epoch() == epoch) {
      failures = 0;
      open = Optional.empty();
    }
    release(permitted);
  }

  /**
   * Releases the permit after a failure: the host did not answer, or asked to wait. Opens the
   * circuit breaker.
   *
   * @return when the next request may be sent
   */
  synchronized Instant releaseUnanswered(
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
    release(permitted);
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
