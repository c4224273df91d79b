package dev.codesource.http.limit;

import dev.codesource.http.limit.CircuitBreaker.Pass;
import dev.codesource.http.limit.CircuitBreaker.Rejected;
import dev.codesource.reason.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * The permits and the circuit breakers of one host. A free permit goes to the tenant that holds the
 * fewest. What one tenant meets at a site is that tenant's alone, until another tenant meets it
 * too: else a tenant with a bad credential, or the path of a broken application, could close the
 * host for everybody.
 */
final class HostState {

  /** More circuits than these are not remembered; the oldest are forgotten first. */
  private static final int MAX_CIRCUITS = 512;

  private static final int LONGEST_PATH = 64;

  /** Threads that use this object; guarded by the limiter's map. */
  int users;

  private final int permits;
  private final Clock clock;
  private final BackOff backOff;

  /** In the order of arrival. */
  private final Set<Request> waiting = new LinkedHashSet<>();

  private final Map<String, Integer> inFlight = new HashMap<>();
  private final Map<Key, CircuitBreaker> circuits = new LinkedHashMap<>();

  HostState(int permits, Clock clock, BackOff backOff) {
    this.permits = permits;
    this.clock = clock;
    this.backOff = backOff;
  }

  /**
   * Whose circuit it is.
   *
   * @param path of the site
   * @param tenant empty: everybody's
   */
  private record Key(String path, Optional<String> tenant) {

    static Key own(Caller caller) {
      return new Key(HostState.path(caller), Optional.of(caller.tenant()));
    }

    static Key shared(Caller caller) {
      return new Key(HostState.path(caller), Optional.empty());
    }
  }

  /** The path of the site, as short as a digest: a user may write a path of 2 048 characters. */
  static String path(Caller caller) {
    String path = caller.site().path();
    return path.length() <= LONGEST_PATH
        ? path
        : UUID.nameUUIDFromBytes(path.getBytes(StandardCharsets.UTF_8)).toString();
  }

  /** What becomes of a request. */
  sealed interface Admission {}

  /** The host may be asked. */
  record Permitted(Caller caller, Pass own, Pass shared) implements Admission {}

  /** The host is not asked. */
  record TurnedAway(Rejected why) implements Admission {}

  /** A request, which waits for its admission. */
  static final class Request {
    private final Caller caller;
    private final CompletableFuture<Admission> admission = new CompletableFuture<>();

    Request(Caller caller) {
      this.caller = caller;
    }

    Admission await() throws InterruptedException {
      try {
        return admission.get();
      } catch (ExecutionException e) {
        throw new IllegalStateException("An admission does not fail.", e);
      }
    }
  }

  synchronized Request request(Caller caller) {
    Request request = new Request(caller);
    waiting.add(request);
    decide();
    return request;
  }

  /** The caller does not wait any longer. */
  synchronized void withdraw(Request request) {
    if (!waiting.remove(request) && request.admission.resultNow() instanceof Permitted permitted) {
      ignored(permitted);
    }
  }

  /** Nothing was found out about the host. */
  synchronized void ignored(Permitted permitted) {
    own(permitted.caller()).ifPresent(circuit -> circuit.ignored(permitted.own()));
    shared(permitted.caller()).ifPresent(circuit -> circuit.ignored(permitted.shared()));
    release(permitted);
  }

  /** The host answered, whatever it said. */
  synchronized void succeeded(Permitted permitted) {
    own(permitted.caller()).ifPresent(circuit -> circuit.succeeded(permitted.own()));
    shared(permitted.caller()).ifPresent(circuit -> circuit.succeeded(permitted.shared()));
    release(permitted);
  }

  /**
   * The host did not answer, or asked to wait.
   *
   * @return until when it is left alone
   */
  synchronized Instant failed(Permitted permitted, Problem problem, Optional<Instant> said) {
    Instant now = clock.instant();
    Caller caller = permitted.caller();
    Instant until = created(Key.own(caller)).failed(permitted.own(), problem, said, now);
    if (othersHaveFailed(caller, now)) {
      created(Key.shared(caller))
          .failed(permitted.shared(), problem, said.map(end -> backOff.forAll(end, now)), now);
    } else {
      shared(caller).ifPresent(circuit -> circuit.ignored(permitted.shared()));
    }
    release(permitted);
    return until;
  }

