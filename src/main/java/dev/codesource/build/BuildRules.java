package dev.codesource.build;

import dev.codesource.api.TriggerSpec;
import dev.codesource.reason.Outcome;
import java.util.List;

/** Reads the rules of a trigger. */
public final class BuildRules {

  private BuildRules() {}

  /**
   * Reads all rules.
   *
   * @return the rules; or what is wrong with the first that cannot be used: {@code PatternInvalid},
   *     {@code ImageTagInvalid} or {@code BuildParameterInvalid}
   */
  public static Outcome<List<BuildRule>> of(TriggerSpec spec) {
    return Outcome.all(
        spec.rules(),
        rule ->
            BuildRule.of(rule)
                .map(read -> read.with(Builder.of(spec.builders(), rule)))
                .then(read -> BuildParameters.checked(read, rule)));
  }
}
