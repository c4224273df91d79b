package dev.codesource.web.console;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.web.console.TokenExchange.NotExchanged;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.OidcClientException;
import io.quarkus.oidc.client.Tokens;
import io.smallrye.mutiny.Uni;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class TokenExchangeTest {

  private final List<String> asked = new ArrayList<>();
  private Instant now = Instant.parse("2026-11-30T12:00:00Z");
  private Supplier<Uni<Tokens>> answer = () -> tokens(jwt(now.plusSeconds(300)));

  /** A provider that answers as the test says. */
  private final class Provider implements OidcClient {
    @Override
    public Uni<Tokens> getTokens(Map<String, String> parameters) {
      asked.add(parameters.get("subject_token"));
      return answer.get();
    }

    @Override
    public Uni<Tokens> refreshTokens(String token, Map<String, String> parameters) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Uni<Boolean> revokeAccessToken(String token, Map<String, String> parameters) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
  }

  private static Uni<Tokens> tokens(String token) {
    return Uni.createFrom()
        .item(new Tokens(token, null, null, null, null, new JsonObject(), "console"));
  }

  private static String jwt(Instant end) {
    return "e30."
        + Base64.getUrlEncoder()
            .withoutPadding()
            .encodeToString("{\"exp\":%d}".formatted(end.getEpochSecond()).getBytes(UTF_8))
        + ".c2ln";
  }

  private final TokenExchange exchange = new TokenExchange(Provider::new, "kubernetes", () -> now);

  @Test
  void aTokenIsExchangedOnceForItsLife() {
    BearerToken first = exchange.of("access-of-alice");
    now = now.plusSeconds(269);
    assertThat(exchange.of("access-of-alice")).isEqualTo(first);
    assertThat(asked).containsExactly("access-of-alice");

    now = now.plusSeconds(1); // half a minute before its end
    assertThat(exchange.of("access-of-alice")).isNotEqualTo(first);
    assertThat(asked).hasSize(2);
  }

  @Test
  void nobodyGetsTheTokenOfSomebodyElse() {
    BearerToken alice = exchange.of("access-of-alice");
    answer = () -> tokens("of-bob");

    assertThat(exchange.of("access-of-bob")).isEqualTo(new BearerToken("of-bob"));
    assertThat(exchange.of("access-of-alice")).isEqualTo(alice);
  }

  @Test
  void aTokenThatDoesNotSayItsEndIsKeptForAMinuteAndOneThatIsOverIsNot() {
    answer = () -> tokens("opaque");
    exchange.of("access");
    now = now.plusSeconds(59);
    exchange.of("access");
    assertThat(asked).hasSize(1);
    now = now.plusSeconds(1);
    answer = () -> tokens(jwt(now.plusSeconds(20)));
    exchange.of("access");

    assertThat(asked).hasSize(2);
    assertThat(exchange.known()).isZero();
  }

  @Test
  void theTokensThatAreKeptAreBounded() {
    for (int i = 0; i < 1_200; i++) {
      exchange.of("access-" + i);
    }

    assertThat(exchange.known()).isEqualTo(1_000);
  }

  @Test
  void aRefusalSaysWhatTheProviderSaysAndForWhichAudienceAndIsNotKept() {
    String leak = "x".repeat(80);
    answer =
        () ->
            Uni.createFrom()
                .failure(
                    new OidcClientException(
                        "{\"error\":\"invalid_request\",\"error_description\":\"Requested audience not available: %s\"}"
                            .formatted(leak)));

    assertThatThrownBy(() -> exchange.of("access"))
        .isInstanceOfSatisfying(NotExchanged.class, e -> assertThat(e.isRefused()).isTrue())
        .hasMessageContaining("audience kubernetes")
        .hasMessageContaining("invalid_request: Requested audience not available")
        .hasMessageNotContaining(leak);
    answer = () -> tokens("of-alice");
    assertThat(exchange.of("access")).isEqualTo(new BearerToken("of-alice"));
  }

  @Test
  void aProviderThatDoesNotAnswerEndsNoSession() {
    for (Exception trouble :
        new Exception[] {
          new IOException("refused"),
          new OidcClientException("Bad gateway"),
          new OidcClientException("{\"error\":\"temporarily_unavailable\"}"),
          new OidcClientException("{\"error\": \"unknown_error\", \"error_description\": \"?\"}")
        }) {
      answer = () -> Uni.createFrom().failure(trouble);

      assertThatThrownBy(() -> exchange.of("access"))
          .isInstanceOfSatisfying(NotExchanged.class, e -> assertThat(e.isRefused()).isFalse())
          .hasMessageContaining("does not answer");
    }
  }

  @Test
  void anAnswerWithoutATokenIsARefusal() {
    for (String none : new String[] {null, "", "not a token"}) {
      answer = () -> tokens(none);

      assertThatThrownBy(() -> exchange.of("access"))
          .isInstanceOfSatisfying(NotExchanged.class, e -> assertThat(e.isRefused()).isTrue());
    }
  }
}
