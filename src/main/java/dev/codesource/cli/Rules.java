package dev.codesource.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.TriggerSpec;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.reason.Outcome;
import java.util.List;

/** What a trigger says, read as the operator reads it. */
final class Rules {

  private Rules() {}

  /** The desired state of a trigger. */
  static TriggerSpec spec(JsonNode trigger) {
    try {
      return Json.TREES.treeToValue(Json.at(trigger, "spec"), TriggerSpec.class);
    } catch (JsonProcessingException e) {
      throw Failure.failed(
          "The trigger %s has what this version of the plug-in does not know: install that of the operator."
              .formatted(Json.name(trigger)));
    }
  }

  /** Refuses rules that the operator would refuse. */
  static void check(TriggerSpec spec) {
    if (BuildRules.of(spec) instanceof Outcome.Refused<List<BuildRule>>(var problem)) {
      throw Failure.usage("%s (%s)".formatted(problem.message(), problem.reason()));
    }
  }
}
