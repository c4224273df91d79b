package dev.codesource.binding;

import static dev.codesource.reason.Reason.CaNotFound;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.CaConfigMapRef;
import dev.codesource.api.BindingSpec.SecretRef;
import dev.codesource.api.BindingSpec.Tls;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.credential.Credential;
import dev.codesource.credential.CredentialSecret;
import dev.codesource.host.TrustAnchors;
import dev.codesource.platform.CodeHost;
import dev.codesource.reason.Outcome;
import dev.codesource.verification.Claim;
import io.fabric8.kubernetes.api.model.ConfigMap;
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
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The objects that a binding names: its Secret, from an informer, and its CA's ConfigMap. */
@Singleton
final class Sources {

  private static final String BY_SECRET = "secret";

  private final KubernetesClient client;
  private final SecretNames names;
  private @Nullable InformerEventSource<Secret, CodeSourceBinding> secrets;

  Sources(KubernetesClient client) {
    this.client = client;
    this.names = new SecretNames(client);
  }

  /** Watches Secrets of the operator's own type only; others never reach the operator. */
  EventSource<?, CodeSourceBinding> secrets(EventSourceContext<CodeSourceBinding> context) {
    var bindings = context.getPrimaryCache();
    bindings.addIndexer(
        BY_SECRET, binding -> secretNames(binding).map(name -> key(binding, name)).toList());
    var configuration =
        InformerEventSourceConfiguration.from(Secret.class, CodeSourceBinding.class)
            .withName("credentials")
            .withNamespacesInheritedFromController()
            .withFieldSelector(
                new FieldSelector(new FieldSelector.Field("type", CredentialSecret.TYPE)))
            .withSecondaryToPrimaryMapper(
                secret ->
                    bindings
                        .byIndex(BY_SECRET, key(secret, secret.getMetadata().getName()))
                        .stream()
                        .map(ResourceID::fromResource)
                        .collect(Collectors.toSet()))
            .withPrimaryToSecondaryMapper(
                (CodeSourceBinding binding) ->
                    secretNames(binding)
                        .map(name -> new ResourceID(name, binding.getMetadata().getNamespace()))
                        .collect(Collectors.toSet()))
            .build();
    secrets = new InformerEventSource<>(configuration, context);
    return secrets;
  }

  /** Gathers what is needed to prove a binding's access to a site. */
  Outcome<Claim> claim(CodeSourceBinding binding, CodeHost codeHost, SiteUrl site) {
    String username = binding.getSpec().username();
    return credential(binding, site)
        .then(
            credential ->
                anchors(binding)
                    .map(anchors -> new Claim(codeHost, site, username, credential, anchors)));
  }

  private Outcome<Credential> credential(CodeSourceBinding binding, SiteUrl site) {
    String namespace = binding.getMetadata().getNamespace();
    String name = secretNames(binding).findFirst().orElseThrow();
    return secrets()
        .get(new ResourceID(name, namespace))
        .map(secret -> CredentialSecret.read(secret, site))
        .orElseGet(
            () ->
                names.hasOtherType(namespace, name)
                    ? CredentialSecret.otherType(name, site)
                    : CredentialSecret.notFound(name, site));
  }

  private Outcome<Optional<TrustAnchors>> anchors(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getSpec().tls())
        .map(Tls::caConfigMapRef)
        .map(ref -> anchors(binding.getMetadata().getNamespace(), ref).map(Optional::of))
        .orElseGet(() -> Outcome.done(Optional.empty()));
  }

  private Outcome<TrustAnchors> anchors(String namespace, CaConfigMapRef ref) {
    String key = ref.key() == null ? "ca.crt" : ref.key();
    ConfigMap configMap = client.configMaps().inNamespace(namespace).withName(ref.name()).get();
    if (configMap == null) {
      return Outcome.refused(
          CaNotFound, "There is no ConfigMap %s in this namespace.".formatted(ref.name()));
    }
    String pem = configMap.getData() == null ? null : configMap.getData().get(key);
    return pem == null
        ? Outcome.refused(CaNotFound, "The ConfigMap %s has no key %s.".formatted(ref.name(), key))
        : TrustAnchors.parse(version(configMap), pem);
  }

  private InformerEventSource<Secret, CodeSourceBinding> secrets() {
    return Objects.requireNonNull(secrets, "reconciling begins after the event sources are made");
  }

  private static String version(HasMetadata object) {
    return object.getMetadata().getUid() + "/" + object.getMetadata().getResourceVersion();
  }

  private static String key(HasMetadata inNamespace, String name) {
    return inNamespace.getMetadata().getNamespace() + "/" + name;
  }

  private static Stream<String> secretNames(CodeSourceBinding binding) {
    SecretRef ref = binding.getSpec().tokenSecretRef();
    return ref == null ? Stream.empty() : Stream.of(ref.name());
  }
}
