package dev.codesource.app;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.HealthCheckResponseBuilder;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Whether the API server has the CRDs. Without one of them there is nothing to do for its
 * controller, and no error of an informer says why. The API server is asked beside the probe, which
 * is answered at once with what is known.
 *
 * <p>The CRD of triggers may be missing when the operator starts: it is newer than that of
 * bindings, and who applies CRDs apart from the chart may have forgotten it. Bindings are served
 * then, and the operator is ready. A controller cannot be added to those that run, so when the CRD
 * is there the operator is not live, and the kubelet restarts it.
 */
@Singleton
final class CrdCheck {

  private static final Logger LOG = Logger.getLogger("dev.codesource.app");

  /** However often the probe comes. */
  private static final Duration AT_MOST_EVERY = Duration.ofSeconds(5);

  /** What is watched. */
  enum Kind {
    BINDINGS(CodeSourceBinding.class, "binding"),
    TRIGGERS(CodeSourceTrigger.class, "trigger");

    private final Class<? extends HasMetadata> type;
    private final String word;

    Kind(Class<? extends HasMetadata> type, String word) {
      this.type = type;
      this.word = word;
    }

    String crd() {
      return HasMetadata.getFullResourceName(type);
    }

    /** As the list of resources of the API group has it. */
    private boolean isIn(String resources) {
      return resources.contains("\"name\":\"" + HasMetadata.getPlural(type) + "\"");
    }
  }

  private final Supplier<Set<Kind>> served;
  private final Executor beside;
  private final Clock clock;
  private Instant next = Instant.MIN;

  /** Those without which the operator was started. */
  private final Set<Kind> unwatched = EnumSet.noneOf(Kind.class);

  /** Those that are watched, and whose CRD is gone. */
  private final Set<Kind> gone = EnumSet.noneOf(Kind.class);

  /** Those whose CRD came after the start. */
  private final Set<Kind> late = EnumSet.noneOf(Kind.class);

  /** In the console nothing is watched, and no CRD is missed. */
  @Inject
  CrdCheck(Settings settings, KubernetesClient client, Clock clock) {
    this(
        settings.role() == Settings.Role.CONSOLE
            ? () -> EnumSet.allOf(Kind.class)
            : () -> ask(client),
        look -> Thread.ofVirtual().name("crd-check").start(look),
        clock);
  }

  /**
   * A check for tests.
   *
   * @param served asks the API server
   * @param beside runs that question
   */
  CrdCheck(Supplier<Set<Kind>> served, Executor beside, Clock clock) {
    this.served = served;
    this.beside = beside;
    this.clock = clock;
  }

  /** Not by the client's {@code supports}: it does not ask again after a no. */
  private static Set<Kind> ask(KubernetesClient client) {
    try {
      String resources = client.raw("/apis/" + HasMetadata.getApiVersion(CodeSourceBinding.class));
      return resources == null
          ? Set.of()
          : Stream.of(Kind.values())
              .filter(kind -> kind.isIn(resources))
              .collect(Collectors.toUnmodifiableSet());
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return Set.of();
      }
      throw e;
    }
  }

  /**
   * Whether a kind of resource is to be watched. Asked before its controller starts, since a
   * controller without a CRD ends the start of all.
   *
   * @return false: its CRD is missing, and the operator does without; also true if the API server
   *     does not answer
   */
  boolean isToBeWatched(Class<? extends HasMetadata> type) {
    if (!type.equals(Kind.TRIGGERS.type) || isServed(Kind.TRIGGERS)) {
      return true;
    }
    LOG.warnf(
        "The CRD %s is missing, so no triggers are watched; bindings are. Apply the CRDs of this"
            + " version: the operator is restarted when it is there",
        Kind.TRIGGERS.crd());
    synchronized (this) {
      unwatched.add(Kind.TRIGGERS);
    }
    return false;
  }

  private boolean isServed(Kind kind) {
    try {
      return served.get().contains(kind);
    } catch (KubernetesClientException e) {
      LOG.debugf(e, "An API server that does not answer says nothing about the CRDs");
      return true;
    }
  }

  /** Whether all CRDs are there that were there at the start. */
  @Produces
  @Singleton
  @Readiness
  HealthCheck served() {
    return () -> {
      lookIfDue();
      synchronized (this) {
        HealthCheckResponseBuilder response =
            HealthCheckResponse.named("CRDs are served").status(gone.isEmpty());
        gone.forEach(kind -> response.withData(kind.crd(), "gone"));
        return response.build();
      }
    };
  }

  /** Whether all are watched that can be. */
  @Produces
  @Singleton
  @Liveness
  HealthCheck watched() {
    return () -> {
      lookIfDue();
      synchronized (this) {
        return HealthCheckResponse.named("CRDs are watched").status(late.isEmpty()).build();
      }
    };
  }

  private void lookIfDue() {
    if (isDue()) {
      beside.execute(this::look);
    }
  }

  private synchronized boolean isDue() {
    Instant now = clock.instant();
    if (now.isBefore(next)) {
      return false;
    }
    next = now.plus(AT_MOST_EVERY);
    return true;
  }

  private void look() {
    try {
      found(served.get());
    } catch (KubernetesClientException e) {
      LOG.debugf(e, "An API server that does not answer says nothing about the CRDs");
    }
  }

  private synchronized void found(Set<Kind> now) {
    for (Kind kind : Kind.values()) {
      boolean isThere = now.contains(kind);
      if (unwatched.contains(kind)) {
        if (isThere && late.add(kind)) {
          LOG.infof("The CRD %s is there now: the operator is to be restarted", kind.crd());
        }
      } else if (!isThere && gone.add(kind)) {
        LOG.errorf(
            "The CRD %s is gone, and with it every %s: the operator is not ready until it is"
                + " installed again",
            kind.crd(), kind.word);
      } else if (isThere && gone.remove(kind)) {
        LOG.infof("The CRD %s is there again", kind.crd());
      }
    }
  }
}
