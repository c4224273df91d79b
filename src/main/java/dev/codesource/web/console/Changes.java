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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
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

  /** Between two events of a stream. */
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** A stream that is silent for longer is cut by proxies. */
  private static final Duration HEARTBEAT = Duration.ofSeconds(25);

  /** No stream is longer, since no watch is. */
  private static final Duration LONGEST_STREAM = VisitorClients.LONGEST_WATCH.plusMinutes(1);

  /** A version that asks for what is there now. */
  private static final String NOW = "now";

  private static final int MOST_OF_SESSION = 5;
  private static final int MOST_OF_USER = 20;
  private static final int MOST = 1000;

  private final VisitorClients clients;
  private final Places places = new Places(MOST_OF_SESSION, MOST_OF_USER, MOST);

  public Changes(VisitorClients clients) {
    this.clients = clients;
  }

  /**
   * What a page shows.
   *
   * @param binding its name; empty: not one binding
   * @param trigger its name; empty: not one trigger
   * @param version the version of it that the page shows, or {@value #NOW}
   */
  record Wanted(String namespace, String binding, String trigger, String version) {

    boolean isValid() {
      return version.matches("[0-9]{1,20}|" + NOW)
          && (binding.isEmpty() || binding.matches(BindingResource.NAME))
          && (trigger.isEmpty() || trigger.matches(BindingResource.NAME));
    }

    Wanted since(String other) {
      return new Wanted(namespace, binding, trigger, other);
    }
  }

  /**
   * What the browser is told.
   *
   * @param isChange else it is only to know that the connection lives
   * @param version where the next watch begins
   */
  record Told(boolean isChange, String version) {}

  /** A stream; empty: the visitor has too many, or all have. */
  Optional<Multi<Told>> open(Visitor visitor, Wanted wanted) {
    return places
        .take(session(visitor), visitor.username())
        .map(
            place -> {
              // Also if nobody subscribes, because the browser has gone.
              Future<?> _ =
                  Infrastructure.getDefaultWorkerPool()
                      .schedule(place::close, LONGEST_STREAM.toMillis(), TimeUnit.MILLISECONDS);
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

    /** The version that the browser is told of soon; null: it knows of all. */
    private @Nullable String pending;

    private boolean isOver;

    Stream(Visitor visitor, Wanted wanted, MultiEmitter<? super Told> emitter, Places.Place place) {
      this.visitor = visitor;
      this.wanted = wanted;
      this.emitter = emitter;
      this.place = place;
    }

    void begin() {
      emitter.onTermination(this::end);
      try {
        KubernetesClient client = clients.of(visitor.token());
        synchronized (this) {
          api = client;
        }
        Watch begun = watch(client);
        Future<?> beats =
            timer.scheduleAtFixedRate(
                () -> emitter.emit(new Told(false, "")),
                HEARTBEAT.toMillis(),
                HEARTBEAT.toMillis(),
                TimeUnit.MILLISECONDS);
        synchronized (this) {
          watch = begun;
          heartbeat = beats;
          if (!isOver) {
            return;
          }
        }
        end();
      } catch (KubernetesClientException e) {
        LOG.debugf("A page is not live: the API server answers %d", e.getCode());
        if (isGone(e)) {
          emitter.emit(new Told(true, NOW));
        }
        emitter.complete();
      }
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
      if (!name.isEmpty()) {
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
                  ended();
                }

                @Override
                public void onClose(WatcherException cause) {
                  failed(cause);
                }
              });
    }

    private void changed(Watcher.Action action, HasMetadata object) {
      if (action == Watcher.Action.BOOKMARK) {
        return;
      }
      synchronized (this) {
        boolean isFirst = pending == null;
        pending = object.getMetadata().getResourceVersion();
        if (isFirst && !isOver) {
          Future<?> _ = timer.schedule(this::tell, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        }
      }
    }

    private void tell() {
      String version;
      synchronized (this) {
        version = pending;
        pending = null;
      }
      if (version != null) {
        emitter.emit(new Told(true, version));
      }
    }

    private void ended() {
      tell();
      emitter.complete();
    }

    private void failed(WatcherException cause) {
      if (cause.isHttpGone()) {
        emitter.emit(new Told(true, NOW));
      }
      emitter.complete();
    }

    private static boolean isGone(KubernetesClientException e) {
      return e.getCode() == 410;
    }

    private void end() {
      KubernetesClient client;
      Watch begun;
      Future<?> beats;
      synchronized (this) {
        isOver = true;
        client = api;
        begun = watch;
        beats = heartbeat;
      }
      if (beats != null) {
        beats.cancel(false);
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
