package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.keycloak.KeycloakGitLab.Trouble;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** What becomes of an access when its binding is deleted, asked of a real Keycloak. */
class OAuthRevocationIT extends WithKeycloak {

  OAuthRevocationIT(Cluster cluster, KeycloakGitLab gitLab) {
    super(cluster, gitLab);
  }

  @Test
  void aDeletedBindingTakesItsSecretsAlong() {
    URI callback = alice.logOn(alice.begin(bind("gitlab")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);

    team.resource("gitlab").delete();

    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> secret("gitlab-oauth").isEmpty());
  }

  @Test
  void aDeletedBindingRevokesItsAccessWhereItsUserWantsThat() {
    String token = bindRevoking();

    team.resource("gitlab").delete();

    Team.patiently().until(() -> team.resource("gitlab").get() == null);
    assertThat(gitLab.introspect(token).path("active").asBoolean()).isFalse();
    assertThat(team.events("gitlab")).noneMatch(event -> event.getReason().equals("NotRevoked"));
  }

  @Test
  void aCodeHostThatCannotRevokeKeepsADeletedBindingNotForLong() {
    String token = bindRevoking();
    gitLab.trouble(Trouble.UNAVAILABLE);

    team.resource("gitlab").delete();

    Awaitility.await()
        .atMost(Duration.ofSeconds(90))
        .until(() -> team.resource("gitlab").get() == null);
    assertThat(gitLab.introspect(token).path("active").asBoolean()).isTrue();
    assertThat(team.events("gitlab"))
        .filteredOn(event -> event.getReason().equals("NotRevoked"))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getType()).isEqualTo("Warning");
              assertThat(event.getNote())
                  .isEqualTo(
                      "The binding is deleted, and the access of alice is not revoked: GitLab answers with the server error 503. "
                          + Reason.NotRevoked.remedy());
            });

    // The next test would begin within the back-off of the host.
    restartOperator();
  }

  @Test
  void whoDecidesOtherwiseIsRidOfTheFinalizer() {
    bindRevoking();
    assertThat(team.get("gitlab").getFinalizers()).containsExactly("codesource.dev/revoke");

    cluster
        .kubectl(
            "-n",
            team.namespace(),
            "patch",
            "csb",
            "gitlab",
            "--type=merge",
            "-p",
            "{\"spec\":{\"deletionPolicy\":\"Retain\"}}")
        .orFail();

    Team.patiently().until(() -> team.get("gitlab").getFinalizers().isEmpty());
  }

  /** A bound binding that revokes; its token. */
  private String bindRevoking() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: oauth-app}}, deletionPolicy: Revoke"
            .formatted(gitLab.url()));
    URI callback = alice.logOn(alice.begin(page("gitlab")), "alice");
    assertThat(result(alice, callback)).isEqualTo("bound");
    team.await("gitlab", Phase.Bound);
    return value("gitlab-oauth", "token");
  }
}
