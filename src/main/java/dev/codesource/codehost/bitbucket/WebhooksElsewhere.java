package dev.codesource.codehost.bitbucket;

import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.Webhooks;
import dev.codesource.reason.Outcome;
import java.util.List;
import java.util.Optional;

/**
 * The webhooks of a site that is not Atlassian's own. The identifier of the repository tells
 * whether it is of a Data Center, or of Cloud behind a company's proxy.
 */
record WebhooksElsewhere(Webhooks dataCenter, Webhooks cloud) implements Webhooks {

  @Override
  public Outcome<List<Found>> list(Repository repository) {
    return of(repository).list(repository);
  }

  @Override
  public Outcome<Found> create(Repository repository, Wanted wanted) {
    return of(repository).create(repository, wanted);
  }

  @Override
  public Outcome<Optional<Found>> update(Repository repository, String id, Wanted wanted) {
    return of(repository).update(repository, id, wanted);
  }

  @Override
  public Outcome<Boolean> delete(Repository repository, String id) {
    return of(repository).delete(repository, id);
  }

  private Webhooks of(Repository repository) {
    return CloudRepositories.isId(repository.id()) ? cloud : dataCenter;
  }
}
