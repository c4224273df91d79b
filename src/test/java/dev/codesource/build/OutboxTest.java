package dev.codesource.build;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class OutboxTest {

  private static final Instant NOW = Instant.parse("2026-11-30T06:07:08Z");

  private static DueCommit due(String rule, String branch) {
    return new DueCommit(
        rule, new GitRef(GitRef.Kind.BRANCH, branch), "0".repeat(40), Optional.empty(), NOW);
  }

  private static Outbox with(int number, String branch) {
    return Outbox.EMPTY.with(
        IntStream.range(0, number).mapToObj(i -> due("main", branch + i)).toList());
  }

  @Test
  void thereIsNoRoomBesideAThousandCommits() {
    assertThat(with(0, "b").room()).isBetween(200, Outbox.MOST);
    assertThat(with(Outbox.MOST, "b").room()).isNotPositive();
  }

  /** The API server stores 1 MiB, and tens of thousands of tags are in the same Secret. */
  @Test
  void longNamesTakeMoreRoom() {
    int room = Outbox.EMPTY.room();
    Outbox full = with(room, "b".repeat(250));

    assertThat(full.room()).isLessThan(10);
    assertThat(full.pending().stream().mapToInt(due -> due.ref().fullName().length() + 280).sum())
        .isLessThan(Outbox.MOST_CHARACTERS + 2_000);
  }

  @Test
  void whatIsToldLeavesTheOthersInTheirOrder() {
    Outbox outbox = Outbox.EMPTY.with(List.of(due("a", "1"), due("a", "2"), due("b", "3")));
    Outbox left = outbox.without(Set.of(due("a", "2")), Map.of("a", NOW));

    assertThat(left.pending()).containsExactly(due("a", "1"), due("b", "3"));
    assertThat(left.delivered()).containsExactly(Map.entry("a", NOW));
  }

  @Test
  void aNewCommitOfARuleIsNotYetDelivered() {
    Outbox told = new Outbox(List.of(), Map.of("a", NOW, "b", NOW));
    assertThat(told.with(List.of(due("a", "1"))).delivered().keySet()).containsExactly("b");
  }
}
