package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.build.GitRef;
import dev.codesource.reason.Outcome;
import dev.codesource.web.console.Explaining.Match;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ExplainingTest {

  private static Explaining of(String typed) {
    return Explaining.of(Sample.trigger("").getSpec(), typed, Sample.NOW);
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
        .isEqualTo(new Explaining(java.util.List.of(), "No rule matches \"refs/heads/other\"."));
  }

  @Test
  void nothingIsSaidBeforeSomethingIsAsked() {
    assertThat(of("")).isEqualTo(new Explaining(java.util.List.of(), null));
  }

  private static Optional<String> whyNot(String rule, String fullName) {
    return switch (GitRef.of(fullName)) {
      case Outcome.Done<GitRef>(var ref) ->
          Explaining.whyNot(Sample.trigger("").getSpec(), rule, ref);
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
