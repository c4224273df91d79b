package dev.codesource.status;

import dev.codesource.reason.Problem;
import java.util.List;
import java.util.Optional;

/** The result of publishing in one reconciliation. */
public sealed interface Publishing {

  /** The binding names no consumer. */
  record NotAsked() implements Publishing {}

  /** The Secrets were not changed, since the binding is suspended. */
  record Untouched() implements Publishing {}

  /**
   * All Secrets have the desired content.
   *
   * @param names of the Secrets
   * @param serviceBinding the Secret of the Provisioned Service
   * @param instead what they contain instead of the bound credential, as a sentence names it
   */
  record Written(List<String> names, Optional<String> serviceBinding, Optional<String> instead)
      implements Publishing {}

  /** The access is lost, and the Secrets were kept. */
  record Stale(Optional<String> serviceBinding) implements Publishing {}

  /** The access is lost, and the Secrets were deleted. */
  record Withdrawn() implements Publishing {}

  /** There are no Secrets yet, since the access has not been proven. */
  record Awaited() implements Publishing {}

  /** The access is proven, but at least one Secret could not be written. */
  record Refused(Problem problem, Optional<String> serviceBinding) implements Publishing {}
}
