package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.keycloak.KeycloakGitLab.Trouble;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What keeps an access alive: tokens that Keycloak gives for seconds are renewed, each once. */
class OAuthRefreshIT extends WithKeycloak {

  OAuthRefreshIT(Cluster cluster, KeycloakGitLab gitLab) {
    super(cluster, gitLab);
  }

  @Test
  void tokensAreRenewedInTimeAndEachRefreshTokenIsUsedOnce() {
    bindShortLived();
    String first = value("gitlab-oauth", "refresh_token");

    Awaitility.await()
        .atMost(Duration.ofSeconds(40))
        .until(() -> refreshesOf(first) == 1 && gitLab.tokenRequests("refresh_token").size() >= 2);

    assertThat(team.get("gitlab").getStatus().phase()).isEqualTo(Phase.Bound);
    assertThat(gitLab.introspect(value("gitlab-oauth", "token")).path("active").asBoolean())
        .isTrue();
    assertEachRefreshTokenUsedOnce();
  }

  private void bindShortLived() {
    URI callback =
        alice.logOn(alice.begin(bind("gitlab", "clientSecretRef: {name: short-lived}")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
  }

  private long refreshesOf(String refreshToken) {
    return gitLab.tokenRequests("refresh_token").stream()
        .filter(form -> refreshToken.equals(form.get("refresh_token")))
        .count();
  }

  private void assertEachRefreshTokenUsedOnce() {
    List<String> used =
        gitLab.tokenRequests("refresh_token").stream()
            .map(form -> form.getOrDefault("refresh_token", ""))
            .toList();
    assertThat(used).hasSameSizeAs(new HashSet<>(used));
  }

  @Test
  void whoRevokesOnTheCodeHostIsAskedAgainAndConsumersKeepWhatTheyHave() {
    bindShortLived();
    String token = value("gitlab-oauth", "token");
    alice.post(
        URI.create(gitLab.url() + "/oauth/revoke"),
        Map.of(
            "token", value("gitlab-oauth", "refresh_token"),
            "client_id", "short-lived",
            "client_secret", "the-secret-of-short-lived"));

    BindingStatus status = team.await("gitlab", Reason.RefreshRejected);

    assertThat(status.phase()).isEqualTo(Phase.AwaitingAuthorization);
    assertThat(value("gitlab-oauth", "token")).isEqualTo(token);
    assertThat(cluster.kubectl("-n", team.namespace(), "get", "events").orFail().stdout())
        .contains("RefreshRejected");
    URI callback = alice.logOn(alice.begin(page("gitlab")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
  }

  @Test
  void anOutageOfTheTokenEndpointIsNotARevocation() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.UNAVAILABLE);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);
    assertThat(team.get("gitlab").getStatus().phase()).isEqualTo(Phase.Bound);

    // The next test would begin within the back-off of the host.
    restartOperator();
  }

  @Test
  void anAnswerThatIsLostIsNotAskedForAgain() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.ANSWER_LOST);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);
    gitLab.trouble(Trouble.NONE);

    awaitLong("gitlab", Reason.RefreshLost);

    assertEachRefreshTokenUsedOnce();
  }

  @Test
  void anOperatorThatIsKilledWhileItRenewsRepeatsNothing() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.SILENT);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);
    operator.killHard();
    gitLab.trouble(Trouble.NONE);
    restartOperator();

    awaitLong("gitlab", Reason.RefreshLost);

    assertThat(refreshesOf(refreshToken)).isLessThanOrEqualTo(1);
    assertEachRefreshTokenUsedOnce();
  }

  @Test
  void anOperatorThatIsStoppedWhileItRenewsStoresTheAnswer() {
    bindShortLived();
    String refreshToken = value("gitlab-oauth", "refresh_token");
    gitLab.trouble(Trouble.ANSWER_LATE);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> refreshesOf(refreshToken) > 0);

    operator.terminate(Duration.ofSeconds(10));

    gitLab.trouble(Trouble.NONE);
    assertThat(value("gitlab-oauth", "refresh_token")).isNotEqualTo(refreshToken);
    assertThat(secret("gitlab-oauth").orElseThrow().getData())
        .doesNotContainKey("refreshing_since");
    assertThat(operator.stackTraces()).isEmpty();
    restartOperator();
    assertEachRefreshTokenUsedOnce();
  }

  private void awaitLong(String binding, Reason reason) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(
            () ->
                Team.condition(
                        team.get(binding).getStatus(), dev.codesource.reason.ConditionType.Ready)
                    .getReason()
                    .equals(reason.name()));
  }
}
