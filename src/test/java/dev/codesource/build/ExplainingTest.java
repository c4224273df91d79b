package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerSpec;
import dev.codesource.build.Explaining.Match;
import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplainingTest {

  private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

  private static final TriggerSpec SPEC =
      new TriggerSpec(
          new TriggerSpec.BindingRef("gitlab"),
          "group/shop",
          null,
          null,
          "registry.example.com/team-a/shop",
          List.of(
              rule("main", "main", null, "${shortSha}", "latest"),
              rule("releases", null, "v(?<version>[0-9.]+)", "${version}")),
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null);

  private static TriggerSpec.Rule rule(
      String name, @Nullable String branch, @Nullable String tag, String... tags) {
    return new TriggerSpec.Rule(
        name, branch, tag, null, List.of(tags), null, null, null, null, null, null);
  }

  private static Explaining of(String typed) {
    return Explaining.of(SPEC, typed, NOW);
  }

  @Test
  void aTagMatchesTheRuleForTagsAndNamesItsImage() {
    assertThat(of("refs/tags/v1.2").matches())
        .containsExactly(new Match("releases", "registry.example.com/team-a/shop:1.2", null));
  }

  @Test
  void aShortNameMayBeABranch() {
    assertThat(of("main").matches()).extracting(Match::name).containsExactly("main");
  }

  @Test
  void thatNoRuleMatchesIsSaid() {
    assertThat(of("refs/heads/other"))
        .isEqualTo(new Explaining(List.of(), "No rule matches \"refs/heads/other\"."));
  }

  @Test
  void nothingIsSaidBeforeSomethingIsAsked() {
    assertThat(of("")).isEqualTo(new Explaining(List.of(), null));
  }

  private static Optional<String> whyNot(String rule, String fullName) {
    return switch (GitRef.of(fullName)) {
      case Outcome.Done<GitRef>(var ref) -> Explaining.whyNot(SPEC, rule, ref);
      case Outcome.Refused<GitRef>(var problem) -> Optional.of(problem.message());
      case Outcome.Waiting<GitRef>(var problem, var until, var scope) ->
          Optional.of(problem.message());
    };
  }

  @Test
  void aRuleBuildsOnlyWhatItMatches() {
    assertThat(whyNot("main", "refs/heads/main")).isEmpty();
    assertThat(whyNot("main", "refs/heads/other"))
        .hasValue("The rule main does not match refs/heads/other.");
    assertThat(whyNot("releases", "refs/heads/main"))
        .hasValue("The rule releases does not match refs/heads/main.");
    assertThat(whyNot("gone", "refs/heads/main"))
        .hasValue("The rule gone does not match refs/heads/main.");
  }
}
