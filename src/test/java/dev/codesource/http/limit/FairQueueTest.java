package dev.codesource.http.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class FairQueueTest {

  private final FairQueue<String> queue = new FairQueue<>();

  private void add(String... items) {
    for (String item : items) {
      queue.add(item.substring(0, 1), item);
    }
  }

  private List<String> pollAll() {
    List<String> all = new ArrayList<>();
    for (Optional<String> next = queue.poll(); next.isPresent(); next = queue.poll()) {
      all.add(next.get());
    }
    return all;
  }

  @Test
  void theItemsOfOneTenantKeepTheirOrder() {
    add("a1", "a2", "a3");
    assertThat(pollAll()).containsExactly("a1", "a2", "a3");
  }

  @Test
  void tenantsTakeTurns() {
    add("a1", "a2", "a3", "b1", "c1", "b2");
    assertThat(pollAll()).containsExactly("a1", "b1", "c1", "a2", "b2", "a3");
  }

  @Test
  void whoHasLessInProgressComesFirst() {
    queue.start("a");
    queue.start("a");
    queue.start("b");
    add("a1", "b1", "c1");
    assertThat(pollAll()).containsExactly("c1", "b1", "a1");
  }

  @Test
  void whatIsFinishedCountsNoMore() {
    add("a1", "a2", "b1");
    assertThat(queue.poll()).contains("a1");
    queue.finish("a");
    queue.start("b");
    assertThat(queue.poll()).contains("a2");
  }

  @Test
  void whatIsRemovedIsNotPolled() {
    add("a1", "a2");
    assertThat(queue.remove("a", "a1")).isTrue();
    assertThat(queue.remove("a", "a1")).isFalse();
    assertThat(queue.remove("b", "b1")).isFalse();
    assertThat(queue.size()).isEqualTo(1);
    assertThat(pollAll()).containsExactly("a2");
  }

  @Test
  void nothingIsKeptOfATenantThatIsDone() {
    for (int i = 0; i < 1_000; i++) {
      String tenant = "t" + i % 50;
      queue.add(tenant, "x");
      queue.start(tenant);
      queue.finish(tenant);
      assertThat(queue.poll()).contains("x");
      queue.finish(tenant);
    }
    queue.add("a", "a1");
    assertThat(queue.isIdle()).isFalse();
    queue.remove("a", "a1");
    assertThat(queue.isIdle()).isTrue();
  }

  @Test
  void onlyWhatIsInProgressCanBeFinished() {
    assertThatThrownBy(() -> queue.finish("a")).isInstanceOf(IllegalStateException.class);
    queue.add("a", "a1");
    assertThatThrownBy(() -> queue.finish("a")).isInstanceOf(IllegalStateException.class);
  }
}
