package dev.codesource.builder;

import static java.util.Comparator.comparing;

import dev.codesource.runtime.ControllerDefaults;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * Watches the objects that build, of the kinds that the administrator has enabled. A kind that is
 * not installed is not listed before the API server says that it has it: each list that fails would
 * be a stack trace of the client's.
 */
public final class RunInformers implements AutoCloseable {

  private static final Logger LOG = Logger.getLogger("dev.codesource.builder");

  private static final String BY_TRIGGER = "trigger";
  private static final String ACTIVE_BY_NAMESPACE = "active";

  /** So many of a trigger are read; of more, the newest. */
  static final int MOST_OF_TRIGGER = 500;

  /** For the informer to tell of one that was created. One that it does not tell of is gone. */
  static final Duration UNTOLD = Duration.ofMinutes(1);

  /** Between two looks for a kind that is not installed. */
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(10);

  private static final Comparator<Run> OLDEST_FIRST =
      comparing((Run run) -> run.due().foundAt()).thenComparing(Run::name);

  private final Map<RunKind, List<Watched>> informers = new EnumMap<>(RunKind.class);
  private final KubernetesClient client;
  private final InstantSource clock;
  private final Executor later;

  /** Of which a line says that they are not installed. */
  private final Set<RunKind> missing = ConcurrentHashMap.newKeySet();

  private final List<Runs.Listener> listeners = new CopyOnWriteArrayList<>();
  private volatile boolean isClosed;

  /** Those that this process has created and no informer has told of yet, by UID. */
  private final Map<String, Created> created = new ConcurrentHashMap<>();

  private final List<Consumer<RunKind>> ofKinds = new CopyOnWriteArrayList<>();

  /**
   * An informer.
   *
   * @param first completed when its first list has been read, or could not be, or its kind is not
   *     installed
   * @param listed completed when its first list has been read
   */
  private record Watched(
      RunKind kind,
      SharedIndexInformer<? extends ObservedRun> informer,
      CompletableFuture<Void> first,
      CompletableFuture<Void> listed) {}

  private record Created(Run run, Instant at) {}

  /**
   * Informers that are not started yet.
   *
   * @param namespaces empty: all
   */
  public RunInformers(
      KubernetesClient client, Set<RunKind> kinds, Set<String> namespaces, InstantSource clock) {
    this(client, kinds, namespaces, clock, BETWEEN_LOOKS);
  }

  RunInformers(
      KubernetesClient client,
      Set<RunKind> kinds,
      Set<String> namespaces,
      InstantSource clock,
      Duration betweenLooks) {
    this.client = client;
    this.clock = clock;
    this.later =
        CompletableFuture.delayedExecutor(
            betweenLooks.toMillis(), TimeUnit.MILLISECONDS, Thread::startVirtualThread);
    for (RunKind kind : kinds.isEmpty() ? EnumSet.noneOf(RunKind.class) : EnumSet.copyOf(kinds)) {
      // Else each event of a Job would be read as a whole Job first.
      client.getKubernetesSerialization().registerKubernetesResource(ObservedRun.of(kind));
      List<Watched> all = prepared(client, kind, namespaces);
      informers.put(kind, all);
      for (Function<Watched, CompletableFuture<Void>> step :
          List.<Function<Watched, CompletableFuture<Void>>>of(Watched::first, Watched::listed)) {
        var _ =
            CompletableFuture.allOf(all.stream().map(step).toArray(CompletableFuture<?>[]::new))
                .thenRun(() -> ofKinds.forEach(listener -> listener.accept(kind)));
      }
    }
  }

