package dev.codesource.webhook;

import java.util.concurrent.CompletableFuture;

/** Notes in the API server that a webhook had a delivery, so that whoever leads learns of it. */
@FunctionalInterface
public interface DeliveryNotes {

  /**
   * Notes a delivery that was proven.
   *
   * @param uid of the webhook's Secret
   * @return whether it is noted; false after less than 5 seconds, if the API server does not take
   *     it. It never fails otherwise.
   */
  CompletableFuture<Boolean> note(String uid);
}
