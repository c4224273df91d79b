package dev.codesource.operator;

import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.cluster.Cluster;
import dev.codesource.credential.CaConsent;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Ownership;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A namespace with what a team puts into it: Secrets and bindings. */
public final class Team {

  /** The machine may be busy with other things. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Cluster cluster;
  private final String namespace;

  private Team(Cluster cluster, String namespace) {
    this.cluster = cluster;
    this.namespace = namespace;
  }

  public static Team in(Cluster cluster) {
    return new Team(cluster, cluster.newNamespace());
  }

  /** Waits for what takes a moment, and on a busy machine a long one. */
  public static ConditionFactory patiently() {
    return Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100));
  }

  public String namespace() {
    return namespace;
  }

  /** Stores a token for a site; an existing one is replaced. */
  public Team token(String secret, String url, String token) {
    return secret(secret, "codesource.dev/token", Map.of("url", url, "token", token));
  }

  /** Has a Secret accept the certificates that are a ConfigMap's value. */
  public Team acceptCa(String secret, String value) {
    cluster
        .admin()
        .secrets()
        .inNamespace(namespace)
        .withName(secret)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"stringData\":{\"ca_digest\":\"%s\"}}".formatted(CaConsent.digest(value)));
    return this;
  }

  public Team secret(String name, String type, Map<String, String> data) {
    cluster
        .admin()
        .secrets()
        .inNamespace(namespace)
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withType(type)
                .withStringData(data)
                .build())
        .forceConflicts()
        .serverSideApply();
    return this;
  }

  /** Makes a Secret one that the operator keeps for a binding. */
  public Team keptFor(String secret, String binding) {
    cluster
        .admin()
        .secrets()
        .inNamespace(namespace)
        .withName(secret)
        .edit(
            found ->
                new SecretBuilder(found)
                    .editMetadata()
                    .withOwnerReferences(Ownership.reference(get(binding)))
                    .endMetadata()
                    .build());
    return this;
  }

  /** The Secrets that the operator has published in the namespace. */
  List<Secret> published() {
    return cluster
        .admin()
        .secrets()
        .inNamespace(namespace)
        .withLabel("codesource.dev/published-for")
        .list()
        .getItems();
  }

  public Team configMap(String name, Map<String, String> data) {
    cluster
        .admin()
        .configMaps()
        .inNamespace(namespace)
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(namespace)
                .endMetadata()
                .withData(data)
                .build())
        .serverSideApply();
    return this;
  }

  /**
   * Applies a binding with kubectl; {@code spec} is YAML in flow style: {@code platform: GitLab,
   * …}.
   */
  public Team bind(String name, String spec) {
    cluster
        .apply(
            """
            apiVersion: codesource.dev/v1alpha1
            kind: CodeSourceBinding
            metadata: {name: %s, namespace: %s}
            spec: {%s}
            """
                .formatted(name, namespace, spec))
        .orFail();
    return this;
  }

  /** Binds alice on a GitLab with the token in the Secret {@code gitlab-token}. */
  public Team bindGitLab(String name, String url) {
    return bind(
        name,
        "platform: GitLab, url: '%s', username: alice, tokenSecretRef: {name: gitlab-token}"
            .formatted(url));
  }

  /** As {@link #bindGitLab}, without a kubectl process: for many of them. */
  public Team createGitLab(String name, String url) {
    return createGitLab(name, url, "gitlab-token");
  }

  public Team createGitLab(String name, String url, String secret) {
    return createGitLab(name, url, secret, Map.of());
  }

  public Team createGitLab(String name, String url, String secret, Map<String, String> labels) {
    CodeSourceBinding binding = new CodeSourceBinding();
    binding.setMetadata(
        new ObjectMetaBuilder().withName(name).withNamespace(namespace).withLabels(labels).build());
    binding.setSpec(
        Serialization.unmarshal(
            """
            platform: GitLab
            url: %s
            username: alice
            tokenSecretRef: {name: %s}
            """
                .formatted(url, secret),
            BindingSpec.class));
    cluster.admin().resource(binding).create();
    return this;
  }

  /** Asks for a verification, by the annotation. */
  public Team request(String binding, String value) {
    resource(binding)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"metadata\":{\"annotations\":{\"%s\":\"%s\"}}}"
                .formatted(CodeSourceBinding.REQUESTED_AT, value));
    return this;
  }

  /** The Events that regard a binding. */
  public List<Event> events(String binding) {
    return events().stream()
        .filter(event -> event.getRegarding().getName().equals(binding))
        .toList();
  }

  /** The Events of the namespace. */
  public List<Event> events() {
    return cluster.admin().events().v1().events().inNamespace(namespace).list().getItems();
  }

  /** Waits until {@code Ready} has this reason for the present generation. */
  public BindingStatus await(String binding, Reason reason) {
    return await(
        binding,
        status -> condition(status, ConditionType.Ready).getReason().equals(reason.name()));
  }

  public BindingStatus await(String binding, Phase phase) {
    return await(binding, status -> status.phase() == phase);
  }

  /** Waits for a status of the present generation. */
  public BindingStatus await(String binding, Predicate<BindingStatus> wanted) {
    return Objects.requireNonNull(
        Awaitility.await(binding)
            .atMost(PATIENCE)
            .pollInterval(Duration.ofMillis(50))
            .until(
                () -> get(binding),
                found ->
                    found.getStatus() != null
                        && Objects.equals(
                            found.getStatus().observedGeneration(),
                            found.getMetadata().getGeneration())
                        && wanted.test(found.getStatus()))
            .getStatus());
  }

  /** Whether the operator has written a status of the binding. */
  public boolean isLookedAt(String binding) {
    return get(binding).getStatus().phase() != null;
  }

  public CodeSourceBinding get(String binding) {
    return Objects.requireNonNull(resource(binding).get(), binding);
  }

  public Resource<CodeSourceBinding> resource(String binding) {
    return cluster
        .admin()
        .resources(CodeSourceBinding.class)
        .inNamespace(namespace)
        .withName(binding);
  }

  /** The page that a person is asked to open. */
  public static URI authorizationPage(BindingStatus status) {
    return Optional.ofNullable(status.authorization())
        .map(BindingStatus.Authorization::url)
        .map(URI::create)
        .orElseThrow(() -> new AssertionError("nobody is asked in " + status));
  }

  /** The condition of that type, which must be there. */
  public static Condition condition(BindingStatus status, ConditionType type) {
    return Optional.ofNullable(status.conditions()).orElse(List.of()).stream()
        .filter(condition -> condition.getType().equals(type.name()))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no condition " + type + " in " + status));
  }
}
