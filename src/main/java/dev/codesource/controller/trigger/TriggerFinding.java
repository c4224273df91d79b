package dev.codesource.controller.trigger;

import dev.codesource.build.DueCommit;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.Problem;
import java.util.Map;
import java.util.Optional;

/** What a reconciliation of a trigger found out. */
sealed interface TriggerFinding {

  /**
   * The repository was compared.
   *
   * @param missing a builder that is not there; what is due for it waits
   */
  record Compared(Repository repository, Map<String, DueCommit> last, Optional<Problem> missing)
      implements TriggerFinding {}

  /** It was compared a moment ago; the status says with which result. */
  record AsBefore() implements TriggerFinding {}

  /** It could not be compared. */
  record Failed(Problem problem) implements TriggerFinding {}

  /** It is not to be compared. */
  record Suspended() implements TriggerFinding {}
}
