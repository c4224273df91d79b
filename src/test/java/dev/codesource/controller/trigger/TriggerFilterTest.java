package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TestTrigger;
import org.junit.jupiter.api.Test;

class TriggerFilterTest {

  private final TriggerFilter filter = new TriggerFilter();
  private final CodeSourceTrigger before = TestTrigger.withSpec(TestTrigger.SHOP);
  private final CodeSourceTrigger updated = TestTrigger.withSpec(TestTrigger.SHOP);

  private static void annotate(CodeSourceTrigger trigger, String name, String value) {
    trigger.getMetadata().getAnnotations().put(name, value);
  }

  private boolean accepted() {
    return filter.accept(updated, before);
  }

  @Test
  void aStatusStartsNoReconciliation() {
    updated.setStatus(TestTrigger.status("phase: Active"));
    annotate(updated, "example.com/unrelated", "1");

    assertThat(accepted()).isFalse();
  }

  @Test
  void aNewSpecStartsOne() {
    updated.getMetadata().setGeneration(2L);

    assertThat(accepted()).isTrue();
  }

  @Test
  void aRequestStartsOne() {
    annotate(updated, CodeSourceTrigger.REQUESTED_AT, "1");

    assertThat(accepted()).isTrue();
  }

  @Test
  void aRequestToBuildStartsOneAndStartsNoneWhenItWasMet() {
    annotate(updated, CodeSourceTrigger.BUILD, "main@refs/heads/main 1");
    assertThat(accepted()).isTrue();
    updated.setStatus(TestTrigger.status("lastHandledBuild: main@refs/heads/main 1"));
    assertThat(accepted()).isFalse();
  }

  @Test
  void aRequestThatWasHandledOrIsWithdrawnStartsNone() {
    annotate(updated, CodeSourceTrigger.REQUESTED_AT, "1");
    updated.setStatus(TestTrigger.status("lastHandledRequestedAt: '1'"));
    assertThat(accepted()).isFalse();

    annotate(before, CodeSourceTrigger.REQUESTED_AT, "2");
    updated.getMetadata().getAnnotations().clear();
    assertThat(accepted()).isFalse();
  }

  @Test
  void theSameRequestStartsNoOtherReconciliation() {
    annotate(before, CodeSourceTrigger.REQUESTED_AT, "1");
    annotate(updated, CodeSourceTrigger.REQUESTED_AT, "1");

    assertThat(accepted()).isFalse();
  }

  @Test
  void aQuestionAboutARefStartsOneAndSoDoesItsEnd() {
    annotate(updated, CodeSourceTrigger.EXPLAIN, "refs/heads/main");
    assertThat(accepted()).isTrue();

    assertThat(filter.accept(before, updated)).isTrue();
    annotate(before, CodeSourceTrigger.EXPLAIN, "refs/heads/main");
    assertThat(accepted()).isFalse();
  }

  @Test
  void aBlankQuestionIsNone() {
    annotate(updated, CodeSourceTrigger.EXPLAIN, "  ");

    assertThat(accepted()).isFalse();
  }
}
