package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.api.TriggerStatus.ExplainedRule;
import dev.codesource.api.TriggerStatus.Explanation;
import dev.codesource.build.BuildRule;
import dev.codesource.build.GitRef;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.Annotations;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Answers the annotation that asks which rules a branch or tag matches. */
final class Explainer {

  /**
   * Of the name that is asked for: an annotation may have 256 KiB, and a status is to have less.
   */
  private static final int LONGEST_SHOWN = 300;

  /** Stands for a commit, since none is asked for. */
  private static final String ANY_COMMIT = "0123456789abcdef0123456789abcdef01234567";

  /**
   * Stands for the time of a build, so that the answer does not change with each reconciliation.
   */
  private static final Instant ANY_TIME = Instant.parse("2000-01-31T12:00:00Z");

  private Explainer() {}

  /** The full name that is asked for; empty: nothing is. */
  static Optional<String> asked(CodeSourceTrigger trigger) {
    return Annotations.of(trigger, CodeSourceTrigger.EXPLAIN).filter(ref -> !ref.isBlank());
  }

  static Optional<Explanation> explain(CodeSourceTrigger trigger, Outcome<List<BuildRule>> rules) {
    return asked(trigger)
        .map(
            name ->
                switch (rules.then(
                    usable -> GitRef.of(name).map(ref -> matching(trigger, usable, ref)))) {
                  case Outcome.Done<List<ExplainedRule>>(var matching) ->
                      new Explanation(shown(name), matching, null);
                  case Outcome.Refused<List<ExplainedRule>>(var problem) ->
                      new Explanation(shown(name), null, problem.message());
                  case Outcome.Waiting<List<ExplainedRule>>(var problem, var _, var _) ->
                      new Explanation(shown(name), null, problem.message());
                });
  }

  private static String shown(String name) {
    return name.codePointCount(0, name.length()) <= LONGEST_SHOWN
        ? name
        : name.substring(0, name.offsetByCodePoints(0, LONGEST_SHOWN)) + "…";
  }

  private static List<ExplainedRule> matching(
      CodeSourceTrigger trigger, List<BuildRule> rules, GitRef ref) {
    return rules.stream().flatMap(rule -> explained(trigger.getSpec(), rule, ref)).toList();
  }

  private static Stream<ExplainedRule> explained(TriggerSpec spec, BuildRule rule, GitRef ref) {
    return rule.imageTags(ref, ANY_COMMIT, ANY_TIME).stream()
        .map(
            tags ->
                switch (tags) {
                  case Outcome.Done<List<String>>(var all) ->
                      new ExplainedRule(rule.name(), ImageNames.of(spec, all), null);
                  case Outcome.Refused<List<String>>(var problem) ->
                      new ExplainedRule(rule.name(), null, problem.message());
                  case Outcome.Waiting<List<String>>(var problem, var _, var _) ->
                      new ExplainedRule(rule.name(), null, problem.message());
                });
  }
}
