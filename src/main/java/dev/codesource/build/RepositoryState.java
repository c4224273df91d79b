package dev.codesource.build;

import java.util.Map;
import java.util.Optional;

/**
 * What a trigger remembers of its repository.
 *
 * @param path as the trigger's spec had it
 * @param id the code host's own identifier
 * @param cloneUrl its address for git; empty: it is not known yet
 * @param seen the branches and tags that were seen
 * @param last the newest commit that was due, by the name of its rule
 * @param outbox what builders are to be told
 * @param requested the last request of a user to build that was met
 */
public record RepositoryState(
    String path,
    String id,
    Optional<String> cloneUrl,
    SeenRefs seen,
    Map<String, DueCommit> last,
    Outbox outbox,
    Optional<String> requested) {

  public RepositoryState {
    last = Map.copyOf(last);
  }

  /** Nothing is known of the repository but where it is. */
  public static RepositoryState of(String path, String id) {
    return new RepositoryState(
        path, id, Optional.empty(), SeenRefs.NONE, Map.of(), Outbox.EMPTY, Optional.empty());
  }

  /** The same with another outbox. */
  public RepositoryState with(Outbox other) {
    return new RepositoryState(path, id, cloneUrl, seen, last, other, requested);
  }
}
