package dev.codesource.codehost.github;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.CommitStatus;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositorySearch;
import dev.codesource.codehost.Webhooks;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * An app's installation, as which questions are asked: each with a token that is made for it if
 * there is none.
 *
 * @param credential of the app, which signs; signed only if a token is to be made
 */
record Installation(
    InstallationTokenCache tokens,
    SiteUrl site,
    Credential credential,
    InstallationUse use,
    Supplier<Outcome<InstallationToken>> making) {

  /** Does work with what git sends. */
  <T> Outcome<T> asGit(Function<GitLogin, Outcome<T>> work) {
    return tokens.with(site, credential, use, making, work);
  }

  /** Asks with a credential that needs no signature. */
  private <T> Outcome<T> ask(Function<Credential, Outcome<T>> question) {
    return asGit(
        login ->
            question.apply(
                new Credential(
                    login.password(),
                    Optional.empty(),
                    Credential.Source.APP,
                    credential.version())));
  }

  /** The repositories that the installation can read. */
  record OwnRepositories(Installation installation, Function<Credential, GitHubRepositories> with)
      implements Repositories {

    @Override
    public Outcome<Repository> byPath(String path) {
      return installation.ask(token -> with.apply(token).byPath(path));
    }

    @Override
    public Outcome<Repository> byId(String id) {
      return installation.ask(token -> with.apply(token).byId(id));
    }

    @Override
    public Outcome<RepositorySearch.Found> search(String words) {
      return installation.ask(token -> with.apply(token).searchInstallation(words));
    }

    @Override
    public Outcome<Optional<Set<String>>> changedFiles(
        Repository repository, String from, String to) {
      return installation.ask(token -> with.apply(token).changedFiles(repository, from, to));
    }
  }

  /** The statuses that the installation may set. */
  record OwnCommitStatuses(Installation installation, Function<Credential, CommitStatuses> with)
      implements CommitStatuses {

    @Override
    public Outcome<Boolean> report(Repositories.Repository repository, CommitStatus status) {
      return installation.ask(token -> with.apply(token).report(repository, status));
    }
  }

  /** The webhooks that the installation can see. */
  record OwnWebhooks(Installation installation, Function<Credential, Webhooks> with)
      implements Webhooks {

    @Override
    public Outcome<List<Found>> list(Repositories.Repository repository) {
      return installation.ask(token -> with.apply(token).list(repository));
    }

    @Override
    public Outcome<Found> create(Repositories.Repository repository, Wanted wanted) {
      return installation.ask(token -> with.apply(token).create(repository, wanted));
    }

    @Override
    public Outcome<Optional<Found>> update(
        Repositories.Repository repository, String id, Wanted wanted) {
      return installation.ask(token -> with.apply(token).update(repository, id, wanted));
    }

    @Override
    public Outcome<Boolean> delete(Repositories.Repository repository, String id) {
      return installation.ask(token -> with.apply(token).delete(repository, id));
    }
  }
}
