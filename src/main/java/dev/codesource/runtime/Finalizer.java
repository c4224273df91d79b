package dev.codesource.runtime;

import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import io.fabric8.kubernetes.api.model.HasMetadata;

/**
 * Work at a code host that must be done before a resource is deleted
 * (https://kubernetes.io/docs/concepts/overview/working-with-objects/finalizers/).
 */
public interface Finalizer<P extends HasMetadata> {

  /** The name of the finalizer in the resource's metadata. */
  String name();

  /**
   * Does the work, or the rest of it.
   *
   * @return true: it is done; false: the platform has no API for it; or why it is not done yet
   */
  Outcome<Boolean> attempt(P resource);

  /** The problem to report when the resource is deleted although the work is not done. */
  Problem undone(P resource, String why);
}
