package dev.codesource.builder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.TriggerStatus.BuildState;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What became of a run, by what the documents of the builders say. */
class ProgressTest {

  private static final Instant START = Instant.parse("2026-11-30T06:07:08Z");
  private static final Instant END = Instant.parse("2026-11-30T06:09:10Z");

  private static Progress progress(RunKind kind, String status) {
    return Orders.RUNS.progress(Statuses.run(kind, status));
  }

  /**
   * https://tekton.dev/docs/pipelines/pipelineruns/#monitoring-execution-status and taskruns.md.
   */
  @ParameterizedTest
  @CsvSource({
    "PipelineRun, Unknown, Started, false, Pending",
    "PipelineRun, Unknown, PipelineRunPending, false, Pending",
    "PipelineRun, Unknown, ResolvingPipelineRef, false, Pending",
    "PipelineRun, Unknown, Running, false, Running",
    "PipelineRun, Unknown, Cancelled, false, Running",
    "PipelineRun, Unknown, CancelledRunningFinally, false, Running",
    "PipelineRun, True, Succeeded, true, Succeeded",
    "PipelineRun, True, Completed, true, Succeeded",
    "PipelineRun, False, Failed, true, Failed",
    "PipelineRun, False, Cancelled, true, Cancelled",
    "PipelineRun, False, PipelineRunTimeout, true, Failed",
    "PipelineRun, False, CouldntGetPipeline, true, Failed",
    "TaskRun, Unknown, Started, false, Pending",
    "TaskRun, Unknown, Pending, false, Pending",
    "TaskRun, Unknown, ExceededNodeResources, false, Pending",
    "TaskRun, Unknown, Running, false, Running",
    "TaskRun, Unknown, ToBeRetried, false, Running",
    "TaskRun, Unknown, TaskRunCancelled, false, Running",
    "TaskRun, True, Succeeded, true, Succeeded",
    "TaskRun, False, an error, false, Running",
    "TaskRun, False, an error, true, Failed",
    "TaskRun, False, TaskRunCancelled, true, Cancelled",
    "TaskRun, False, TaskRunTimeout, true, Failed",
    "BuildRun, Unknown, Pending, false, Pending",
    "BuildRun, Unknown, Running, false, Running",
    "BuildRun, Unknown, BuildRunCanceled, false, Running",
    "BuildRun, True, Succeeded, true, Succeeded",
    "BuildRun, False, Failed, true, Failed",
    "BuildRun, False, BuildRunTimeout, true, Failed",
    "BuildRun, False, ClusterBuildStrategyNotFound, true, Failed",
    "BuildRun, False, BuildRunCanceled, true, Cancelled",
  })
  void aRunIsAsItsConditionSays(
      RunKind kind, String status, String reason, boolean isComplete, BuildState state) {
    Progress progress =
        progress(
            kind,
            """
            startTime: '2026-11-30T06:07:08Z'
            %s
            conditions: [{type: Other, status: 'True'}, {type: Succeeded, status: '%s', reason: '%s', message: words}]
            """
                .formatted(
                    isComplete ? "completionTime: '2026-11-30T06:09:10Z'" : "", status, reason));

    boolean isFailure = state == BuildState.Failed || state == BuildState.Cancelled;
    assertThat(progress)
        .isEqualTo(
            new Progress(
                state,
                isFailure ? Optional.of(reason + ": words") : Optional.empty(),
                Optional.empty(),
                Optional.of(START),
                isComplete ? Optional.of(END) : Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{name: IMAGE_DIGEST, value: DIGEST}",
        "{name: IMAGE_DIGEST, value: \"DIGEST\\n\"}",
        "{name: first-image-IMAGE_DIGEST, value: DIGEST}",
        "{name: ARTIFACT_DIGEST, value: DIGEST}",
        "{name: IMAGES, value: 'registry.example.com/a@DIGEST'}",
        "{name: x_ARTIFACT_OUTPUTS, value: {uri: a, digest: DIGEST}}",
        "{name: a-IMAGE_DIGEST, value: 'sha256:1'}, {name: b-IMAGE_DIGEST, value: DIGEST}",
        "{name: IMAGE_DIGEST, value: [a]}, {name: b-IMAGE_DIGEST, value: DIGEST}",
      })
  void theDigestOfTektonIsTheResultThatChainsReads(String results) {
    assertThat(
            progress(
                    RunKind.TaskRun,
                    """
                    completionTime: '2026-11-30T06:09:10Z'
                    conditions: [{type: Succeeded, status: 'True'}]
                    results: [%s]
                    """
                        .formatted(
                            results
                                .replace("DIGEST}", Statuses.DIGEST + "}")
                                .replace("DIGEST\\n", Statuses.DIGEST + "\\n")
                                .replace("@DIGEST", "@" + Statuses.DIGEST)))
                .digest())
        .contains(Statuses.DIGEST);
  }

  @Test
  void theResultThatIsCalledExactlySoGoesFirst() {
    assertThat(
            progress(
                    RunKind.PipelineRun,
                    """
                    conditions: [{type: Succeeded, status: 'True'}]
                    results:
                    - {name: base-IMAGE_DIGEST, value: 'sha256:%s'}
                    - {name: IMAGE_DIGEST, value: %s}
                    """
                        .formatted("f".repeat(64), Statuses.DIGEST))
                .digest())
        .contains(Statuses.DIGEST);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha256:x",
        "sha512:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "sha256:0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef",
        "a sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef0",
      })
  void whatIsNoDigestIsNone(String value) {
    String status =
        "{conditions: [{type: Succeeded, status: 'True'}], output: {digest: '%s'}}"
            .formatted(value);

    assertThat(progress(RunKind.BuildRun, status).digest()).isEmpty();
  }

