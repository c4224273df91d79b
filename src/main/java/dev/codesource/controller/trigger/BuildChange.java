package dev.codesource.controller.trigger;

import static java.util.stream.Collectors.toSet;

import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildObject;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.RuleStatus;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A build that is in another state than before.
 *
 * @param rule the name of the rule
 * @param before empty: there was none
 */
record BuildChange(String rule, BuildStatus build, Optional<BuildState> before) {

  /** Those from one status to the next. */
  static List<BuildChange> between(Optional<TriggerStatus> before, TriggerStatus next) {
    List<RuleStatus> known = before.map(TriggerStatus::rules).orElse(List.of());
    return Optional.ofNullable(next.rules()).stream()
        .flatMap(List::stream)
        .flatMap(
            rule ->
                Optional.ofNullable(rule.builds()).stream()
                    .flatMap(builds -> of(String.valueOf(rule.name()), builds, known)))
        .filter(change -> !change.before().equals(Optional.ofNullable(change.build().state())))
        .toList();
  }

  private static Stream<BuildChange> of(
      String rule, List<BuildStatus> builds, List<RuleStatus> known) {
    List<BuildStatus> before =
        known.stream()
            .filter(each -> rule.equals(each.name()))
            .flatMap(each -> Stream.ofNullable(each.builds()))
            .findFirst()
            .orElse(List.of());
    return IntStream.range(0, builds.size())
        .filter(index -> !isReturned(builds, index, before))
        .mapToObj(index -> of(rule, builds.get(index), known));
  }

  /**
   * Whether an ended build is shown again because there is room for it again: it is new, and older
   * than one that was known.
   *
   * @param builds of a rule, the newest first
   */
  static boolean isReturned(List<BuildStatus> builds, int index, List<BuildStatus> before) {
    BuildStatus build = builds.get(index);
    Set<BuildObject> known =
        before.stream().flatMap(each -> Stream.ofNullable(each.object())).collect(toSet());
    return build.state() != null
        && build.state().isEnd()
        && !known.contains(build.object())
        && builds.subList(0, index).stream().anyMatch(newer -> known.contains(newer.object()));
  }

  private static BuildChange of(String rule, BuildStatus build, List<RuleStatus> known) {
    return new BuildChange(
        rule,
        build,
        known.stream()
            .filter(each -> rule.equals(each.name()))
            .flatMap(each -> Optional.ofNullable(each.builds()).stream())
            .flatMap(List::stream)
            .filter(each -> Objects.equals(each.object(), build.object()))
            .flatMap(each -> Stream.ofNullable(each.state()))
            .findFirst());
  }
}
