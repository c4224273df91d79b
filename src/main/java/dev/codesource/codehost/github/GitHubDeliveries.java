package dev.codesource.codehost.github;

import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryHeaders;
import dev.codesource.codehost.SignedBody;
import dev.codesource.codehost.WebhookSecret;
import java.util.Optional;
import java.util.function.Function;

/**
 * GitHub signs the body
 * (https://docs.github.com/webhooks/using-webhooks/validating-webhook-deliveries). {@code
 * X-Hub-Signature}, with SHA-1, is for old receivers and is not looked at.
 */
final class GitHubDeliveries implements DeliveryCheck.Factory {

  @Override
  public Optional<DeliveryCheck> begin(
      Function<String, Optional<String>> header, WebhookSecret secret) {
    return begin(new DeliveryHeaders(header), secret.text());
  }

  static Optional<DeliveryCheck> begin(DeliveryHeaders headers, String key) {
    return SignedBody.begin(
        key, headers.value("x-hub-signature-256").flatMap(SignedBody::prefixedHex));
  }
}