  private List<Watched> prepared(KubernetesClient client, RunKind kind, Set<String> namespaces) {
    Class<? extends ObservedRun> type = ObservedRun.of(kind);
    return namespaces.isEmpty()
        ? List.of(
            prepared(
                kind,
                client
                    .resources(type)
                    .inAnyNamespace()
                    .withLabel(BuilderRuns.TRIGGER_UID)
                    .withLimit(ControllerDefaults.SECRETS_PAGE)
                    .runnableInformer(0)))
        : namespaces.stream()
            .sorted()
            .map(
                namespace ->
                    prepared(
                        kind,
                        client
                            .resources(type)
                            .inNamespace(namespace)
                            .withLabel(BuilderRuns.TRIGGER_UID)
                            .withLimit(ControllerDefaults.SECRETS_PAGE)
                            .runnableInformer(0)))
            .toList();
  }

  private <T extends ObservedRun> Watched prepared(RunKind kind, SharedIndexInformer<T> informer) {
    CompletableFuture<Void> first = new CompletableFuture<>();
    informer.addIndexers(
        Map.of(
            BY_TRIGGER,
            object ->
                object.run().map(run -> key(run.namespace(), run.triggerUid())).stream().toList(),
            ACTIVE_BY_NAMESPACE,
            object -> object.run().filter(Run::isActive).map(Run::namespace).stream().toList()));
    informer.addEventHandler(handler());
    informer.exceptionHandler(
        (_, failure) -> {
          LOG.debugf("%ss cannot be watched: %s", kind, failure.getMessage());
          first.complete(null);
          return true; // it tries again
        });
    return new Watched(kind, informer, first, new CompletableFuture<>());
  }

  /**
   * Begins to watch, in other threads: one informer after another, since a page of a first list can
   * take much memory.
   */
  public void start() {
    startNext(informers.values().stream().flatMap(List::stream).toList().iterator());
  }

  private void startNext(Iterator<Watched> rest) {
    if (!rest.hasNext() || isClosed) {
      return;
    }
    Watched next = rest.next();
    var _ = next.first().thenRun(() -> startNext(rest));
    // Not in a thread of the client, which would wait for its own answer.
    Thread.startVirtualThread(() -> startWhenInstalled(next));
  }

  private void startWhenInstalled(Watched next) {
    if (isClosed) {
      return;
    }
    RunKind kind = next.kind();
    if (!isInstalled(kind)) {
      if (missing.add(kind)) {
        LOG.infof(
            "The API server has no %s.%s: no %s is started until they are installed.",
            kind.plural(), kind.group(), kind);
      }
      next.first().complete(null);
      later.execute(() -> startWhenInstalled(next));
      return;
    }
    if (missing.remove(kind)) {
      LOG.infof("The API server has %s.%s now.", kind.plural(), kind.group());
    }
    start(next);
  }

  /** Not while they are being stopped: one that is stopped cannot be started. */
  private synchronized void start(Watched watched) {
    if (isClosed) {
      return;
    }
    var _ =
        watched
            .informer()
            .start()
            .whenComplete(
                (_, failure) -> {
                  if (failure == null) {
                    watched.listed().complete(null);
                  }
                  watched.first().complete(null);
                });
  }

  /** Also if there is no answer: the informer tries again by itself. */
  private boolean isInstalled(RunKind kind) {
    try {
      return client.supports(kind.apiVersion(), kind.name());
    } catch (KubernetesClientException e) {
      LOG.debugf("it is not known whether there are %ss: %s", kind, e.getMessage());
      return true;
    }
  }

  @Override
  public synchronized void close() {
    isClosed = true;
    informers.values().stream().flatMap(List::stream).forEach(watched -> watched.informer().stop());
  }

  void onChange(Runs.Listener listener) {
    listeners.add(listener);
  }

  /** Calls a listener for each kind of which it becomes known whether its builds are known. */
  void onListed(Consumer<RunKind> listener) {
    ofKinds.add(listener);
  }

  boolean isEnabled(RunKind kind) {
    return informers.containsKey(kind);
  }

  /** Whether all builds of a kind are known. */
  boolean isComplete(RunKind kind) {
    return informers.getOrDefault(kind, List.of()).stream()
        .allMatch(watched -> watched.listed().isDone());
  }

