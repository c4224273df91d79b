package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.ObjectReferenceBuilder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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
      queue.add(event("bad", i, "x".repeat(1_000))).map(PendingEvent::name).ifPresent(dropped::add);
    }
    queue.add(event("good", 1, "note")).map(PendingEvent::name).ifPresent(dropped::add);

    assertThat(queue.size()).isLessThan(70);
    assertThat(dropped).hasSizeGreaterThan(9_000).allMatch(name -> name.startsWith("bad"));
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
    assertThat(queue.add(event("team", 0, "x".repeat(100_000)))).isEqualTo(Optional.empty());
  }
}
