package dev.codesource.runtime;

import dev.codesource.http.AdjustableClock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Events that are not sent, for tests of what is told. */
public final class RecordedEvents {

  private static final int MANY = 10_000;

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final EventRecorder recorder =
      new EventRecorder(
          new EventWriter(
              event ->
                  told.add(
                      "%s %s: %s"
                          .formatted(
                              event.warning() ? "Warning" : "Normal",
                              event.reason(),
                              event.note())),
              new TokenBucket(MANY, Duration.ofMillis(1)),
              () -> false),
          new AdjustableClock());

  public EventRecorder recorder() {
    return recorder;
  }

  /** Type, reason and note of each, in order. */
  public List<String> told() {
    return told;
  }
}