  /** Whether the first lists of a kind have been read, or could not be. */
  boolean isTried(RunKind kind) {
    return informers.getOrDefault(kind, List.of()).stream()
        .allMatch(watched -> watched.first().isDone());
  }

  /** Those of a trigger, the oldest first. */
  List<Run> of(String namespace, String triggerUid) {
    return Stream.concat(
            indexed(BY_TRIGGER, key(namespace, triggerUid)),
            untold()
                .filter(run -> run.namespace().equals(namespace))
                .filter(run -> run.triggerUid().equals(triggerUid)))
        .sorted(OLDEST_FIRST.reversed())
        .limit(MOST_OF_TRIGGER)
        .sorted(OLDEST_FIRST)
        .toList();
  }

  /** How many of a namespace have not ended. */
  int active(String namespace) {
    int told =
        informers.values().stream()
            .flatMap(List::stream)
            .mapToInt(
                watched ->
                    watched.informer().getIndexer().byIndex(ACTIVE_BY_NAMESPACE, namespace).size())
            .sum();
    return told + (int) untold().filter(run -> run.namespace().equals(namespace)).count();
  }

  private static String key(String namespace, String uid) {
    return namespace + "/" + uid;
  }

  private Stream<Run> indexed(String index, String key) {
    return informers.values().stream()
        .flatMap(List::stream)
        .flatMap(watched -> watched.informer().getIndexer().byIndex(index, key).stream())
        .flatMap(object -> object.run().stream());
  }

  private Stream<Run> untold() {
    Instant earliest = clock.instant().minus(UNTOLD);
    created.values().removeIf(each -> each.at().isBefore(earliest));
    return created.values().stream().map(Created::run).filter(run -> !isTold(run));
  }

  /** The informer has it before its handlers hear of it. */
  private boolean isTold(Run run) {
    return informers.getOrDefault(run.kind(), List.of()).stream()
        .flatMap(
            watched ->
                Stream.ofNullable(
                    watched.informer().getStore().getByKey(key(run.namespace(), run.name()))))
        .anyMatch(known -> run.uid().equals(known.getMetadata().getUid()));
  }

  /** A build that this process has created: it is known before the informer tells of it. */
  void created(Run run) {
    if (!isTold(run)) {
      created.put(run.uid(), new Created(run, clock.instant()));
    }
  }

  /** A build that this process has ended. */
  void ended(Run run) {
    created.remove(run.uid());
  }

  /** What the informers call. */
  <T extends ObservedRun> ResourceEventHandler<T> handler() {
    return new Changed<>();
  }

  private final class Changed<T extends ObservedRun> implements ResourceEventHandler<T> {
    @Override
    public void onAdd(T run) {
      created.remove(run.getMetadata().getUid());
      // Before the informer told of it, it was counted as active.
      run.run().ifPresent(added -> tell(added, !added.isActive()));
    }

    @Override
    public void onUpdate(T before, T run) {
      created.remove(run.getMetadata().getUid());
      Optional<Run> old = before.run();
      Optional<Run> now = run.run();
      boolean isSame =
          old.map(Run::uid).equals(now.map(Run::uid))
              && old.map(Run::progress).equals(now.map(Run::progress))
              && old.map(Run::isDeleted).equals(now.map(Run::isDeleted));
      if (!isSame) {
        boolean hasEnded =
            old.filter(Run::isActive).isPresent() && now.filter(Run::isActive).isEmpty();
        now.or(() -> old).ifPresent(changed -> tell(changed, hasEnded));
      }
    }

    @Override
    public void onDelete(T run, boolean isLate) {
      created.remove(run.getMetadata().getUid());
      run.run().ifPresent(deleted -> tell(deleted, deleted.isActive()));
    }

    private void tell(Run run, boolean hasEnded) {
      listeners.forEach(listener -> listener.changed(run.namespace(), run.triggerName(), hasEnded));
    }
  }
}
