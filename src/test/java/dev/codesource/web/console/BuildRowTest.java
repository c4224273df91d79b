package dev.codesource.web.console;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BuildRowTest {

  @Test
  void theLastTenBuildsAreShownTheNewestFirst() {
    String builds =
        IntStream.range(10, 30)
            .mapToObj(
                minute ->
                    "{object: {kind: Job, name: b%1$d}, ref: refs/heads/main, sha: 0123456789abcdef, state: Succeeded, startedAt: '2026-11-30T11:%1$d:00Z'}"
                        .formatted(minute))
            .collect(Collectors.joining(","));

    List<BuildRow> rows =
        BuildRow.of(
            List.of(Sample.trigger("rules: [{name: main, builds: [%s]}]".formatted(builds))));

    assertThat(rows).hasSize(10);
    assertThat(rows.getFirst().object()).isEqualTo("Job/b29");
    assertThat(rows.getFirst().log())
        .isEqualTo("kubectl logs -n team-a job/b29 --all-containers --ignore-errors --tail=-1");
    assertThat(rows.getFirst().commit()).isEqualTo("01234567");
    assertThat(rows.getFirst().ref()).isEqualTo("main");
  }

  @Test
  void aCommitThatASinkWasToldOfIsShownWithoutAnObject() {
    List<BuildRow> rows =
        BuildRow.of(
            List.of(
                Sample.trigger(
                    "rules: [{name: main, lastBuild: {ref: refs/heads/main, sha: abcdef0123, state: Delivered, foundAt: '2026-11-30T11:00:00Z', images: ['r/i:1']}}]")));

    assertThat(rows).hasSize(1);
    assertThat(rows.getFirst().object()).isNull();
    assertThat(rows.getFirst().image()).isEqualTo("r/i:1");
    assertThat(rows.getFirst().state().word()).isEqualTo("Delivered");
  }

  @Test
  void aCommandThatPeopleCopyHasNoPartThatIsNoName() {
    List<BuildRow> rows =
        BuildRow.of(
            List.of(
                Sample.trigger(
                    "rules: [{name: main, builds: [{object: {kind: Job, name: 'x; rm -rf ~'}, state: Failed}]}]")));

    assertThat(rows.getFirst().log()).isNull();
  }
}
