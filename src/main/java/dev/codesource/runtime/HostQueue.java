package dev.codesource.runtime;

import dev.codesource.address.Origin;
import dev.codesource.http.limit.FairQueue;
import dev.codesource.http.limit.HostLimiter;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how many reconciliations are in progress for one host, for no host, and in total. A
 * resource that comes when the limit is reached is only noted down, and reconciled when there is a
 * place. A thread that waits would keep all that was read for its resource in memory: with
 * thousands of resources, as at a first start, that is most of the memory.
 *
 * <p>A free place goes to the namespace that has the fewest reconciliations in progress. Of the
 * places for all hosts a namespace gets another one only while it has fewer than are free, as in
 * {@link dev.codesource.http.limit.FairBulkhead}: hosts that never answer must not take them all.
 * The places for one host have no such reserve, because often only one namespace uses a host.
 *
 * <p>Reconciliations that ask no host have places of their own. They write to the API server and
 * tell builders, and do not wait behind hosts that never answer.
 */
@Singleton
public final class HostQueue {

  /**
   * How many reconciliations are in progress at once, for all hosts together. It bounds the memory:
   * each may hold an answer of a host. One host is limited to less, so that a slow one leaves
   * places to the others.
   */
  static final int MAX_IN_PROGRESS = 256;

  private final Clock clock;
  private final Lines<Boolean> all;
  private final Lines<Origin> byHost;
  private final Lines<Boolean> withoutHost;

  private Predicate<ResourceID> isExpected = _ -> true;
  private Consumer<ResourceID> caller = _ -> {};

  @Inject
  public HostQueue(HostLimiter limiter, Clock clock) {
    // Half of them may ask or write while the other half is between the two.
    this(2 * (limiter.permits() + ApiWriteBulkhead.AT_ONCE), MAX_IN_PROGRESS, clock);
  }

  private HostQueue(int perHost, int inTotal, Clock clock) {
    this.clock = clock;
    this.all = new Lines<>(inTotal, true);
    this.byHost = new Lines<>(perHost, false);
    this.withoutHost = new Lines<>(perHost, true);
  }

  /**
   * A queue for a test.
   *
   * @param isExpected whether a resource would come if it were called
   * @param caller has a resource come
   */
  HostQueue(
      int perHost,
      int inTotal,
      Clock clock,
      Predicate<ResourceID> isExpected,
      Consumer<ResourceID> caller) {
    this(perHost, inTotal, clock);
    this.isExpected = isExpected;
    this.caller = caller;
  }

  /** What became of a resource that came. */
  public sealed interface Entry<T> {

    /** There was a place. */
    record Done<T>(T value) implements Entry<T> {}

    /**
     * There was none; the resource is called when there is.
     *
     * @param ahead how many others wait for the same
     * @param waited for how long it has waited
     */
    record Queued<T>(int ahead, Duration waited) implements Entry<T> {}
  }

  /** Reconciles a resource for which no host is asked, if there is a place. */
  public <T> Entry<T> runOrQueue(ResourceID resource, Supplier<T> work) {
    all.forget(resource);
    byHost.forget(resource);
    return withoutHost.enter(resource, true, () -> done(work));
  }

  /** Reconciles a resource if there is a place. */
  public <T> Entry<T> runOrQueue(ResourceID resource, Origin origin, Supplier<T> work) {
    withoutHost.forget(resource);
    return all.enter(
        resource,
        true,
        () -> byHost.enter(resource, origin, () -> done(work)),
        // Else a namespace that has its share of all places would keep those of a host that it was
        // called for, while it waits for its own.
        () -> byHost.forget(resource));
  }

  private static <T> Entry<T> done(Supplier<T> work) {
    return new Entry.Done<>(work.get());
  }

  /** How many resources are noted down. */
  public int waiting() {
    return all.waiting() + byHost.waiting() + withoutHost.waiting();
  }

