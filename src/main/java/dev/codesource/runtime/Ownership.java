package dev.codesource.runtime;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;

/**
 * Owner references: the objects of a resource are those whose controller it is
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/owners-dependents/).
 */
public final class Ownership {

  private Ownership() {}

  /** Whether the resource is the controller of the object. */
  public static boolean isOwner(HasMetadata resource, ObjectMeta object) {
    return object.getOwnerReferences().stream()
        .filter(owner -> Boolean.TRUE.equals(owner.getController()))
        .map(OwnerReference::getUid)
        .anyMatch(resource.getMetadata().getUid()::equals);
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
