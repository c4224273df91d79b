package dev.codesource.publish;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.runtime.ControllerDefaults;
import dev.codesource.runtime.SecretMetadataClient;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.config.informer.InformerEventSourceConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.InformerEventSource;
import io.javaoperatorsdk.operator.processing.event.source.informer.Mappers;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Keeps published Secrets in the API server, and watches them by their label. */
@Singleton
public final class KubernetesPublishedSecretStore implements PublishedSecretStore {

  private final KubernetesClient client;
  private final SecretMetadataClient names;
  private @Nullable InformerEventSource<Secret, CodeSourceBinding> secrets;

  KubernetesPublishedSecretStore(KubernetesClient client) {
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
            .withInformerListLimit(ControllerDefaults.SECRETS_PAGE)
            .withLabelSelector(DesiredSecret.PUBLISHED_FOR)
            .withSecondaryToPrimaryMapper(Mappers.fromOwnerReferences(CodeSourceBinding.class))
            .build();
    secrets = new InformerEventSource<>(configuration, context);
    return secrets;
  }

  @Override
  public List<Secret> referringTo(CodeSourceBinding binding) {
    return List.copyOf(secrets().getSecondaryResources(binding));
  }

  @Override
  public Optional<Secret> find(String namespace, String name) {
    return secrets().get(new ResourceID(name, namespace));
  }

  @Override
  public Optional<ObjectMeta> metadata(String namespace, String name) {
    return names.metadata(namespace, name);
  }

  @Override
  public void create(Secret wanted) {
    secrets().eventFilteringUpdateAndCacheResource(wanted, this::createApplied);
  }

  /**
   * A POST's fields are not those of server-side apply, and what is in both can never be taken away
   * by applying. So they are turned into that, as Kubernetes' own csaupgrade does: the version is
   * replaced, not tested, since a change in between is then answered with 409 and not with 422.
   */
  private Secret createApplied(Secret wanted) {
    Secret created = client.resource(wanted).create();
    String patch =
        """
        [{"op":"replace","path":"/metadata/resourceVersion","value":"%s"},
         {"op":"replace","path":"/metadata/managedFields/0/manager","value":"%s"},
         {"op":"replace","path":"/metadata/managedFields/0/operation","value":"Apply"}]"""
            .formatted(
                created.getMetadata().getResourceVersion(), ControllerDefaults.FIELD_MANAGER);
    return client.resource(created).patch(PatchContext.of(PatchType.JSON), patch);
  }

  @Override
  public void apply(Secret wanted) {
    secrets()
        .eventFilteringUpdateAndCacheResource(
            wanted,
            secret ->
                client
                    .resource(secret)
                    .fieldManager(ControllerDefaults.FIELD_MANAGER)
                    .forceConflicts()
                    .serverSideApply());
  }

  @Override
  public void delete(Secret seen) {
    client.resource(seen).lockResourceVersion(seen.getMetadata().getResourceVersion()).delete();
  }

  private InformerEventSource<Secret, CodeSourceBinding> secrets() {
    return Objects.requireNonNull(secrets, "reconciling begins after the event sources are made");
  }
}
