package dev.codesource.git;

import java.util.List;

/**
 * Which refs are wanted.
 *
 * @param prefixes of full names, such as {@code refs/tags/release-}; at least one
 * @param most how many there may be, at least 1
 */
public record RefFilter(List<String> prefixes, int most) {

  /** As many as a status, a memory and a Secret can bear. */
  public static final int MOST = 50_000;

  /**
   * The longest name in bytes that is read. Git allows longer ones, hosts do not: GitLab and GitHub
   * allow 255 characters.
   */
  static final int MAX_NAME = 1024;

  /** In bytes, all names together: as many as there may be with 80 bytes each. */
  static final int MOST_BYTES = 4 << 20;

  public RefFilter {
    prefixes = List.copyOf(prefixes);
  }

  /** All branches and tags. */
  public static RefFilter branchesAndTags() {
    return new RefFilter(List.of("refs/heads/", "refs/tags/"), MOST);
  }

  boolean wants(String name) {
    return prefixes.stream().anyMatch(name::startsWith);
  }
}
