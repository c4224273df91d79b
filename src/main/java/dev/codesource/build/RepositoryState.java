package dev.codesource.build;

import java.util.Map;

/**
 * What a trigger remembers of its repository.
 *
 * @param path as the trigger's spec had it
 * @param id the code host's own identifier
 * @param seen the branches and tags that were seen
 * @param last the newest commit that was due, by the name of its rule
 */
public record RepositoryState(String path, String id, SeenRefs seen, Map<String, DueCommit> last) {

  public RepositoryState {
    last = Map.copyOf(last);
  }

  /** Nothing is known of the repository but where it is. */
  public static RepositoryState of(String path, String id) {
    return new RepositoryState(path, id, SeenRefs.NONE, Map.of());
  }
}