  private boolean othersHaveFailed(Caller caller, Instant now) {
    Key own = Key.own(caller);
    return circuits.entrySet().stream()
        .filter(entry -> entry.getKey().tenant().isPresent())
        .filter(entry -> entry.getKey().path().equals(own.path()) && !entry.getKey().equals(own))
        .anyMatch(entry -> entry.getValue().hasFailed(now));
  }

  synchronized int inFlight() {
    return inFlight.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Until when somebody is turned away. */
  synchronized Optional<Instant> openUntil(Instant now) {
    return circuits.values().stream()
        .flatMap(circuit -> circuit.rejection(now).stream())
        .map(Rejected::until)
        .max(Instant::compareTo);
  }

  synchronized boolean isForgettable(Instant now) {
    return inFlight.isEmpty()
        && waiting.isEmpty()
        && circuits.values().stream().allMatch(circuit -> circuit.isForgettable(now));
  }

  private Optional<CircuitBreaker> own(Caller caller) {
    return Optional.ofNullable(circuits.get(Key.own(caller)));
  }

  private Optional<CircuitBreaker> shared(Caller caller) {
    return Optional.ofNullable(circuits.get(Key.shared(caller)));
  }

  /** There is a circuit breaker only where something failed. */
  private CircuitBreaker created(Key key) {
    if (circuits.size() >= MAX_CIRCUITS && !circuits.containsKey(key)) {
      forgetCircuits();
    }
    return circuits.computeIfAbsent(key, _ -> new CircuitBreaker(backOff));
  }

  private void forgetCircuits() {
    Instant now = clock.instant();
    circuits.values().removeIf(circuit -> circuit.isForgettable(now));
    while (circuits.size() >= MAX_CIRCUITS) {
      circuits.remove(circuits.keySet().iterator().next());
    }
  }

  /** Forgets what a tenant met at a site. */
  synchronized void forget(String tenant, String path) {
    circuits.remove(new Key(path, Optional.of(tenant)));
    decide();
  }

  private void release(Permitted permitted) {
    inFlight.computeIfPresent(
        permitted.caller().tenant(), (_, held) -> held == 1 ? null : held - 1);
    decide();
  }

  private void decide() {
    if (!circuits.isEmpty()) {
      turnAway();
    }
    for (int free = permits - inFlight(); free > 0; free--) {
      Optional<Request> next = next();
      if (next.isEmpty()) {
        return;
      }
      permit(next.get());
    }
  }

  private void turnAway() {
    Instant now = clock.instant();
    for (Request request : List.copyOf(waiting)) {
      circuits(request.caller)
          .flatMap(circuit -> circuit.rejection(now).stream())
          .max(Comparator.comparing(Rejected::until))
          .ifPresent(
              rejected -> {
                waiting.remove(request);
                request.admission.complete(new TurnedAway(rejected));
              });
    }
  }

  private Stream<CircuitBreaker> circuits(Caller caller) {
    return Stream.of(own(caller), shared(caller)).flatMap(Optional::stream);
  }

  /** Of the requests that nobody probes for: the first of the tenant that holds the fewest. */
  private Optional<Request> next() {
    return waiting.stream()
        .filter(request -> circuits(request.caller).noneMatch(CircuitBreaker::isProbing))
        .min(Comparator.comparingInt(request -> held(request.caller)));
  }

  private int held(Caller caller) {
    return inFlight.getOrDefault(caller.tenant(), 0);
  }

  private void permit(Request request) {
    waiting.remove(request);
    Caller caller = request.caller;
    inFlight.merge(caller.tenant(), 1, Integer::sum);
    request.admission.complete(
        new Permitted(
            caller,
            own(caller).map(CircuitBreaker::pass).orElse(Pass.OF_CLOSED),
            shared(caller).map(CircuitBreaker::pass).orElse(Pass.OF_CLOSED)));
  }
}
