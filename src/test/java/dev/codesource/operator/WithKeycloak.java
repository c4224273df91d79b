package dev.codesource.operator;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.keycloak.KeycloakExtension;
import dev.codesource.keycloak.KeycloakGitLab;
import dev.codesource.keycloak.KeycloakGitLab.Trouble;
import io.fabric8.kubernetes.api.model.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The set-up of the tests of OAuth: a code host that is a real Keycloak, an operator with an
 * administrator's application for it, and for each test a team with applications and a visitor.
 */
@ExtendWith({ClusterExtension.class, KeycloakExtension.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WithKeycloak {

  final Cluster cluster;
  final KeycloakGitLab gitLab;
  OperatorProcess operator;
  Team team;
  Visitor alice;
  private Path apps;
  private Path kubeconfig;

  WithKeycloak(Cluster cluster, KeycloakGitLab gitLab) {
    this.cluster = cluster;
    this.gitLab = gitLab;
  }

  @BeforeAll
  void start(@TempDir Path apps) throws IOException {
    this.apps = apps;
    Path app = Files.createDirectories(apps.resolve("gitlab"));
    Files.writeString(app.resolve("url"), gitLab.url());
    Files.writeString(app.resolve("client_id"), "builds\n");
    Files.writeString(app.resolve("client_secret"), "the-secret-of-builds\n");
    kubeconfig = Installation.of(cluster).kubeconfig();
    operator = startOperator();
  }

  private OperatorProcess startOperator() {
    return OperatorProcess.start(
        kubeconfig,
        Map.of(
            "CODESOURCE_OAUTH_APPS",
            apps.toAbsolutePath().toString(),
            // What is lost is waited for twice as long.
            "CODESOURCE_HOST_TIMEOUT",
            "8s"));
  }

  /** The new one remembers no back-off. */
  final void restartOperator() {
    operator.close();
    operator = startOperator();
  }

  @AfterAll
  void stop() {
    operator.close();
  }

  @BeforeEach
  void prepare() {
    alice = new Visitor();
    team =
        Team.in(cluster)
            .secret("oauth-app", "codesource.dev/oauth-client", app(gitLab.url(), "builds"))
            .secret("devices", "codesource.dev/oauth-client", app(gitLab.url(), "devices"))
            .secret("short-lived", "codesource.dev/oauth-client", app(gitLab.url(), "short-lived"));
  }

  @AfterEach
  void calmDown() {
    gitLab.trouble(Trouble.NONE);
    // Else it would go on renewing.
    cluster.admin().resources(CodeSourceBinding.class).inNamespace(team.namespace()).delete();
    alice.close();
  }

  static Map<String, String> app(String url, String id) {
    return Map.of("url", url, "client_id", id, "client_secret", "the-secret-of-" + id);
  }

  final URI bind(String name, String oauth) {
    return bind(name, "alice", oauth);
  }

  /** A binding that waits for a person, and the page to open. */
  final URI bind(String name, String username, String oauth) {
    team.bind(
        name,
        "platform: GitLab, url: '%s', username: '%s', oauth: {%s}"
            .formatted(gitLab.url(), username, oauth));
    return page(name);
  }

  final URI bind(String name) {
    return bind(name, "clientSecretRef: {name: oauth-app}");
  }

  final URI page(String name) {
    return URI.create(
        Objects.requireNonNull(authorization(team.await(name, Phase.AwaitingAuthorization)).url()));
  }

  static Authorization authorization(BindingStatus status) {
    return Objects.requireNonNull(status.authorization());
  }

  final Optional<Secret> secret(String name) {
    return Optional.ofNullable(
        cluster.admin().secrets().inNamespace(team.namespace()).withName(name).get());
  }

  final String value(String secret, String key) {
    return new String(
        Base64.getDecoder().decode(secret(secret).orElseThrow().getData().get(key)),
        StandardCharsets.UTF_8);
  }

  static String result(Visitor visitor, URI callback) {
    return Visitor.location(visitor.get(callback)).toString().replaceFirst(".*/result/", "");
  }

  final int exchanges() {
    return gitLab.tokenRequests("authorization_code").size();
  }
}
