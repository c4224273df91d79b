package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.javaoperatorsdk.operator.api.reconciler.Context;

/** Writes the status of a resource by server-side apply. */
public final class StatusWriter {

  private StatusWriter() {}

  /**
   * Applies the status as the Operator SDK would, but without field validation. For validation the
   * API server parses the patch a second time to find unknown fields, which is a twentieth of the
   * cost of a status. There are no unknown fields, because the schema is generated from the same
   * types.
   *
   * @param patch a new resource; it gets identity and status only, so that the operator owns no
   *     field of the user
   * @return the resource as the API server has it now
   */
  public static <S, P extends CustomResource<?, S>> P apply(
      P resource, P patch, S status, Context<P> context) {
    patch.setMetadata(identity(resource));
    patch.setStatus(status);
    PatchContext apply =
        new PatchContext.Builder()
            .withPatchType(PatchType.SERVER_SIDE_APPLY)
            .withFieldManager(context.getControllerConfiguration().fieldManager())
            .withForce(true)
            .withFieldValidation("Ignore")
            .build();
    return context
        .resourceOperations()
        .resourcePatch(
            patch,
            written -> context.getClient().resource(written).subresource("status").patch(apply),
            context.eventSourceRetriever().getControllerEventSource());
  }

  private static ObjectMeta identity(HasMetadata resource) {
    return new ObjectMetaBuilder()
        .withName(resource.getMetadata().getName())
        .withNamespace(resource.getMetadata().getNamespace())
        // The API server refuses the patch if the resource was deleted and created again.
        .withUid(resource.getMetadata().getUid())
        .build();
  }
}
