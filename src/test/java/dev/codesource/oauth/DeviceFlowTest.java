package dev.codesource.oauth;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.oauth.OAuthFixture.REVOKE;
import static dev.codesource.oauth.OAuthFixture.TOKEN;
import static dev.codesource.oauth.OAuthFixture.answer;
import static dev.codesource.oauth.OAuthFixture.error;
import static dev.codesource.oauth.OAuthFixture.field;
import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.credential.OAuthClient;
import dev.codesource.oauth.AuthorizationState.Awaiting;
import dev.codesource.oauth.AuthorizationState.Granted;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DeviceFlowTest {

  private static final String DEVICE = "POST /oauth/authorize_device";
  private static final Duration INTERVAL = Duration.ofSeconds(7);
  private static final Duration CODE_LIFE = Duration.ofMinutes(5);

  /** Between two requests for a code. */
  private static final Duration PAUSE = Duration.ofSeconds(10);

  private static final Problem WANTED = new Problem(Reason.AwaitingAuthorization, "Please.");

  private final OAuthFixture fixture = new OAuthFixture();
  private final DeviceFlow flow =
      new DeviceFlow(fixture.tokens, new Flows(fixture.store), fixture.clock);
  private final AuthorizationContext authorization = fixture.byDevice();

  @BeforeEach
  void hostGivesACode() {
    hostGivesCode("1");
    fixture.host.on(TOKEN, error("authorization_pending"));
  }

  private void hostGivesCode(String name) {
    fixture.host.on(
        DEVICE,
        json(
            200,
            """
            {"device_code":"device-%s","user_code":"USER-%s","interval":%d,"expires_in":%d,\
            "verification_uri":"https://git.example.com/device"}"""
                .formatted(name, name, INTERVAL.toSeconds(), CODE_LIFE.toSeconds())));
  }

  private Outcome<AuthorizationState> step() {
    return flow.step(authorization, WANTED);
  }

  private Awaiting awaiting(Reason reason) {
    Awaiting awaiting = (Awaiting) done(step());
    assertThat(awaiting.problem().reason()).isEqualTo(reason);
    return awaiting;
  }

  /** Shows a code to the person. */
  private Awaiting begun() {
    return awaiting(Reason.AwaitingAuthorization);
  }

  @Test
  void whatWasSentIsNotShownWhereTheHostPutsItIntoARedirect() {
    fixture.host.on(
        DEVICE,
        Outcome.refused(
            Reason.Redirected,
            "https://git.example.com redirects to https://evil.example/client%2Dsecret."));

    assertThat(step())
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> {
              assertThat(refused.problem().reason()).isEqualTo(Reason.Redirected);
              assertThat(refused.problem().what())
                  .contains("git.example.com")
                  .doesNotContain("client%2Dsecret", "evil.example");
            });
  }

  private Optional<Instant> in(Duration time) {
    return Optional.of(fixture.clock.instant().plus(time));
  }

  @Test
  void aCodeIsShownAndStoredAndIsAskedAboutLater() {
    Awaiting awaiting = begun();

    assertThat(awaiting.authorization().userCode()).isEqualTo("USER-1");
    assertThat(awaiting.authorization().url()).isEqualTo("https://git.example.com/device");
    assertThat(awaiting.nextStep()).isEqualTo(in(INTERVAL));
    assertThat(fixture.flow("device_code")).hasValue("device-1");
    assertThat(field(fixture.host.requests(DEVICE).getFirst(), "scope")).isEqualTo("api");
    assertThat(fixture.host.asked()).containsExactly(DEVICE);
  }

  @Test
  void noCodeIsStoredOverTheSecretOfSomebodyElse() {
    fixture.store.putForeign("team-a", OAuthFixture.FLOW_SECRET, Flow.TYPE, Map.of("state", "x"));

    isRefused(step(), Reason.TokenSecretNotOwned);
    assertThat(fixture.flow("device_code")).isEmpty();
  }

  @Test
  void whileThePersonHasNotDecidedTheSameCodeIsShown() {
    begun();

    Awaiting awaiting = awaiting(Reason.AwaitingAuthorization);

    assertThat(awaiting.authorization().userCode()).isEqualTo("USER-1");
    assertThat(awaiting.nextStep()).isEqualTo(in(INTERVAL));
    assertThat(field(fixture.host.requests(TOKEN).getFirst(), "device_code")).isEqualTo("device-1");
  }

  @Test
  void theLastLookIsWhenTheCodeExpires() {
    Instant end = fixture.clock.instant().plus(CODE_LIFE);
    begun();
    fixture.clock.advance(CODE_LIFE.minusSeconds(1));

    assertThat(awaiting(Reason.AwaitingAuthorization).nextStep()).hasValue(end);
  }

  /** RFC 8628 section 3.5: for this and all later requests, and in each replica. */
  @Test
  void slowDownAddsFiveSecondsForGood() {
    begun();
    fixture.host.on(TOKEN, error("slow_down"));

    assertThat(awaiting(Reason.AwaitingAuthorization).nextStep())
        .isEqualTo(in(INTERVAL.plusSeconds(5)));
    fixture.clock.advance(INTERVAL);
    assertThat(awaiting(Reason.AwaitingAuthorization).nextStep())
        .isEqualTo(in(INTERVAL.plusSeconds(10)));
    assertThat(fixture.flow("interval")).hasValue("17");

    fixture.host.on(TOKEN, error("authorization_pending"));
    fixture.clock.advance(INTERVAL);
    assertThat(awaiting(Reason.AwaitingAuthorization).nextStep())
        .isEqualTo(in(INTERVAL.plusSeconds(10)));
  }

  @Test
  void aGrantIsStoredAndTheFlowIsUsedUp() {
    begun();
    fixture.host.on(TOKEN, answer("1"));

    assertThat(done(step()))
        .isInstanceOfSatisfying(
            Granted.class,
            granted ->
                assertThat(granted.grant().tokens().access().reveal()).isEqualTo("access-1"));
    assertThat(fixture.stored("token")).hasValue("access-1");
    assertThat(fixture.store.named(OAuthFixture.FLOW_SECRET)).isEmpty();
  }

  @Test
  void aPersonWhoDeniesIsNotAskedAgainBeforeTheCodeIsOver() {
    Instant end = fixture.clock.instant().plus(CODE_LIFE);
    begun();
    fixture.host.on(TOKEN, error("access_denied"));

    assertThat(awaiting(Reason.AuthorizationDenied).nextStep()).hasValue(end);
    assertThat(awaiting(Reason.AuthorizationDenied).authorization().userCode()).isNull();
    assertThat(fixture.host.requests(TOKEN)).hasSize(1);

    fixture.clock.advance(CODE_LIFE);
    hostGivesCode("2");
    assertThat(begun().authorization().userCode()).isEqualTo("USER-2");
  }

  @Test
  void accessOfAnotherAccountIsGivenBack() {
    begun();
    fixture.host.on(TOKEN, answer("1"));
    fixture.answersForAccount("bob");

    awaiting(Reason.UsernameMismatch);

    assertThat(fixture.secret()).isEmpty();
    assertThat(fixture.host.requests(REVOKE)).hasSize(2);
  }

  @Test
  void aCodeThatTheHostSaysHasExpiredIsReplaced() {
    begun();
    hostGivesCode("2");
    fixture.host.on(TOKEN, error("expired_token"));
    fixture.clock.advance(PAUSE);

    assertThat(awaiting(Reason.AuthorizationExpired).authorization().userCode())
        .isEqualTo("USER-2");
    assertThat(fixture.flow("device_code")).hasValue("device-2");
  }

  @Test
  void aCodeWhoseTimeIsOverIsReplacedAndNotAskedAbout() {
    begun();
    hostGivesCode("2");
    fixture.clock.advance(CODE_LIFE);

    assertThat(begun().authorization().userCode()).isEqualTo("USER-2");
    assertThat(fixture.host.asked()).containsExactly(DEVICE, DEVICE);
  }

  @Test
  void aCodeOfAnotherApplicationIsReplaced() {
    begun();
    hostGivesCode("2");
    fixture.clock.advance(PAUSE);
    AuthorizationContext other =
        new AuthorizationContext(
            authorization.binding(),
            authorization.codeHost(),
            authorization.site(),
            new OAuthClient("client-2", authorization.client().secret()),
            Optional.empty());

    done(flow.step(other, WANTED));

    assertThat(fixture.flow("device_code")).hasValue("device-2");
    assertThat(fixture.host.asked()).containsExactly(DEVICE, DEVICE);
  }

  @Test
  void anOutageKeepsTheCode() {
    begun();
    fixture.host.on(TOKEN, unanswered(Reason.ConnectionRefused));

    Awaiting awaiting = awaiting(Reason.AwaitingAuthorization);

    assertThat(awaiting.authorization().userCode()).isEqualTo("USER-1");
    assertThat(awaiting.nextStep().orElseThrow()).isAfter(fixture.clock.instant());
  }

  @Test
  void anApplicationThatIsRefusedIsTold() {
    begun();
    fixture.host.on(TOKEN, error("invalid_client"));

    isRefused(step(), Reason.OAuthClientRejected);
  }

  @Test
  void aPlatformWithoutDeviceCodesIsTold() {
    isRefused(flow.step(fixture.of(Platform.Gitee, "alice"), WANTED), Reason.OAuthNotOffered);
  }

  @Test
  void codesThatLiveForASecondAreAskedForOnceInTenSeconds() {
    fixture.host.on(
        DEVICE,
        json(
            200,
            """
            {"device_code":"d","user_code":"U","interval":5,"expires_in":1,\
            "verification_uri":"https://git.example.com/device"}"""));
    Instant end = in(Duration.ofMinutes(1)).orElseThrow();
    int steps = 0;
    while (fixture.clock.instant().isBefore(end)) {
      Awaiting awaiting = (Awaiting) done(step());
      fixture.clock.advance(
          Duration.between(fixture.clock.instant(), awaiting.nextStep().orElseThrow()));
      steps++;
    }

    assertThat(fixture.host.requests(DEVICE)).hasSizeLessThanOrEqualTo(7);
    assertThat(steps).isLessThan(20);
  }

  /** Whoever may write the Secret could have the host asked in a loop. */
  @Test
  void theHostIsAskedOnceInFiveSecondsWhateverTheSecretSays() {
    begun();
    Secret stored = fixture.store.named(OAuthFixture.FLOW_SECRET).orElseThrow();
    fixture.store.replace(stored, OAuthFixture.changed(stored, Map.of("interval", "0")));
    for (int i = 0; i < 50; i++) {
      begun();
      fixture.clock.advance(Duration.ofMillis(100));
    }

    assertThat(fixture.host.requests(TOKEN)).hasSize(1);
    assertThat(begun().nextStep().orElseThrow())
        .isAfterOrEqualTo(fixture.clock.instant().plusMillis(1));
  }
}
