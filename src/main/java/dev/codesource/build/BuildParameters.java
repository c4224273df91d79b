package dev.codesource.build;

import dev.codesource.api.TriggerSpec;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The templates of a rule for what its builder is given besides tags of the image. */
final class BuildParameters {

  private BuildParameters() {}

  /**
   * Checks that they use variables that exist.
   *
   * @return the rule; or {@code BuildParameterInvalid}
   */
  static Outcome<BuildRule> checked(BuildRule rule, TriggerSpec.Rule written) {
    Set<String> names = new HashSet<>(Variables.BUILD_NAMES);
    names.addAll(rule.groups());
    return unknown(Objects.requireNonNullElse(written.buildArgs(), Map.of()), rule, names)
        .or(() -> unknown(rule.builder().map(BuildParameters::of).orElse(Map.of()), rule, names))
        .orElseGet(() -> Outcome.done(rule));
  }

  private static Map<String, String> of(Builder builder) {
    return switch (builder) {
      case Builder.Tekton tekton -> tekton.params();
      case Builder.Shipwright shipwright -> shipwright.params();
      case Builder.Kpack _, Builder.BuildKit _, Builder.Sink _ -> Map.of();
    };
  }

  private static Optional<Outcome<BuildRule>> unknown(
      Map<String, String> templates, BuildRule rule, Set<String> names) {
    return new TreeMap<>(templates)
        .entrySet().stream()
            .flatMap(
                template ->
                    new Template(template.getValue())
                        .unknown(names).stream()
                            .map(name -> refused(template.getKey(), rule, name)))
            .findFirst();
  }

  private static Outcome<BuildRule> refused(String parameter, BuildRule rule, String name) {
    return Outcome.refused(
        Reason.BuildParameterInvalid,
        "The parameter %s of the rule %s uses ${%s}, which is neither a group of the pattern nor one of %s."
            .formatted(parameter, rule.name(), name, String.join(", ", Variables.BUILD_NAMES)));
  }
}
