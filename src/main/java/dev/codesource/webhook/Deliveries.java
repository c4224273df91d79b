package dev.codesource.webhook;

import java.util.function.Consumer;

/**
 * The deliveries that were proven, whichever replica received them. A delivery is a hint that a
 * repository should be compared, and nothing else.
 */
public interface Deliveries {

  /**
   * A webhook for which deliveries came.
   *
   * @param namespace of its Secret, which is that of its binding and triggers
   * @param webhook as it is stored
   */
  record Delivered(String namespace, StoredWebhook webhook) {}

  /**
   * Calls a listener for each webhook that had deliveries since it was called last. The listener
   * must not block. Deliveries that were noted while no listener was there are not told: whoever
   * begins to listen compares all repositories anyway.
   */
  void onDelivery(Consumer<Delivered> listener);
}
