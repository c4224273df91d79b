package dev.codesource.githubapp;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.Platform;
import dev.codesource.api.TestBinding;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.Token;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Pauses;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class InstallationTokenManagerTest {

  private static final SiteUrl SITE = done(SiteUrl.parse("https://github.example.com"));
  private static final String SECRET = "build-installation";
  private static final String MAKE = "POST /api/v3/app/installations/7/access_tokens";
  private static final Duration LIFE = Duration.ofHours(1);
  private static final Duration DUE = Duration.ofMinutes(40);

  private final AdjustableClock clock = new AdjustableClock();
  private final DisturbedSecretStore store = new DisturbedSecretStore(clock);
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final InstallationTokenManager manager = manager(Duration.ZERO);
  private final CodeSourceBinding binding =
      TestBinding.withSpec(
          """
          platform: GitHub
          url: %s
          username: octobuild[bot]
          """
              .formatted(SITE));

  private int made;

  private InstallationTokenManager manager(Duration pause) {
    return new InstallationTokenManager(
        host, new HostLimiter(4, clock, new Random(1)), store, new Pauses(pause), clock);
  }

  @BeforeEach
  void hostMakesTokens() {
    host.on(
        MAKE,
        _ ->
            json(
                201,
                "{\"token\":\"%s\",\"expires_at\":\"%s\"}"
                    .formatted(token(++made), clock.instant().plus(LIFE))));
  }

  private static String token(int number) {
    return "ghs_%036d".formatted(number);
  }

  /**
   * @param version of the Secret with the app's private key
   */
  private Claim claim(String version) {
    return new Claim(
        "team-a",
        SupportedCodeHosts.all(clock).of(Platform.GitHub),
        SITE,
        "octobuild[bot]",
        new Credential(
            new Token("signed"),
            Optional.empty(),
            Credential.Source.APP,
            Optional.of("7"),
            version),
        Optional.empty());
  }

  private Claim claim() {
    return claim("1");
  }

  private Optional<Secret> secret() {
    return store.named(SECRET);
  }

  private Outcome<StoredInstallationToken> provide(Optional<Secret> seen) {
    return manager.provide(binding, claim(), seen, false);
  }

  private Outcome<StoredInstallationToken> provide() {
    return provide(secret());
  }

  private static String password(Outcome<StoredInstallationToken> outcome) {
    return done(outcome).token().login().password().reveal();
  }

  private Optional<String> stored() {
    return store.value(SECRET, "token");
  }

  private Secret putForeignSecret() {
    return store.putForeign("team-a", SECRET, CredentialSecret.TYPE, Map.of("token", "theirs"));
  }

  @Test
  void aTokenIsMadeAndStoredAndUsedFromThenOn() {
    assertThat(password(provide())).isEqualTo(token(1));
    assertThat(stored()).hasValue(token(1));
    assertThat(store.value(SECRET, "url")).hasValue(SITE.toString());

    assertThat(password(provide())).isEqualTo(token(1));
    assertThat(host.asked()).containsExactly(MAKE);
  }

  @Test
  void aTokenIsRenewedAtTwoThirdsOfItsLife() {
    provide();
    clock.advance(DUE.minusMillis(1));
    assertThat(password(provide())).isEqualTo(token(1));

    clock.advance(Duration.ofMillis(1));
    assertThat(password(provide())).isEqualTo(token(2));
    assertThat(stored()).hasValue(token(2));
  }

  @Test
  void aTokenThatMayHaveBeenRevokedIsMadeAnew() {
    provide();

    assertThat(password(manager.provide(binding, claim(), secret(), true))).isEqualTo(token(2));
    assertThat(stored()).hasValue(token(2));
  }

  /** What is asked for within the pause is not forgotten: else consumers keep a dead token. */
  @Test
  void aTokenThatMayHaveBeenRevokedAndIsTooYoungIsMadeAnewAfterThePause() {
    InstallationTokenManager slow = manager(Duration.ofMinutes(1));
    StoredInstallationToken first = done(slow.provide(binding, claim(), secret(), false));
    assertThat(slow.nextLook(binding, first)).isEqualTo(clock.instant().plus(DUE));
    clock.advance(Duration.ofSeconds(20));

    assertThat(password(slow.provide(binding, claim(), secret(), true))).isEqualTo(token(1));
    assertThat(slow.nextLook(binding, first)).isEqualTo(clock.instant().plusSeconds(40));

    clock.advance(Duration.ofSeconds(40));
    StoredInstallationToken second = done(slow.provide(binding, claim(), secret(), false));
    assertThat(second.token().login().password().reveal()).isEqualTo(token(2));
    assertThat(slow.nextLook(binding, second)).isEqualTo(clock.instant().plus(DUE));
  }

  @Test
  void aTokenThatMayHaveBeenRevokedIsMadeAnewWhenTheHostAnswersAgain() {
    StoredInstallationToken first = done(provide());
    host.on(MAKE, unanswered(Reason.ConnectionTimedOut));

    assertThat(password(manager.provide(binding, claim(), secret(), true))).isEqualTo(token(1));
    assertThat(manager.nextLook(binding, first))
        .isEqualTo(clock.instant().plus(Duration.ofMinutes(1)));

    hostMakesTokens();
    clock.advance(Duration.ofMinutes(10)); // the limiter leaves the host alone for a while
    assertThat(password(provide())).isEqualTo(token(2));
    assertThat(password(provide())).isEqualTo(token(2));
  }

  /** Another key, app or installation in the user's Secret: what it may do is another thing. */
  @Test
  void aTokenOfAnotherClaimIsNotUsed() {
    provide();

    assertThat(manager.known(binding, claim("2"), secret())).isEmpty();
    assertThat(password(manager.provide(binding, claim("2"), secret(), false))).isEqualTo(token(2));
  }

  /** The informer may be late. */
  @Test
  void aNewerTokenInTheStoreIsUsedInPlaceOfAskingTheHost() {
    provide();
    Optional<Secret> late = secret();
    clock.advance(DUE);
    provide();

    assertThat(password(provide(late))).isEqualTo(token(2));
    assertThat(password(provide(Optional.empty()))).isEqualTo(token(2));
    assertThat(host.requests(MAKE)).hasSize(2);
  }

  @Test
  void aNewerTokenThatIsDueItselfIsRenewed() {
    provide();
    Optional<Secret> late = secret();
    clock.advance(DUE);
    provide();
    clock.advance(DUE);

    assertThat(password(provide(late))).isEqualTo(token(3));
  }

  @Test
  void aLostRaceIsAConflictAndWhatTheOtherWroteStays() {
    store.beforeNextWrites(this::putForeignSecret);

    var conflict = waiting(provide(), Reason.Conflict);

    assertThat(conflict.until()).hasValue(clock.instant().plus(OwnedSecretStore.RETRY_AFTER));
    assertThat(stored()).hasValue("theirs");
  }

  @Test
  void aRaceThatIsLostInARenewalKeepsTheLiveToken() {
    provide();
    clock.advance(DUE);
    store.beforeNextWrites(store::relabel);

    assertThat(password(provide())).isEqualTo(token(1));
    assertThat(stored()).hasValue(token(1));

    assertThat(password(provide())).isEqualTo(token(3));
  }

  /** Consumers never get a token that is not stored. */
  @Test
  void aTokenThatCannotBeStoredIsNotHandedOn() {
    store.beforeNextWrites(DisturbedSecretStore::outage);

    assertThatThrownBy(this::provide).isInstanceOf(KubernetesClientException.class);
    assertThat(store.all()).isEmpty();
  }

  @Test
  void anOutageKeepsTheLiveToken() {
    provide();
    host.on(MAKE, unanswered(Reason.ConnectionTimedOut));
    clock.advance(LIFE.minusMillis(1));

    assertThat(password(provide())).isEqualTo(token(1));
  }

  @Test
  void anOutageIsAWaitOnceTheTokenIsDead() {
    provide();
    host.on(MAKE, unanswered(Reason.ConnectionTimedOut));
    clock.advance(LIFE);

    assertThat(waiting(provide(), Reason.ConnectionTimedOut).until()).isPresent();
    assertThat(stored()).hasValue(token(1));
  }

  /** The installation was suspended, say: that is told, and not taken for an outage. */
  @Test
  void aRefusalIsToldThoughTheTokenLives() {
    provide();
    clock.advance(DUE);
    host.on(MAKE, json(403, "{\"message\":\"This installation has been suspended\"}"));

    isRefused(provide(), Reason.DeployTokenRefused);
  }

  @Test
  void aSecretOfSomebodyElseIsLeftAlone() {
    Secret foreign = putForeignSecret();

    isRefused(provide(), Reason.TokenSecretNotOwned);

    assertThat(manager.known(binding, claim(), secret())).isEmpty();
    manager.forget(binding, foreign);
    assertThat(stored()).hasValue("theirs");
    assertThat(host.asked()).isEmpty();
  }

  @Test
  void whatIsNotPublishedAnyMoreIsForgotten() {
    provide();

    manager.forget(binding, secret().orElseThrow());

    assertThat(store.all()).isEmpty();
  }

  @Test
  void aTokenThatIsNewerThanWhatWasSeenIsNotForgotten() {
    provide();
    Secret seen = secret().orElseThrow();
    clock.advance(DUE);
    provide();

    manager.forget(binding, seen);

    assertThat(stored()).hasValue(token(2));
  }

  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  void aSecretThatIsDeletedInALoopCausesOneTokenAMinute() {
    InstallationTokenManager slow = manager(MINUTE);
    done(slow.provide(binding, claim(), secret(), false));
    for (int i = 0; i < 10; i++) {
      clock.advance(Duration.ofSeconds(1));
      secret().ifPresent(store::delete);
      waiting(slow.provide(binding, claim(), secret(), false), Reason.Conflict);
    }
    assertThat(made).isEqualTo(1);
  }

  @Test
  void whoAsksForATokenAnewInALoopGetsOneAMinute() {
    InstallationTokenManager slow = manager(MINUTE);
    for (int i = 0; i < 120; i++) {
      done(slow.provide(binding, claim(), secret(), true));
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(made).isEqualTo(2);
  }

  @Test
  void aTokenOfASecondIsRenewedOnceAMinuteAndToldToBeTooShort() {
    InstallationTokenManager slow = manager(MINUTE);
    host.on(
        MAKE,
        _ ->
            json(
                201,
                "{\"token\":\"%s\",\"expires_at\":\"%s\"}"
                    .formatted(token(++made), clock.instant().plusSeconds(1))));
    done(slow.provide(binding, claim(), secret(), false));
    // Also after a restart, which forgets the pause.
    InstallationTokenManager restarted = manager(MINUTE);

    clock.advance(Duration.ofSeconds(2));
    assertThat(
            waiting(
                    restarted.provide(binding, claim(), secret(), false),
                    Reason.TokenLifetimeTooShort)
                .until())
        .hasValue(clock.instant().plusSeconds(58));
    clock.advance(Duration.ofSeconds(58));
    done(restarted.provide(binding, claim(), secret(), false));
    assertThat(made).isEqualTo(2);
  }
}
