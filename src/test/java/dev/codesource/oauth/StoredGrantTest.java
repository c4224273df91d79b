package dev.codesource.oauth;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class StoredGrantTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final SiteUrl SITE = site();

  private static SiteUrl site() {
    if (SiteUrl.parse("https://gitlab.example.com") instanceof Outcome.Done<SiteUrl>(var site)) {
      return site;
    }
    throw new IllegalStateException();
  }

  private static Secret secret(Map<String, String> values) {
    Map<String, String> data = new TreeMap<>();
    values.forEach(
        (key, value) ->
            data.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return new SecretBuilder()
        .withNewMetadata()
        .withName("gitlab-oauth")
        .withUid(UUID.randomUUID().toString())
        .endMetadata()
        .withData(data)
        .build();
  }

  private static StoredGrant grant(Optional<Token> refresh, Optional<Instant> expiresAt) {
    return StoredGrant.of(
            secret(
                StoredGrant.values(
                    SITE,
                    new TokenGrant(
                        new Token("access"),
                        refresh,
                        expiresAt,
                        Optional.of(new TreeSet<>(Set.of("api")))),
                    "Secret oauth-app",
                    "authorization-1",
                    "alice",
                    NOW,
                    Optional.of("https://codesource.example.com/callback"))))
        .orElseThrow();
  }

  private static final Optional<Token> REFRESH = Optional.of(new Token("refresh"));

  @Test
  void isRenewedAtAboutTwoThirdsOfItsLifeEachAtItsOwnTime() {
    TreeSet<Instant> times = new TreeSet<>();
    for (int i = 0; i < 200; i++) {
      times.add(
          grant(REFRESH, Optional.of(NOW.plus(Duration.ofHours(2))))
              .refreshAt(Duration.ofMinutes(1))
              .orElseThrow());
    }

    assertThat(times.first()).isAfter(NOW.plus(Duration.ofMinutes(73)));
    assertThat(times.last()).isBefore(NOW.plus(Duration.ofMinutes(87)));
    assertThat(Duration.between(times.first(), times.last())).isGreaterThan(Duration.ofMinutes(8));
  }

  @Test
  void whatCannotBeRenewedOrDoesNotExpireIsNotRenewed() {
    assertThat(
            grant(Optional.empty(), Optional.of(NOW.plusSeconds(60)))
                .refreshAt(Duration.ofMinutes(1)))
        .isEmpty();
    assertThat(grant(REFRESH, Optional.empty()).refreshAt(Duration.ofMinutes(1))).isEmpty();
  }

  @Test
  void isReadAsItWasWritten() {
    StoredGrant begun = grant(REFRESH, Optional.of(NOW.plusSeconds(60))).withRefreshingSince(NOW);

    StoredGrant read = StoredGrant.of(secret(begun.values(SITE))).orElseThrow();

    assertThat(read.tokens().access().reveal()).isEqualTo("access");
    assertThat(read.tokens().refresh().map(Token::reveal)).hasValue("refresh");
    assertThat(read.tokens().scopes()).isEqualTo(begun.tokens().scopes());
    assertThat(read)
        .returns(begun.authorization(), StoredGrant::authorization)
        .returns(Optional.of("Secret oauth-app"), StoredGrant::client)
        .returns("alice", StoredGrant::account)
        .returns(NOW, StoredGrant::obtainedAt)
        .returns(Optional.of(NOW), StoredGrant::refreshingSince)
        .returns(Optional.empty(), StoredGrant::refreshLostAt)
        .returns(begun.redirectUri(), StoredGrant::redirectUri)
        .returns(Optional.empty(), StoredGrant::ended);
    assertThat(StoredGrant.of(secret(begun.withEnded(Reason.RefreshRejected).values(SITE))))
        .get()
        .returns(Optional.of(Reason.RefreshRejected), StoredGrant::ended)
        .returns(Optional.empty(), StoredGrant::refreshingSince);
  }

  @Test
  void aLostRefreshIsKnownUntilNewTokensCome() {
    StoredGrant lost =
        grant(REFRESH, Optional.of(NOW)).withRefreshingSince(NOW).withoutRefresh(true);

    StoredGrant read = StoredGrant.of(secret(lost.values(SITE))).orElseThrow();

    assertThat(read)
        .returns(Optional.empty(), StoredGrant::refreshingSince)
        .returns(Optional.of(NOW), StoredGrant::refreshLostAt);
    assertThat(read.withRefreshingSince(NOW.plusSeconds(9)).withoutRefresh(false).refreshLostAt())
        .hasValue(NOW);
    assertThat(read.withTokens(read.tokens(), NOW).refreshLostAt()).isEmpty();
  }

  @Test
  void aRefreshKeepsTheAuthorizationAndWhatTheAnswerLeavesOut() {
    TokenGrant old = grant(REFRESH, Optional.of(NOW)).tokens();
    TokenGrant answer =
        new TokenGrant(new Token("next"), Optional.empty(), Optional.empty(), Optional.empty());

    TokenGrant next = answer.replacing(old);

    assertThat(next.access().reveal()).isEqualTo("next");
    assertThat(next.refresh()).isEqualTo(old.refresh());
    assertThat(next.scopes()).isEqualTo(old.scopes());
    assertThat(next.expiresAt()).isEmpty();
  }

  @Test
  void whatSomebodyBrokeIsNoGrant() {
    Map<String, String> values = grant(REFRESH, Optional.of(NOW)).values(SITE);
    values.put("expires_at", "tomorrow");

    assertThat(StoredGrant.of(secret(values))).isEmpty();
    assertThat(StoredGrant.of(secret(Map.of("url", SITE.toString())))).isEmpty();
  }

  @Test
  void nothingOfItIsPrinted() {
    assertThat(grant(REFRESH, Optional.empty()).toString()).doesNotContain("access", "refresh");
  }
}
