package dev.codesource.runtime;

import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
import io.fabric8.kubernetes.client.KubernetesClientException;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Limits how many objects of users are read from the API server at once. Such an object may have 1
 * MiB, which takes several times that in memory until what is needed of it is known, and hundreds
 * of bindings may name one each. A free place goes to the namespace that reads the fewest.
 */
@Singleton
public final class ApiReads {

  static final int AT_ONCE = 3;

  /** Longer than a request to the API server may take. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);

  private final FairBulkhead bulkhead = new FairBulkhead(AT_ONCE);

  /**
   * Reads an object, and returns what is needed of it.
   *
   * @param reading must not keep the object
   * @throws KubernetesClientException when there was no place in time
   */
  public <T> T read(String namespace, Supplier<T> reading) {
    Optional<Permit> permit = bulkhead.acquire(namespace, LONGEST_WAIT);
    if (permit.isEmpty()) {
      throw new KubernetesClientException("Too many objects are being read at once.");
    }
    try (Permit _ = permit.get()) {
      return reading.get();
    }
  }
}
