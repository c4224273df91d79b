package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerSpec;
import dev.codesource.git.Refs;
import dev.codesource.reason.Outcome;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ComparisonTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");
  private static final String ONE = "1".repeat(40);
  private static final String TWO = "2".repeat(40);

  private static final BuildRule BRANCHES =
      rule(
          new TriggerSpec.Rule(
              "branches", "main|feature/.*", null, null, null, null, null, null, null, null, null));
  private static final BuildRule TAGS =
      rule(
          new TriggerSpec.Rule(
              "tags", null, "v.*", null, null, null, null, null, null, null, null));
  private static final BuildRule MOVED =
      rule(
          new TriggerSpec.Rule(
              "moved", null, "v.*", null, null, true, null, null, null, null, null));

  private static BuildRule rule(TriggerSpec.Rule rule) {
    return ((Outcome.Done<BuildRule>) BuildRule.of(rule)).value();
  }

  private static Refs refs(String... namesAndCommits) {
    Refs.Builder builder = new Refs.Builder();
    for (int i = 0; i < namesAndCommits.length; i += 2) {
      builder.add(namesAndCommits[i], namesAndCommits[i + 1]);
    }
    return builder.build();
  }

  private static Comparison compare(SeenRefs seen, Refs now, BuildRule... rules) {
    return Comparison.of(seen, now, List.of(rules), NOW);
  }

  private static SeenRefs seen(Refs refs, BuildRule... rules) {
    return compare(SeenRefs.NONE, refs, rules).seen();
  }

  private static List<String> due(Comparison comparison) {
    return comparison.due().stream()
        .map(due -> due.rule() + " " + due.ref() + " " + due.sha().charAt(0))
        .toList();
  }

  @Test
  void theFirstLookNotesWhatIsThereAndBuildsNothing() {
    Refs now = refs("refs/heads/main", ONE, "refs/tags/v1", ONE);
    Comparison first = compare(SeenRefs.NONE, now, BRANCHES, TAGS);

    assertThat(first.due()).isEmpty();
    assertThat(first.isComplete()).isTrue();
    assertThat(compare(first.seen(), now, BRANCHES, TAGS).due()).isEmpty();
  }

  @Test
  void whatWasPushedSinceIsDueByEveryRuleThatMatches() {
    SeenRefs seen =
        seen(refs("refs/heads/main", ONE, "refs/heads/other", ONE), BRANCHES, TAGS, MOVED);
    Comparison pushed =
        compare(
            seen,
            refs(
                "refs/heads/main", TWO,
                "refs/heads/other", TWO,
                "refs/heads/feature/x", ONE,
                "refs/tags/v1", TWO),
            BRANCHES,
            TAGS,
            MOVED);

    assertThat(due(pushed))
        .containsExactlyInAnyOrder(
            "branches refs/heads/main 2",
            "branches refs/heads/feature/x 1",
            "tags refs/tags/v1 2",
            "moved refs/tags/v1 2");
    assertThat(pushed.due())
        .filteredOn(due -> due.ref().fullName().equals("refs/heads/main"))
        .singleElement()
        .extracting(DueCommit::before)
        .isEqualTo(Optional.of(ONE));
    assertThat(pushed.due()).allMatch(due -> due.foundAt().equals(NOW));
  }

  @Test
  void aMovedTagIsToldAndBuiltOnlyWhereTheRuleSaysSo() {
    SeenRefs seen = seen(refs("refs/tags/v1", ONE), TAGS, MOVED);
    Comparison moved = compare(seen, refs("refs/tags/v1", TWO), TAGS, MOVED);

    assertThat(due(moved)).containsExactly("moved refs/tags/v1 2");
    assertThat(moved.moved()).extracting(GitRef::fullName).containsExactly("refs/tags/v1");
    assertThat(compare(moved.seen(), refs("refs/tags/v1", TWO), TAGS, MOVED).moved()).isEmpty();
  }

  @Test
  void aDeletedRefIsForgottenAndBuiltWhenItComesBack() {
    SeenRefs seen = seen(refs("refs/heads/main", ONE), BRANCHES);
    Comparison deleted = compare(seen, Refs.NONE, BRANCHES);

    assertThat(deleted.due()).isEmpty();
    assertThat(due(compare(deleted.seen(), refs("refs/heads/main", ONE), BRANCHES)))
        .containsExactly("branches refs/heads/main 1");
  }

  @Test
  void aNewRuleDoesNotBuildWhatIsThereAlready() {
    SeenRefs seen = seen(refs("refs/heads/main", ONE), BRANCHES);
    Refs now = refs("refs/heads/main", ONE, "refs/tags/v1", ONE, "refs/tags/v2", ONE);
    Comparison first = compare(seen, now, BRANCHES, TAGS);

    assertThat(first.due()).isEmpty();
    Refs later =
        refs(
            "refs/heads/main", ONE,
            "refs/tags/v1", ONE,
            "refs/tags/v2", ONE,
            "refs/tags/v3", ONE);
    assertThat(due(compare(first.seen(), later, BRANCHES, TAGS)))
        .containsExactly("tags refs/tags/v3 1");
  }

  @Test
  void aChangedPatternIsANewRule() {
    SeenRefs seen = seen(refs("refs/tags/v1", ONE), TAGS);
    BuildRule other =
        rule(
            new TriggerSpec.Rule(
                "tags", null, "r.*", null, null, null, null, null, null, null, null));
    assertThat(compare(seen, refs("refs/tags/r1", ONE), other).due()).isEmpty();
  }

  /** A push of thousands of tags costs no more at a time than others. */
  @Test
  void manyChangesAreLookedAtInSeveralComparisonsAndNoneIsLostOrDoubled() {
    int tags = 3 * Comparison.MOST_CHANGES + 50;
    Refs.Builder builder = new Refs.Builder().add("refs/tags/v-moved", TWO);
    for (int i = 0; i < tags; i++) {
      builder.add("refs/tags/v%05d".formatted(i), ONE);
    }
    Refs now = builder.build();
    SeenRefs seen = seen(refs("refs/tags/v-moved", ONE), MOVED);
    Map<String, Integer> found = new TreeMap<>();
    int rounds = 0;
    Comparison last;
    do {
      last = compare(seen, now, MOVED);
      assertThat(last.due()).hasSizeLessThanOrEqualTo(Comparison.MOST_CHANGES);
      last.due().forEach(due -> found.merge(due.ref().shortName(), 1, Integer::sum));
      seen = last.seen();
      rounds++;
    } while (!last.isComplete());

    assertThat(rounds).isEqualTo(4);
    assertThat(found).hasSize(tags + 1).allSatisfy((ref, times) -> assertThat(times).isOne());
    assertThat(compare(seen, now, MOVED).due()).isEmpty();
  }

  /** One comparison may not keep a processor for long. */
  @Test
  void longNamesAndLargePatternsAreComparedInParts() {
    BuildRule[] rules = new BuildRule[5];
    for (int i = 0; i < rules.length; i++) {
      String large = "(?:[a-z]%d|v){80}.*".formatted(i) + "x".repeat(i);
      rules[i] =
          rule(
              new TriggerSpec.Rule(
                  "r" + i, large, null, null, null, null, null, null, null, null, null));
    }
    Refs.Builder builder = new Refs.Builder();
    for (int i = 0; i < 60; i++) {
      builder.add("refs/heads/%s%03d".formatted("v".repeat(200), i), ONE);
    }
    Refs now = builder.build();
    SeenRefs seen = seen(Refs.NONE, rules);
    int found = 0;
    int rounds = 0;
    Comparison last;
    do {
      last = compare(seen, now, rules);
      assertThat(last.due().size()).as("something in each").isPositive();
      found += last.due().size();
      seen = last.seen();
      rounds++;
    } while (!last.isComplete());

    assertThat(rounds).isBetween(3, 20);
    assertThat(found).isEqualTo(60);
    assertThat(compare(seen, now, rules).due()).isEmpty();
  }

  @Test
  void aNameOfMoreThan255BytesIsNoBranch() {
    String longest = "ä".repeat(127) + "x";
    assertThat(GitRef.of("refs/heads/" + longest)).isInstanceOf(Outcome.Done.class);
    assertThat(GitRef.of("refs/tags/" + longest)).isInstanceOf(Outcome.Done.class);
    assertThat(GitRef.of("refs/heads/" + longest + "x"))
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            refused -> assertThat(refused.problem().what()).contains("255").hasSizeLessThan(150));
    assertThat(GitRef.of("refs/tags/" + "\uD83D\uDE00".repeat(64)))
        .as("64 characters of 4 bytes")
        .isInstanceOf(Outcome.Refused.class);
  }

  /** Else it would be taken for a new one: the files that changed could not be told. */
  @ParameterizedTest
  @CsvSource({"refs/heads/v%05d, false", "refs/tags/v%05d, true"})
  void whatIsLookedAtLaterKeepsTheCommitThatItHad(String name, boolean isTag) {
    BuildRule[] rules = {
      rule(
          new TriggerSpec.Rule("all", "v.*", null, null, null, null, null, null, null, null, null)),
      MOVED
    };
    SeenRefs seen = seen(numbered(name, ONE), rules);
    Comparison first = compare(seen, numbered(name, TWO), rules);
    Comparison second = compare(first.seen(), numbered(name, TWO), rules);

    assertThat(first.due()).hasSize(Comparison.MOST_CHANGES);
    assertThat(second.due())
        .singleElement()
        .returns(isTag ? Optional.empty() : Optional.of(ONE), DueCommit::before);
    assertThat(second.moved()).hasSize(isTag ? 1 : 0);
    assertThat(second.isComplete()).isTrue();
  }

  /** One more than one comparison looks at. */
  private static Refs numbered(String name, String commit) {
    Refs.Builder builder = new Refs.Builder();
    for (int i = 0; i <= Comparison.MOST_CHANGES; i++) {
      builder.add(name.formatted(i), commit);
    }
    return builder.build();
  }

  /** A server may say today that ids are longer, and tomorrow that they are not. */
  @Test
  void idsOfAnotherLengthAreChanges() {
    BuildRule all =
        rule(
            new TriggerSpec.Rule(
                "all", "v.*", null, null, null, null, null, null, null, null, null));
    String wide = "3".repeat(64);
    SeenRefs seen = seen(numbered("refs/heads/v%05d", wide), all);

    Comparison shorter = compare(seen, numbered("refs/heads/v%05d", ONE), all);
    assertThat(shorter.due()).hasSize(Comparison.MOST_CHANGES);
    assertThat(compare(shorter.seen(), numbered("refs/heads/v%05d", wide), all).due()).isNotEmpty();
  }

  @Test
  void whatIsStoredIsReadAgainAsItWas() {
    Refs now = refs("refs/heads/main", ONE, "refs/heads/feature/ä", TWO, "refs/tags/v1", TWO);
    SeenRefs seen = seen(now, BRANCHES, TAGS);
    SeenRefs read =
        new SeenRefs(
            Refs.of(seen.branches().toBytes()), Refs.of(seen.tags().toBytes()), seen.rules());

    assertThat(read).isEqualTo(seen);
    assertThat(compare(read, now, BRANCHES, TAGS).due()).isEmpty();
  }

  /** What there is no room for is found by a later comparison. */
  @Test
  void noMoreBecomesDueThanThereIsRoomFor() {
    SeenRefs seen = seen(Refs.NONE, TAGS, MOVED);
    Refs now = refs("refs/tags/v1", ONE, "refs/tags/v2", ONE, "refs/tags/v3", ONE);
    Comparison some = Comparison.of(seen, now, List.of(TAGS, MOVED), NOW, 5);

    assertThat(due(some))
        .containsExactly(
            "tags refs/tags/v1 1",
            "moved refs/tags/v1 1",
            "tags refs/tags/v2 1",
            "moved refs/tags/v2 1");
    assertThat(some.isComplete()).isFalse();
    assertThat(due(Comparison.of(some.seen(), now, List.of(TAGS, MOVED), NOW, 5)))
        .containsExactly("tags refs/tags/v3 1", "moved refs/tags/v3 1");
  }
}
