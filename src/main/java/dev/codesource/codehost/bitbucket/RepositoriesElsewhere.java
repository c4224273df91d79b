package dev.codesource.codehost.bitbucket;

import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositorySearch;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.Optional;
import java.util.Set;

/**
 * The repositories of a site that is not Atlassian's own: of a Data Center, or of Cloud behind a
 * company's proxy. An identifier tells which it is; a path is looked for on a Data Center first.
 */
record RepositoriesElsewhere(Repositories dataCenter, Repositories cloud) implements Repositories {

  @Override
  public Outcome<Repository> byPath(String path) {
    Outcome<Repository> found = dataCenter.byPath(path);
    return found instanceof Outcome.Refused<Repository>(var problem)
            && problem.reason() == Reason.NotThisPlatform
            && cloud.byPath(path) instanceof Outcome.Done<Repository> inTheCloud
        ? inTheCloud
        : found;
  }

  @Override
  public Outcome<Repository> byId(String id) {
    return of(id).byId(id);
  }

  /** On a Data Center first, as by a path. */
  @Override
  public Outcome<RepositorySearch.Found> search(String words) {
    Outcome<RepositorySearch.Found> found = dataCenter.search(words);
    return found instanceof Outcome.Refused<RepositorySearch.Found>(var problem)
            && problem.reason() == Reason.NotThisPlatform
            && cloud.search(words) instanceof Outcome.Done<RepositorySearch.Found> inTheCloud
        ? inTheCloud
        : found;
  }

  @Override
  public Outcome<Optional<Set<String>>> changedFiles(
      Repository repository, String from, String to) {
    return of(repository.id()).changedFiles(repository, from, to);
  }

  private Repositories of(String id) {
    return CloudRepositories.isId(id) ? cloud : dataCenter;
  }
}
