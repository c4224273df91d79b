package dev.codesource.publish;

import static dev.codesource.reason.Reason.SecretNotOwned;
import static dev.codesource.reason.Reason.SecretRefused;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.ApiErrors;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.Ownership;
import dev.codesource.runtime.SecretMetadataClient;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The Secrets that bindings own: watched by their label, compared before they are written, and
 * nobody else's ever touched.
 */
@Singleton
public final class PublishedSecrets {

  private static final Logger LOG = Logger.getLogger("dev.codesource.publish");

  private final KubernetesClient client;
  private final SecretMetadataClient names;
  private @Nullable InformerEventSource<Secret, CodeSourceBinding> secrets;

  PublishedSecrets(KubernetesClient client) {
    this.client = client;
    this.names = new SecretMetadataClient(client);
  }

  /** Watches published Secrets only, so that what others do to them is mended at once. */
  public EventSource<?, CodeSourceBinding> eventSource(
      EventSourceContext<CodeSourceBinding> context) {
    var configuration =
        InformerEventSourceConfiguration.from(Secret.class, CodeSourceBinding.class)
            .withName("published")
            .withNamespacesInheritedFromController()
            .withInformerListLimit(ControllerDefaults.LIST_PAGE)
            .withLabelSelector(DesiredSecret.PUBLISHED_FOR)
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(CodeSourceBinding.class))
            .build();
    secrets = new InformerEventSource<>(configuration, context);
    return secrets;
  }

  /** The Secrets of a binding, from the informer's index. */
  List<Secret> of(CodeSourceBinding binding) {
    return secrets().getSecondaryResources(binding).stream()
        .filter(secret -> Ownership.isOwner(binding, secret.getMetadata()))
        .toList();
  }

  /** The entry of {@code spec.publish} that a published Secret is for. */
  static String publication(Secret secret) {
    return secret.getMetadata().getLabels().getOrDefault(DesiredSecret.PUBLISHED_FOR, "");
  }

  /**
   * Makes a Secret what it should be; one that is so already is not written.
   *
   * @return its name; or {@code SecretNotOwned} or {@code SecretRefused}
   */
  Outcome<String> write(CodeSourceBinding binding, DesiredSecret desired) {
    Secret wanted = secret(binding, desired);
    Optional<Secret> actual = secrets().get(ResourceID.fromResource(wanted));
    try {
      if (actual.isEmpty()) {
        return create(binding, desired, wanted);
      }
      if (!Ownership.isOwner(binding, actual.get().getMetadata())) {
        return notOwned(desired);
      }
      if (isFixed(actual.get(), wanted)) {
        delete(binding, actual.get());
        return create(binding, desired, wanted);
      }
      if (Drift.isBetween(desired, wanted, actual.get())) {
        apply(binding, wanted, actual.get().getMetadata().getUid());
      }
      return Outcome.done(desired.name());
    } catch (KubernetesClientException e) {
      return refused(desired, e);
    }
  }

  /** Deletes a Secret in the very version that was seen: not one of the same name made since. */
  void delete(CodeSourceBinding binding, Secret secret) {
    client.resource(secret).lockResourceVersion(secret.getMetadata().getResourceVersion()).delete();
    log(binding, "deleted", secret);
  }

  /**
   * Asks for a new Secret, which the API server refuses where there is one of this name: nothing is
   * taken over between a look and a write.
   */
  private Outcome<String> create(CodeSourceBinding binding, DesiredSecret desired, Secret wanted) {
    try {
      secrets().eventFilteringUpdateAndCacheResource(wanted, this::create);
      log(binding, "created", wanted);
      return Outcome.done(desired.name());
    } catch (KubernetesClientException e) {
      if (e.getCode() != 409) {
        throw e;
      }
    }
    // Ours all the same when somebody took the label off, by which the informer knows it.
    Optional<ObjectMeta> existing =
        names.metadata(wanted.getMetadata().getNamespace(), desired.name());
    if (existing.filter(metadata -> Ownership.isOwner(binding, metadata)).isEmpty()) {
      return notOwned(desired);
    }
    apply(binding, wanted, existing.get().getUid());
    return Outcome.done(desired.name());
  }

  /**
   * A POST's fields are not those of server-side apply, and what is in both can never be taken away
   * by applying. So they are turned into that, as Kubernetes' own csaupgrade does.
   */
  private Secret create(Secret wanted) {
    Secret created = client.resource(wanted).create();
    String patch =
        """
        [{"op":"test","path":"/metadata/resourceVersion","value":"%s"},
         {"op":"replace","path":"/metadata/managedFields/0/manager","value":"%s"},
         {"op":"replace","path":"/metadata/managedFields/0/operation","value":"Apply"}]"""
            .formatted(
                created.getMetadata().getResourceVersion(), ControllerDefaults.FIELD_MANAGER);
    return client.resource(created).patch(PatchContext.of(PatchType.JSON), patch);
  }

  /**
   * @param uid has the API server refuse the patch when the Secret was deleted and made anew
   */
  private void apply(CodeSourceBinding binding, Secret wanted, String uid) {
    Secret patch = new SecretBuilder(wanted).editMetadata().withUid(uid).endMetadata().build();
    secrets()
        .eventFilteringUpdateAndCacheResource(
            patch,
            secret ->
                client
                    .resource(secret)
                    .fieldManager(ControllerDefaults.FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply());
    log(binding, "updated", wanted);
  }

  private static void log(CodeSourceBinding binding, String what, Secret secret) {
    LOG.infof(
        "%s/%s: %s the Secret %s",
        binding.getMetadata().getNamespace(),
        binding.getMetadata().getName(),
        what,
        secret.getMetadata().getName());
  }

  /** Whether what differs cannot be changed: a Secret's type, or all of an immutable one. */
  private static boolean isFixed(Secret actual, Secret wanted) {
    return Boolean.TRUE.equals(actual.getImmutable())
        || !Objects.equals(actual.getType(), wanted.getType());
  }

  private static Outcome<String> notOwned(DesiredSecret desired) {
    return Outcome.refused(
        SecretNotOwned,
        "The Secret %s, which %s is to have, exists and is not this binding's."
            .formatted(desired.name(), desired.publication()));
  }

  /**
   * What a person in this namespace can change is a finding; all else passes, and is tried again.
   */
  private static Outcome<String> refused(DesiredSecret desired, KubernetesClientException e) {
    if (ApiErrors.isGone(e) || (e.getCode() != 403 && e.getCode() != 422)) {
      throw e;
    }
    String why = e.getStatus() == null ? null : e.getStatus().getMessage();
    boolean shows =
        why != null && desired.data().values().stream().noneMatch(value -> isIn(why, value));
    return Outcome.refused(
        SecretRefused,
        "The API server refused the Secret %s, which %s is to have%s."
            .formatted(desired.name(), desired.publication(), shows ? ": " + why : ""));
  }

  /** An admission webhook may answer with anything that it was asked about. */
  private static boolean isIn(String text, String value) {
    return text.contains(value) || text.contains(base64(value));
  }

  private static Secret secret(CodeSourceBinding binding, DesiredSecret desired) {
    Map<String, String> data = new TreeMap<>();
    desired.data().forEach((key, value) -> data.put(key, base64(value)));
    return new SecretBuilder()
        .withNewMetadata()
        .withName(desired.name())
        .withNamespace(binding.getMetadata().getNamespace())
        .withLabels(desired.labels())
        .withAnnotations(desired.annotations())
        .withOwnerReferences(Ownership.reference(binding))
        .endMetadata()
        .withType(desired.type())
        .withData(data)
        .build();
  }

  private static String base64(String value) {
    return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
  }

  private InformerEventSource<Secret, CodeSourceBinding> secrets() {
    return Objects.requireNonNull(secrets, "reconciling begins after the event sources are made");
  }
}
