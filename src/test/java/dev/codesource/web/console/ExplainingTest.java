package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.web.console.Explaining.Match;
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
}
