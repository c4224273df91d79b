package dev.codesource.operator;

import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.Secret;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The set-up of the tests of published Secrets: an operator, and for each test a code host, a team,
 * and a binding called code that is deleted in the end.
 */
@ExtendWith(ClusterExtension.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class WithPublishing {

  final Cluster cluster;
  Path folder;
  OperatorProcess operator;
  LoopbackCodeHost codeHost;
  Team team;

  WithPublishing(Cluster cluster) {
    this.cluster = cluster;
  }

  /** A code host that is closed after the test. */
  abstract LoopbackCodeHost openCodeHost();

  @BeforeAll
  void startOperator(@TempDir Path folder) {
    this.folder = folder;
    operator = OperatorProcess.start(Installation.of(cluster).kubeconfig(), Map.of());
  }

  @AfterAll
  void stopOperator() {
    operator.close();
  }

  @BeforeEach
  void startCodeHost() {
    codeHost = openCodeHost();
    team = Team.in(cluster);
  }

  @AfterEach
  void stopCodeHost() {
    team.resource("code").delete();
    Awaitility.await()
        .atMost(Duration.ofMinutes(2))
        .until(() -> team.resource("code").get() == null);
    codeHost.close();
  }

  /** A code host that serves the repositories of an owner, from below the test's folder. */
  final LoopbackCodeHost withRepositories(Dialect dialect, String owner, Predicate<String> logins) {
    return LoopbackCodeHost.http(dialect)
        .serving("/" + owner, new GitHttpBackend(folder.resolve("repositories"), "", logins));
  }

  final Secret secret(String name) {
    return find(name).orElseThrow(() -> new AssertionError("no Secret " + name));
  }

  final Optional<Secret> find(String name) {
    return Optional.ofNullable(
        cluster.admin().secrets().inNamespace(team.namespace()).withName(name).get());
  }

  final List<Secret> published() {
    return team.published();
  }

  final Secret awaitSecret(String name, Duration atMost, Predicate<Secret> wanted) {
    return Awaitility.await(name)
        .atMost(atMost)
        .pollInterval(Duration.ofMillis(50))
        .until(() -> find(name), found -> found.filter(wanted).isPresent())
        .orElseThrow();
  }

  /** All values, as they are. */
  static String text(Secret secret) {
    return secret.getData().keySet().stream()
        .map(key -> value(secret, key))
        .collect(Collectors.joining("\n"));
  }

  /** Empty: there is no such key. */
  static String value(Secret secret, String key) {
    String encoded = secret.getData() == null ? null : secret.getData().get(key);
    return encoded == null
        ? ""
        : new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8);
  }
}
