package dev.codesource.git;

import java.nio.charset.StandardCharsets;
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
   * The longest name in bytes that is read, without {@code refs/heads/} or {@code refs/tags/}. A
   * file system on which a git server stores refs allows as many for each part of a name, and hosts
   * such as GitLab and GitHub for the whole. Each name may be matched with all patterns of a
   * trigger, which takes the longer the longer it is.
   */
  public static final int MAX_NAME = 255;

  /** The same with {@code refs/heads/}. */
  public static final int MAX_FULL_NAME = "refs/heads/".length() + MAX_NAME;

  /** Of {@code refs/}. */
  private static final int ROOT = 5;

  /** In bytes, all names together: as many as there may be with 80 bytes each. */
  static final int MOST_BYTES = 4 << 20;

  public RefFilter {
    prefixes = List.copyOf(prefixes);
  }

  /** All branches and tags. */
  public static RefFilter branchesAndTags() {
    return new RefFilter(List.of("refs/heads/", "refs/tags/"), MOST);
  }

  /**
   * Whether a name is longer than {@value #MAX_NAME} bytes.
   *
   * @param name the full name of a branch or tag
   */
  public static boolean isTooLong(String name) {
    int prefix = name.indexOf('/', ROOT) + 1;
    return name.length() - prefix > MAX_NAME
        || name.getBytes(StandardCharsets.UTF_8).length - prefix > MAX_NAME;
  }

  boolean wants(String name) {
    return prefixes.stream().anyMatch(name::startsWith) && !isTooLong(name);
  }
}
