package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import java.util.Optional;

/**
 * Owner references: the objects of a resource are those whose controller it is
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/).
 */
public final class Ownership {

  /** https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/. */
  public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

  private Ownership() {}

  /** Whether the resource is the controller of the object. */
  public static boolean isOwner(HasMetadata resource, ObjectMeta object) {
    return object.getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(OwnerReference::getUid)
        .anyMatch(resource.getMetadata().getUid()::equals);
  }

  /**
   * Whether the object was made for another resource of this kind: that one is its controller, or
   * was, as the label of the operator's own objects tells.
   */
  public static boolean isOfOther(HasMetadata resource, ObjectMeta object) {
    if (isOwner(resource, object)) {
      return false;
    }
    return isOfKind(resource, object)
        || Optional.ofNullable(object.getLabels())
            .map(labels -> labels.get(MANAGED_BY))
            .filter(ControllerDefaults.FIELD_MANAGER::equals)
            .isPresent();
  }

  /** Whether the controller of the object is a resource of this kind. */
  public static boolean isOfKind(HasMetadata resource, ObjectMeta object) {
    return object.getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .anyMatch(
            owner ->
                owner.getKind().equals(resource.getKind())
                    && group(owner.getApiVersion()).equals(group(resource.getApiVersion())));
  }

  private static String group(String apiVersion) {
    return apiVersion.split("/", 2)[0];
  }

  /**
   * The reference that makes a resource the controller of an object. It does not block the deletion
   * of the resource: that would need the right to change the resource's finalizers.
   */
  public static OwnerReference reference(HasMetadata resource) {
    return new OwnerReferenceBuilder()
        .withApiVersion(resource.getApiVersion())
        .withKind(resource.getKind())
        .withName(resource.getMetadata().getName())
        .withUid(resource.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(false)
        .build();
  }
}
