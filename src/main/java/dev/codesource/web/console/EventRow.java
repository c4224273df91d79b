package dev.codesource.web.console;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An Event of an object. */
record EventRow(@Nullable String time, boolean isWarning, String reason, String message) {

  private static final int SHOWN = 20;

  static List<EventRow> of(Visits.Visit visit, HasMetadata object) {
    List<Event> events =
        Lists.first(
            visit.share(),
            visit
                    .api()
                    .v1()
                    .events()
                    .inNamespace(object.getMetadata().getNamespace())
                    .withField("involvedObject.uid", object.getMetadata().getUid())
                ::list,
            200);
    return events.stream()
        .sorted(Comparator.comparing(EventRow::last).reversed())
        .limit(SHOWN)
        .map(
            event ->
                new EventRow(
                    Times.shown(last(event)),
                    "Warning".equals(event.getType()),
                    Objects.requireNonNullElse(event.getReason(), ""),
                    Objects.requireNonNullElse(event.getMessage(), "")))
        .toList();
  }

  /** Events of events.k8s.io and those of older clients have it in different fields. */
  private static String last(Event event) {
    return Stream.of(
            Optional.ofNullable(event.getSeries())
                .flatMap(series -> Optional.ofNullable(series.getLastObservedTime()))
                .map(time -> time.getTime()),
            Optional.ofNullable(event.getLastTimestamp()),
            Optional.ofNullable(event.getEventTime()).map(time -> time.getTime()),
            Optional.ofNullable(event.getMetadata().getCreationTimestamp()))
        .flatMap(Optional::stream)
        .findFirst()
        .orElse("");
  }
}
