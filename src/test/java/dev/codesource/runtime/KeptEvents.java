package dev.codesource.runtime;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps the Events that are recorded, for tests that have no API server. */
public final class KeptEvents {

  private final List<PendingEvent> events = new CopyOnWriteArrayList<>();
  private final EventRecorder recorder;

  public KeptEvents(Clock clock) {
    recorder =
        new EventRecorder(
            new EventWriter(events::add, new TokenBucket(1_000, Duration.ofMillis(1)), () -> false),
            clock);
  }

  public EventRecorder recorder() {
    return recorder;
  }

  /** Reason and note of each Event, in order. */
  public List<String> all() {
    return events.stream().map(event -> event.reason() + ": " + event.note()).toList();
  }
}
