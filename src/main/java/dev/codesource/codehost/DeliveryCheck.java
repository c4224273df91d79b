package dev.codesource.codehost;

import java.util.Optional;
import java.util.function.Function;

/**
 * Checks whether a delivery comes from whoever knows the secret of its webhook. It reads the body
 * in pieces and keeps none of it. Secrets are compared in constant time. For one delivery, in one
 * thread at a time.
 */
public interface DeliveryCheck {

  /** Takes the next piece of the body. */
  void update(byte[] piece);

  /** Whether the delivery is genuine; called once, when the whole body was taken. */
  boolean isGenuine();

  /** How the deliveries of one platform are checked. */
  @FunctionalInterface
  interface Factory {

    /**
     * Begins the check of a delivery.
     *
     * @param header the value of a header by its name in lower case; the values of one that was
     *     sent more than once are joined by commas (RFC 9110 section 5.3), and are no proof then
     * @return empty: the delivery has no proof, or a wrong one, so that nothing need be read of it
     */
    Optional<DeliveryCheck> begin(Function<String, Optional<String>> header, WebhookSecret secret);
  }
}
