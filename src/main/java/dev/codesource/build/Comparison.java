package dev.codesource.build;

import dev.codesource.git.Refs;
import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;

/**
 * Compares the branches and tags of a repository with those that were seen. What that costs is
 * limited, whatever the names and the rules are.
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

  /**
   * In states of patterns times characters of names: when one comparison has cost so much, no
   * further change is looked at: 0.3 s of a processor at most. 200 names of 40 characters with 50
   * patterns of 20 cost less than half of it. What one name costs may come on top, so that each
   * comparison looks at one at least.
   */
  static final long MOST_STEPS = 20_000_000;

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
        work.isComplete ? SeenRefs.of(now, keys) : SeenRefs.of(work.lookedAt(now), seen.rules()),
        work.isComplete);
  }

  /** One comparison in progress. */
  private static final class Work {
    private final SeenRefs seen;
    private final List<BuildRule> rules;
    private final Instant at;
    private final int room;
    private final List<DueCommit> due = new ArrayList<>();
    private final List<GitRef> moved = new ArrayList<>();
    private int changes;
    private long steps;
    private boolean isComplete = true;

    /** The first change that is left for the next comparison; all later ones are, too. */
    private String firstLeft = "";

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
      if (!isComplete || before.filter(sha::startsWith).isPresent()) {
        return;
      }
      if (changes < MOST_CHANGES && steps < MOST_STEPS && due.size() + rules.size() <= room) {
        changes++;
        changed(ref, sha, before);
      } else {
        isComplete = false;
        firstLeft = name;
      }
    }

    /** What is there now as far as it was looked at, and what was there before of the rest. */
    Refs lookedAt(Refs now) {
      Refs.Builder builder = new Refs.Builder();
      AtomicBoolean isLeft = new AtomicBoolean();
      now.forEach(
          (name, sha) -> {
            if (name.equals(firstLeft)) {
              isLeft.set(true);
            }
            if (!isLeft.get()) {
              builder.add(name, sha);
            } else if (GitRef.of(name) instanceof Outcome.Done<GitRef>(var ref)) {
              seen.commit(ref)
                  .ifPresent(
                      known -> builder.add(name, sha.startsWith(known) ? sha : padded(known, sha)));
            }
          });
      return builder.build();
    }

    private void changed(GitRef ref, String sha, Optional<String> before) {
      boolean isMovedTag = ref.kind() == GitRef.Kind.TAG && before.isPresent();
      if (isMovedTag) {
        moved.add(ref);
      }
      for (BuildRule rule : rules) {
        boolean wasThere = before.isPresent() || seen.rules().contains(rule.key());
        if (!wasThere || (isMovedTag && !rule.allowsMoved())) {
          continue;
        }
        steps += rule.steps(ref);
        if (rule.matches(ref)) {
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
