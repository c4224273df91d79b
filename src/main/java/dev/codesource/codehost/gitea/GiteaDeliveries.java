package dev.codesource.codehost.gitea;

import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryHeaders;
import dev.codesource.codehost.SignedBody;
import dev.codesource.codehost.WebhookSecret;
import java.util.Optional;
import java.util.function.Function;

/**
 * Gitea and Forgejo sign the body, and send the same signature in two headers
 * (services/webhook/deliver.go of both). Both headers are empty where the webhook has no secret.
 *
 * <p>The first header that is not empty decides, and the other is not looked at. Both have the same
 * value, so the second would prove nothing more; and a wrong first one is not made good by the
 * second, so that there is one way to be genuine. The second alone suffices, since a proxy may let
 * only well-known headers pass.
 */
final class GiteaDeliveries implements DeliveryCheck.Factory {
  private static final String OWN = "x-gitea-signature";

  @Override
  public Optional<DeliveryCheck> begin(
      Function<String, Optional<String>> header, WebhookSecret secret) {
    return begin(new DeliveryHeaders(header), secret.text());
  }

  static Optional<DeliveryCheck> begin(DeliveryHeaders headers, String key) {
    return SignedBody.begin(
        key,
        headers.has(OWN)
            ? headers.value(OWN).flatMap(SignedBody::hex)
            : headers.value("x-hub-signature-256").flatMap(SignedBody::prefixedHex));
  }
}
