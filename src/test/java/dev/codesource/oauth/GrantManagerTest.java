package dev.codesource.oauth;

import static dev.codesource.http.ScriptedHostClient.json;
import static dev.codesource.http.ScriptedHostClient.unanswered;
import static dev.codesource.oauth.OAuthFixture.LIFE;
import static dev.codesource.oauth.OAuthFixture.LONGEST_REQUEST;
import static dev.codesource.oauth.OAuthFixture.PAGES;
import static dev.codesource.oauth.OAuthFixture.REVOKE;
import static dev.codesource.oauth.OAuthFixture.SITE;
import static dev.codesource.oauth.OAuthFixture.TOKEN;
import static dev.codesource.oauth.OAuthFixture.TOKEN_INFO;
import static dev.codesource.oauth.OAuthFixture.USER;
import static dev.codesource.oauth.OAuthFixture.answer;
import static dev.codesource.oauth.OAuthFixture.error;
import static dev.codesource.oauth.OAuthFixture.field;
import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.credential.CaConsent;
import dev.codesource.credential.OAuthClient;
import dev.codesource.credential.Token;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.http.HostResponse;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.TrustAnchors;
import dev.codesource.oauth.AuthorizationState.Awaiting;
import dev.codesource.oauth.AuthorizationState.Granted;
import dev.codesource.oauth.AuthorizationState.TooYoung;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrantManagerTest {

  /** Gitea's token endpoint. */
  private static final String GITEA_TOKEN = "POST /login/oauth/access_token";

  private final OAuthFixture fixture = new OAuthFixture();
  private final GrantManager manager =
      new GrantManager(fixture.tokens, fixture.store, Optional.of(PAGES), fixture.clock);

  /** The old access token says whether a refresh happened. */
  private final AuthorizationContext gitLab = fixture.gitLab();

  /** Nothing says whether a refresh happened. */
  private final AuthorizationContext gitee = fixture.of(Platform.Gitee, "alice");

  /** A refresh may be repeated. */
  private final AuthorizationContext gitea = fixture.of(Platform.Gitea, "alice");

  private Outcome<AuthorizationState> look(AuthorizationContext authorization) {
    return manager.look(authorization, fixture.secret());
  }

  private static Granted granted(Outcome<AuthorizationState> outcome) {
    assertThat(done(outcome)).isInstanceOf(Granted.class);
    return (Granted) done(outcome);
  }

  private static String access(Outcome<AuthorizationState> outcome) {
    return granted(outcome).grant().tokens().access().reveal();
  }

  private static Awaiting isAsked(Outcome<AuthorizationState> outcome, Reason reason) {
    assertThat(done(outcome)).isInstanceOf(Awaiting.class);
    Awaiting awaiting = (Awaiting) done(outcome);
    assertThat(awaiting.problem().reason()).isEqualTo(reason);
    return awaiting;
  }

  /** A grant whose renewal is due while its access token is good. */
  private StoredGrant due(AuthorizationContext authorization) {
    StoredGrant grant = fixture.grant(authorization, "1");
    advanceTo(fixture.grants.refreshAt(grant).orElseThrow());
    return grant;
  }

  /** A grant whose access token has expired. */
  private void expired(AuthorizationContext authorization) {
    fixture.grant(authorization, "1");
    fixture.clock.advance(LIFE);
  }

  /** A due grant of which a refresh was begun that nobody finished. */
  private void abandonedRefresh(AuthorizationContext authorization) {
    done(fixture.grants.begin(due(authorization), SITE));
  }

  private void advanceTo(Instant time) {
    fixture.clock.advance(Duration.between(fixture.clock.instant(), time));
  }

  private void waitUntilResolvable() {
    fixture.clock.advance(LONGEST_REQUEST.multipliedBy(2));
  }

  // Use and renewal.

  @Test
  void withoutAGrantAPersonIsAskedOnThePage() {
    Awaiting awaiting = isAsked(look(gitLab), Reason.AwaitingAuthorization);

    assertThat(awaiting.authorization().url())
        .isEqualTo("https://codesource.example.com/authorize/team-a/build");
    assertThat(fixture.host.asked()).isEmpty();
  }

  @Test
  void withoutPagesThereIsNoAuthorizationInABrowser() {
    GrantManager pageless =
        new GrantManager(fixture.tokens, fixture.store, Optional.empty(), fixture.clock);

    isRefused(pageless.look(gitLab, Optional.empty()), Reason.OAuthNotOffered);
  }

  @Test
  void aStoredGrantIsUsedAndNobodyIsAsked() {
    StoredGrant grant = fixture.grant(gitLab, "1");

    Outcome<AuthorizationState> outcome = look(gitLab);

    assertThat(access(outcome)).isEqualTo("access-1");
    assertThat(granted(outcome).nextStep()).isEqualTo(fixture.grants.refreshAt(grant));
    assertThat(manager.isGranted(gitLab)).isTrue();
    assertThat(fixture.host.asked()).isEmpty();
  }

  /** What the informer knows may be behind: nobody is asked to authorize what is authorized. */
  @Test
  void aGrantThatTheInformerHasNotSeenIsFound() {
    fixture.grant(gitLab, "1");

    assertThat(access(manager.look(gitLab, Optional.empty()))).isEqualTo("access-1");
  }

  @Test
  void aTokenIsRenewedOnceAtTwoThirdsOfItsLife() {
    fixture.host.on(TOKEN, answer("2"));
    Instant due = fixture.grants.refreshAt(fixture.grant(gitLab, "1")).orElseThrow();
    Duration afterTwoThirds =
        Duration.between(fixture.clock.instant().plus(LIFE.multipliedBy(2).dividedBy(3)), due);
    assertThat(afterTwoThirds.abs()).isLessThanOrEqualTo(LIFE.dividedBy(20));

    advanceTo(due.minusMillis(1));
    assertThat(access(look(gitLab))).isEqualTo("access-1");
    assertThat(fixture.host.asked()).isEmpty();

    advanceTo(due);
    assertThat(access(look(gitLab))).isEqualTo("access-2");
    assertThat(access(look(gitLab))).isEqualTo("access-2");
    assertThat(fixture.host.asked()).containsExactly(TOKEN);
  }

  @Test
  void theMarkerIsStoredBeforeTheRefreshIsSent() {
    due(gitLab);
    List<Optional<String>> markers = new ArrayList<>();
    fixture.host.on(
        TOKEN,
        _ -> {
          markers.add(fixture.stored("refreshing_since"));
          return answer("2");
        });

    look(gitLab);

    assertThat(markers).containsExactly(Optional.of(fixture.clock.instant().toString()));
    assertThat(fixture.stored("refreshing_since")).isEmpty();
  }

  @Test
  void aRefreshTokenIsStoredBeforeItIsUsed() {
    due(gitLab);
    List<String> used = new ArrayList<>();
    fixture.host.on(
        TOKEN,
        request -> {
          used.add(field(request, "refresh_token"));
          assertThat(fixture.stored("refresh_token")).hasValue(used.getLast());
          return answer(Integer.toString(used.size() + 1));
        });

    for (int i = 0; i < 3; i++) {
      advanceTo(granted(look(gitLab)).nextStep().orElseThrow());
    }

    assertThat(used).containsExactly("refresh-1", "refresh-2", "refresh-3");
  }

  /** GitLab wants the redirect URI of the authorization repeated. */
  @Test
  void aRefreshRepeatsTheRedirectUri() {
    due(gitLab);
    fixture.host.on(TOKEN, answer("2"));

    look(gitLab);

    assertThat(field(fixture.host.requests(TOKEN).getFirst(), "redirect_uri"))
        .isEqualTo(OAuthFixture.REDIRECT_URI.toString());
  }

  // Others write at the same time.

  @Test
  void aRaceThatIsLostAtTheMarkerIsAConflictAndNothingIsSent() {
    expired(gitLab);
    fixture.store.beforeNextWrites(fixture.store::relabel);

    var conflict = waiting(look(gitLab), Reason.Conflict);

    assertThat(conflict.until())
        .hasValue(fixture.clock.instant().plus(OwnedSecretStore.RETRY_AFTER));
    assertThat(fixture.host.asked()).isEmpty();
  }

  @Test
  void aRaceThatIsLostAtTheMarkerLeavesTheOldTokenInUse() {
    due(gitLab);
    fixture.store.beforeNextWrites(fixture.store::relabel);

    Outcome<AuthorizationState> outcome = look(gitLab);

    assertThat(access(outcome)).isEqualTo("access-1");
    assertThat(granted(outcome).nextStep())
        .hasValue(fixture.clock.instant().plus(OwnedSecretStore.RETRY_AFTER));
    assertThat(fixture.host.asked()).isEmpty();
  }

  @Test
  void ofTwoReplicasOneRenews() {
    due(gitLab);
    fixture.host.on(TOKEN, answer("2"));
    fixture.store.beforeNextWrites(() -> assertThat(access(look(gitLab))).isEqualTo("access-2"));

    look(gitLab);

    assertThat(fixture.host.asked()).containsExactly(TOKEN);
    assertThat(access(look(gitLab))).isEqualTo("access-2");
  }

  @Test
  void aRefreshThatMayBeUnderWayIsNotBegunAgain() {
    abandonedRefresh(gitLab);
    Instant since = fixture.clock.instant();
    fixture.clock.advance(LONGEST_REQUEST);

    Outcome<AuthorizationState> outcome = look(gitLab);

    assertThat(access(outcome)).isEqualTo("access-1");
    assertThat(granted(outcome).nextStep()).hasValue(fixture.grants.resolvable(since));
    assertThat(fixture.host.asked()).isEmpty();
  }

  @Test
  void newTokensAreStoredThoughTheSecretIsRelabelledWhileTheHostIsAsked() {
    due(gitLab);
    fixture.host.on(
        TOKEN,
        _ -> {
          fixture.store.relabel();
          return answer("2");
        });

    assertThat(access(look(gitLab))).isEqualTo("access-2");
    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
  }

  @Test
  void newTokensAreStoredThoughTheApiServerFailsWhenTheyAreWritten() {
    due(gitLab);
    fixture.host.on(
        TOKEN,
        _ -> {
          fixture.store.beforeNextWrites(
              DisturbedSecretStore::outage, DisturbedSecretStore::outage);
          return answer("2");
        });

    assertThat(access(look(gitLab))).isEqualTo("access-2");
    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
    assertThat(fixture.host.asked()).containsExactly(TOKEN);
  }

  @Test
  void aSecretThatIsDeletedWhileTheHostIsAskedStaysDeleted() {
    due(gitLab);
    fixture.host.on(
        TOKEN,
        _ -> {
          fixture.store.deleteAll();
          return answer("2");
        });

    isAsked(look(gitLab), Reason.AwaitingAuthorization);
    assertThat(fixture.store.all()).isEmpty();
  }

  @Test
  void aSecretOfSomebodyElseIsLeftAlone() {
    fixture.putForeignSecret();

    isRefused(look(gitLab), Reason.TokenSecretNotOwned);

    assertThat(done(manager.revoke(gitLab))).isTrue();
    assertThat(manager.isGranted(gitLab)).isFalse();
    assertThat(fixture.store.all()).hasSize(1);
    assertThat(fixture.stored("token")).hasValue("access-theirs");
    assertThat(fixture.host.asked()).isEmpty();
  }

  /** Whoever may change spec.url must not have the token sent to a host of their own. */
  @Test
  void aGrantForAnotherSiteIsNotUsed() {
    fixture.grant(gitLab, "1");
    AuthorizationContext elsewhere =
        new AuthorizationContext(
            gitLab.binding(),
            gitLab.codeHost(),
            done(SiteUrl.parse("https://git.attacker.example")),
            gitLab.client(),
            Optional.empty());

    isAsked(look(elsewhere), Reason.AwaitingAuthorization);
    assertThat(manager.isGranted(elsewhere)).isFalse();
  }

  // The host does not answer, or its answer is lost.

  @Test
  void anOutageKeepsTheOldTokenWhileItLives() {
    due(gitLab);
    fixture.host.on(TOKEN, json(503, "{}"));

    Outcome<AuthorizationState> outcome = look(gitLab);

    assertThat(access(outcome)).isEqualTo("access-1");
    assertThat(granted(outcome).nextStep().orElseThrow()).isAfter(fixture.clock.instant());
  }

  @Test
  void anOutageIsAWaitOnceTheOldTokenIsDead() {
    expired(gitLab);
    fixture.host.on(TOKEN, json(503, "{}"));

    assertThat(waiting(look(gitLab), Reason.ServerError).until()).isPresent();
    assertThat(fixture.stored("refresh_token")).hasValue("refresh-1");
    assertThat(fixture.stored("ended")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {
        "HostNotFound",
        "ConnectionRefused",
        "UntrustedCertificate",
        "RateLimited",
        "Queued",
        "ProxyRefused"
      })
  void aRefreshThatTheHostDidNotReceiveIsSentAgain(Reason reason) {
    due(gitee);
    fixture.host.on(TOKEN, unanswered(reason));

    Instant again = granted(look(gitee)).nextStep().orElseThrow();
    assertThat(fixture.stored("refreshing_since")).isEmpty();

    advanceTo(again);
    fixture.host.on(TOKEN, answer("2"));
    assertThat(access(look(gitee))).isEqualTo("access-2");
  }

  @Test
  void aRefreshThatTheHostDidNotReceiveIsSentAgainThoughTheSecretWasRelabelled() {
    due(gitee);
    fixture.host.on(
        TOKEN,
        _ -> {
          fixture.store.relabel();
          return unanswered(Reason.ConnectionRefused);
        });
    look(gitee);

    waitUntilResolvable();
    fixture.host.on(TOKEN, answer("2"));
    assertThat(access(look(gitee))).isEqualTo("access-2");
  }

  @Test
  void aLostAnswerIsSettledByTheOldTokenThatStillWorks() {
    due(gitLab);
    fixture.host.on(TOKEN, unanswered(Reason.ConnectionTimedOut));
    assertThat(access(look(gitLab))).isEqualTo("access-1");
    assertThat(fixture.stored("refreshing_since")).isPresent();
    fixture.host.on(TOKEN, answer("2"));

    assertThat(access(look(gitLab))).as("it may be under way").isEqualTo("access-1");
    assertThat(fixture.host.asked()).containsExactly(TOKEN);

    waitUntilResolvable();
    assertThat(access(look(gitLab))).isEqualTo("access-2");
    assertThat(fixture.host.asked()).containsExactly(TOKEN, TOKEN_INFO, USER, TOKEN);
  }

  @Test
  void aLostAnswerIsSettledByTheOldTokenThatWorksNoMore() {
    abandonedRefresh(gitLab);
    fixture.host.on(TOKEN_INFO, json(401, "{\"error_description\":\"The token was revoked\"}"));
    waitUntilResolvable();

    isAsked(look(gitLab), Reason.RefreshLost);

    assertThat(fixture.host.requests(TOKEN)).isEmpty();
    assertThat(fixture.stored("ended")).hasValue("RefreshLost");
  }

  @Test
  void aLostAnswerStaysOpenWhileTheHostIsDown() {
    abandonedRefresh(gitLab);
    fixture.host.on(TOKEN_INFO, unanswered(Reason.ConnectionRefused));
    waitUntilResolvable();

    assertThat(access(look(gitLab))).isEqualTo("access-1");

    assertThat(fixture.stored("refreshing_since")).isPresent();
    assertThat(fixture.host.requests(TOKEN)).isEmpty();
  }

  @Test
  void aLostAnswerOfWhichNothingCanBeToldHasAPersonAsked() {
    due(gitee);
    fixture.host.on(TOKEN, unanswered(Reason.ConnectionTimedOut));
    assertThat(access(look(gitee))).isEqualTo("access-1");
    assertThat(access(look(gitee))).as("it may be under way").isEqualTo("access-1");

    waitUntilResolvable();
    isAsked(look(gitee), Reason.RefreshLost);

    assertThat(fixture.host.asked()).as("a second use could be a theft").containsExactly(TOKEN);
    assertThat(isAsked(look(gitee), Reason.RefreshLost).problem().message())
        .isEqualTo(Reason.RefreshLost.meaning() + " " + Reason.RefreshLost.remedy());
    assertThat(fixture.stored("ended")).hasValue("RefreshLost");
  }

  @Test
  void aLostAnswerOfARefreshThatMayBeRepeatedIsAskedForAgain() {
    due(gitea);
    fixture.host.on(GITEA_TOKEN, unanswered(Reason.ConnectionTimedOut));
    Instant again = granted(look(gitea)).nextStep().orElseThrow();

    advanceTo(again);
    fixture.host.on(GITEA_TOKEN, answer("2"));
    assertThat(access(look(gitea))).isEqualTo("access-2");
  }

  @Test
  void aRefreshThatMayBeRepeatedIsRepeatedAfterACrash() {
    abandonedRefresh(gitea);
    fixture.host.on(GITEA_TOKEN, answer("2"));
    assertThat(access(look(gitea))).as("it may be under way").isEqualTo("access-1");

    waitUntilResolvable();
    assertThat(access(look(gitea))).isEqualTo("access-2");
  }

  /** As Gitea does where INVALIDATE_REFRESH_TOKENS is set: the lost answer used the token up. */
  @Test
  void aRepeatedRefreshThatIsRefusedIsALostOne() {
    due(gitea);
    fixture.host.on(GITEA_TOKEN, unanswered(Reason.ConnectionTimedOut));
    advanceTo(granted(look(gitea)).nextStep().orElseThrow());

    fixture.host.on(GITEA_TOKEN, error("unauthorized_client"));
    isAsked(look(gitea), Reason.RefreshLost);
    isAsked(look(gitea), Reason.RefreshLost);
  }

  @Test
  void aRepeatedRefreshThatIsRefusedAfterACrashIsALostOne() {
    abandonedRefresh(gitea);
    waitUntilResolvable();
    fixture.host.on(GITEA_TOKEN, error("unauthorized_client"));

    isAsked(look(gitea), Reason.RefreshLost);
  }

  @Test
  void aRefreshThatTheHostDidNotReceiveAndThenRefusesIsNoLostOne() {
    due(gitea);
    fixture.host.on(GITEA_TOKEN, unanswered(Reason.ConnectionRefused));
    advanceTo(granted(look(gitea)).nextStep().orElseThrow());

    fixture.host.on(GITEA_TOKEN, error("unauthorized_client"));
    isAsked(look(gitea), Reason.RefreshRejected);
  }

  /** The renewal ended it there, and its answer did not arrive. */
  @Test
  void aTokenThatIsRefusedWhileARenewalIsUnansweredHasItsRenewalLost() {
    due(gitLab);
    fixture.host.on(TOKEN, unanswered(Reason.ConnectionTimedOut));
    StoredGrant marked = granted(look(gitLab)).grant();

    isAsked(
        manager.afterRefusal(gitLab, marked, new Problem(Reason.TokenRevoked, "No.")),
        Reason.RefreshLost);
  }

  // How the last attempt of a person ended.

  private void failed(AuthorizationContext authorization, Reason reason) {
    noted(authorization, reason + " of generation 3 at " + fixture.clock.instant());
  }

  private void noted(AuthorizationContext authorization, String note) {
    authorization.binding().getMetadata().setGeneration(3L);
    authorization.binding().getMetadata().setAnnotations(Map.of(Attempt.ANNOTATION, note));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"AuthorizationDenied", "AuthorizationExpired"})
  void whoIsAskedIsToldHowTheLastAttemptFailed(Reason reason) {
    failed(gitLab, reason);

    Awaiting awaiting = isAsked(look(gitLab), reason);

    assertThat(awaiting.problem().message()).isEqualTo(reason.meaning() + " " + reason.remedy());
    assertThat(awaiting.authorization().url()).isNotNull();
  }

  /** The reason's own remedy is of those who store a token. */
  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"UsernameMismatch", "InsufficientScope", "AccountBlocked"})
  void whoUsedTheWrongAccountIsToldToUseAnother(Reason reason) {
    failed(gitLab, reason);

    assertThat(isAsked(look(gitLab), reason).problem().message())
        .startsWith(reason.meaning() + " Open the URL in status.authorization again")
        .doesNotContain("Secret");
  }

  @Test
  void anOutageAtTheLastAttemptIsNoneOfNow() {
    failed(gitLab, Reason.ConnectionRefused);

    assertThat(isAsked(look(gitLab), Reason.AwaitingAuthorization).problem().what())
        .isEqualTo(
            "alice has to authorize the binding on https://git.example.com. The last attempt was"
                + " not finished. "
                + Reason.ConnectionRefused.meaning());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "AuthorizationDenied of generation 2 at 2026-03-01T12:00:00Z",
        "AuthorizationDenied of generation 3",
        "AuthorizationDenied",
        "AuthorizationDenied of generation 3 at 2026-99-01T12:00:00Z",
        "Whatever of generation 3 at 2026-03-01T12:00:00Z",
        "SecretNotFound of generation 3 at 2026-03-01T12:00:00Z",
        "SecretRefused of generation 3 at 2026-03-01T12:00:00Z",
        "Bound of generation 3 at 2026-03-01T12:00:00Z",
        "AuthorizationDenied of generation 3 at 2026-03-01T12:00:00Z <b>",
        ""
      })
  void aNoteThatIsNotOfThisBindingsAttemptIsIgnored(String note) {
    noted(gitLab, note);

    isAsked(look(gitLab), Reason.AwaitingAuthorization);
  }

  /** Anybody's browser can bring that error. */
  @Test
  void whatABrowserSaysOfTheApplicationIsToldAndDoesNotStall() {
    failed(gitLab, Reason.OAuthClientRejected);

    Problem problem = isAsked(look(gitLab), Reason.AwaitingAuthorization).problem();

    assertThat(problem.what()).contains("not finished. " + Reason.OAuthClientRejected.meaning());
    assertThat(problem.remedy())
        .isEqualTo(
            Reason.OAuthClientRejected.remedy() + " " + Reason.AwaitingAuthorization.remedy());
  }

  /** Its note should have been removed then, and the API server did not answer. */
  @Test
  void anAttemptBeforeTheLastGrantDoesNotHideWhyThatGrantEnded() {
    failed(gitLab, Reason.AuthorizationDenied);
    fixture.clock.advance(Duration.ofMinutes(1));
    due(gitLab);
    fixture.host.on(TOKEN, error("invalid_grant"));

    isAsked(look(gitLab), Reason.RefreshRejected);
    isAsked(look(gitLab), Reason.RefreshRejected);

    failed(gitLab, Reason.AuthorizationDenied);
    isAsked(look(gitLab), Reason.AuthorizationDenied);
  }

  @Test
  void aNoteDoesNotMatterWhileThereIsAGrant() {
    failed(gitLab, Reason.AuthorizationDenied);
    fixture.grant(gitLab, "1");

    assertThat(access(look(gitLab))).isEqualTo("access-1");
  }

  // The host says no.

  @Test
  void aRefusedRefreshTokenHasAPersonAskedOnce() {
    due(gitLab);
    fixture.host.on(TOKEN, error("invalid_grant"));

    isAsked(look(gitLab), Reason.RefreshRejected);
    isAsked(look(gitLab), Reason.RefreshRejected);

    assertThat(fixture.host.asked()).containsExactly(TOKEN);
    assertThat(fixture.stored("token")).as("consumers keep it").hasValue("access-1");
    assertThat(manager.isGranted(gitLab)).isFalse();
  }

  @Test
  void aNewAuthorizationIsUsedInPlaceOfAnEndedOne() {
    due(gitLab);
    fixture.host.on(TOKEN, error("invalid_grant"));
    isAsked(look(gitLab), Reason.RefreshRejected);

    fixture.grant(gitLab, "2");

    assertThat(access(look(gitLab))).isEqualTo("access-2");
  }

  @Test
  void anApplicationThatIsRefusedDoesNotEndTheGrant() {
    due(gitLab);
    fixture.host.on(TOKEN, error("invalid_client"));

    assertThat(access(look(gitLab))).isEqualTo("access-1");
    assertThat(fixture.stored("ended")).isEmpty();
    assertThat(fixture.stored("refreshing_since")).isEmpty();

    fixture.clock.advance(LIFE);
    isRefused(look(gitLab), Reason.OAuthClientRejected);
    fixture.host.on(TOKEN, answer("2"));
    assertThat(access(look(gitLab))).isEqualTo("access-2");
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"TokenExpired", "TokenRejected", "TokenRevoked"})
  void aTokenThatIsRefusedIsRenewed(Reason reason) {
    StoredGrant grant = fixture.grant(gitLab, "1");
    fixture.host.on(TOKEN, answer("2"));

    assertThat(access(manager.afterRefusal(gitLab, grant, new Problem(reason, "No."))))
        .isEqualTo("access-2");
  }

  @Test
  void aTokenThatIsRefusedAndCannotBeRenewedHasAPersonAsked() {
    TokenGrant unrenewable =
        new TokenGrant(new Token("access-1"), Optional.empty(), Optional.empty(), Optional.empty());
    StoredGrant grant =
        done(
            fixture.grants.store(
                gitLab.binding(),
                SITE,
                unrenewable,
                gitLab.client().source(),
                "alice",
                Optional.empty()));

    isAsked(
        manager.afterRefusal(gitLab, grant, new Problem(Reason.TokenRevoked, "No.")),
        Reason.RefreshRejected);
    assertThat(fixture.host.asked()).isEmpty();
  }

  @Test
  void aRefusalThatIsNotOfTheGrantIsPassedOn() {
    StoredGrant grant = fixture.grant(gitLab, "1");

    isRefused(
        manager.afterRefusal(gitLab, grant, new Problem(Reason.AccountBlocked, "No.")),
        Reason.AccountBlocked);
    assertThat(fixture.stored("ended")).isEmpty();
  }

  @Test
  void theWrongAccountEndsTheGrantUntilAnotherAccountIsNamed() {
    StoredGrant grant = fixture.grant(gitLab, "1");
    Problem problem = new Problem(Reason.UsernameMismatch, "It is bob's.");

    isAsked(manager.afterRefusal(gitLab, grant, problem), Reason.UsernameMismatch);
    isAsked(look(gitLab), Reason.UsernameMismatch);

    AuthorizationContext bob = fixture.of(Platform.GitLab, "bob");
    assertThat(access(look(bob))).isEqualTo("access-1");
    assertThat(manager.isGranted(bob)).isTrue();
    assertThat(manager.isGranted(gitLab)).isFalse();
  }

  // Revocation.

  @Test
  void bothTokensAreRevoked() {
    fixture.grant(gitLab, "1");

    assertThat(done(manager.revoke(gitLab))).isTrue();

    assertThat(fixture.host.requests(REVOKE))
        .extracting(request -> field(request, "token"))
        .containsExactly("access-1", "refresh-1");
  }

  @Test
  void whereNothingIsStoredNothingIsRevoked() {
    assertThat(done(manager.revoke(gitLab))).isTrue();
    assertThat(fixture.host.asked()).isEmpty();
  }

  /** The tokens that are stored would be dead, and the new ones be left alive. */
  @Test
  void revocationWaitsForARefreshThatMayBeUnderWay() {
    abandonedRefresh(gitLab);

    waiting(manager.revoke(gitLab), Reason.Conflict);
    assertThat(fixture.host.asked()).isEmpty();

    waitUntilResolvable();
    assertThat(done(manager.revoke(gitLab))).isTrue();
    assertThat(fixture.host.requests(REVOKE)).hasSize(2);
  }

  @Test
  void revocationWaitsForAHostThatIsDown() {
    fixture.grant(gitLab, "1");
    fixture.host.on(REVOKE, unanswered(Reason.ConnectionRefused));

    waiting(manager.revoke(gitLab), Reason.ConnectionRefused);
  }

  /** The client ID is no secret, and another Secret may accept another CA. */
  @Test
  void tokensAreNotSentForAnotherSecretWithTheSameClientId() {
    fixture.grant(gitLab, "1");
    AuthorizationContext other = withClient(gitLab, "Secret own-app");

    assertThat(done(look(other))).isInstanceOf(AuthorizationState.Awaiting.class);
    assertThat(manager.isGranted(other)).isFalse();
    assertThat(done(manager.revoke(other))).isFalse();
    assertThat(fixture.host.asked()).isEmpty();
    assertThat(access(look(gitLab))).isEqualTo("access-1");
  }

  @Test
  void aGrantThatDoesNotSayItsApplicationIsUsedWithThePublicAuthoritiesOnly() {
    StoredGrant grant = fixture.grant(gitLab, "1");
    Map<String, String> values = grant.values(SITE);
    values.remove("client");
    done(fixture.store.replace(grant.secret(), values));
    CertificateAuthority corp = CertificateAuthority.root("Corp CA");

    assertThat(access(look(gitLab))).isEqualTo("access-1");
    assertThat(
            done(
                look(
                    new AuthorizationContext(
                        gitLab.binding(),
                        gitLab.codeHost(),
                        gitLab.site(),
                        gitLab.client(),
                        Optional.of(TrustAnchors.of("1", List.of(corp.certificate())))))))
        .isInstanceOf(AuthorizationState.Awaiting.class);
  }

  private static AuthorizationContext withClient(AuthorizationContext of, String source) {
    return new AuthorizationContext(
        of.binding(),
        of.codeHost(),
        of.site(),
        new OAuthClient(
            of.client().id(),
            of.client().secret(),
            new CaConsent(source, Optional.empty(), Optional.empty(), Optional.empty())),
        of.anchors());
  }

  // Tokens that live for less than the minimum between two renewals.

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final OAuthFixture slow = new OAuthFixture(MINUTE);
  private final GrantManager slowManager =
      new GrantManager(slow.tokens, slow.store, Optional.of(PAGES), slow.clock);
  private final AuthorizationContext slowGitLab = slow.gitLab();

  private static TooYoung tooYoung(Outcome<AuthorizationState> outcome) {
    assertThat(done(outcome)).isInstanceOf(TooYoung.class);
    return (TooYoung) done(outcome);
  }

  /** A host that grants tokens for a second, again and again. */
  @Test
  void tokensOfASecondAreUsedAndRenewedOnceAMinute() {
    slow.host.on(TOKEN, answerFor(1));
    StoredGrant grant = grantFor(slow, Duration.ofSeconds(1));
    Instant obtained = slow.clock.instant();
    assertThat(access(slowManager.look(slowGitLab, slow.secret()))).isEqualTo("access-1");

    slow.clock.advance(Duration.ofSeconds(2));
    TooYoung lapsed = tooYoung(slowManager.look(slowGitLab, slow.secret()));
    assertThat(lapsed.problem().reason()).isEqualTo(Reason.TokenLifetimeTooShort);
    assertThat(lapsed.nextStep()).isEqualTo(obtained.plus(MINUTE));
    assertThat(slow.host.requests(TOKEN)).isEmpty();

    slow.clock.advance(Duration.ofSeconds(58));
    assertThat(access(slowManager.look(slowGitLab, slow.secret()))).isEqualTo("access-2");
    assertThat(slow.host.requests(TOKEN)).hasSize(1);
    assertThat(grant.isRenewable()).isTrue();
  }

  /** A host that says that its tokens live for hours, and refuses each one. */
  @Test
  void aTokenThatIsRefusedRightAwayIsNotRenewedWithinAMinute() {
    slow.host.on(TOKEN, answer("2"));
    StoredGrant grant = slow.grant(slowGitLab, "1");
    Problem refusal = new Problem(Reason.TokenRejected, "No.");

    TooYoung refused = tooYoung(slowManager.afterRefusal(slowGitLab, grant, refusal));
    assertThat(refused.problem()).isEqualTo(refusal);
    assertThat(refused.nextStep()).isEqualTo(slow.clock.instant().plus(MINUTE));
    assertThat(slow.host.requests(TOKEN)).isEmpty();

    slow.clock.advance(MINUTE);
    assertThat(access(slowManager.afterRefusal(slowGitLab, grant, refusal))).isEqualTo("access-2");
  }

  private static Outcome<HostResponse> answerFor(long seconds) {
    return ScriptedHostClient.json(
        200,
        """
        {"access_token":"access-2","token_type":"Bearer","refresh_token":"refresh-2",\
        "expires_in":%d,"scope":"api"}\
        """
            .formatted(seconds));
  }

  private StoredGrant grantFor(OAuthFixture fixture, Duration life) {
    TokenGrant tokens = fixture.tokens("1");
    return done(
        fixture.grants.store(
            slowGitLab.binding(),
            SITE,
            new TokenGrant(
                tokens.access(),
                tokens.refresh(),
                Optional.of(fixture.clock.instant().plus(life)),
                tokens.scopes()),
            slowGitLab.client().source(),
            "alice",
            Optional.empty()));
  }

  /** Whoever may write the Secret could have the host asked in a loop. */
  @Test
  void aGrantIsRenewedOnceInTheMinimumAgeWhateverItsSecretSays() {
    OAuthFixture paused = new OAuthFixture(Duration.ofSeconds(60));
    GrantManager manager =
        new GrantManager(paused.tokens, paused.store, Optional.of(PAGES), paused.clock);
    AuthorizationContext authorization = paused.gitLab();
    paused.grant(authorization, "1");
    paused.host.on(TOKEN, answer("2"));
    for (int i = 0; i < 10; i++) {
      change(
          paused,
          Map.of("obtained_at", "2020-01-01T00:00:00Z", "expires_at", "2020-01-02T00:00:00Z"));
      done(manager.look(authorization, paused.secret()));
    }

    assertThat(paused.host.requests(TOKEN)).hasSize(1);
    paused.clock.advance(Duration.ofSeconds(60));
    done(manager.look(authorization, paused.secret()));
    assertThat(paused.host.requests(TOKEN)).hasSize(2);
  }

  @Test
  void aTimeThatNobodyCanReckonWithIsNone() {
    AuthorizationContext authorization = fixture.gitLab();
    fixture.grant(authorization, "1");
    change(fixture, Map.of("obtained_at", "+1000000000-12-31T23:59:59Z"));

    assertThat(done(manager.look(authorization, fixture.secret())))
        .isInstanceOf(AuthorizationState.Awaiting.class);
    assertThat(manager.isGranted(authorization)).isFalse();
  }

  private static void change(OAuthFixture fixture, Map<String, String> changes) {
    Secret secret = fixture.secret().orElseThrow();
    fixture.store.replace(secret, OAuthFixture.changed(secret, changes));
  }
}
