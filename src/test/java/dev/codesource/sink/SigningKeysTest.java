package dev.codesource.sink;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SigningKeysTest {

  /** The example of the specification's own libraries. */
  private static final String KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

  private static final Instant THEN = Instant.ofEpochSecond(1614265330);

  private static Map<String, String> headers(String keys) {
    return SigningKeys.of(keys)
        .orElseThrow()
        .headers("msg_p5jXN8AQM9LWM0D4loKWxJek", THEN, "{\"test\": 2432232314}");
  }

  @Test
  void signsAsStandardWebhooksSays() {
    assertThat(headers(KEY))
        .containsExactly(
            Map.entry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
            Map.entry("webhook-timestamp", "1614265330"),
            Map.entry("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="));
  }

  @Test
  void whileTheKeyIsChangedEachOfBothSigns() {
    String other = "whsec_" + "QUFB".repeat(8);
    assertThat(headers(KEY + "\n" + other + "\n").get("webhook-signature"))
        .isEqualTo(
            headers(KEY).get("webhook-signature") + " " + headers(other).get("webhook-signature"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "whsec_",
        "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "whsec_c2hvcnQ=",
        "whsec_not base 64",
        "whsec_!!!!"
      })
  void whatIsNoKeyIsNotTaken(String text) {
    assertThat(SigningKeys.of(text)).isEmpty();
  }

  @Test
  void aKeyIsNeverPrinted() {
    assertThat(SigningKeys.of(KEY).orElseThrow().toString()).doesNotContain("MfKQ");
  }
}
