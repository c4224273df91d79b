package dev.codesource.binding;

import dev.codesource.address.Origin;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.http.HostLimiter;
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
final class HostQueue {

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
  <T> Optional<T> enter(ResourceID binding, Origin origin, Supplier<T> work) {
    Optional<Line> entered = admit(binding, origin);
    try {
      return entered.map(_ -> work.get());
    } finally {
      entered.ifPresent(this::leave);
    }
  }

  /** How many are noted down. */
  synchronized int waiting() {
    return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
  }

  private Optional<Line> admit(ResourceID binding, Origin origin) {
    leaveOther(binding, origin);
    synchronized (this) {
      Line line = lines.computeIfAbsent(origin, Line::new);
      if (line.called.remove(binding) || !line.isFull(places)) {
        line.inside++;
        known.remove(binding);
        return Optional.of(line);
      }
      line.waiting.add(binding);
      known.put(binding, line);
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
  private void leaveOther(ResourceID binding, Origin origin) {
    Line line;
    synchronized (this) {
      line = known.get(binding);
    }
    if (line != null && !line.origin.equals(origin)) {
      forget(binding);
    }
  }

  /** Whoever is gone does not come any more. */
  void forget(ResourceID binding) {
    remove(binding).ifPresent(this::callFrom);
  }

  private synchronized Optional<Line> remove(ResourceID binding) {
    Line line = known.remove(binding);
    if (line != null) {
      line.waiting.remove(binding);
      line.called.remove(binding);
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

  /** Calls by an event, and hears of those that will not come: they are deleted, or about to be. */
  EventSource<?, CodeSourceBinding> eventSource(IndexerResourceCache<CodeSourceBinding> bindings) {
    BindingEventSource watch =
        new BindingEventSource(
            "turns",
            binding -> {
              if (binding.isMarkedForDeletion()) {
                forget(ResourceID.fromResource(binding));
              }
            },
            binding -> forget(ResourceID.fromResource(binding)));
    isExpected =
        id -> bindings.get(id).filter(binding -> !binding.isMarkedForDeletion()).isPresent();
    caller = watch::wake;
    return watch;
  }
}
