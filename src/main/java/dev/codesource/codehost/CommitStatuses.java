package dev.codesource.codehost;

import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.Outcome;

/** The statuses of a site's commits, as one credential may set them. */
public interface CommitStatuses {

  /**
   * Shows a status beside a commit. A long name or description is shortened to what the platform
   * takes, and names that differ stay different.
   *
   * @return true: it is shown, also if it was before; false: the repository has no such commit, as
   *     after a forced push; or {@code CommitStatusForbidden}, {@code CommitStatusRefused}, {@code
   *     RepositoryNotFound} or a reason of the host
   */
  Outcome<Boolean> report(Repository repository, CommitStatus status);
}
