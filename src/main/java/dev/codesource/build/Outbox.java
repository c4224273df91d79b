package dev.codesource.build;

import dev.codesource.git.RefFilter;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What builders are to be told. It is stored together with the branches and tags that were seen, so
 * that nothing is lost between the two.
 *
 * @param pending what they were not told yet, the oldest first
 * @param delivered when a builder was told of the newest commit, by the name of the rule
 */
public record Outbox(List<DueCommit> pending, Map<String, Instant> delivered) {

  /** There is nothing to tell. */
  public static final Outbox EMPTY = new Outbox(List.of(), Map.of());

  /** How many commits are pending at most. */
  public static final int MOST = 1_000;

  /** Of all of them together, so that they fit into a Secret beside the branches and tags. */
  static final int MOST_CHARACTERS = 300_000;

  /** Of one without the name of its ref: that of a rule, two ids, a time, and the JSON. */
  private static final int BESIDE_NAME = 280;

  private static final int LONGEST = RefFilter.MAX_FULL_NAME + BESIDE_NAME;

  public Outbox {
    pending = List.copyOf(pending);
    delivered = Map.copyOf(delivered);
  }

  /** How many more commits there is room for. */
  public int room() {
    int characters =
        pending.stream().mapToInt(due -> due.ref().fullName().length() + BESIDE_NAME).sum();
    return Math.min(MOST - pending.size(), (MOST_CHARACTERS - characters) / LONGEST);
  }

  /** With more commits to tell. */
  public Outbox with(Collection<DueCommit> due) {
    List<DueCommit> all = new ArrayList<>(pending);
    all.addAll(due);
    Map<String, Instant> rest = new HashMap<>(delivered);
    due.forEach(commit -> rest.remove(commit.rule()));
    return new Outbox(all, rest);
  }

  /**
   * Without commits that are told, or given up.
   *
   * @param done the commits
   * @param told when a builder was told of the newest commit of a rule, by the name of the rule
   */
  public Outbox without(Set<DueCommit> done, Map<String, Instant> told) {
    Map<String, Instant> times = new HashMap<>(delivered);
    times.putAll(told);
    return new Outbox(pending.stream().filter(due -> !done.contains(due)).toList(), times);
  }
}
