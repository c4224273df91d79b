package dev.codesource.codehost;

import dev.codesource.reason.Outcome;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/** The repositories of a site, as one credential sees them. No method changes anything. */
public interface Repositories {

  /**
   * A repository.
   *
   * @param id the platform's own identifier, which stays when the repository is renamed or moved
   * @param path as its address has it, such as {@code group/shop}
   * @param cloneUrl http or https, without user; of the site's own origin, since the credential
   *     goes there
   */
  record Repository(String id, String path, URI cloneUrl) {}

  /**
   * Finds a repository by its path.
   *
   * @return the repository; or {@code RepositoryNotFound}, which is also the answer where the
   *     account may not see it; or a reason of the host
   */
  Outcome<Repository> byPath(String path);

  /**
   * Finds a repository by its identifier, wherever it is now.
   *
   * @return as {@link #byPath}
   */
  Outcome<Repository> byId(String id);

  /**
   * The repositories of the account, or of the app's installation, whose path has some words.
   *
   * @param words compared without regard to case
   * @return {@code RepositoryNotReadable}, or a reason of the host, if there is no list
   */
  Outcome<RepositorySearch.Found> search(String words);

  /**
   * The files that differ between two commits.
   *
   * @param from the commit that was built last
   * @param to a later commit
   * @return the paths, from the root of the repository; empty: the platform does not tell them, or
   *     not all of them
   */
  Outcome<Optional<Set<String>>> changedFiles(Repository repository, String from, String to);
}
