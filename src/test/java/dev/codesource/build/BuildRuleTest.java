package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerSpec;
import dev.codesource.build.GitRef.Kind;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BuildRuleTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");
  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";

  private static TriggerSpec.Rule branches(String pattern, String... tags) {
    return rule(pattern, null, tags);
  }

  private static TriggerSpec.Rule tags(String pattern, String... tags) {
    return rule(null, pattern, tags);
  }

  private static TriggerSpec.Rule rule(
      @Nullable String branch, @Nullable String tag, String... tags) {
    return new TriggerSpec.Rule(
        "release",
        branch,
        tag,
        null,
        tags.length == 0 ? null : List.of(tags),
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static BuildRule read(TriggerSpec.Rule rule) {
    Outcome<BuildRule> read = BuildRule.of(rule);
    assertThat(read).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<BuildRule>) read).value();
  }

  private static Problem refused(Outcome<?> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<?>) outcome).problem();
  }

  private static GitRef ref(String fullName) {
    return ((Outcome.Done<GitRef>) GitRef.of(fullName)).value();
  }

  private static List<String> imageTags(TriggerSpec.Rule rule, String ref) {
    return ((Outcome.Done<List<String>>) read(rule).imageTags(ref(ref), SHA, NOW).orElseThrow())
        .value();
  }

  @ParameterizedTest
  @CsvSource({
    "main, refs/heads/main, true",
    "main, refs/heads/main2, false",
    "main, refs/heads/amain, false",
    "main, refs/tags/main, false",
    "feature/.*, refs/heads/feature/a/b, true",
    "main|dev, refs/heads/dev, true",
    "main|dev, refs/heads/mainx, false",
    "release-(?<v>\\d+), refs/heads/release-1, true",
    "release-(?P<v>\\d+), refs/heads/release-x, false",
  })
  void aPatternMatchesTheWholeShortName(String pattern, String ref, boolean matches) {
    assertThat(read(branches(pattern)).matches(ref(ref))).isEqualTo(matches);
  }

  @Test
  void groupsAndVariablesGiveTheTagsOfTheImage() {
    assertThat(
            imageTags(
                tags(
                    "release-(?<version>[0-9.]+)(-(?<extra>\\w+))?",
                    "${version}",
                    "${version}-${shortSha}${extra}",
                    "${refSlug}",
                    "${sha}",
                    "d${date}",
                    "${time}",
                    "latest"),
                "refs/tags/release-1.2"))
        .containsExactly(
            "1.2", "1.2-0123456", "release-1.2", SHA, "d20261130", "20261130060708", "latest");
  }

  @Test
  void withoutTemplatesTheTagTellsRefAndCommit() {
    assertThat(imageTags(branches(".*"), "refs/heads/feature/Übung_1"))
        .containsExactly("feature-bung-1-0123456");
  }

  @Test
  void aTagThatRegistriesDoNotAcceptIsToldWithTheRef() {
    BuildRule rule = read(branches(".*", "${ref}"));
    Outcome<List<String>> tags =
        rule.imageTags(ref("refs/heads/feature/x"), SHA, NOW).orElseThrow();

    assertThat(refused(tags).reason()).isEqualTo(Reason.ImageTagInvalid);
    assertThat(refused(tags).what()).contains("feature/x", "release", "refs/heads/feature/x");
    assertThat(rule.imageTags(ref("refs/heads/" + "x".repeat(129)), SHA, NOW).orElseThrow())
        .isInstanceOf(Outcome.Refused.class);
    assertThat(rule.imageTags(ref("refs/heads/-x"), SHA, NOW).orElseThrow())
        .isInstanceOf(Outcome.Refused.class);
  }

  @Test
  void aVariableThatIsNotThereIsToldWithThoseThatAre() {
    Problem problem = refused(BuildRule.of(tags("v(?<major>\\d+)", "${version}")));
    assertThat(problem.reason()).isEqualTo(Reason.ImageTagInvalid);
    assertThat(problem.what()).contains("${version}", "refSlug", "shortSha");
  }

  @ParameterizedTest
  @ValueSource(strings = {"release-(", "[z-a]", "*", "(?<a>x)(?<a>y)", "(?=x)", "\\1", "a{2000}"})
  void whatRe2CannotReadIsRefused(String pattern) {
    assertThat(refused(BuildRule.of(branches(pattern))).reason()).isEqualTo(Reason.PatternInvalid);
  }

  /** Each is short, and would have a million states. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "((a{99}){99}){99}",
        "(((((((((a{9}){9}){9}){9}){9}){9}){9}){9}){9})",
        "(a{1,999}){1,999}",
        "(a{999,}){9}",
        "((a{0,100}){0,100}){0,100}",
      })
  @Timeout(10)
  void aPatternWithTooManyRepetitionsIsRefusedAtOnce(String pattern) {
    assertThat(refused(BuildRule.of(tags(pattern))).reason()).isEqualTo(Reason.PatternInvalid);
  }

  @Test
  void theLargestProductOfLengthAndRepetitionsIsTaken() {
    String longest = "a".repeat(RefPattern.MAX_COST / 100 - "{100}".length()) + "{100}";

    assertThat(BuildRule.of(tags(longest))).isInstanceOf(Outcome.Done.class);
    assertThat(refused(BuildRule.of(tags("a" + longest))).reason())
        .isEqualTo(Reason.PatternInvalid);
  }

  /** A backtracking matcher would need years. */
  @Test
  @Timeout(10)
  void matchingTakesTimeThatIsLinearInTheName() {
    BuildRule rule = read(branches("(a|aa|a*)*b"));
    assertThat(rule.matches(new GitRef(Kind.BRANCH, "a".repeat(1000)))).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "main, refs/heads/main",
    "release-.*, refs/heads/release-",
    "v[0-9], refs/heads/v",
    "ab?c, refs/heads/a",
    "ab*, refs/heads/a",
    "ab{2}, refs/heads/a",
    "ab+, refs/heads/ab",
    "main|dev, refs/heads/",
    "(?i)main, refs/heads/",
    "😀?x, refs/heads/",
    "{x, refs/heads/",
    ".*, refs/heads/",
    "a\\.b, refs/heads/a",
  })
  void onlyRefsThatCanMatchAreAskedFor(String pattern, String prefix) {
    assertThat(read(branches(pattern)).prefix()).isEqualTo(prefix);
  }

  @Test
  void whatIsNoBranchOrTagIsNoRef() {
    assertThat(refused(GitRef.of("main")).reason()).isEqualTo(Reason.RefInvalid);
    assertThat(refused(GitRef.of("refs/heads/")).reason()).isEqualTo(Reason.RefInvalid);
    assertThat(refused(GitRef.of("refs/pull/1/head")).reason()).isEqualTo(Reason.RefInvalid);
  }

  private static TriggerSpec withBuilders(@Nullable String named, String... builders) {
    return new TriggerSpec(
        new TriggerSpec.BindingRef("gitlab"),
        "group/shop",
        null,
        null,
        null,
        List.of(
            new TriggerSpec.Rule(
                "main", "main", null, null, null, null, named, null, null, null, null)),
        Arrays.stream(builders)
            .map(
                name ->
                    new TriggerSpec.Builder(
                        name, new TriggerSpec.Sink(name + "-sink"), null, null, null, null))
            .toList(),
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private static Optional<Builder> builder(TriggerSpec spec) {
    return BuildRules.of(spec) instanceof Outcome.Done<List<BuildRule>>(var rules)
        ? rules.getFirst().builder()
        : Optional.empty();
  }

  @Test
  void aRuleHasTheBuilderThatItNamesOrTheOnlyOne() {
    assertThat(builder(withBuilders("b", "a", "b"))).contains(new Builder.Sink("b", "b-sink"));
    assertThat(builder(withBuilders(null, "a"))).contains(new Builder.Sink("a", "a-sink"));
    assertThat(builder(withBuilders(null))).isEmpty();
    assertThat(builder(withBuilders(null, "a", "b"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "-x, '\"-\"'",
    ".x, '\".\"'",
    "'v 1', '\" \"'",
    "'a/${sha}', '\"/\"'",
    "'$version', '\"$\"'",
    "'${sha', '\"$\"'",
    "'a:b', '\":\"'",
    "'${sha}${sha}${sha}${sha}', longer than 128 characters"
  })
  void aTagThatNoRegistryAcceptsWhateverIsBuiltIsRefusedAtOnce(String template, String why) {
    Problem problem = refused(BuildRule.of(branches("main", template)));
    assertThat(problem.reason()).isEqualTo(Reason.ImageTagInvalid);
    assertThat(problem.what()).contains("\"" + template + "\"", "release", why);
  }

  @Test
  void aTagWithTooMuchTextIsRefusedAtOnceAndOneThatMayFitIsNot() {
    assertThat(refused(BuildRule.of(branches("main", "x".repeat(129)))).reason())
        .isEqualTo(Reason.ImageTagInvalid);
    read(branches("main", "x".repeat(128), "${ref}-x", "_x.y-z", "${refSlug}${ref}${ref}"));
    read(branches("(?<first>.*)-.*", "${first}" + "x".repeat(128)));
  }
}
