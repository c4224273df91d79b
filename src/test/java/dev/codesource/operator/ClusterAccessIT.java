package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.authentication.TokenRequestBuilder;
import java.net.URI;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/** Only who may change a binding can authorize it, where the administrator wants that. */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ClusterAccessIT {

  private final Cluster cluster;
  private LoopbackCodeHost gitLab;
  private OperatorProcess operator;
  private Team team;
  private Visitor visitor;
  private URI page;

  ClusterAccessIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  void start() {
    gitLab = LoopbackCodeHost.http(Dialect.gitLab());
    operator =
        Installation.allowingLoopback(cluster, "--set", "oauth.requireClusterAccess=true")
            .start(Map.of());
    team =
        Team.in(cluster)
            .secret(
                "oauth-app",
                "codesource.dev/oauth-client",
                Map.of("url", gitLab.url(), "client_id", "id", "client_secret", "secret"))
            .bind(
                "gitlab",
                "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: oauth-app}}"
                    .formatted(gitLab.url()));
    page = Team.authorizationPage(team.await("gitlab", Phase.AwaitingAuthorization));
    kubectl("create", "role", "binder", "--verb=get,update", "--resource=codesourcebindings");
    kubectl("create", "role", "onlooker", "--verb=get,list", "--resource=codesourcebindings");
    for (String name : new String[] {"binder", "onlooker"}) {
      kubectl("create", "serviceaccount", name);
      kubectl(
          "create",
          "rolebinding",
          name,
          "--role=" + name,
          "--serviceaccount=" + team.namespace() + ":" + name);
    }
  }

  private void kubectl(String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "-n";
    all[1] = team.namespace();
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    cluster.kubectl(all).orFail();
  }

  @AfterAll
  void stop() {
    operator.close();
    gitLab.close();
  }

  @BeforeEach
  void visit() {
    visitor = new Visitor();
  }

  @AfterEach
  void leave() {
    visitor.close();
  }

  @Test
  void nothingIsToldBeforeTheProofNorWhetherThereIsABinding() {
    HttpResponse<String> asked = visitor.get(page);
    HttpResponse<String> ofNone = visitor.get(page.resolve("none"));

    assertThat(asked.statusCode()).isEqualTo(200);
    assertThat(asked.body())
        .contains("Token for the cluster")
        .doesNotContain("alice", "GitLab", gitLab.url());
    assertThat(ofNone.statusCode()).isEqualTo(200);
    assertThat(ofNone.body()).isEqualTo(asked.body().replace("/gitlab", "/none"));
    assertThat(visitor.prove(page.resolve("none"), tokenOf("onlooker")).statusCode())
        .isEqualTo(visitor.prove(page, tokenOf("onlooker")).statusCode());
  }

  @Test
  void whoMayUpdateTheBindingIsShownItAndSentOn() {
    HttpResponse<String> shown = visitor.prove(page, tokenOf("binder"));

    assertThat(shown.statusCode()).isEqualTo(200);
    assertThat(shown.body())
        .contains("alice", "Continue to GitLab", "href=\"" + gitLab.url() + "/oauth/authorize?")
        .doesNotContain(tokenOf("binder"));
    assertThat(visitor.cookiesOf(page).keySet())
        .anyMatch(name -> name.startsWith("__Host-codesource-flow-"));
  }

  @Test
  void whoMayNotIsRefusedAndNothingIsBegun() {
    for (String token :
        new String[] {tokenOf("onlooker"), "no-token", "", " ", "x".repeat(10_000)}) {
      HttpResponse<String> refused = visitor.prove(page, token);

      assertThat(refused.statusCode()).isEqualTo(403);
      assertThat(refused.body()).contains("Not allowed").doesNotContain("alice");
    }
    assertThat(visitor.prove(page, "x".repeat(20_000)).statusCode()).isEqualTo(413);
    assertThat(visitor.press(page).statusCode()).as("without a token").isEqualTo(403);
    assertThat(visitor.cookiesOf(page).keySet())
        .noneMatch(name -> name.startsWith("__Host-codesource-flow-"));
    assertThat(String.join("\n", operator.log())).doesNotContain(tokenOf("onlooker"));
  }

  @Test
  void aTokenOfAnotherNamespaceProvesNothingHere() {
    Team other = Team.in(cluster);
    cluster.kubectl("-n", other.namespace(), "create", "serviceaccount", "binder").orFail();
    cluster
        .kubectl(
            "-n",
            other.namespace(),
            "create",
            "rolebinding",
            "binder",
            "--clusterrole=admin",
            "--serviceaccount=" + other.namespace() + ":binder")
        .orFail();

    assertThat(visitor.prove(page, token(other.namespace(), "binder")).statusCode()).isEqualTo(403);
  }

  @Test
  void aProxyInFrontMayBringTheToken() {
    HttpResponse<String> shown = visitor.get(page, "Authorization", "Bearer " + tokenOf("binder"));
    HttpResponse<String> refused =
        visitor.get(page, "Authorization", "Bearer " + tokenOf("onlooker"));

    assertThat(shown.body()).contains("alice", "<form method=\"post\">");
    assertThat(refused.statusCode()).isEqualTo(403);
  }

  private String tokenOf(String serviceAccount) {
    return token(team.namespace(), serviceAccount);
  }

  private String token(String namespace, String serviceAccount) {
    return cluster
        .admin()
        .serviceAccounts()
        .inNamespace(namespace)
        .withName(serviceAccount)
        .tokenRequest(
            new TokenRequestBuilder().withNewSpec().withExpirationSeconds(600L).endSpec().build())
        .getStatus()
        .getToken();
  }
}
