package dev.codesource.runtime;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Work at a code host that the deletion of a resource waits for
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/).
 */
public interface Finalizer<P extends HasMetadata> {

  /** The name of the finalizer in the resource's metadata. */
  String name();

  /**
   * Does the work, or what is left of it.
   *
   * @return true: it is done; false: the platform has no way to do it; or why it is not done yet
   */
  Outcome<Boolean> attempt(P resource);

  /** What the user is told when the resource is deleted although the work is not done. */
  Problem undone(P resource, String why);
}
