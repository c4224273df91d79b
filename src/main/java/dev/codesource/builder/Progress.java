package dev.codesource.builder;

import dev.codesource.api.TriggerStatus.BuildState;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of an object that builds, as its status says.
 *
 * @param state Pending, Running, Succeeded, Failed or Cancelled
 * @param message why it failed or was cancelled, in the words of the builder, or of whoever else
 *     may write the status: at most 500 characters that can be shown
 * @param digest of the image, {@code sha256:} and 64 hexadecimal digits, if the builder tells it
 */
public record Progress(
    BuildState state,
    Optional<String> message,
    Optional<String> digest,
    Optional<Instant> startedAt,
    Optional<Instant> finishedAt) {

  /** The builder has not looked at it. */
  public static final Progress NONE =
      new Progress(
          BuildState.Pending,
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * As a status has it, which can hold anything: only a build that failed or was cancelled has a
   * message, only one that succeeded has a digest, and only one that ended has an end.
   */
  static Progress of(
      BuildState state,
      Optional<String> message,
      Optional<String> digest,
      Optional<Instant> startedAt,
      Optional<Instant> finishedAt) {
    boolean isFailure = state == BuildState.Failed || state == BuildState.Cancelled;
    return new Progress(
        state,
        message.filter(text -> isFailure),
        digest.filter(text -> state == BuildState.Succeeded),
        startedAt,
        finishedAt.filter(time -> state.isEnd()));
  }

  /** Of an object that is being deleted: what has not ended is cancelled. */
  Progress deleted() {
    return state.isEnd()
        ? this
        : of(
            BuildState.Cancelled,
            Optional.of("The object that built it was deleted."),
            digest,
            startedAt,
            Optional.empty());
  }

  /** With the digest of the image. */
  public Progress with(String known) {
    return new Progress(state, message, Optional.of(known), startedAt, finishedAt);
  }
}
