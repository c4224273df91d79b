package dev.codesource.build;

import dev.codesource.git.Refs;
import java.util.Optional;
import java.util.Set;

/**
 * The branches and tags that a trigger has seen, and the rules for which it has seen them.
 *
 * @param branches with whole ids: two commits of a branch are compared with each other
 * @param tags with {@value #TAG_ID_BYTES} bytes of each id, which is enough to tell that a tag was
 *     moved, and lets a Secret hold 50 000 of them
 * @param rules the {@link BuildRule#key keys} of the rules
 */
public record SeenRefs(Refs branches, Refs tags, Set<String> rules) {

  static final int TAG_ID_BYTES = 10;

  private static final int WHOLE = 32;

  /** Nothing was seen yet. */
  public static final SeenRefs NONE = new SeenRefs(Refs.NONE, Refs.NONE, Set.of());

  public SeenRefs {
    rules = Set.copyOf(rules);
  }

  /** All refs of a repository, seen for these rules. */
  public static SeenRefs of(Refs refs, Set<String> rules) {
    return new SeenRefs(
        refs.below(GitRef.Kind.BRANCH.prefix(), WHOLE),
        refs.below(GitRef.Kind.TAG.prefix(), TAG_ID_BYTES),
        rules);
  }

  /** The id of the commit, or its first digits; empty: the ref was not seen. */
  Optional<String> commit(GitRef ref) {
    return switch (ref.kind()) {
      case BRANCH -> branches.commit(ref.fullName());
      case TAG -> tags.commit(ref.fullName());
    };
  }
}
