package dev.codesource.controller.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec;
import dev.codesource.api.BindingSpec.OAuth;
import dev.codesource.api.BindingSpec.SecretRef;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.credential.CaCertificates;
import dev.codesource.credential.Credential;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.credential.OAuthClientSecret;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.deploytoken.DeployTokenManager;
import dev.codesource.githubapp.InstallationTokenManager;
import dev.codesource.oauth.Grants;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.Ownership;
import dev.codesource.runtime.SecretMetadataClient;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.config.informer.FieldSelector;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Reads the objects that a binding refers to: its Secrets, from informers, and its CA's ConfigMap.
 */
@Singleton
final class BindingInputs {

  private static final String BY_SECRET = "secret";

  private static final String BY_CLIENT_SECRET = "clientSecret";

  private final CodeHosts codeHosts;
  private final CaCertificates certificates;
  private final SecretMetadataClient names;
  private final CurrentSecrets tokens;
  private final CurrentSecrets applications;
  private final Clock clock;
  private @Nullable InformerEventSource<Secret, CodeSourceBinding> secrets;
  private @Nullable InformerEventSource<Secret, CodeSourceBinding> clientSecrets;

  BindingInputs(
      KubernetesClient client,
      OwnedSecretStore store,
      CodeHosts codeHosts,
      CaCertificates certificates,
      ApiReads reads,
      Clock clock) {
    this.clock = clock;
    this.codeHosts = codeHosts;
    this.certificates = certificates;
    this.names = new SecretMetadataClient(client);
    this.tokens =
        new CurrentSecrets(
            CredentialSecret.TYPE,
            (namespace, name) -> made(secrets).get(new ResourceID(name, namespace)),
            store,
            reads);
    this.applications =
        new CurrentSecrets(
            OAuthClientSecret.TYPE,
            (namespace, name) -> made(clientSecrets).get(new ResourceID(name, namespace)),
            store,
            reads);
  }

  /**
   * Watches only Secrets of the operator's types; the data of others never reaches the operator.
   */
  List<EventSource<?, CodeSourceBinding>> eventSources(
      EventSourceContext<CodeSourceBinding> context) {
    secrets = informer(context, "credentials", CredentialSecret.TYPE, BY_SECRET, this::secretNames);
    clientSecrets =
        informer(
            context,
            "oauth-clients",
            OAuthClientSecret.TYPE,
            BY_CLIENT_SECRET,
            BindingInputs::clientSecretNames);
    return List.of(secrets, clientSecrets);
  }

