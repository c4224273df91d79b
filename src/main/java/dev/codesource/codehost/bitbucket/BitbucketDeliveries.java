package dev.codesource.codehost.bitbucket;

import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryHeaders;
import dev.codesource.codehost.SignedBody;
import dev.codesource.codehost.WebhookSecret;
import java.util.Optional;
import java.util.function.Function;

/**
 * Both products sign the body in the same way
 * (https://support.atlassian.com/bitbucket-cloud/docs/manage-webhooks/#Secure-webhooks,
 * https://confluence.atlassian.com/bitbucketserver/manage-webhooks-938025878.html#Managewebhooks-webhooksecrets),
 * in a header in which other platforms have SHA-1, so that the algorithm's name must be there.
 */
final class BitbucketDeliveries implements DeliveryCheck.Factory {

  @Override
  public Optional<DeliveryCheck> begin(
      Function<String, Optional<String>> header, WebhookSecret secret) {
    return begin(new DeliveryHeaders(header), secret.text());
  }

  static Optional<DeliveryCheck> begin(DeliveryHeaders headers, String key) {
    return SignedBody.begin(key, headers.value("x-hub-signature").flatMap(SignedBody::prefixedHex));
  }
}
