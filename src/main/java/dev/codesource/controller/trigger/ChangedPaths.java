package dev.codesource.controller.trigger;

import dev.codesource.build.BuildRule;
import dev.codesource.build.DueCommit;
import dev.codesource.build.PathFilter;
import dev.codesource.reason.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;

/**
 * Leaves out what is due by a rule with {@code paths}, where the code host tells all files that
 * were changed and none of them counts. Whatever is not known counts.
 */
final class ChangedPaths {

  /** So many times a code host is asked for one comparison; further branches count. */
  static final int MOST = 20;

  private final Map<String, PathFilter> filters = new HashMap<>();
  private final BiFunction<String, String, Outcome<Optional<Set<String>>>> host;
  private final Map<Change, Optional<Set<String>>> known = new HashMap<>();

  /** Two commits of a branch. */
  private record Change(String before, String after) {}

  /**
   * @param host asks for the files that differ between two commits; empty: not all are known
   */
  ChangedPaths(
      List<BuildRule> rules, BiFunction<String, String, Outcome<Optional<Set<String>>>> host) {
    rules.forEach(rule -> rule.paths().ifPresent(filter -> filters.put(rule.name(), filter)));
    this.host = host;
  }

  /** The commits that count; or why the host could not be asked. */
  Outcome<List<DueCommit>> of(List<DueCommit> due) {
    List<DueCommit> left = new ArrayList<>();
    for (DueCommit commit : due) {
      Outcome<Boolean> counts = counts(commit);
      if (!(counts instanceof Outcome.Done<Boolean>(var isWanted))) {
        return counts.map(_ -> List.of());
      }
      if (isWanted) {
        left.add(commit);
      }
    }
    return Outcome.done(left);
  }

  private Outcome<Boolean> counts(DueCommit commit) {
    Optional<PathFilter> filter = Optional.ofNullable(filters.get(commit.rule()));
    return filter.isEmpty() || commit.before().isEmpty()
        ? Outcome.done(true)
        : files(new Change(commit.before().get(), commit.sha()))
            .map(files -> files.isEmpty() || filter.get().matches(files.get()));
  }

  private Outcome<Optional<Set<String>>> files(Change change) {
    if (known.containsKey(change) || known.size() >= MOST) {
      return Outcome.done(known.getOrDefault(change, Optional.empty()));
    }
    return host.apply(change.before(), change.after())
        .map(
            files -> {
              known.put(change, files);
              return files;
            });
  }
}
