package dev.codesource.codehost.gitee;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryContract;
import dev.codesource.codehost.DeliveryHeaders;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class GiteeDeliveriesTest extends DeliveryContract {
  private static final String TOKEN = "x-gitee-token";
  private static final String TIME = "x-gitee-timestamp";
  private static final Duration HOUR = Duration.ofHours(1);

  @Override
  protected Platform platform() {
    return Platform.Gitee;
  }

  @Override
  protected Set<String> products() {
    return Set.of("gitee");
  }

  @Override
  protected Optional<DeliveryCheck> begin(DeliveryHeaders headers, String secret, Clock clock) {
    return new GiteeDeliveries(clock).begin(headers, secret);
  }

  @Override
  protected Map<String, String> genuine() {
    return signed(String.valueOf(NOW.toEpochMilli()));
  }

  private static Map<String, String> signed(String time) {
    byte[] key = SECRET.text().getBytes(UTF_8);
    String text = time + "\n" + SECRET.text();
    return Map.of(TIME, time, TOKEN, base64(hmac("HmacSHA256", key, text.getBytes(UTF_8))));
  }

  @Override
  protected boolean signsTheBody() {
    return false;
  }

  @Override
  protected Optional<Instant> recordedAt(Map<String, String> sent) {
    return Optional.of(Instant.ofEpochMilli(Long.parseLong(sent.get(TIME))).plusSeconds(1));
  }

  @Test
  void doesNotBelieveADeliveryOfAnotherHour() {
    for (Duration near : new Duration[] {HOUR, HOUR.negated(), Duration.ofMinutes(59)}) {
      assertThat(begun(genuine(), SECRET, at(NOW.plus(near)))).isPresent();
    }
    for (Duration far : new Duration[] {HOUR.plusMillis(1), HOUR.negated().minusMillis(1)}) {
      assertThat(begun(genuine(), SECRET, at(NOW.plus(far)))).isEmpty();
    }
  }

  @Test
  void doesNotBelieveASignedTimeThatIsNone() {
    for (String odd : new String[] {"-1", "+" + NOW.toEpochMilli(), "0x1", "9".repeat(20), "1e3"}) {
      assertThat(begun(signed(odd), SECRET)).isEmpty();
    }
  }

  /** What Gitee sends where the webhook has a password instead. */
  @Test
  void doesNotBelieveTheSecretItself() {
    assertThat(begun(with(TOKEN, SECRET.text()), SECRET)).isEmpty();
  }
}
