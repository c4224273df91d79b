package dev.codesource.builder;

import dev.codesource.build.DueCommit;
import java.time.Instant;
import java.util.Optional;

/**
 * A build that there is.
 *
 * @param kind of the object that builds
 * @param uid of that object
 * @param triggerUid of the trigger that it belongs to
 * @param due the commit; its {@code before} is not known any more
 * @param image the first name of the image
 * @param createdAt when the object was created
 * @param isDeleted whether its deletion has begun
 */
public record Run(
    RunKind kind,
    String namespace,
    String name,
    String uid,
    String triggerUid,
    String triggerName,
    DueCommit due,
    Optional<String> image,
    Progress progress,
    Instant createdAt,
    boolean isDeleted) {

  /** Whether it uses a place: it has not ended. */
  public boolean isActive() {
    return !progress.state().isEnd() && !isDeleted;
  }

  /** Whether it builds that commit for that rule. */
  public boolean isOf(DueCommit other) {
    return due.rule().equals(other.rule())
        && due.ref().equals(other.ref())
        && due.sha().equals(other.sha())
        && due.foundAt().equals(other.foundAt());
  }

  /** The same build, of which more is known. */
  public Run with(Progress other) {
    return new Run(
        kind,
        namespace,
        name,
        uid,
        triggerUid,
        triggerName,
        due,
        image,
        other,
        createdAt,
        isDeleted);
  }
}