  /**
   * The resource does not come: it is deleted, or about to be. A resource that was called keeps a
   * place until it comes, or is forgotten.
   */
  public void forget(ResourceID resource) {
    all.forget(resource);
    byHost.forget(resource);
    withoutHost.forget(resource);
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

  private static String tenant(ResourceID resource) {
    return resource.getNamespace().orElse("");
  }

  /** The lines in front of places: one for each key. */
  private final class Lines<K> {
    private final int places;
    private final boolean isReserved;
    private final Map<K, Line<K>> lines = new HashMap<>();

    /** Where the resources are that wait or are called. */
    private final Map<ResourceID, Line<K>> known = new HashMap<>();

    private final Map<ResourceID, Instant> since = new HashMap<>();

    /**
     * @param isReserved whether a tenant gets a place only while it has fewer than are free
     */
    Lines(int places, boolean isReserved) {
      this.places = places;
      this.isReserved = isReserved;
    }

    <T> Entry<T> enter(ResourceID resource, K key, Supplier<Entry<T>> work) {
      return enter(resource, key, work, () -> {});
    }

    /**
     * @param turnedAway what is done when there is no place
     */
    <T> Entry<T> enter(ResourceID resource, K key, Supplier<Entry<T>> work, Runnable turnedAway) {
      leaveOther(resource, key);
      Admission<K> admission = admit(resource, key);
      if (admission.line() == null) {
        turnedAway.run();
        return new Entry.Queued<>(admission.ahead(), admission.waited());
      }
      try {
        return work.get();
      } finally {
        leave(admission.line(), resource);
      }
    }

    int waiting() {
      synchronized (HostQueue.this) {
        return lines.values().stream().mapToInt(line -> line.waiting.size()).sum();
      }
    }

    private Admission<K> admit(ResourceID resource, K key) {
      synchronized (HostQueue.this) {
        Line<K> line = lines.computeIfAbsent(key, Line::new);
        if (line.called.remove(resource)) {
          // It is in progress for the queue since it was called.
          line.inside++;
          notWaiting(resource);
          return new Admission<>(line, 0, Duration.ZERO);
        }
        if (line.waiting.inProgress(tenant(resource)) < most(line)) {
          if (known.get(resource) == line) {
            line.waiting.remove(tenant(resource), resource);
          }
          line.inside++;
          line.waiting.start(tenant(resource));
          notWaiting(resource);
          return new Admission<>(line, 0, Duration.ZERO);
        }
        Instant now = clock.instant();
        int ahead = line.waiting.size();
        if (known.put(resource, line) == null) {
          line.waiting.add(tenant(resource), resource);
          since.put(resource, now);
        } else {
          ahead--;
        }
        return new Admission<>(
            null, ahead, Duration.between(since.getOrDefault(resource, now), now));
      }
    }

    /** A tenant gets a place when it has fewer than this. */
    private int most(Line<K> line) {
      int free = places - line.inside - line.called.size();
      return free > 0 && !isReserved ? Integer.MAX_VALUE : free;
    }

    private void notWaiting(ResourceID resource) {
      known.remove(resource);
      since.remove(resource);
    }

    private void leave(Line<K> line, ResourceID resource) {
      synchronized (HostQueue.this) {
        line.inside--;
        line.waiting.finish(tenant(resource));
      }
      callFrom(line);
    }

    /** The resource's address was changed while it waited. */
    private void leaveOther(ResourceID resource, K key) {
      Line<K> line;
      synchronized (HostQueue.this) {
        line = known.get(resource);
      }
      if (line != null && !Objects.equals(line.key, key)) {
        forget(resource);
      }
    }

    void forget(ResourceID resource) {
      remove(resource).ifPresent(this::callFrom);
    }

    private Optional<Line<K>> remove(ResourceID resource) {
      synchronized (HostQueue.this) {
        Line<K> line = known.get(resource);
        notWaiting(resource);
        if (line != null && line.called.remove(resource)) {
          line.waiting.finish(tenant(resource));
        } else if (line != null) {
          line.waiting.remove(tenant(resource), resource);
        }
        return Optional.ofNullable(line);
      }
    }

    private void callFrom(Line<K> line) {
      for (ResourceID next = next(line); next != null; next = next(line)) {
        // Asked after it is marked as called: a resource that goes later than that is forgotten.
        if (isExpected.test(next)) {
          caller.accept(next);
        } else {
          remove(next);
        }
      }
    }

    private @Nullable ResourceID next(Line<K> line) {
      synchronized (HostQueue.this) {
        if (!line.waiting.isNextBelow(most(line))) {
          if (line.isIdle()) {
            lines.remove(line.key, line);
          }
          return null;
        }
        ResourceID next = line.waiting.poll().orElseThrow();
        line.called.add(next);
        return next;
      }
    }
  }

  /**
   * Whether there is a place.
   *
   * @param line null: there is none
   */
  private record Admission<K>(@Nullable Line<K> line, int ahead, Duration waited) {}

  /** The resources of one key: those inside, those that are called in, and those that wait. */
  private static final class Line<K> {
    private final K key;
    private final Set<ResourceID> called = new HashSet<>();
    private final FairQueue<ResourceID> waiting = new FairQueue<>();
    private int inside;

    Line(K key) {
      this.key = key;
    }

    boolean isIdle() {
      return inside == 0 && called.isEmpty() && waiting.isEmpty();
    }
  }
}
