package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Authorizations by a code that is typed in on another device, against a real Keycloak. */
class OAuthDeviceFlowIT extends WithKeycloak {

  OAuthDeviceFlowIT(Cluster cluster, KeycloakGitLab gitLab) {
    super(cluster, gitLab);
  }

  @Test
  void byACodeOnAnyDevice() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: devices}, flow: Device}"
            .formatted(gitLab.url()));
    Authorization asked = authorization(team.await("gitlab", Phase.AwaitingAuthorization));
    String userCode = Objects.requireNonNull(asked.userCode());
    assertThat(
            cluster.kubectl("-n", team.namespace(), "get", "csb", "-o", "wide").orFail().stdout())
        .contains(userCode, Objects.requireNonNull(asked.url()));

    alice.logOn(
        URI.create(Objects.requireNonNull(asked.url()) + "?user_code=" + userCode), "alice");

    team.await("gitlab", Phase.Bound);
    assertThat(secret("gitlab-oauth-flow")).isEmpty();
  }

  @Test
  void aDeviceCodeThatHasExpiredIsReplaced() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: devices}, flow: Device}"
            .formatted(gitLab.url()));
    String first =
        Objects.requireNonNull(
            authorization(team.await("gitlab", Phase.AwaitingAuthorization)).userCode());

    team.await(
        "gitlab",
        status ->
            status.authorization() != null
                && status.authorization().userCode() != null
                && !first.equals(status.authorization().userCode()));
  }

  @Test
  void whoDeniesADeviceIsBelieved() {
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: carol, oauth: {clientSecretRef: {name: devices}, flow: Device}"
            .formatted(gitLab.url()));
    Authorization asked = authorization(team.await("gitlab", Phase.AwaitingAuthorization));

    alice.refuse(
        URI.create(Objects.requireNonNull(asked.url()) + "?user_code=" + asked.userCode()),
        "carol");

    team.await("gitlab", Reason.AuthorizationDenied);
  }

  @Test
  void anApplicationThatIsNotAcceptedIsTold() {
    team.secret(
        "wrong",
        "codesource.dev/oauth-client",
        Map.of("url", gitLab.url(), "client_id", "devices", "client_secret", "not-the-secret"));
    team.bind(
        "gitlab",
        "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: wrong}, flow: Device}"
            .formatted(gitLab.url()));

    team.await("gitlab", Reason.OAuthClientRejected);
  }
}
