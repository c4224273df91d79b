package dev.codesource.runtime;

import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * An Event that is to be written; small, since many may be queued.
 *
 * @param name of the Event
 */
public record PendingEvent(
    ObjectReference regarding,
    String name,
    Reason reason,
    boolean warning,
    String note,
    Instant time) {

  /** RFC 3339 with the microseconds that MicroTime wants. */
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  /** The API server's limit for an Event's note. */
  private static final int MAX_NOTE = 1024;

  Event event(String reportingInstance) {
    return new EventBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(regarding.getNamespace())
        .endMetadata()
        .withRegarding(regarding)
        .withType(warning ? "Warning" : "Normal")
        .withReason(reason.name())
        .withAction("Verify")
        .withNote(note.length() > MAX_NOTE ? note.substring(0, MAX_NOTE - 1) + "…" : note)
        .withReportingController("codesource.dev/operator")
        .withReportingInstance(reportingInstance)
        .withEventTime(new MicroTime(MICRO_TIME.format(time)))
        .build();
  }
}
