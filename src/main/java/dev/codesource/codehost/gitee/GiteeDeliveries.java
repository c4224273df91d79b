package dev.codesource.codehost.gitee;

import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryHeaders;
import dev.codesource.codehost.SignedBody;
import dev.codesource.codehost.UnsignedBody;
import dev.codesource.codehost.WebhookSecret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Gitee signs the time with the secret, and not the body (https://gitee.com/help/articles/4290).
 * Whoever reads a delivery can send its headers again with another body until the time is over.
 *
 * @param clock to compare the time with
 */
record GiteeDeliveries(Clock clock) implements DeliveryCheck.Factory {

  /** Gitee's own recommendation. */
  private static final Duration LIMIT = Duration.ofHours(1);

  /** Milliseconds since 1970. */
  private static final Pattern TIME = Pattern.compile("\\d{1,15}");

  @Override
  public Optional<DeliveryCheck> begin(
      Function<String, Optional<String>> header, WebhookSecret secret) {
    return begin(new DeliveryHeaders(header), secret.text());
  }

  Optional<DeliveryCheck> begin(DeliveryHeaders headers, String key) {
    Optional<String> signature = headers.value("x-gitee-token");
    Optional<String> time = headers.value("x-gitee-timestamp").filter(this::isNow);
    if (key.isEmpty() || signature.isEmpty() || time.isEmpty()) {
      return Optional.empty();
    }
    return UnsignedBody.begin(SignedBody.signature(key, time.get() + "\n" + key), signature.get());
  }

  private boolean isNow(String time) {
    return TIME.matcher(time).matches()
        && Duration.between(Instant.ofEpochMilli(Long.parseLong(time)), clock.instant())
                .abs()
                .compareTo(LIMIT)
            <= 0;
  }
}
