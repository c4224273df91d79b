package dev.codesource.webhook;

import dev.codesource.address.PublicOrigin;
import java.net.URI;
import java.util.Optional;

/**
 * Where code hosts send deliveries to.
 *
 * @param origin scheme, host and port, as the administrator has set them; empty: code hosts do not
 *     reach the operator
 */
public record WebhookAddress(Optional<URI> origin) {

  /** The paths of all webhooks begin with it, and those of nothing else. */
  public static final String PREFIX = "/webhook/";

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException as {@link PublicOrigin#of}
   */
  public static WebhookAddress at(Optional<URI> setting) {
    return new WebhookAddress(setting.map(PublicOrigin::of));
  }

  /**
   * The address of one webhook.
   *
   * @param path of {@link StoredWebhook#path}
   * @return empty: code hosts do not reach the operator
   */
  public Optional<URI> of(String path) {
    return origin.map(own -> own.resolve(PREFIX + path));
  }
}
