package dev.codesource.runtime;

import dev.codesource.address.Origin;
import dev.codesource.http.limit.HostLimiter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Lets as many bindings of one host be reconciled at once as keep the host and the API server busy.
 * Whoever comes when there are as many is only noted down, and reconciled when its turn comes, in
 * the order of arrival: a thread that waits would keep all that was gathered for its binding in
 * memory, which is what a first start on thousands of bindings would consist of.
 */
@Singleton
public final class HostQueue {

  private final int places;
  private final Map<Origin, Line> lines = new HashMap<>();

  /** Where those are who wait or are called. */
  private final Map<ResourceID, Line> known = new HashMap<>();

  private Predicate<ResourceID> isExpected = _ -> true;
  private Consumer<ResourceID> caller = _ -> {};

  @Inject
  HostQueue(HostLimiter limiter) {
    // Half of them may ask or write while the other half is between the two.
    this(2 * (limiter.permits() + ApiWriteBulkhead.AT_ONCE));
  }

  private HostQueue(int places) {
    this.places = places;
  }

  /**
   * A room of its own.
   *
   * @param places how many of one host may be inside
   * @param isExpected whether a binding would come if it were called
   * @param caller has a binding come
   */
  HostQueue(int places, Predicate<ResourceID> isExpected, Consumer<ResourceID> caller) {
    this(places);
    this.isExpected = isExpected;
    this.caller = caller;
  }

  /** Those of one host. */
  private static final class Line {
    private final Origin origin;
    private final Set<ResourceID> called = new HashSet<>();
    private final LinkedHashSet<ResourceID> waiting = new LinkedHashSet<>();
    private int inside;

    Line(Origin origin) {
      this.origin = origin;
    }

    boolean isFull(int places) {
      return inside + called.size() >= places;
    }

    boolean isEmpty() {
      return inside == 0 && called.isEmpty() && waiting.isEmpty();
    }
  }

  /**
   * Does the work of a binding if there is a place.
   *
   * @return empty: the binding is called when there is one
   */
  public <T> Optional<T> enter(ResourceID resource, Origin origin, Supplier<T> work) {
    Optional<Line> entered = admit(resource, origin);
    try {
      return entered.map(_ -> work.get());
    } finally {
      entered.ifPresent(this::leave);
    }
  }

  /** How many are noted down. */
  public synchronized int waiting() {
    return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
  }

  private Optional<Line> admit(ResourceID resource, Origin origin) {
    leaveOther(resource, origin);
    synchronized (this) {
      Line line = lines.computeIfAbsent(origin, Line::new);
      if (line.called.remove(resource) || !line.isFull(places)) {
        line.inside++;
        known.remove(resource);
        return Optional.of(line);
      }
      line.waiting.add(resource);
      known.put(resource, line);
      return Optional.empty();
    }
  }

  private void leave(Line line) {
    synchronized (this) {
      line.inside--;
    }
    callFrom(line);
  }

  /** The binding's address was changed while it waited. */
  private void leaveOther(ResourceID resource, Origin origin) {
    Line line;
    synchronized (this) {
      line = known.get(resource);
    }
    if (line != null && !line.origin.equals(origin)) {
      forget(resource);
    }
  }

  /** Whoever is gone does not come any more. */
  void forget(ResourceID resource) {
    remove(resource).ifPresent(this::callFrom);
  }

  private synchronized Optional<Line> remove(ResourceID resource) {
    Line line = known.remove(resource);
    if (line != null) {
      line.waiting.remove(resource);
      line.called.remove(resource);
    }
    return Optional.ofNullable(line);
  }

  private void callFrom(Line line) {
    for (ResourceID next = next(line); next != null; next = next(line)) {
      // Asked after it is marked as called: who goes later than that is forgotten.
      if (isExpected.test(next)) {
        caller.accept(next);
      } else {
        remove(next);
      }
    }
  }

  private synchronized @Nullable ResourceID next(Line line) {
    if (line.isFull(places) || line.waiting.isEmpty()) {
      if (line.isEmpty()) {
        lines.remove(line.origin, line);
      }
      return null;
    }
    ResourceID next = line.waiting.removeFirst();
    line.called.add(next);
    return next;
  }

  /**
   * Starts the reconciliation of queued resources, and drops those that are deleted, or are about
   * to be.
   */
  public <P extends HasMetadata> EventSource<?, P> eventSource(
      Class<P> type, IndexerResourceCache<P> resources) {
    PrimaryEventSource<P> source =
        new PrimaryEventSource<>(
            type,
            "host-queue",
            resource -> {
              if (resource.isMarkedForDeletion()) {
                forget(ResourceID.fromResource(resource));
              }
            },
            resource -> forget(ResourceID.fromResource(resource)));
    isExpected =
        id -> resources.get(id).filter(resource -> !resource.isMarkedForDeletion()).isPresent();
    caller = source::reconcile;
    return source;
  }
}
