package dev.codesource.app;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.net.HttpURLConnection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Whether the API server has the CRD of bindings. Without it the operator has nothing to do, and no
 * error of an informer says why. The API server is asked beside the probe, which is answered at
 * once with what is known.
 */
@Readiness
@Singleton
final class CrdCheck implements HealthCheck {

  private static final Logger LOG = Logger.getLogger("dev.codesource.app");

  private static final String CRD = HasMetadata.getFullResourceName(CodeSourceBinding.class);

  /** As the list of resources of the API group has them. */
  private static final List<String> KINDS =
      Stream.of(CodeSourceBinding.class, CodeSourceTrigger.class)
          .map(type -> "\"name\":\"" + HasMetadata.getPlural(type) + "\"")
          .toList();

  /** However often the probe comes. */
  private static final Duration AT_MOST_EVERY = Duration.ofSeconds(5);

  private final BooleanSupplier isServed;
  private final Executor beside;
  private final Clock clock;
  private Instant next = Instant.MIN;
  private boolean present = true;

  @Inject
  CrdCheck(KubernetesClient client, Clock clock) {
    this(() -> isServed(client), look -> Thread.ofVirtual().name("crd-check").start(look), clock);
  }

  /**
   * A check for tests.
   *
   * @param isServed asks the API server
   * @param beside runs that question
   */
  CrdCheck(BooleanSupplier isServed, Executor beside, Clock clock) {
    this.isServed = isServed;
    this.beside = beside;
    this.clock = clock;
  }

  /** Not by the client's {@code supports}: it does not ask again after a no. */
  private static boolean isServed(KubernetesClient client) {
    try {
      String served = client.raw("/apis/" + HasMetadata.getApiVersion(CodeSourceBinding.class));
      return served != null && KINDS.stream().allMatch(kind -> served.contains(kind));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public HealthCheckResponse call() {
    if (isDue()) {
      beside.execute(this::look);
    }
    return HealthCheckResponse.named("CRD " + CRD).status(isPresent()).build();
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
      found(isServed.getAsBoolean());
    } catch (KubernetesClientException e) {
      LOG.debugf(e, "An API server that does not answer says nothing about the CRD");
    }
  }

  private synchronized void found(boolean now) {
    if (present && !now) {
      LOG.errorf(
          "The CRD %s is gone, and with it every binding: the operator is not ready until it is installed again",
          CRD);
    } else if (!present && now) {
      LOG.infof("The CRD %s is there again", CRD);
    }
    present = now;
  }

  private synchronized boolean isPresent() {
    return present;
  }
}
