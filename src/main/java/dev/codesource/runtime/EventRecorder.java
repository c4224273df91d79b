package dev.codesource.runtime;

import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.UUID;
import org.jboss.logging.Logger;

/** Records what happened to a resource: a Kubernetes Event and a line in the log. */
@Singleton
public final class EventRecorder {

  private static final Logger LOG = Logger.getLogger("dev.codesource.runtime.events");

  /** The name of an Event has at most 253 characters, of which a dot and a UUID take 37. */
  private static final int MAX_PREFIX = 216;

  private final EventWriter writer;
  private final Clock clock;

  EventRecorder(EventWriter writer, Clock clock) {
    this.writer = writer;
    this.clock = clock;
  }

  public void record(HasMetadata regarding, Problem problem) {
    record(regarding, problem.reason(), problem.message());
  }

  public void record(HasMetadata regarding, Reason reason, String note) {
    boolean warning = isWarning(reason);
    ObjectMeta metadata = regarding.getMetadata();
    LOG.logf(
        warning ? Logger.Level.WARN : Logger.Level.INFO,
        "%s/%s: %s: %s",
        metadata.getNamespace(),
        metadata.getName(),
        reason,
        note);
    writer.write(
        new PendingEvent(
            new ObjectReferenceBuilder()
                .withApiVersion(regarding.getApiVersion())
                .withKind(regarding.getKind())
                .withNamespace(metadata.getNamespace())
                .withName(metadata.getName())
                .withUid(metadata.getUid())
                .build(),
            eventName(metadata, reason),
            reason,
            warning,
            note,
            clock.instant()));
  }

  private static boolean isWarning(Reason reason) {
    return switch (reason.kind()) {
      case GOOD -> false;
      case NOTE ->
          reason == Reason.TokenExpiring
              || reason == Reason.Stale
              || reason == Reason.Withdrawn
              || reason == Reason.NotRevoked
              || reason.stage() == Stage.WEBHOOK;
      case TIME -> reason != Reason.AwaitingAuthorization;
      case PASSING, PERSON -> true;
    };
  }

  /**
   * The same name for the same transition. If the operator ended, or its status write failed, after
   * the first Event, the API server refuses the second one.
   */
  private static String eventName(ObjectMeta regarding, Reason reason) {
    String transition =
        String.join("/", regarding.getUid(), regarding.getResourceVersion(), reason.name());
    UUID suffix = UUID.nameUUIDFromBytes(transition.getBytes(StandardCharsets.UTF_8));
    String name = regarding.getName();
    return name.substring(0, Math.min(name.length(), MAX_PREFIX)).replaceFirst("[-.]+$", "")
        + "."
        + suffix;
  }
}
