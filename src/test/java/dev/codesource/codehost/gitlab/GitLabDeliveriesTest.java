package dev.codesource.codehost.gitlab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeliveryContract;
import dev.codesource.codehost.DeliveryHeaders;
import dev.codesource.codehost.UnsignedBody;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** With signatures; those with tokens have tests of their own here. */
class GitLabDeliveriesTest extends DeliveryContract {
  private static final String TOKEN = "x-gitlab-token";
  private static final String ID = "webhook-id";
  private static final String TIME = "webhook-timestamp";
  private static final String SIGNATURE = "webhook-signature";
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Override
  protected Platform platform() {
    return Platform.GitLab;
  }

  @Override
  protected Set<String> products() {
    return Set.of("gitlab");
  }

  @Override
  protected Optional<DeliveryCheck> begin(DeliveryHeaders headers, String secret, Clock clock) {
    return new GitLabDeliveries(clock).begin(headers, secret.getBytes(UTF_8), secret);
  }

  @Override
  protected Map<String, String> genuine() {
    return signed("7ccb0b6b-9f2f-4b3f-a0a5-5b0e2c1b1f58", String.valueOf(NOW.getEpochSecond()));
  }

  private static Map<String, String> signed(String id, String time) {
    return Map.of(ID, id, TIME, time, SIGNATURE, "v1," + signature(id, time));
  }

  private static String signature(String id, String time) {
    byte[] before = (id + "." + time + ".").getBytes(UTF_8);
    return base64(hmac("HmacSHA256", SECRET.bytes(), before, BODY));
  }

  /** Those that are recorded have tokens. */
  @Override
  protected boolean isSignedIn(Map<String, String> sent) {
    return sent.containsKey(SIGNATURE);
  }

  /**
   * The example of the specification's reference implementation, whose key has 24 bytes
   * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
   */
  @Test
  void signsAsStandardWebhooksDo() {
    byte[] key = Base64.getDecoder().decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    Map<String, String> sent =
        Map.of(
            ID,
            "msg_p5jXN8AQM9LWM0D4loKWxJek",
            TIME,
            "1614265330",
            SIGNATURE,
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    Clock then = at(Instant.ofEpochSecond(1_614_265_330));
    assertThat(
            isGenuine(
                new GitLabDeliveries(then).begin(headers(sent), key, ""),
                "{\"test\": 2432232314}".getBytes(UTF_8)))
        .isTrue();
  }

  @Test
  void oneOfSeveralSignaturesSuffices() {
    String genuine = genuine().get(SIGNATURE);
    String other = "v1," + "A".repeat(43) + "=";
    for (String several :
        List.of(
            other + " " + genuine,
            genuine + " " + other,
            "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg== "
                + genuine)) {
      assertThat(isGenuine(with(SIGNATURE, several), SECRET, BODY)).as(several).isTrue();
    }
    for (String none : List.of(other + " " + other, genuine.replace("v1,", "v2,"), "v1," + other)) {
      assertThat(isGenuine(with(SIGNATURE, none), SECRET, BODY)).as(none).isFalse();
    }
  }

  @Test
  void doesNotBelieveASignedDeliveryOfAnotherTime() {
    for (Duration near : List.of(LIMIT, LIMIT.negated())) {
      assertThat(begun(genuine(), SECRET, at(NOW.plus(near)))).isPresent();
    }
    for (Duration far : List.of(LIMIT.plusSeconds(1), LIMIT.negated().minusSeconds(1))) {
      assertThat(begun(genuine(), SECRET, at(NOW.plus(far)))).isEmpty();
    }
  }

  @Test
  void doesNotBelieveASignedTimeThatIsNone() {
    for (String odd : List.of("-1", "+1772366400", "1772366400.0", "9".repeat(13), "now")) {
      assertThat(begun(signed("id", odd), SECRET)).as(odd).isEmpty();
    }
  }

  /** Else a part of the identifier could be taken for the time, and the time for the body. */
  @Test
  void doesNotBelieveAnIdentifierWithAFullStop() {
    assertThat(begun(signed("id.1", String.valueOf(NOW.getEpochSecond())), SECRET)).isEmpty();
  }

  @Test
  void doesNotBelieveAnIdentifierThatIsNone() {
    String time = String.valueOf(NOW.getEpochSecond());
    assertThat(begun(signed("x".repeat(1_024), time), SECRET)).isPresent();
    for (String odd : List.of("x".repeat(1_025), " ", "a\nb", "a\tb", "\u00e9", "a\0")) {
      assertThat(begun(signed(odd, time), SECRET)).as(odd).isEmpty();
    }
  }

  /** Base64 has several texts for the same bytes. */
  @Test
  void doesNotBelieveTheSignatureInAnotherText() {
    String genuine = genuine().get(SIGNATURE);
    int last = genuine.length() - 2;
    String other =
        genuine.substring(0, last)
            + (char) (genuine.charAt(last) + 1)
            + genuine.substring(last + 1);
    assertThat(isGenuine(with(SIGNATURE, other), SECRET, BODY)).isFalse();
  }

  @Test
  void believesTheTokenWhereThereIsNoSignature() {
    assertThat(isGenuine(Map.of(TOKEN, SECRET.text()), SECRET, BODY)).isTrue();
    for (String wrong :
        List.of("", " ", "x", SECRET.text() + "x", SECRET.text() + "," + SECRET.text())) {
      assertThat(begun(Map.of(TOKEN, wrong), SECRET)).as(wrong).isEmpty();
    }
  }

  @Test
  void theTokenDoesNotMakeAWrongSignatureGood() {
    for (String wrong :
        List.of("", "v1,", "v1," + "A".repeat(43) + "=", "v1a,x", "0".repeat(2_000))) {
      assertThat(
              isGenuine(
                  Map.of(
                      TOKEN,
                      SECRET.text(),
                      ID,
                      "1",
                      TIME,
                      String.valueOf(NOW.getEpochSecond()),
                      SIGNATURE,
                      wrong),
                  SECRET,
                  BODY))
          .as(wrong)
          .isFalse();
    }
    assertThat(begun(Map.of(TOKEN, SECRET.text(), SIGNATURE, genuine().get(SIGNATURE)), SECRET))
        .as("without time and identifier")
        .isEmpty();
  }

  @Test
  void believesNobodyWhereTheTokenIsEmpty() {
    for (String sent : List.of("", " ")) {
      assertThat(begin(headers(Map.of(TOKEN, sent)), "", clock())).isEmpty();
      assertThat(UnsignedBody.begin("", sent)).isEmpty();
    }
  }
}