  @Test
  void theDigestOfShipwrightIsThatOfItsOutput() {
    assertThat(progress(RunKind.BuildRun, Statuses.ALL.get(2)))
        .isEqualTo(
            new Progress(
                BuildState.Succeeded,
                Optional.empty(),
                Optional.of(Statuses.DIGEST),
                Optional.of(START),
                Optional.of(END)));
  }

  @Test
  void onlyABuildThatSucceededHasADigestAndOnlyOneThatEndedAnEnd() {
    String status =
        """
        completionTime: '2026-11-30T06:09:10Z'
        conditions: [{type: Succeeded, status: '%%s', reason: Other, message: words}]
        output: {digest: %s}
        """
            .formatted(Statuses.DIGEST);

    assertThat(progress(RunKind.BuildRun, status.formatted("False")).digest()).isEmpty();
    assertThat(progress(RunKind.BuildRun, status.formatted("Unknown")))
        .isEqualTo(
            new Progress(
                BuildState.Running,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty()));
  }

  @Test
  void shipwrightsDetailsSayMoreThanItsCondition() {
    assertThat(progress(RunKind.BuildRun, Statuses.ALL.get(3)).message())
        .contains("Unknown: no such file");
  }

  @Test
  void aBuildOfKpackTellsItsStepsAndItsImage() {
    assertThat(progress(RunKind.Build, "{}").state()).isEqualTo(BuildState.Pending);
    assertThat(
            progress(
                    RunKind.Build,
                    "{conditions: [{type: Succeeded, status: Unknown, reason: Pulling}], stepStates: [{waiting: {reason: Pulling}}]}")
                .state())
        .isEqualTo(BuildState.Pending);
    assertThat(progress(RunKind.Build, Statuses.ALL.get(5)))
        .isEqualTo(
            new Progress(
                BuildState.Running,
                Optional.empty(),
                Optional.empty(),
                Optional.of(START),
                Optional.empty()));
    assertThat(progress(RunKind.Build, Statuses.ALL.get(4)))
        .isEqualTo(
            new Progress(
                BuildState.Succeeded,
                Optional.empty(),
                Optional.of(Statuses.DIGEST),
                Optional.of(START),
                Optional.of(END)));
    Progress failed =
        progress(
            RunKind.Build,
            "{conditions: [{type: Succeeded, status: 'False', reason: Failed, message: 'Error: no buildpack'}]}");
    assertThat(failed.state()).isEqualTo(BuildState.Failed);
    assertThat(failed.message()).contains("Failed: Error: no buildpack");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{} | Pending",
        "{active: 1} | Pending",
        "{active: 1, ready: 0} | Pending",
        "{active: 1, ready: 1} | Running",
        "{conditions: [{type: FailureTarget, status: 'True'}], failed: 1} | Running",
        "{conditions: [{type: SuccessCriteriaMet, status: 'True'}], succeeded: 1} | Running",
        "{conditions: [{type: Complete, status: 'True'}]} | Succeeded",
        "{conditions: [{type: Complete, status: 'False'}]} | Pending",
        "{conditions: [{type: Failed, status: 'True', reason: BackoffLimitExceeded}]} | Failed",
      })
  void aJobIsAsItsConditionsAndCountsSay(String status, BuildState state) {
    assertThat(progress(RunKind.Job, status).state()).isEqualTo(state);
  }

  @Test
  void aJobThatFailedEndedWhenItsConditionSays() {
    assertThat(progress(RunKind.Job, Statuses.ALL.get(7)))
        .isEqualTo(
            new Progress(
                BuildState.Failed,
                Optional.of("DeadlineExceeded: Job was active longer than specified deadline"),
                Optional.empty(),
                Optional.of(START),
                Optional.of(END)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "+292278994-08-17T07:12:55Z",
        "-0001-01-01T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "2026-11-30",
        "now"
      })
  void aTimeThatNobodyCanMeanIsNotThere(String time) {
    assertThat(progress(RunKind.Job, "{startTime: '%s'}".formatted(time)).startedAt()).isEmpty();
  }

  @Test
  void aTimeMayHaveAnOffset() {
    assertThat(progress(RunKind.Job, "{startTime: '2026-11-30T08:07:08+02:00'}").startedAt())
        .contains(START);
  }
}
