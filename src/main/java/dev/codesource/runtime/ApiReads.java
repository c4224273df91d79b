package dev.codesource.runtime;

import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
import dev.codesource.http.limit.RequestInterruptedException;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Limits how many objects that bindings name are read from the API server at once: ConfigMaps with
 * certificates, and Secrets that the informers do not have. Such an object may have 1 MiB, which
 * takes several times that in memory until what is needed of it is known, and hundreds of bindings
 * may name one each. A free place goes to the namespace that reads the fewest.
 */
@Singleton
public final class ApiReads {

  static final int AT_ONCE = 3;

  /** Longer than a request to the API server may take. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  /** A person waits for a page, and the page holds a place that others wait for. */
  static final Duration SHORT_WAIT = Duration.ofSeconds(2);

  private final FairBulkhead bulkhead;
  private final Duration wait;

  @Inject
  public ApiReads() {
    this(new FairBulkhead(AT_ONCE), LONGEST_WAIT);
  }

  private ApiReads(FairBulkhead bulkhead, Duration wait) {
    this.bulkhead = bulkhead;
    this.wait = wait;
  }

  /** The same places, for who does not wait long for one. */
  public ApiReads withShortWait() {
    return new ApiReads(bulkhead, SHORT_WAIT);
  }

  /**
   * Reads an object, and returns what is needed of it.
   *
   * @param reading should not keep more of the object than is needed
   * @throws RequestInterruptedException when the thread is interrupted while it waits for a place
   * @throws KubernetesClientException when there was no place in time
   */
  public <T> T read(String namespace, Supplier<T> reading) {
    Optional<Permit> permit = bulkhead.acquire(namespace, wait);
    if (permit.isEmpty()) {
      throw new KubernetesClientException("Too many objects are being read at once.");
    }
    try (Permit _ = permit.get()) {
      return reading.get();
    }
  }
}
