package dev.codesource.runtime;

import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.MicroTime;
import io.fabric8.kubernetes.api.model.ObjectReference;
import io.fabric8.kubernetes.api.model.events.v1.Event;
import io.fabric8.kubernetes.api.model.events.v1.EventBuilder;
import java.nio.charset.StandardCharsets;
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

  /**
   * The API server's limit for an Event's note, in bytes of UTF-8 although its message says
   * characters
   * (https://github.com/kubernetes/kubernetes/blob/master/pkg/apis/core/validation/events.go).
   */
  private static final int MAX_NOTE = 1024;

  private static final String ELLIPSIS = "…";

  public PendingEvent {
    note = cut(note);
  }

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
        .withNote(note)
        .withReportingController("codesource.dev/operator")
        .withReportingInstance(reportingInstance)
        .withEventTime(new MicroTime(MICRO_TIME.format(time)))
        .build();
  }

  /** A whole number of characters that fits. */
  private static String cut(String note) {
    if (bytes(note) <= MAX_NOTE) {
      return note;
    }
    int left = MAX_NOTE - bytes(ELLIPSIS);
    int end = 0;
    while (end < note.length()) {
      int next = note.offsetByCodePoints(end, 1);
      left -= bytes(note.substring(end, next));
      if (left < 0) {
        break;
      }
      end = next;
    }
    return note.substring(0, end) + ELLIPSIS;
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }
}
