package dev.codesource.web.authorize;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.runtime.TokenBucket;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AdmissionTest {

  private static final TokenBucket MANY = new TokenBucket(1_000_000, Duration.ofMillis(1));

  private static boolean isAdmitted(Admission admission, String binding) {
    return admission.admit(binding, () -> "done").isPresent();
  }

  @Test
  void aFloodForOneBindingIsRefusedAndOthersAreNot() {
    Admission admission = new Admission(16, MANY);
    long admitted =
        IntStream.range(0, 1000).filter(_ -> isAdmitted(admission, "team/flooded")).count();

    assertThat(admitted).isBetween(20L, 30L);
    assertThat(isAdmitted(admission, "team/other")).isTrue();
  }

  @Test
  void aFloodForInventedBindingsIsRefusedAndNotRemembered() {
    Admission admission = new Admission(16, new TokenBucket(100, Duration.ofHours(1)));
    long admitted =
        IntStream.range(0, 5000).filter(i -> isAdmitted(admission, "team/" + i)).count();

    assertThat(admitted).isEqualTo(100);
    assertThat(admission.known()).isEqualTo(1000);
  }

  @Test
  void theCallbackOfAFlowThatWasBegunHereIsExpectedOnceWhateverElseComes() {
    Admission admission = new Admission(16, new TokenBucket(1, Duration.ofHours(1)));
    admission.begun("team/build", "flow");
    for (int i = 0; i < 100; i++) {
      isAdmitted(admission, "team/build");
      assertThat(admission.expected("team/build", "forged-" + i)).isFalse();
    }

    assertThat(admission.expected("team/build", "flow")).isTrue();
    assertThat(admission.expected("team/build", "flow")).isFalse();
  }

  @Test
  void ofFlowsOnlyTheLastOfEachBindingAndTheLatestBindingsAreKnown() {
    Admission admission = new Admission(16, MANY);
    for (int i = 0; i < 2000; i++) {
      admission.begun("team/build-" + i, "first");
      admission.begun("team/build-" + i, "second");
    }

    assertThat(admission.known()).isEqualTo(1000);
    assertThat(admission.expected("team/build-1999", "first")).isFalse();
    assertThat(admission.expected("team/build-1999", "second")).isTrue();
    assertThat(admission.expected("team/build-0", "second")).isFalse();
  }

  @Test
  void noMoreIsDoneAtOnceThanTheLimit() throws InterruptedException, ExecutionException {
    Admission admission = new Admission(1, MANY);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Optional<String>> slow =
          threads.submit(
              () ->
                  admission.admit(
                      "team/slow",
                      () -> {
                        begun.countDown();
                        await(mayEnd);
                        return "done";
                      }));
      begun.await();
      assertThat(isAdmitted(admission, "team/a")).isFalse();
      mayEnd.countDown();
      assertThat(slow.get()).hasValue("done");
    }
    assertThat(isAdmitted(admission, "team/b")).isTrue();
  }

  @Test
  void workThatFailsGivesItsPlaceBack() {
    Admission admission = new Admission(1, MANY);
    assertThatThrownBy(
            () ->
                admission.admit(
                    "team/failing",
                    () -> {
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);

    assertThat(isAdmitted(admission, "team/a")).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
