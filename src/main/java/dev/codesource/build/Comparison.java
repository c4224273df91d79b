package dev.codesource.build;

import dev.codesource.git.Refs;
import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Compares the branches and tags of a repository with those that were seen.
 *
 * @param due what the rules build, in the order of the names of the refs
 * @param moved tags that name another commit than before
 * @param seen what is seen now
 * @param isComplete whether all changes were looked at; false: the others are found by the next
 *     comparison
 */
public record Comparison(
    List<DueCommit> due, List<GitRef> moved, SeenRefs seen, boolean isComplete) {

  /**
   * How many changed refs are looked at in one comparison, so that a push of thousands of tags
   * costs no more than others. Each is matched with all rules.
   */
  public static final int MOST_CHANGES = 200;

  /** Compares, with room for any number of commits that are due. */
  static Comparison of(SeenRefs seen, Refs now, List<BuildRule> rules, Instant at) {
    return of(seen, now, rules, at, Integer.MAX_VALUE);
  }

  /**
   * Compares. The first time nothing is due, and neither is a ref that was not seen, by a rule that
   * was not there then: whoever makes a trigger or a rule does not want to build what there is
   * already.
   *
   * @param room how many commits may be due; changes for which there is none are not looked at
   */
  public static Comparison of(
      SeenRefs seen, Refs now, List<BuildRule> rules, Instant at, int room) {
    Set<String> keys = rules.stream().map(BuildRule::key).collect(Collectors.toSet());
    if (seen.rules().isEmpty()) {
      return new Comparison(List.of(), List.of(), SeenRefs.of(now, keys), true);
    }
    Work work = new Work(seen, rules, at, room);
    now.forEach(work::lookAt);
    return new Comparison(
        List.copyOf(work.due),
        List.copyOf(work.moved),
        // A rule is known when all that it matches was looked at.
        SeenRefs.of(work.next.build(), work.isComplete ? keys : seen.rules()),
        work.isComplete);
  }

  /** One comparison in progress. */
  private static final class Work {
    private final SeenRefs seen;
    private final List<BuildRule> rules;
    private final Instant at;
    private final int room;
    private final Refs.Builder next = new Refs.Builder();
    private final List<DueCommit> due = new ArrayList<>();
    private final List<GitRef> moved = new ArrayList<>();
    private int changes;
    private boolean isComplete = true;

    Work(SeenRefs seen, List<BuildRule> rules, Instant at, int room) {
      this.seen = seen;
      this.rules = rules;
      this.at = at;
      this.room = room;
    }

    void lookAt(String name, String sha) {
      if (!(GitRef.of(name) instanceof Outcome.Done<GitRef>(var ref))) {
        return;
      }
      Optional<String> before = seen.commit(ref);
      if (before.filter(sha::startsWith).isPresent()) {
        next.add(name, sha);
      } else if (changes < MOST_CHANGES && due.size() + rules.size() <= room) {
        changes++;
        next.add(name, sha);
        changed(ref, sha, before);
      } else {
        isComplete = false;
        before.ifPresent(known -> next.add(name, padded(known, sha)));
      }
    }

    private void changed(GitRef ref, String sha, Optional<String> before) {
      boolean isMovedTag = ref.kind() == GitRef.Kind.TAG && before.isPresent();
      if (isMovedTag) {
        moved.add(ref);
      }
      for (BuildRule rule : rules) {
        boolean wasThere = before.isPresent() || seen.rules().contains(rule.key());
        if (wasThere && (!isMovedTag || rule.allowsMoved()) && rule.matches(ref)) {
          due.add(new DueCommit(rule.name(), ref, sha, isMovedTag ? Optional.empty() : before, at));
        }
      }
    }

    /** What was seen of a tag is shorter than an id; ids may have had another length. */
    private static String padded(String known, String sha) {
      return (known + "0".repeat(sha.length())).substring(0, sha.length());
    }
  }
}
