package dev.codesource.codehost.bitbucket;

import dev.codesource.codehost.CommitStatus;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.Outcome;

/**
 * The statuses of a site that is not Atlassian's own. The identifier of the repository tells
 * whether it is of a Data Center, or of Cloud behind a company's proxy.
 */
record CommitStatusesElsewhere(CommitStatuses dataCenter, CommitStatuses cloud)
    implements CommitStatuses {

  @Override
  public Outcome<Boolean> report(Repository repository, CommitStatus status) {
    return (CloudRepositories.isId(repository.id()) ? cloud : dataCenter)
        .report(repository, status);
  }
}
