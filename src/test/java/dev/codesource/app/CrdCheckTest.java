package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.http.AdjustableClock;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class CrdCheckTest {

  private static final Executor AT_ONCE = Runnable::run;

  private final AdjustableClock clock = new AdjustableClock();
  private final AtomicInteger asked = new AtomicInteger();
  private boolean isServed = true;

  @Test
  void anOperatorWithoutItsCrdIsNotReadyUntilItIsThereAgain() {
    CrdCheck check = new CrdCheck(this::answer, AT_ONCE, clock);
    assertThat(after(check, Duration.ZERO)).isEqualTo(Status.UP);

    isServed = false;
    assertThat(after(check, Duration.ofSeconds(5))).isEqualTo(Status.DOWN);
    assertThat(after(check, Duration.ofSeconds(5))).isEqualTo(Status.DOWN);

    isServed = true;
    assertThat(after(check, Duration.ofSeconds(5))).isEqualTo(Status.UP);
  }

  @Test
  void howeverOftenItIsProbedTheApiServerIsAskedEveryFiveSeconds() {
    CrdCheck check = new CrdCheck(this::answer, AT_ONCE, clock);

    for (int i = 0; i < 100; i++) {
      after(check, Duration.ofMillis(100));
    }

    assertThat(asked).hasValue(2);
  }

  @Test
  void anApiServerThatDoesNotAnswerDoesNotMakeTheOperatorUnready() {
    CrdCheck check =
        new CrdCheck(
            () -> {
              throw new KubernetesClientException("down");
            },
            AT_ONCE,
            clock);

    assertThat(after(check, Duration.ofSeconds(5))).isEqualTo(Status.UP);
  }

  @Test
  void aProbeDoesNotWaitForTheApiServer() {
    CrdCheck check = new CrdCheck(this::answer, look -> {}, clock);

    assertThat(after(check, Duration.ofSeconds(5))).isEqualTo(Status.UP);
    assertThat(asked).hasValue(0);
  }

  private boolean answer() {
    asked.incrementAndGet();
    return isServed;
  }

  private Status after(CrdCheck check, Duration time) {
    clock.advance(time);
    return check.call().getStatus();
  }
}
