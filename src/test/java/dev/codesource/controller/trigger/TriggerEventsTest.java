package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TestTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.RecordedEvents;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TriggerEventsTest {

  private static final String SHA = "0123456789abcdef0123456789abcdef01234567";

  private final RecordedEvents recorded = new RecordedEvents();
  private final TriggerEvents events = new TriggerEvents(recorded.recorder());
  private final CodeSourceTrigger trigger = TestTrigger.withSpec(TestTrigger.SHOP);

  private static GitRef branch(String name) {
    return new GitRef(GitRef.Kind.BRANCH, name);
  }

  private static DueCommit due(String branch) {
    return new DueCommit("main", branch(branch), SHA, Optional.empty(), Instant.EPOCH);
  }

  private static TriggerStatus status(String phase, String reason, String message) {
    return TestTrigger.status(
        "phase: %s\nconditions: [{type: Ready, status: 'False', reason: %s, message: '%s'}]\n"
            .formatted(phase, reason, message));
  }

  @Test
  void whatIsDueByOneComparisonIsOneEvent() {
    events.due(trigger, List.of(due("main"), due("next")));

    assertThat(recorded.told())
        .containsExactly(
            "Normal CommitDue: refs/heads/main at 0123456 (rule main), refs/heads/next at 0123456 (rule main).");
  }

  @Test
  void ofManyTheFirstFiveAreNamed() {
    events.due(trigger, IntStream.range(0, 5).mapToObj(i -> due("b" + i)).toList());
    events.due(trigger, IntStream.range(0, 7).mapToObj(i -> due("b" + i)).toList());

    assertThat(recorded.told().getFirst()).endsWith("refs/heads/b4 at 0123456 (rule main).");
    assertThat(recorded.told().getLast())
        .contains("refs/heads/b4 at")
        .doesNotContain("refs/heads/b5")
        .endsWith("(rule main) and 2 more.");
  }

  /** The API server refuses a note of more than 1 024 characters. */
  @Test
  void theLongestNamesFitIntoANote() {
    String longest = "𝄞".repeat(200);
    events.due(trigger, IntStream.range(0, 9).mapToObj(_ -> due(longest)).toList());
    events.moved(trigger, IntStream.range(0, 9).mapToObj(_ -> branch(longest)).toList());

    assertThat(recorded.told())
        .hasSize(2)
        .allSatisfy(
            told -> {
              assertThat(told.codePointCount(0, told.length())).isLessThan(1_024);
              assertThat(told).contains("𝄞…").doesNotContain("\ud834…");
            });
    events.due(trigger, List.of(due("b".repeat(89))));
    assertThat(recorded.told().getLast()).contains("b".repeat(89) + " at").doesNotContain("…");
    events.due(trigger, List.of(due("b".repeat(90))));
    assertThat(recorded.told().getLast()).contains("b".repeat(88) + "… at");
  }

  @Test
  void nothingIsToldOfNothing() {
    events.due(trigger, List.of());
    events.moved(trigger, List.of());

    assertThat(recorded.told()).isEmpty();
  }

  @Test
  void movedTagsAreOneEventWithWhatToDo() {
    events.moved(
        trigger, List.of(new GitRef(GitRef.Kind.TAG, "v1"), new GitRef(GitRef.Kind.TAG, "v2")));

    assertThat(recorded.told())
        .containsExactly(
            "Normal TagMoved: Moved: refs/tags/v1, refs/tags/v2. " + Reason.TagMoved.remedy());
  }

  @Test
  void aNewReasonAndANewPhaseAreToldAndNothingElse() {
    TriggerStatus first = status("Failed", "RepositoryNotFound", "It is not there.");
    events.transition(trigger, first);
    assertThat(recorded.told()).containsExactly("Warning RepositoryNotFound: It is not there.");

    trigger.setStatus(first);
    events.transition(trigger, status("Failed", "RepositoryNotFound", "It is still not there."));
    assertThat(recorded.told()).hasSize(1);

    events.transition(trigger, status("Failed", "RepositoryNotReadable", "It is closed."));
    events.transition(trigger, status("Active", "RepositoryNotFound", "It is not there."));
    assertThat(recorded.told())
        .containsExactly(
            "Warning RepositoryNotFound: It is not there.",
            "Warning RepositoryNotReadable: It is closed.",
            "Warning RepositoryNotFound: It is not there.");
  }

  @Test
  void aSuspensionIsToldWhateverReadySays() {
    trigger.setStatus(status("Active", "Watching", "x"));
    events.transition(trigger, status("Suspended", "Watching", "x"));

    assertThat(recorded.told())
        .containsExactly(
            "Normal Suspended: " + Reason.Suspended.meaning() + " " + Reason.Suspended.remedy());
  }
}
