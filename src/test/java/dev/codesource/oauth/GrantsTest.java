package dev.codesource.oauth;

import static dev.codesource.oauth.OAuthFixture.LIFE;
import static dev.codesource.oauth.OAuthFixture.LONGEST_REQUEST;
import static dev.codesource.oauth.OAuthFixture.SITE;
import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.credential.Token;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrantsTest {

  private final OAuthFixture fixture = new OAuthFixture();
  private final DisturbedSecretStore store = fixture.store;
  private final Grants grants = fixture.grants;
  private final AuthorizationContext authorization = fixture.gitLab();

  private StoredGrant begun() {
    return done(grants.begin(fixture.grant(authorization, "1"), SITE));
  }

  @Test
  void whatAPersonGrantedIsFoundAgain() {
    StoredGrant stored = fixture.grant(authorization, "1");

    assertThat(grants.of(authorization.binding()))
        .isInstanceOfSatisfying(
            Grants.Found.Grant.class,
            found ->
                assertThat(found.grant())
                    .usingRecursiveComparison()
                    .ignoringFields("secret")
                    .isEqualTo(stored));
    assertThat(fixture.stored("account")).hasValue("alice");
    assertThat(fixture.stored("url")).hasValue(SITE.toString());
  }

  @Test
  void aNewAuthorizationTakesThePlaceOfTheOneBefore() {
    StoredGrant first = fixture.grant(authorization, "1");
    StoredGrant second = fixture.grant(authorization, "2");

    assertThat(fixture.stored("token")).hasValue("access-2");
    assertThat(second.authorization()).isNotEqualTo(first.authorization());
  }

  @Test
  void whatAnotherWriterChangesMeanwhileDoesNotKeepAnAuthorizationFromBeingStored() {
    fixture.grant(authorization, "1");
    store.beforeNextWrites(store::relabel, store::relabel, store::deleteAll);

    fixture.grant(authorization, "2");

    assertThat(fixture.stored("token")).hasValue("access-2");
  }

  @Test
  void aSecretOfSomebodyElseIsNeitherReadNorWritten() {
    fixture.putForeignSecret();

    isRefused(
        grants.store(
            authorization.binding(), SITE, fixture.tokens("1"), "app", "alice", Optional.empty()),
        Reason.TokenSecretNotOwned);
    assertThat(grants.of(authorization.binding())).isInstanceOf(Grants.Found.NotOwned.class);
    assertThat(fixture.stored("token")).hasValue("access-theirs");
  }

  @Test
  void aRefreshIsNotBegunWhenAnotherWroteFirst() {
    StoredGrant grant = fixture.grant(authorization, "1");
    store.relabel();

    var conflict = waiting(grants.begin(grant, SITE), Reason.Conflict);

    assertThat(conflict.until())
        .hasValue(fixture.clock.instant().plus(OwnedSecretStore.RETRY_AFTER));
    assertThat(fixture.stored("refreshing_since")).isEmpty();
  }

  @Test
  void aMarkerIsTakenAwayThoughSomebodyRelabelledTheSecret() {
    StoredGrant begun = begun();
    store.relabel();

    done(grants.abandon(begun, SITE, false));

    assertThat(fixture.stored("refreshing_since")).isEmpty();
    assertThat(fixture.stored("refresh_token")).hasValue("refresh-1");
  }

  @Test
  void theMarkerOfALaterRefreshStays() {
    StoredGrant begun = begun();
    fixture.clock.advance(LONGEST_REQUEST);
    StoredGrant free = done(grants.abandon(begun, SITE, false));
    done(grants.begin(free, SITE));

    waiting(grants.abandon(begun, SITE, false), Reason.Conflict);

    assertThat(fixture.stored("refreshing_since")).hasValue(fixture.clock.instant().toString());
  }

  @Test
  void newTokensThatAnotherStoredMeanwhileStay() {
    StoredGrant begun = begun();
    grants.renew(begun, SITE, fixture.tokens("2"));

    waiting(grants.abandon(begun, SITE, false), Reason.Conflict);

    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
  }

  @Test
  void newTokensTakeThePlaceOfTheOldAndOfTheMarker() {
    StoredGrant begun = begun();
    fixture.clock.advance(LIFE);

    StoredGrant renewed = grants.renew(begun, SITE, fixture.tokens("2")).orElseThrow();

    assertThat(fixture.stored("token")).hasValue("access-2");
    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
    assertThat(fixture.stored("refreshing_since")).isEmpty();
    assertThat(renewed.obtainedAt()).isEqualTo(fixture.clock.instant());
    assertThat(renewed.authorization()).isEqualTo(begun.authorization());
  }

  @Test
  void aRefreshTokenThatTheAnswerLeavesOutStays() {
    TokenGrant answer =
        new TokenGrant(new Token("access-2"), Optional.empty(), Optional.empty(), Optional.empty());

    grants.renew(begun(), SITE, answer);

    assertThat(fixture.stored("token")).hasValue("access-2");
    assertThat(fixture.stored("refresh_token")).hasValue("refresh-1");
  }

  @Test
  void newTokensAreStoredThoughSomebodyRelabelledTheSecret() {
    StoredGrant begun = begun();
    store.relabel();

    assertThat(grants.renew(begun, SITE, fixture.tokens("2"))).isPresent();

    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
    assertThat(store.named(OAuthFixture.SECRET).orElseThrow().getMetadata().getLabels())
        .as("what the other wrote stays")
        .containsKey("changed");
  }

  @Test
  void newTokensAreStoredHoweverOftenSomebodyRelabelsTheSecret() {
    StoredGrant begun = begun();
    store.beforeNextWrites(store::relabel, store::relabel, store::relabel);

    assertThat(grants.renew(begun, SITE, fixture.tokens("2"))).isPresent();

    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
  }

  @Test
  void newTokensAreStoredOnceTheApiServerAnswersAgain() {
    StoredGrant begun = begun();
    store.beforeNextWrites(DisturbedSecretStore::outage, DisturbedSecretStore::outage);

    assertThat(grants.renew(begun, SITE, fixture.tokens("2"))).isPresent();

    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
  }

  @Test
  void newTokensAreStoredThoughAnOutageComesBetweenARaceAndItsRepetition() {
    StoredGrant begun = begun();
    store.beforeNextWrites(store::relabel, DisturbedSecretStore::outage);

    assertThat(grants.renew(begun, SITE, fixture.tokens("2"))).isPresent();

    assertThat(fixture.stored("refresh_token")).hasValue("refresh-2");
  }

  @Test
  void aDeletedSecretStaysDeleted() {
    StoredGrant begun = begun();
    store.beforeNextWrites(store::deleteAll);

    assertThat(grants.renew(begun, SITE, fixture.tokens("2"))).isEmpty();

    assertThat(store.all()).isEmpty();
  }

  @Test
  void aLaterAuthorizationIsNotOverwritten() {
    StoredGrant begun = begun();
    fixture.grant(authorization, "later");

    assertThat(grants.renew(begun, SITE, fixture.tokens("2"))).isEmpty();

    assertThat(fixture.stored("token")).hasValue("access-later");
  }

  @Test
  void aRefreshMayBeUnderWayForTwiceTheLongestRequest() {
    Instant since = fixture.clock.instant();

    fixture.clock.advance(LONGEST_REQUEST.multipliedBy(2).minusMillis(1));
    assertThat(grants.mayBeUnderWay(since)).isTrue();

    fixture.clock.advance(Duration.ofMillis(1));
    assertThat(grants.mayBeUnderWay(since)).isFalse();
  }
}