  private static InformerEventSource<Secret, CodeSourceBinding> informer(
      EventSourceContext<CodeSourceBinding> context,
      String name,
      String type,
      String index,
      Function<CodeSourceBinding, Stream<String>> namesOf) {
    var bindings = context.getPrimaryCache();
    bindings.addIndexer(
        index, binding -> namesOf.apply(binding).map(each -> key(binding, each)).toList());
    var configuration =
        InformerEventSourceConfiguration.from(Secret.class, CodeSourceBinding.class)
            .withName(name)
            .withNamespacesInheritedFromController()
            .withInformerListLimit(ControllerDefaults.SECRETS_PAGE)
            .withFieldSelector(new FieldSelector(new FieldSelector.Field("type", type)))
            .withSecondaryToPrimaryMapper(
                secret ->
                    bindings.byIndex(index, key(secret, secret.getMetadata().getName())).stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withPrimaryToSecondaryMapper(
                (CodeSourceBinding binding) ->
                    namesOf
                        .apply(binding)
                        .map(each -> new ResourceID(each, binding.getMetadata().getNamespace()))
                        .collect(Collectors.toSet()))
            .build();
    return new InformerEventSource<>(configuration, context);
  }

  /** Reads the inputs that are needed to prove a binding's access to a site. */
  Outcome<Claim> claim(CodeSourceBinding binding, CodeHost codeHost, SiteUrl site) {
    String username = binding.getSpec().username();
    return secret(binding, site)
        .then(
            secret ->
                credential(secret, codeHost, site)
                    .then(
                        credential ->
                            CredentialSecret.caConsent(secret)
                                .then(consent -> certificates.of(binding, consent))
                                .map(
                                    anchors ->
                                        new Claim(
                                            binding.getMetadata().getNamespace(),
                                            codeHost,
                                            site,
                                            username,
                                            credential,
                                            anchors))));
  }

  private Outcome<Credential> credential(Secret secret, CodeHost codeHost, SiteUrl site) {
    return codeHost.installationTokens().isPresent()
        ? CredentialSecret.readOfAppToo(secret, site, clock)
        : CredentialSecret.read(secret, site);
  }

  private Outcome<Secret> secret(CodeSourceBinding binding, SiteUrl site) {
    String namespace = binding.getMetadata().getNamespace();
    String name = credentialName(binding).orElseThrow();
    return tokens
        .find(binding, name)
        .map(secret -> ofPerson(binding, secret))
        .orElseGet(
            () ->
                names.hasOtherType(namespace, name, CredentialSecret.TYPE)
                    ? CredentialSecret.otherType(namespace, name, site)
                    : CredentialSecret.notFound(namespace, name, site));
  }

  /** What the operator keeps for one binding is none of another's, whoever may create bindings. */
  private static Outcome<Secret> ofPerson(CodeSourceBinding binding, Secret secret) {
    return Ownership.isOfOther(binding, secret.getMetadata())
        ? CredentialSecret.ofOtherBinding(secret.getMetadata().getName())
        : Outcome.done(secret);
  }

  /** The token Secret that the operator keeps for a binding with OAuth. */
  Optional<Secret> grant(CodeSourceBinding binding) {
    return made(secrets)
        .get(new ResourceID(Grants.secretName(binding), binding.getMetadata().getNamespace()));
  }

  /** The Secrets of OAuth applications, for a binding. */
  OAuthClientSecret.Source clientSecrets(CodeSourceBinding binding) {
    return new OAuthClientSecret.Source() {
      @Override
      public Optional<Secret> find(String namespace, String name) {
        return applications.find(binding, name);
      }

      @Override
      public boolean hasOtherType(String namespace, String name) {
        return names.hasOtherType(namespace, name, OAuthClientSecret.TYPE);
      }
    };
  }

  private static InformerEventSource<Secret, CodeSourceBinding> made(
      @Nullable InformerEventSource<Secret, CodeSourceBinding> source) {
    return Objects.requireNonNull(source, "a reconciliation needs the event sources");
  }

  private static String key(HasMetadata inNamespace, String name) {
    return inNamespace.getMetadata().getNamespace() + "/" + name;
  }

  /** The Secret of the deploy tokens that the operator keeps for a binding. */
  Optional<Secret> deployToken(CodeSourceBinding binding) {
    return made(secrets)
        .get(
            new ResourceID(
                DeployTokenManager.secretName(binding), binding.getMetadata().getNamespace()));
  }

  /** The Secret of the installation token that the operator keeps for a binding. */
  Optional<Secret> installationToken(CodeSourceBinding binding) {
    return made(secrets)
        .get(
            new ResourceID(
                InstallationTokenManager.secretName(binding),
                binding.getMetadata().getNamespace()));
  }

  /** The names of the Secrets that the operator keeps for a binding, now or after a change. */
  static Set<String> kept(CodeSourceBinding binding) {
    return Set.of(
        Grants.secretName(binding),
        Grants.flowSecretName(binding),
        DeployTokenManager.secretName(binding),
        InstallationTokenManager.secretName(binding),
        RepositoryFinder.secretName(binding));
  }

  /** The Secret of the credential, and those that the operator keeps for the binding. */
  private Stream<String> secretNames(CodeSourceBinding binding) {
    BindingSpec spec = binding.getSpec();
    return Stream.of(
            credentialName(binding).stream(),
            Stream.of(DeployTokenManager.secretName(binding))
                .filter(
                    _ ->
                        spec.deployToken() != null
                            || binding.hasFinalizer(ConsumerCredentials.FINALIZER)),
            Stream.of(InstallationTokenManager.secretName(binding))
                .filter(_ -> codeHosts.of(spec.platform()).installationTokens().isPresent()))
        .flatMap(Function.identity());
  }

  private static Optional<String> credentialName(CodeSourceBinding binding) {
    return binding.getSpec().oauth() != null
        ? Optional.of(Grants.secretName(binding))
        : Optional.ofNullable(binding.getSpec().tokenSecretRef()).map(SecretRef::name);
  }

  private static Stream<String> clientSecretNames(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getSpec().oauth()).map(OAuth::clientSecretRef).stream()
        .map(SecretRef::name);
  }
}
