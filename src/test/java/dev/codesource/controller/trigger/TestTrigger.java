package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerSpec;
import dev.codesource.build.BuildRule;
import dev.codesource.build.BuildRules;
import dev.codesource.reason.Outcome;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.util.List;
import java.util.Map;

/** Triggers as the API server has them, for tests that have no API server. */
final class TestTrigger {

  private TestTrigger() {}

  /**
   * A trigger of {@code team-a} for {@code group/shop}.
   *
   * @param more of its spec, in YAML
   */
  static CodeSourceTrigger named(String name, String more) {
    CodeSourceTrigger trigger = new CodeSourceTrigger();
    trigger.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("team-a")
            .withName(name)
            .withUid("uid-of-" + name)
            .withGeneration(1L)
            .build());
    trigger.setSpec(
        Serialization.unmarshal(
            """
            bindingRef: {name: gitlab}
            repository: group/shop
            image: registry.example.com/shop
            """
                + more,
            TriggerSpec.class));
    return trigger;
  }

  static List<BuildRule> rules(CodeSourceTrigger trigger) {
    return BuildRules.of(trigger.getSpec()) instanceof Outcome.Done<List<BuildRule>>(var rules)
        ? rules
        : List.of();
  }

  static void annotate(CodeSourceTrigger trigger, String annotation, String value) {
    trigger.getMetadata().setAnnotations(Map.of(annotation, value));
  }
}
