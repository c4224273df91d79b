package dev.codesource.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.cluster.AuditEvent;
import dev.codesource.cluster.Cluster;
import dev.codesource.cluster.ClusterExtension;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.CertificateAuthority;
import dev.codesource.testhost.DeployTokenShelf;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import io.fabric8.kubernetes.api.model.authorization.v1.SubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.rbac.PolicyRule;
import io.fabric8.kubernetes.api.model.rbac.Subject;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the chart grants the operator, against what the operator does. */
@ExtendWith(ClusterExtension.class)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PermissionsIT {

  /** Not used, but demanded at the start: see the chart's comment on that rule. */
  private static final Permission LEASE_UPDATE =
      new Permission("coordination.k8s.io", "leases", "update");

  /** What every authenticated user may do: the ClusterRole system:basic-user. */
  private static final Permission OWN_RULES =
      new Permission("authorization.k8s.io", "selfsubjectrulesreviews", "create");

  private final Cluster cluster;

  PermissionsIT(Cluster cluster) {
    this.cluster = cluster;
  }

  @BeforeAll
  static void installWithDefaults(Cluster cluster) {
    Installation.of(cluster);
  }

  /**
   * @param resource with a slash and the subresource, as in a role
   */
  private record Permission(String apiGroup, String resource, String verb) {

    static Stream<Permission> of(PolicyRule rule) {
      return rule.getApiGroups().stream()
          .flatMap(
              group ->
                  rule.getResources().stream()
                      .flatMap(
                          resource ->
                              rule.getVerbs().stream()
                                  .map(verb -> new Permission(group, resource, verb))));
    }

    static Permission of(AuditEvent event) {
      String subresource = event.subresource().isEmpty() ? "" : "/" + event.subresource();
      return new Permission(event.apiGroup(), event.resource() + subresource, event.verb());
    }
  }

  @Test
  @Order(3)
  void whatIsGrantedIsUsedAndNothingElseIsAskedFor() {
    // Another test's replicas may have left the Lease, which is made once only.
    cluster
        .admin()
        .leases()
        .inNamespace(Installation.NAMESPACE)
        .withName("codesource-operator")
        .delete();
    int from = cluster.auditEvents().size();
    Installation installation =
        Installation.allowingLoopback(cluster, "--set", "operator.address.httpsPorts={1-65535}");
    try (OperatorProcess operator = installation.start(Map.of())) {
      everyCodePath(Team.in(cluster));
      operator.terminate(Duration.ofSeconds(10));
    }

    List<AuditEvent> asked = asked(from);
    assertThat(asked).filteredOn(event -> event.code() == 401 || event.code() == 403).isEmpty();
    Set<Permission> used = asked.stream().map(Permission::of).collect(Collectors.toSet());
    used.remove(OWN_RULES);
    used.add(LEASE_UPDATE);
    assertThat(used).containsExactlyInAnyOrderElementsOf(granted());
  }

  @Test
  @Order(4)
  void withAListOfNamespacesItWorksThereAndSeesNoOther() {
    Team watched = Team.in(cluster);
    Team other = Team.in(cluster);
    int from = cluster.auditEvents().size();
    Installation installation =
        Installation.allowingLoopback(
            cluster, "--set", "watchNamespaces={" + watched.namespace() + "}");
    try (LoopbackCodeHost gitLab = gitLab();
        OperatorProcess operator = installation.start(Map.of())) {
      other.token("gitlab-token", gitLab.url(), "glpat-good").bindGitLab("gitlab", gitLab.url());
      watched.token("gitlab-token", gitLab.url(), "glpat-good").bindGitLab("gitlab", gitLab.url());
      watched.await("gitlab", Phase.Bound);
      watched.token("gitlab-token", gitLab.url(), "glpat-wrong");
      watched.await("gitlab", Reason.TokenRejected);

      Awaitility.await()
          .during(Duration.ofSeconds(2))
          .atMost(Duration.ofSeconds(15))
          .until(() -> !other.isLookedAt("gitlab"));
      assertThat(operator.isReady()).isTrue();
    }
    // Its Lease is in its own namespace.
    assertThat(asked(from))
        .filteredOn(event -> !event.apiGroup().matches("(coordination|authorization)\\.k8s\\.io"))
        .isNotEmpty()
        .allMatch(event -> event.code() < 400)
        .extracting(AuditEvent::namespace)
        .containsOnly(watched.namespace());
    assertThat(cluster.admin().rbac().clusterRoles().list().getItems())
        .noneMatch(role -> role.getMetadata().getName().contains("codesource"));
  }

  @ParameterizedTest
  @Order(1)
  @CsvSource({
    "get, '', secrets, ''",
    "list, '', configmaps, ''",
    "watch, '', configmaps, ''",
    "update, '', configmaps, ''",
    "list, '', pods, ''",
    "create, '', pods, ''",
    "create, '', pods, exec",
    "list, '', serviceaccounts, ''",
    "create, '', serviceaccounts, token",
    "impersonate, '', serviceaccounts, ''",
    "list, '', namespaces, ''",
    "list, '', nodes, ''",
    "update, codesource.dev, codesourcebindings, ''",
    "delete, codesource.dev, codesourcebindings, ''",
    "update, codesource.dev, codesourcetriggers, ''",
    "delete, codesource.dev, codesourcetriggers, ''",
    "list, apiextensions.k8s.io, customresourcedefinitions, ''",
    "create, rbac.authorization.k8s.io, rolebindings, ''",
    "escalate, rbac.authorization.k8s.io, roles, ''",
    "bind, rbac.authorization.k8s.io, clusterroles, ''",
    "list, events.k8s.io, events, ''",
    "delete, events.k8s.io, events, ''",
    "list, coordination.k8s.io, leases, ''",
    "delete, coordination.k8s.io, leases, ''",
  })
  void theServiceAccountMayNot(String verb, String group, String resource, String subresource) {
    for (String namespace : List.of("default", Installation.NAMESPACE)) {
      assertThat(isAllowed(verb, group, resource, subresource, namespace)).as(namespace).isFalse();
    }
  }

  @Test
  @Order(2)
  void theServiceAccountMayWhatItIsGranted() {
    assertThat(isAllowed("list", "", "secrets", "", "default")).isTrue();
    assertThat(isAllowed("patch", "codesource.dev", "codesourcebindings", "status", "default"))
        .isTrue();
  }

  private boolean isAllowed(
      String verb, String group, String resource, String subresource, String namespace) {
    return cluster
        .admin()
        .resource(
            new SubjectAccessReviewBuilder()
                .withNewSpec()
                .withUser(Installation.user())
                .withGroups(
                    "system:serviceaccounts",
                    "system:serviceaccounts:" + Installation.NAMESPACE,
                    "system:authenticated")
                .withNewResourceAttributes()
                .withVerb(verb)
                .withGroup(group)
                .withResource(resource)
                .withSubresource(subresource)
                .withNamespace(namespace)
                .endResourceAttributes()
                .endSpec()
                .build())
        .create()
        .getStatus()
        .getAllowed();
  }

  /** Each request that the operator can make to the API server is made at least once. */
  /** Its status is written, also without its binding. */
  private void trigger(Team team) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: shop, namespace: %s}
            spec: {bindingRef: {name: gitlab}, repository: group/shop, rules: [{name: main, branch: main}]}
            """
                .formatted(team.namespace()))
        .orFail();
    Team.patiently()
        .until(
            () ->
                cluster
                        .admin()
                        .resources(CodeSourceTrigger.class)
                        .inNamespace(team.namespace())
                        .withName("shop")
                        .require()
                        .getStatus()
                        .phase()
                    != null);
  }

  /** Whatever is left of a webhook, the trigger goes in the end. */
  private void triggerWithWebhook(Team team) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceTrigger
            metadata: {name: hooked, namespace: %s, finalizers: [codesource.dev/webhook]}
            spec: {bindingRef: {name: none}, repository: group/shop, rules: [{name: main, branch: main}]}
            """
                .formatted(team.namespace()))
        .orFail();
    Resource<CodeSourceTrigger> hooked =
        cluster
            .admin()
            .resources(CodeSourceTrigger.class)
            .inNamespace(team.namespace())
            .withName("hooked");
    hooked.delete();
    Team.patiently().until(() -> hooked.get() == null);
  }

  private void everyCodePath(Team team) {
    trigger(team);
    triggerWithWebhook(team);
    try (LoopbackCodeHost gitLab = gitLab();
        LoopbackCodeHost withOwnCa = withOwnCa(team)) {
      team.token("gitlab-token", gitLab.url(), "glpat-good");
      team.bindGitLab("gitlab", gitLab.url()).await("gitlab", Phase.Bound);
      team.request("gitlab", "now").await("gitlab", s -> "now".equals(s.lastHandledRequestedAt()));
      team.token("gitlab-token", gitLab.url(), "glpat-wrong").await("gitlab", Reason.TokenRejected);

      team.createGitLab("no-secret", gitLab.url(), "none")
          .await("no-secret", Reason.SecretNotFound);
      team.secret("opaque", "Opaque", Map.of("token", "t"))
          .createGitLab("opaque", gitLab.url(), "opaque")
          .await("opaque", Reason.SecretTypeNotAllowed);

      team.bind(
              "own-ca",
              """
              platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: https-token},
              tls: {caConfigMapRef: {name: own-ca}}\
              """
                  .formatted(withOwnCa.url()))
          .await("own-ca", Phase.Bound);
      publishing(team, gitLab);
      authorizing(team, gitLab);
      readOnly(team);
    }
    team.resource("gitlab").delete();
  }

  /** Somebody begins to authorize, begins again, and thinks better of it. */
  private static void authorizing(Team team, LoopbackCodeHost gitLab) {
    Map<String, String> app =
        Map.of("url", gitLab.url(), "client_id", "id", "client_secret", "secret");
    team.secret("oauth-app", "codesource.dev/oauth-client", app)
        .bind(
            "oauth",
            "platform: GitLab, url: '%s', username: alice, oauth: {clientSecretRef: {name: oauth-app}}, deletionPolicy: Revoke"
                .formatted(gitLab.url()));
    URI page = Team.authorizationPage(team.await("oauth", Phase.AwaitingAuthorization));
    try (Visitor visitor = new Visitor()) {
      visitor.begin(page);
      visitor.begin(page);
    }
    team.resource("oauth").delete();
    Team.patiently().until(() -> team.resource("oauth").get() == null);
  }

  /** A published Secret is made, changed with its token, and deleted with its entry. */
  private void publishing(Team team, LoopbackCodeHost gitLab) {
    gitLab.grant("glpat-second", Grant.of("alice", "api"));
    String spec =
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: published-token},"
            + " publish: [%s]";
    team.token("published-token", gitLab.url(), "glpat-good")
        .bind("code", spec.formatted(gitLab.url(), "Flux, Git"));
    Awaitility.await().until(() -> password(team).equals("glpat-good"));
    team.token("published-token", gitLab.url(), "glpat-second");
    Awaitility.await().until(() -> password(team).equals("glpat-second"));
    team.bind("code", spec.formatted(gitLab.url(), "Git"));
    Awaitility.await().until(() -> password(team).isEmpty());
  }

  /** A deploy token is made, published, and deleted with its binding. */
  private static void readOnly(Team team) {
    DeployTokenShelf shelf = new DeployTokenShelf("projects/team%2Fapp");
    try (LoopbackCodeHost gitLab =
        LoopbackCodeHost.http(shelf).grant("glpat-good", Grant.of("alice", "api"))) {
      team.token("narrow-token", gitLab.url(), "glpat-good")
          .bind(
              "narrow",
              "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: narrow-token}, publish: [Flux], deployToken: {project: team/app}"
                  .formatted(gitLab.url()))
          .await("narrow", Phase.Bound);
      team.resource("narrow").delete();
      Awaitility.await().until(() -> shelf.all().isEmpty());
      Awaitility.await().until(() -> team.resource("narrow").get() == null);
    }
  }

  /** What Flux is handed; empty: no Secret. */
  private String password(Team team) {
    return Optional.ofNullable(
            cluster.admin().secrets().inNamespace(team.namespace()).withName("code-flux").get())
        .map(secret -> secret.getData().get("password"))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8))
        .orElse("");
  }

  private static LoopbackCodeHost gitLab() {
    return LoopbackCodeHost.http(Dialect.gitLab()).grant("glpat-good", Grant.of("alice", "api"));
  }

  private static LoopbackCodeHost withOwnCa(Team team) {
    CertificateAuthority authority = CertificateAuthority.root("Own CA");
    team.configMap("own-ca", Map.of("ca.crt", authority.pem()));
    LoopbackCodeHost host =
        LoopbackCodeHost.https(Dialect.gitLab(), authority.issue("127.0.0.1").sslContext())
            .grant("glpat-good", Grant.of("alice", "api"));
    team.token("https-token", host.url(), "glpat-good").acceptCa("https-token", authority.pem());
    return host;
  }

  private List<AuditEvent> asked(int from) {
    return cluster.auditEvents().stream()
        .skip(from)
        .filter(event -> event.user().equals(Installation.user()))
        // Everybody may ask which resources there are.
        .filter(event -> !event.resource().isEmpty())
        .toList();
  }

  /** By the roles that are bound to the operator's ServiceAccount. */
  private Set<Permission> granted() {
    Set<Permission> granted = new HashSet<>();
    cluster.admin().rbac().clusterRoleBindings().list().getItems().stream()
        .filter(binding -> isForOperator(binding.getSubjects()))
        .map(binding -> binding.getRoleRef().getName())
        .map(name -> cluster.admin().rbac().clusterRoles().withName(name).require().getRules())
        .forEach(rules -> rules.stream().flatMap(Permission::of).forEach(granted::add));
    cluster.admin().rbac().roleBindings().inAnyNamespace().list().getItems().stream()
        .filter(binding -> isForOperator(binding.getSubjects()))
        .map(
            binding ->
                cluster
                    .admin()
                    .rbac()
                    .roles()
                    .inNamespace(binding.getMetadata().getNamespace())
                    .withName(binding.getRoleRef().getName())
                    .require()
                    .getRules())
        .forEach(rules -> rules.stream().flatMap(Permission::of).forEach(granted::add));
    return granted;
  }

  private static boolean isForOperator(List<Subject> subjects) {
    return subjects.stream()
        .anyMatch(
            subject ->
                Installation.NAMESPACE.equals(subject.getNamespace())
                    && Installation.user().endsWith(":" + subject.getName()));
  }
}
