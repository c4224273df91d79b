package dev.codesource.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.app.CrdCheck.Kind;
import dev.codesource.http.AdjustableClock;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CrdCheckTest {

  private static final Executor AT_ONCE = Runnable::run;
  private static final Set<Kind> ALL = Set.of(Kind.values());

  private final AdjustableClock clock = new AdjustableClock();
  private final AtomicInteger asked = new AtomicInteger();
  private Set<Kind> served = ALL;

  @ParameterizedTest
  @EnumSource
  void anOperatorWithoutOneOfItsCrdsIsNotReadyUntilItIsThereAgain(Kind kind) {
    CrdCheck check = new CrdCheck(this::answer, AT_ONCE, clock);
    assertThat(readyAfter(check, Duration.ZERO)).isEqualTo(Status.UP);

    served = without(kind);
    assertThat(readyAfter(check, Duration.ofSeconds(5))).isEqualTo(Status.DOWN);
    assertThat(readyAfter(check, Duration.ofSeconds(5))).isEqualTo(Status.DOWN);
    assertThat(check.served().call().getData().orElseThrow()).containsOnlyKeys(kind.crd());
    assertThat(isLive(check)).as("a restart does not bring it").isTrue();

    served = ALL;
    assertThat(readyAfter(check, Duration.ofSeconds(5))).isEqualTo(Status.UP);
  }

  /** As after an upgrade of the operator without the CRDs. */
  @Test
  void withoutTheCrdOfTriggersBindingsAreServedAndTheOperatorIsReady() {
    served = without(Kind.TRIGGERS);
    CrdCheck check = new CrdCheck(this::answer, AT_ONCE, clock);

    assertThat(check.isToBeWatched(CodeSourceTrigger.class)).isFalse();
    assertThat(check.isToBeWatched(CodeSourceBinding.class)).isTrue();

    assertThat(readyAfter(check, Duration.ofSeconds(5))).isEqualTo(Status.UP);
    assertThat(isLive(check)).isTrue();
  }

  @Test
  void whenTheCrdOfTriggersIsThereTheOperatorIsRestartedToWatchThem() {
    served = without(Kind.TRIGGERS);
    CrdCheck check = new CrdCheck(this::answer, AT_ONCE, clock);
    assertThat(check.isToBeWatched(CodeSourceTrigger.class)).isFalse();

    served = ALL;
    clock.advance(Duration.ofSeconds(5));

    assertThat(isLive(check)).isFalse();
    assertThat(readyAfter(check, Duration.ZERO)).as("bindings are served").isEqualTo(Status.UP);
  }

  @Test
  void withItsCrdAKindIsWatchedAndTheOperatorStaysAlive() {
    CrdCheck check = new CrdCheck(this::answer, AT_ONCE, clock);

    assertThat(check.isToBeWatched(CodeSourceTrigger.class)).isTrue();
    clock.advance(Duration.ofSeconds(5));
    assertThat(isLive(check)).isTrue();
  }

  /** The controller of bindings then says at the start that there is no CRD. */
  @Test
  void withoutAnyCrdBindingsAreToBeWatchedAllTheSame() {
    served = Set.of();

    assertThat(new CrdCheck(this::answer, AT_ONCE, clock).isToBeWatched(CodeSourceBinding.class))
        .isTrue();
  }

  @Test
  void howeverOftenItIsProbedTheApiServerIsAskedEveryFiveSeconds() {
    CrdCheck check = new CrdCheck(this::answer, AT_ONCE, clock);

    for (int i = 0; i < 100; i++) {
      readyAfter(check, Duration.ofMillis(100));
      isLive(check);
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

    assertThat(check.isToBeWatched(CodeSourceTrigger.class)).isTrue();
    assertThat(readyAfter(check, Duration.ofSeconds(5))).isEqualTo(Status.UP);
    assertThat(isLive(check)).isTrue();
  }

  @Test
  void aProbeDoesNotWaitForTheApiServer() {
    CrdCheck check = new CrdCheck(this::answer, look -> {}, clock);

    assertThat(readyAfter(check, Duration.ofSeconds(5))).isEqualTo(Status.UP);
    assertThat(isLive(check)).isTrue();
    assertThat(asked).hasValue(0);
  }

  private static Set<Kind> without(Kind kind) {
    return kind == Kind.BINDINGS ? Set.of(Kind.TRIGGERS) : Set.of(Kind.BINDINGS);
  }

  private Set<Kind> answer() {
    asked.incrementAndGet();
    return served;
  }

  private Status readyAfter(CrdCheck check, Duration time) {
    clock.advance(time);
    return check.served().call().getStatus();
  }

  private static boolean isLive(CrdCheck check) {
    return check.watched().call().getStatus() == Status.UP;
  }
}
