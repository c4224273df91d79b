package dev.codesource.codehost.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryHeaders;
import dev.codesource.codehost.SignedBody;
import dev.codesource.codehost.UnsignedBody;
import dev.codesource.codehost.WebhookSecret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * GitLab 19 signs the body as Standard Webhooks have it
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 * Older versions, and those with this switched off, send the secret itself as a token
 * (https://docs.gitlab.com/user/project/integrations/webhooks/#validate-payloads-by-using-a-secret-token).
 * Where there is a signature the token is not looked at, so that whoever has seen a token of an
 * older version cannot change a body.
 *
 * @param clock to compare the time of a signed delivery with
 */
record GitLabDeliveries(Clock clock) implements DeliveryCheck.Factory {

  /** As the libraries of Standard Webhooks have it. */
  private static final Duration LIMIT = Duration.ofMinutes(5);

  private static final String SIGNATURES = "webhook-signature";

  /** Signatures that are separated by spaces, each with the version of its scheme. */
  private static final Pattern LIST =
      Pattern.compile("v\\w{1,10},[\\w+/=-]+(?: v\\w{1,10},[\\w+/=-]+)*");

  /** The scheme with one key for both sides. */
  private static final String SYMMETRIC = "v1,";

  /** Without a full stop, which separates it from what is signed after it. */
  private static final Pattern ID = Pattern.compile("[^.]+");

  /** Seconds since 1970. */
  private static final Pattern TIME = Pattern.compile("\\d{1,12}");

  @Override
  public Optional<DeliveryCheck> begin(
      Function<String, Optional<String>> header, WebhookSecret secret) {
    return begin(new DeliveryHeaders(header), secret.bytes(), secret.text());
  }

  Optional<DeliveryCheck> begin(DeliveryHeaders headers, byte[] key, String token) {
    return headers.values().apply(SIGNATURES).isPresent()
        ? signed(headers, key)
        : headers.value("x-gitlab-token").flatMap(sent -> UnsignedBody.begin(token, sent));
  }

  private Optional<DeliveryCheck> signed(DeliveryHeaders headers, byte[] key) {
    Optional<String> id = headers.value("webhook-id").filter(ID.asMatchPredicate());
    Optional<String> time = headers.value("webhook-timestamp").filter(this::isNow);
    Optional<String> signatures = headers.value(SIGNATURES).filter(LIST.asMatchPredicate());
    if (id.isEmpty() || time.isEmpty() || signatures.isEmpty()) {
      return Optional.empty();
    }
    return SignedBody.begin(
        key, (id.get() + "." + time.get() + ".").getBytes(UTF_8), accepted(signatures.get()));
  }

  /** While a secret is changed there is one for each; others are for other versions. */
  private static List<byte[]> accepted(String signatures) {
    return Arrays.stream(signatures.split(" "))
        .filter(each -> each.startsWith(SYMMETRIC))
        .flatMap(each -> SignedBody.base64(each.substring(SYMMETRIC.length())).stream())
        .toList();
  }

  private boolean isNow(String time) {
    return TIME.matcher(time).matches()
        && Duration.between(Instant.ofEpochSecond(Long.parseLong(time)), clock.instant())
                .abs()
                .compareTo(LIMIT)
            <= 0;
  }
}
