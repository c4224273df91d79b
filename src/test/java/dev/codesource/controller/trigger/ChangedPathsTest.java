package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.build.BuildRule;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChangedPathsTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");

  private final List<BuildRule> rules =
      TestTrigger.rules(
          TestTrigger.named(
              "shop",
              """
              rules:
              - {name: api, branch: '.*', paths: {include: ['api/**']}}
              - {name: docs, branch: '.*', paths: {include: ['docs/**']}}
              - {name: all, branch: '.*'}
              """));

  private final List<String> asked = new ArrayList<>();
  private int compared;
  private Outcome<Optional<Set<String>>> answer = Outcome.done(Optional.of(Set.of("api/a.go")));

  private Outcome<List<DueCommit>> of(List<DueCommit> due) {
    return new ChangedPaths(
            rules,
            (before, after) -> {
              asked.add(before + ".." + after);
              return answer;
            },
            work -> {
              compared++;
              return work.getAsBoolean();
            })
        .of(due);
  }

  private static DueCommit moved(String rule, String branch, String after) {
    return new DueCommit(
        rule, new GitRef(GitRef.Kind.BRANCH, branch), after, Optional.of("before"), NOW);
  }

  @Test
  void aBranchIsDueByTheRulesWhoseFilesWereChanged() {
    DueCommit api = moved("api", "main", "1");
    DueCommit all = moved("all", "main", "1");

    assertThat(of(List.of(api, moved("docs", "main", "1"), all)))
        .isEqualTo(Outcome.done(List.of(api, all)));
    assertThat(asked).as("once for each pair of commits").containsExactly("before..1");
  }

  @Test
  void ifNotAllFilesAreKnownItIsBuilt() {
    answer = Outcome.done(Optional.empty());
    List<DueCommit> both = List.of(moved("api", "main", "1"), moved("docs", "main", "1"));

    assertThat(of(both)).isEqualTo(Outcome.done(both));
    assertThat(asked).hasSize(1);
  }

  @Test
  void aNewBranchIsBuiltAndNobodyIsAsked() {
    List<DueCommit> created =
        List.of(
            new DueCommit(
                "docs", new GitRef(GitRef.Kind.BRANCH, "new"), "1", Optional.empty(), NOW));

    assertThat(of(created)).isEqualTo(Outcome.done(created));
    assertThat(asked).isEmpty();
  }

  @Test
  void withoutAnAnswerNothingIsDecided() {
    answer = Outcome.waiting(Reason.ServerError, "It is down.");
    assertThat(of(List.of(moved("all", "main", "1"), moved("api", "main", "1"))))
        .isInstanceOf(Outcome.Waiting.class);
  }

  private static Set<String> files(int number, int length) {
    return IntStream.range(0, number)
        .mapToObj(i -> "docs/" + "a".repeat(length) + i)
        .collect(Collectors.toSet());
  }

  /** To know it would take longer than a processor may be kept. */
  @Test
  void whereAListIsTooLongForThePatternsOfARuleItIsBuilt() {
    List<DueCommit> api = List.of(moved("api", "main", "1"));
    answer = Outcome.done(Optional.of(files(2_000, 500)));
    assertThat(of(api)).as("1 000 000 characters").isEqualTo(Outcome.done(List.of()));
    answer = Outcome.done(Optional.of(files(2_000, 2_000)));
    assertThat(of(api)).as("4 000 000 characters").isEqualTo(Outcome.done(api));
    assertThat(compared).isOne();
  }

  /** A processor is not kept by many lists either. */
  @Test
  void whenOneComparisonHasTakenLongTheRestIsBuilt() {
    answer = Outcome.done(Optional.of(files(2_000, 1_400)));
    List<DueCommit> many =
        IntStream.range(0, ChangedPaths.MOST).mapToObj(i -> moved("api", "b" + i, "" + i)).toList();

    assertThat(of(many)).isEqualTo(Outcome.done(many.subList(compared, many.size())));
    assertThat(compared).isBetween(9, 12);
  }

  /** A push of very many branches costs no more than others. */
  @Test
  void onlySomeBranchesAreAskedForAndTheOthersAreBuilt() {
    List<DueCommit> many =
        IntStream.range(0, 50).mapToObj(i -> moved("docs", "b" + i, "" + i)).toList();

    assertThat(of(many)).isEqualTo(Outcome.done(many.subList(ChangedPaths.MOST, 50)));
    assertThat(asked).hasSize(ChangedPaths.MOST);
  }
}
