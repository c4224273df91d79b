package dev.codesource.codehost.github;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryContract;
import dev.codesource.codehost.DeliveryHeaders;
import java.time.Clock;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GitHubDeliveriesTest extends DeliveryContract {
  private static final String HEADER = "x-hub-signature-256";

  @Override
  protected Platform platform() {
    return Platform.GitHub;
  }

  @Override
  protected Set<String> products() {
    return Set.of("github");
  }

  @Override
  protected Optional<DeliveryCheck> begin(DeliveryHeaders headers, String secret, Clock clock) {
    return GitHubDeliveries.begin(headers, secret);
  }

  @Override
  protected Map<String, String> genuine() {
    return Map.of(HEADER, "sha256=" + hexSignature());
  }

  @Test
  void readsDigitsInAnyCase() {
    String upper = "sha256=" + hexSignature().toUpperCase(Locale.ROOT);
    assertThat(isGenuine(with(HEADER, upper), SECRET, BODY)).isTrue();
  }

  @Test
  void doesNotBelieveTheOldAlgorithm() {
    String old = "sha1=" + hex(hmac("HmacSHA1", SECRET.text().getBytes(UTF_8), BODY));
    assertThat(begun(Map.of("x-hub-signature", old), SECRET)).isEmpty();
    assertThat(begun(Map.of(HEADER, old), SECRET)).isEmpty();
    assertThat(begun(Map.of(HEADER, hexSignature()), SECRET)).as("without its name").isEmpty();
  }
}
