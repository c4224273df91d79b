package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class EventQueueTest {

  private final EventQueue queue = new EventQueue(100_000);

  private static PendingEvent event(String namespace, int number, String note) {
    return new PendingEvent(
        new ObjectReferenceBuilder().withNamespace(namespace).build(),
        namespace + number,
        Reason.Bound,
        false,
        note,
        Instant.EPOCH);
  }

  @Test
  void aFloodOfOneNamespacePushesOutNoEventOfAnother() {
    List<String> dropped = new ArrayList<>();
    queue.add(event("good", 0, "note"));
    for (int i = 0; i < 10_000; i++) {
      names(queue.add(event("bad", i, "x".repeat(1_000)))).forEach(dropped::add);
    }
    names(queue.add(event("good", 1, "note"))).forEach(dropped::add);

    assertThat(queue.size()).isLessThan(70);
    assertThat(dropped).hasSizeGreaterThan(9_000).allMatch(name -> name.startsWith("bad"));
  }

  private static Stream<String> names(List<PendingEvent> events) {
    return events.stream().map(PendingEvent::name);
  }

  /** 166 Events without a note have 99 600; a long one has 1 624. */
  @Test
  void aLongEventTakesTheRoomOfSeveralShortOnes() {
    for (int i = 0; i < 166; i++) {
      assertThat(queue.add(event("bad", i, ""))).isEmpty();
    }

    assertThat(names(queue.add(event("good", 0, "x".repeat(1_024)))))
        .containsExactly("bad165", "bad164", "bad163");
    assertThat(queue.size()).isEqualTo(164);
  }

  @Test
  void namespacesTakeTurns() throws Exception {
    for (int i = 0; i < 50; i++) {
      queue.add(event("bad", i, ""));
    }
    queue.add(event("good", 0, ""));

    assertThat(queue.take().name()).isEqualTo("bad0");
    assertThat(queue.take().name()).isEqualTo("good0");
    assertThat(queue.take().name()).isEqualTo("bad1");
  }

  @Test
  void aNoteIsNotKeptLongerThanItIsWritten() {
    assertThat(event("team", 0, "x".repeat(100_000)).note()).hasSizeLessThanOrEqualTo(1_024);
    assertThat(queue.add(event("team", 0, "x".repeat(100_000)))).isEmpty();
  }
}
