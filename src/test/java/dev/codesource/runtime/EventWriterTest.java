package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventWriterTest {

  private final List<String> written = new CopyOnWriteArrayList<>();
  private final AtomicBoolean busy = new AtomicBoolean();
  private final EventWriter writer =
      new EventWriter(
          event -> written.add(event.name()),
          new TokenBucket(3, Duration.ofMillis(100)),
          busy::get);

  @AfterEach
  void close() {
    writer.close();
  }

  @Test
  void aFewAreWrittenBeforeTheCallReturns() {
    post(3);

    assertThat(written).containsExactly("0", "1", "2");
  }

  @Test
  void manyKeepTheirOrderAndFollowAtThePace() {
    long began = System.nanoTime();
    post(10);
    assertThat(written).as("the caller does not wait for the rest").hasSizeLessThan(7);

    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> written.size() == 10);
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(550));
    assertThat(written).isEqualTo(IntStream.range(0, 10).mapToObj(Integer::toString).toList());
  }

  @Test
  void whatFollowsGivesWayToStatusesButNotForEver() {
    busy.set(true);
    post(5);

    Awaitility.await().during(Duration.ofMillis(700)).until(() -> written.size() == 3);
    Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> written.size() == 4);
    busy.set(false);
    Awaitility.await().atMost(Duration.ofMillis(600)).until(() -> written.size() == 5);
  }

  private void post(int count) {
    IntStream.range(0, count).mapToObj(EventWriterTest::event).forEach(writer::write);
  }

  private static PendingEvent event(int number) {
    return new PendingEvent(
        new ObjectReferenceBuilder().withNamespace("team-a").build(),
        Integer.toString(number),
        Reason.Bound,
        false,
        "",
        Instant.EPOCH);
  }
}
