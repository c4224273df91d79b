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
 * Limits how many bindings of one host are reconciled at once. Above the limit only the name of a
 * binding is queued, and its reconciliation starts later, in the order of the queue. A waiting
 * thread would keep the data of its binding in memory, and a first start with thousands of bindings
 * would have thousands of them.
 */
@Singleton
public final class HostQueue {

  private final int limit;
  private final Map<Origin, Host> hosts = new HashMap<>();

  /** The host of each binding that is queued or dispatched. */
  private final Map<ResourceID, Host> hostOf = new HashMap<>();

  private Predicate<ResourceID> exists = _ -> true;
  private Consumer<ResourceID> reconcile = _ -> {};

  @Inject
  public HostQueue(HostLimiter limiter) {
    // Half of them may use these limits while the other half is between two requests.
    this(2 * (limiter.permits() + ApiWriteBulkhead.AT_ONCE));
  }

  private HostQueue(int limit) {
    this.limit = limit;
  }

  /**
   * A queue for tests.
   *
   * @param limit how many bindings of one host are reconciled at once
   * @param exists whether a binding exists and is not being deleted
   * @param reconcile starts the reconciliation of a binding, which calls {@link #runOrQueue} again
   */
  HostQueue(int limit, Predicate<ResourceID> exists, Consumer<ResourceID> reconcile) {
    this(limit);
    this.exists = exists;
    this.reconcile = reconcile;
  }

  /** The bindings of one host. A dispatched one holds a place until its reconciliation runs. */
  private static final class Host {
    private final Origin origin;
    private final Set<ResourceID> dispatched = new HashSet<>();
    private final LinkedHashSet<ResourceID> waiting = new LinkedHashSet<>();
    private int running;

    Host(Origin origin) {
      this.origin = origin;
    }

    boolean isFull(int limit) {
      return running + dispatched.size() >= limit;
    }

    boolean isEmpty() {
      return running == 0 && dispatched.isEmpty() && waiting.isEmpty();
    }
  }

  /**
   * Does the work of a binding, or queues the binding if its host is at the limit.
   *
   * @return the result of the work; empty: the binding is queued
   */
  public <T> Optional<T> runOrQueue(ResourceID resource, Origin origin, Supplier<T> work) {
    Optional<Host> started = start(resource, origin);
    try {
      return started.map(_ -> work.get());
    } finally {
      started.ifPresent(this::finish);
    }
  }

  /** The number of queued bindings. */
  public synchronized int waiting() {
    return hosts.values().stream().mapToInt(host -> host.waiting.size()).sum();
  }

  private Optional<Host> start(ResourceID resource, Origin origin) {
    forgetAtOtherHost(resource, origin);
    synchronized (this) {
      Host host = hosts.computeIfAbsent(origin, Host::new);
      if (host.dispatched.remove(resource) || !host.isFull(limit)) {
        host.running++;
        hostOf.remove(resource);
        return Optional.of(host);
      }
      host.waiting.add(resource);
      hostOf.put(resource, host);
      return Optional.empty();
    }
  }

  private void finish(Host host) {
    synchronized (this) {
      host.running--;
    }
    dispatch(host);
  }

  /** The binding's address was changed while it was queued. */
  private void forgetAtOtherHost(ResourceID resource, Origin origin) {
    Host host;
    synchronized (this) {
      host = hostOf.get(resource);
    }
    if (host != null && !host.origin.equals(origin)) {
      forget(resource);
    }
  }

  /** Removes a binding that is deleted. */
  void forget(ResourceID resource) {
    remove(resource).ifPresent(this::dispatch);
  }

  private synchronized Optional<Host> remove(ResourceID resource) {
    Host host = hostOf.remove(resource);
    if (host != null) {
      host.waiting.remove(resource);
      host.dispatched.remove(resource);
    }
    return Optional.ofNullable(host);
  }

  private void dispatch(Host host) {
    for (ResourceID next = next(host); next != null; next = next(host)) {
      // Checked after it is marked as dispatched: a later deletion calls forget.
      if (exists.test(next)) {
        reconcile.accept(next);
      } else {
        remove(next);
      }
    }
  }

  private synchronized @Nullable ResourceID next(Host host) {
    if (host.isFull(limit) || host.waiting.isEmpty()) {
      if (host.isEmpty()) {
        hosts.remove(host.origin, host);
      }
      return null;
    }
    ResourceID next = host.waiting.removeFirst();
    host.dispatched.add(next);
    return next;
  }

  /**
   * Starts the reconciliation of queued resources, and removes those that are deleted or marked for
   * deletion.
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
    exists =
        id -> resources.get(id).filter(resource -> !resource.isMarkedForDeletion()).isPresent();
    reconcile = source::reconcile;
    return source;
  }
}
