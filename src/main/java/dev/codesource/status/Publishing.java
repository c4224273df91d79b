package dev.codesource.status;

import dev.codesource.reason.Problem;
import java.util.List;
import java.util.Optional;

/** What became of the Secrets for consumers in one reconciliation. */
public sealed interface Publishing {

  /** The binding names no consumer. */
  record NotAsked() implements Publishing {}

  /** They were left as they are, for the user asked not to look. */
  record Untouched() implements Publishing {}

  /**
   * All of them are as they should be.
   *
   * @param names of the Secrets
   * @param serviceBinding the one of a Provisioned Service
   * @param instead what they hold in place of the bound credential
   */
  record Written(List<String> names, Optional<String> serviceBinding, Optional<String> instead)
      implements Publishing {}

  /** The access is gone, and they were kept. */
  record Stale(Optional<String> serviceBinding) implements Publishing {}

  /** The access is gone, and so are they. */
  record Withdrawn() implements Publishing {}

  /** There are none yet, for nothing has been proven. */
  record Awaited() implements Publishing {}

  /** The access is proven, and at least one could not be written. */
  record Refused(Problem problem, Optional<String> serviceBinding) implements Publishing {}
}
