package dev.codesource.web.console;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.digest.Sha256;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.smallrye.mutiny.Multi;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.subscription.MultiEmitter;
import java.net.HttpURLConnection;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Watches for open pages, each with the token of its visitor. A watch ends after {@link
 * VisitorClients#LONGEST_WATCH}, and the browser begins another one with the session of then: so
 * the loss of a right takes effect.
 */
public final class Changes {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  /**
   * The times of a stream.
   *
   * @param pause between two events of a stream
   * @param heartbeat a stream that is silent for longer is cut by proxies
   * @param longest no stream is longer, whatever the API server does with its watch
   */
  record Pace(Duration pause, Duration heartbeat, Duration longest) {}

  private static final Pace PACE =
      new Pace(
          Duration.ofSeconds(1),
          Duration.ofSeconds(25),
          VisitorClients.LONGEST_WATCH.plusMinutes(1));

  /** A version that asks for what is there now. */
  private static final String NOW = "now";

  /** The trigger of a page that shows all of them; no object has this name. */
  static final String ALL = "*";

  private static final int MOST_OF_SESSION = 5;
  private static final int MOST_OF_USER = 20;

  /** As many connections as are counted apart: a stream beyond would take the place of a page. */
  public static final int MOST = 400;

  private final VisitorClients clients;
  private final Pace pace;
  private final Places places = new Places(MOST_OF_SESSION, MOST_OF_USER, MOST);
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private volatile boolean isStopping;

  public Changes(VisitorClients clients) {
    this(clients, PACE);
  }

  Changes(VisitorClients clients, Pace pace) {
    this.clients = clients;
    this.pace = pace;
  }

  /**
   * Ends all streams, and lets none begin: the process stops, and would wait for them. The browsers
   * connect again, to another replica.
   */
  public void stop() {
    isStopping = true;
    streams.forEach(Stream::stop);
  }

  /**
   * What a page shows.
   *
   * @param binding its name; empty: not one binding
   * @param trigger its name, or {@value #ALL}; empty: no trigger
   * @param version the version of it that the page shows, or {@value #NOW}
   */
  record Wanted(String namespace, String binding, String trigger, String version) {

    boolean isValid() {
      return version.matches("[0-9]{1,20}|" + NOW)
          && (binding.isEmpty() || binding.matches(Paths.OBJECT_NAME))
          && (trigger.isEmpty() || trigger.equals(ALL) || trigger.matches(Paths.OBJECT_NAME));
    }

    Wanted since(String other) {
      return new Wanted(namespace, binding, trigger, other);
    }
  }

  /**
   * What the browser is told.
   *
   * @param isChange the page is to ask again; else it is only to know that the connection lives
   * @param version where the next watch begins; empty: as before
   * @param again when the browser connects again after the stream has ended
   */
  record Told(boolean isChange, String version, Duration again) {

    /** What browsers do by themselves. */
    private static final Duration SOON = Duration.ofSeconds(3);

    /** What was refused is not asked for all the time. */
    private static final Duration LATER = Duration.ofSeconds(30);

    static Told changed(String version) {
      return new Told(true, version, SOON);
    }

    static Told unchanged(String version) {
      return new Told(false, version, SOON);
    }

    /** There was no watch. */
    static Told refused(boolean isByRights) {
      return new Told(isByRights, "", LATER);
    }
  }

  /** A stream; empty: the visitor has too many, or all have, or the process stops. */
  Optional<Multi<Told>> open(Visitor visitor, Wanted wanted) {
    if (isStopping) {
      return Optional.empty();
    }
    return places
        .take(session(visitor), visitor.username())
        .map(
            place -> {
              // Also if nobody subscribes, because the browser has gone.
              Future<?> _ =
                  Infrastructure.getDefaultWorkerPool()
                      .schedule(place::close, pace.longest().toMillis(), TimeUnit.MILLISECONDS);
              Multi<Told> stream =
                  Multi.createFrom()
                      .emitter(emitter -> new Stream(visitor, wanted, emitter, place).begin());
              // To begin a watch waits, which the thread of the connection must not.
              return stream.runSubscriptionOn(Infrastructure.getDefaultWorkerPool());
            });
  }

  private static String session(Visitor visitor) {
    return HexFormat.of()
        .formatHex(Sha256.of(visitor.token().value().getBytes(StandardCharsets.UTF_8)));
  }

  /** How many streams there are. */
  static final class Places {
    private final int mostOfSession;
    private final int mostOfUser;
    private final int most;
    private final Map<String, Integer> taken = new ConcurrentHashMap<>();
    private int all;

    Places(int mostOfSession, int mostOfUser, int most) {
      this.mostOfSession = mostOfSession;
      this.mostOfUser = mostOfUser;
      this.most = most;
    }

    /** Gives the place back, once. */
    interface Place extends AutoCloseable {
      @Override
      void close();
    }

    synchronized Optional<Place> take(String session, String user) {
      String ofSession = "session " + session;
      String ofUser = "user " + user;
      if (all >= most
          || taken.getOrDefault(ofSession, 0) >= mostOfSession
          || taken.getOrDefault(ofUser, 0) >= mostOfUser) {
        return Optional.empty();
      }
      all++;
      taken.merge(ofSession, 1, Integer::sum);
      taken.merge(ofUser, 1, Integer::sum);
      AtomicReference<@Nullable Runnable> back =
          new AtomicReference<>(() -> giveBack(ofSession, ofUser));
      return Optional.of(() -> Optional.ofNullable(back.getAndSet(null)).ifPresent(Runnable::run));
    }

    private synchronized void giveBack(String ofSession, String ofUser) {
      all--;
      taken.computeIfPresent(ofSession, (key, count) -> count == 1 ? null : count - 1);
      taken.computeIfPresent(ofUser, (key, count) -> count == 1 ? null : count - 1);
    }

    /** How many names are kept. */
    int known() {
      return taken.size();
    }
  }

  /** One open page. */
  private final class Stream {
    private final Visitor visitor;
    private final Wanted wanted;
    private final MultiEmitter<? super Told> emitter;
    private final Places.Place place;
    private final ScheduledExecutorService timer = Infrastructure.getDefaultWorkerPool();
    private @Nullable KubernetesClient api;
    private @Nullable Watch watch;
    private @Nullable Future<?> heartbeat;
    private @Nullable Future<?> end;

    /** The version that the browser is told of soon; null: it knows of all. */
    private @Nullable String pending;

    private boolean isHeard;
    private boolean isOver;

    Stream(Visitor visitor, Wanted wanted, MultiEmitter<? super Told> emitter, Places.Place place) {
      this.visitor = visitor;
      this.wanted = wanted;
      this.emitter = emitter;
      this.place = place;
    }

    void begin() {
      streams.add(this);
      emitter.onTermination(this::end);
      if (isStopping) {
        stop();
        return;
      }
      try {
        KubernetesClient client = clients.of(visitor.token());
        synchronized (this) {
          api = client;
        }
        Watch begun = watch(client);
        Future<?> beats =
            timer.scheduleAtFixedRate(
                () -> emitter.emit(Told.unchanged("")),
                pace.heartbeat().toMillis(),
                pace.heartbeat().toMillis(),
                TimeUnit.MILLISECONDS);
        Future<?> latest =
            timer.schedule(this::ended, pace.longest().toMillis(), TimeUnit.MILLISECONDS);
        synchronized (this) {
          watch = begun;
          heartbeat = beats;
          end = latest;
          if (!isOver) {
            return;
          }
        }
        end();
      } catch (KubernetesClientException e) {
        LOG.debugf("A page is not live: the API server answers %d", e.getCode());
        emitter.emit(
            switch (e.getCode()) {
              case HttpURLConnection.HTTP_GONE -> Told.changed(NOW);
              // The page then says what became of the session, or of the right.
              case HttpURLConnection.HTTP_UNAUTHORIZED, HttpURLConnection.HTTP_FORBIDDEN ->
                  Told.refused(true);
              default -> Told.refused(false);
            });
        emitter.complete();
      }
    }

    void stop() {
      emitter.complete();
    }

    private Watch watch(KubernetesClient client) {
      ListOptionsBuilder options =
          new ListOptionsBuilder()
              .withTimeoutSeconds(VisitorClients.LONGEST_WATCH.toSeconds())
              .withAllowWatchBookmarks(true);
      if (!wanted.version().equals(NOW)) {
        options.withResourceVersion(wanted.version());
      }
      Class<? extends HasMetadata> kind =
          wanted.trigger().isEmpty() ? CodeSourceBinding.class : CodeSourceTrigger.class;
      String name = wanted.trigger().isEmpty() ? wanted.binding() : wanted.trigger();
      if (!name.isEmpty() && !name.equals(ALL)) {
        options.withFieldSelector("metadata.name=" + name);
      }
      return watch(client, kind, options);
    }

    private <T extends HasMetadata> Watch watch(
        KubernetesClient client, Class<T> kind, ListOptionsBuilder options) {
      return client
          .resources(kind)
          .inNamespace(wanted.namespace())
          .watch(
              options.build(),
              new Watcher<T>() {
                @Override
                public void eventReceived(Action action, T object) {
                  changed(action, object);
                }

                @Override
                public void onClose() {
                  // Only when it is closed here, or before the exception of one that is refused.
                }

                @Override
                public void onClose(WatcherException cause) {
                  failed(cause);
                }
              });
    }

    private void changed(Watcher.Action action, HasMetadata object) {
      String version = object.getMetadata().getResourceVersion();
      synchronized (this) {
        isHeard = true;
        boolean isFirst = pending == null;
        if (isFirst && action == Watcher.Action.BOOKMARK) {
          // The API server will know this version for longer than the one that the page shows.
          emitter.emit(Told.unchanged(version));
          return;
        }
        pending = version;
        if (isFirst && !isOver) {
          Future<?> _ = timer.schedule(this::tell, pace.pause().toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    }

    /** Within the lock: else the stream could end in between. */
    private synchronized void tell() {
      if (pending != null) {
        emitter.emit(Told.changed(pending));
        pending = null;
      }
    }

    private void ended() {
      tell();
      emitter.complete();
    }

    private void failed(WatcherException cause) {
      if (cause.isHttpGone()) {
        emitter.emit(Told.changed(NOW));
        emitter.complete();
      } else {
        synchronized (this) {
          if (!isHeard) {
            // Over HTTP the library does not say why: the page finds it out.
            emitter.emit(Told.refused(true));
          }
        }
        ended();
      }
    }

    private static void cancel(@Nullable Future<?> later) {
      if (later != null) {
        later.cancel(false);
      }
    }

    private void end() {
      KubernetesClient client;
      Watch begun;
      streams.remove(this);
      synchronized (this) {
        isOver = true;
        client = api;
        begun = watch;
        cancel(heartbeat);
        cancel(end);
      }
      // Not on the thread of the connection: closing waits.
      Infrastructure.getDefaultWorkerPool()
          .execute(
              () -> {
                if (begun != null) {
                  begun.close();
                }
                if (client != null) {
                  client.close();
                }
                place.close();
              });
    }
  }
}
