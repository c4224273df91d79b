package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerSpec;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class BuildParametersTest {

  private static TriggerSpec.Rule rule(Map<String, String> buildArgs) {
    return new TriggerSpec.Rule(
        "main",
        "release-(?<version>.*)",
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        buildArgs,
        null);
  }

  private static TriggerSpec.Builder tekton(Map<String, String> params) {
    return new TriggerSpec.Builder(
        "tekton",
        null,
        new TriggerSpec.Tekton(new TriggerSpec.ObjectName("build"), null, params, null),
        null,
        null,
        null);
  }

  private static TriggerSpec.Builder shipwright(Map<String, String> params) {
    return new TriggerSpec.Builder(
        "shipwright",
        null,
        null,
        new TriggerSpec.Shipwright(new TriggerSpec.Strategy(null, "buildah"), params),
        null,
        null);
  }

  private static Outcome<BuildRule> checked(TriggerSpec.Rule rule, TriggerSpec.Builder builder) {
    BuildRule read = ((Outcome.Done<BuildRule>) BuildRule.of(rule)).value();
    return BuildParameters.checked(read.with(Builder.of(List.of(builder), rule)), rule);
  }

  private static Stream<Outcome<BuildRule>> wrong() {
    Map<String, String> wrong = Map.of("A", "${version}", "B", "${verison}");
    return Stream.of(
        checked(rule(wrong), tekton(Map.of())),
        checked(rule(Map.of()), tekton(wrong)),
        checked(rule(Map.of()), shipwright(wrong)));
  }

  @ParameterizedTest
  @MethodSource("wrong")
  void aVariableThatIsNotThereIsToldWithThoseThatAre(Outcome<BuildRule> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    Problem problem = ((Outcome.Refused<BuildRule>) outcome).problem();
    assertThat(problem.reason()).isEqualTo(Reason.BuildParameterInvalid);
    assertThat(problem.what())
        .startsWith("The parameter B of the rule main uses ${verison},")
        .contains("cloneUrl", "shortSha");
  }

  @Test
  void allThatABuildIsGivenCanBeUsed() {
    BuildRule rule = ((Outcome.Done<BuildRule>) BuildRule.of(rule(Map.of()))).value();
    Map<String, String> values =
        rule.variables(
            new DueCommit(
                "main",
                new GitRef(GitRef.Kind.BRANCH, "release-1"),
                "0".repeat(40),
                Optional.empty(),
                Instant.EPOCH),
            URI.create("https://gitlab.com/a/b.git"),
            List.of("a:1"),
            Optional.empty(),
            Optional.empty(),
            List.of());
    String all = String.join(" ", values.keySet().stream().map("${%s}"::formatted).toList());

    assertThat(checked(rule(Map.of("A", all)), tekton(Map.of("b", all))))
        .isInstanceOf(Outcome.Done.class);
    assertThat(values)
        .containsOnlyKeys(
            Stream.concat(Variables.BUILD_NAMES.stream(), Stream.of("version")).toList());
  }
}
