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
import java.util.function.BooleanSupplier;

/**
 * Leaves out what is due by a rule with {@code paths}, where the code host tells all files that
 * were changed and none of them counts. Whatever is not known counts, and so does what it would
 * take long to know.
 */
final class ChangedPaths {

  /** So many times a code host is asked for one comparison; further branches count. */
  static final int MOST = 20;

  /**
   * In characters of patterns times characters of files, for one list and the patterns of one rule:
   * 0.4 s of a processor at most. If it would take longer, the files count.
   */
  static final long MOST_STEPS_OF_RULE = 20_000_000;

  /** The same for one comparison. */
  static final long MOST_STEPS = 10 * MOST_STEPS_OF_RULE;

  private final Map<String, PathFilter> filters = new HashMap<>();
  private final BiFunction<String, String, Outcome<Optional<Set<String>>>> host;
  private final Processor processor;
  private final Map<Change, Optional<Set<String>>> known = new HashMap<>();
  private long left = MOST_STEPS;

  /** Two commits of a branch. */
  private record Change(String before, String after) {}

  /** Where the files are compared with the patterns. */
  @FunctionalInterface
  interface Processor {
    boolean compute(BooleanSupplier work);
  }

  /**
   * @param host asks for the files that differ between two commits; empty: not all are known
   */
  ChangedPaths(
      List<BuildRule> rules,
      BiFunction<String, String, Outcome<Optional<Set<String>>>> host,
      Processor processor) {
    rules.forEach(rule -> rule.paths().ifPresent(filter -> filters.put(rule.name(), filter)));
    this.host = host;
    this.processor = processor;
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
            .map(files -> files.isEmpty() || isAmong(files.get(), filter.get()));
  }

  private boolean isAmong(Set<String> files, PathFilter filter) {
    long steps = filter.steps(files);
    if (steps > Math.min(left, MOST_STEPS_OF_RULE)) {
      return true;
    }
    left -= steps;
    return processor.compute(() -> filter.matches(files));
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
