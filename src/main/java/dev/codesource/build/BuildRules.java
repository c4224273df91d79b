package dev.codesource.build;

import dev.codesource.api.TriggerSpec;
import dev.codesource.reason.Outcome;
import java.util.ArrayList;
import java.util.List;

/** Reads the rules of a trigger. */
public final class BuildRules {

  private BuildRules() {}

  /**
   * Reads all rules.
   *
   * @return the rules; or what is wrong with the first that cannot be used: {@code PatternInvalid}
   *     or {@code ImageTagInvalid}
   */
  public static Outcome<List<BuildRule>> of(TriggerSpec spec) {
    List<BuildRule> rules = new ArrayList<>();
    for (TriggerSpec.Rule rule : spec.rules()) {
      Outcome<BuildRule> read = BuildRule.of(rule);
      if (!(read instanceof Outcome.Done<BuildRule>(var usable))) {
        return read.map(List::of);
      }
      rules.add(usable);
    }
    return Outcome.done(rules);
  }
}
