package dev.codesource.sink;

import dev.codesource.build.DueCommit;
import java.util.List;

/**
 * A commit that is due, for a sink.
 *
 * @param namespace of the trigger
 * @param trigger its name
 * @param uid that the API server gave it
 * @param binding the name of its binding
 * @param images the names of the image, with their tags; empty: the rule makes no usable one
 */
public record RefUpdate(
    String namespace,
    String trigger,
    String uid,
    String binding,
    Repository repository,
    DueCommit due,
    List<String> images) {

  /**
   * The repository.
   *
   * @param id the code host's own identifier
   * @param path as the trigger has it
   * @param cloneUrl its address for git
   */
  public record Repository(String id, String path, String cloneUrl) {}

  public RefUpdate {
    images = List.copyOf(images);
  }
}
