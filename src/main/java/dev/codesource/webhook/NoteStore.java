package dev.codesource.webhook;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Optional;

/** Where one process keeps its {@link NotePage}. */
interface NoteStore {

  /**
   * Reads what the process of the same name has written last.
   *
   * @return empty: nothing
   * @throws KubernetesClientException if it cannot be read in 2 seconds
   */
  Optional<String> read() throws InterruptedException;

  /**
   * Replaces it.
   *
   * @throws KubernetesClientException if it is not known to be written after 2 seconds
   */
  void write(String notes) throws InterruptedException;
}
