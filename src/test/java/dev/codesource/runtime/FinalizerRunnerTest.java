package dev.codesource.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The runner's pauses pass on a clock that a pause sets forward, so that none is waited for. */
@Timeout(30)
class FinalizerRunnerTest {

  private static final String FIRST = "codesource.dev/first";
  private static final String SECOND = "codesource.dev/second";

  private final AdjustableClock clock = new AdjustableClock();
  private final Instant deletedAt = clock.instant();
  private final CachedObjects cached = new CachedObjects();

  /** All that happens, in its order. */
  private final List<String> happened = new CopyOnWriteArrayList<>();

  private final List<PendingEvent> events = new CopyOnWriteArrayList<>();
  private final Queue<KubernetesClientException> answersToRemoving = new ArrayDeque<>();
  private final StartBarrier barrier = new StartBarrier(new Shard(0, 1), clock);
  private final Script first = new Script(FIRST);
  private final Script second = new Script(SECOND);
  private final EventWriter writer =
      new EventWriter(events::add, new TokenBucket(100, Duration.ofMillis(1)), () -> false);

  private final FinalizerRunner<ConfigMap> runner =
      new FinalizerRunner<>(
          this::remove,
          ConfigMap.class,
          List.of(first, second),
          new EventRecorder(writer, clock),
          barrier,
          clock,
          clock::advance,
          Duration.ofMillis(100),
          4);

  /** A finalizer whose attempts end as it is told; the last way is that of all that follow. */
  private final class Script implements Finalizer<ConfigMap> {
    private final String name;
    private final Queue<Supplier<Outcome<Boolean>>> attempts = new ArrayDeque<>();

    Script(String name) {
      this.name = name;
    }

    @SafeVarargs
    final void will(Supplier<Outcome<Boolean>>... each) {
      attempts.addAll(Arrays.asList(each));
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Outcome<Boolean> attempt(ConfigMap resource) {
      happened.add("attempt " + name);
      return (attempts.size() > 1 ? attempts.remove() : attempts.element()).get();
    }

    @Override
    public Problem undone(ConfigMap resource, String why) {
      return new Problem(Reason.NotRevoked, name + ": " + why);
    }
  }

  @BeforeEach
  void begin() {
    barrier.open();
  }

  @AfterEach
  void end() {
    writer.close();
    cached.assertUnchanged();
  }

  private void remove(ConfigMap seen, String finalizer) {
    happened.add("remove " + finalizer);
    KubernetesClientException answer = answersToRemoving.poll();
    if (answer != null) {
      throw answer;
    }
  }

  private static Supplier<Outcome<Boolean>> done() {
    return () -> Outcome.done(true);
  }

  private static Supplier<Outcome<Boolean>> cannot() {
    return () -> Outcome.done(false);
  }

  private static Supplier<Outcome<Boolean>> refused(String what) {
    return () -> Outcome.refused(Reason.TokenRejected, what);
  }

  private static Supplier<Outcome<Boolean>> waiting(String what) {
    return () -> Outcome.waiting(Reason.ConnectionRefused, what);
  }

  private static KubernetesClientException answer(int code) {
    return new KubernetesClientException(new StatusBuilder().withCode(code).build());
  }

  private ConfigMap deleted(String uid, String... finalizers) {
    return deletedIn("team-a", uid, finalizers);
  }

  private ConfigMap deletedIn(String namespace, String uid, String... finalizers) {
    return cached.cached(
        new ConfigMapBuilder()
            .withNewMetadata()
            .withNamespace(namespace)
            .withName("resource")
            .withUid(uid)
            .withFinalizers(finalizers)
            .withDeletionTimestamp(deletedAt.toString())
            .endMetadata()
            .build());
  }

  /** Deletes a resource and waits until its finalizers are off. */
  private void delete(String... finalizers) {
    runner.changed(deleted("1", finalizers));
    awaitIdle();
  }

  private void awaitIdle() {
    Awaitility.await().pollDelay(Duration.ZERO).until(() -> !runner.isRunning());
  }

  private List<String> notes() {
    return events.stream().map(PendingEvent::note).toList();
  }

  private Duration passed() {
    return Duration.between(deletedAt, clock.instant());
  }

  @Test
  void whatIsDoneIsReleasedAndNothingIsTold() {
    first.will(done());

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
    assertThat(events).isEmpty();
    assertThat(passed()).isZero();
  }

  @Test
  void whatThePlatformHasNoWayToDoIsToldAndReleased() {
    first.will(cannot());

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
    assertThat(notes()).singleElement().asString().contains("has no way for an application");
    assertThat(events.getFirst().reason()).isEqualTo(Reason.NotRevoked);
    assertThat(events.getFirst().warning()).isTrue();
  }

  @Test
  void theFirstRefusalIsNotFinal() {
    first.will(refused("There is no Secret."), done());

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "attempt " + FIRST, "remove " + FIRST);
    assertThat(events).isEmpty();
  }

  @Test
  void theSecondRefusalIsToldAndReleased() {
    first.will(refused("No."), refused("No, again."), done());

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "attempt " + FIRST, "remove " + FIRST);
    assertThat(notes()).singleElement().asString().contains("No, again.");
  }

  @Test
  void aWaitEndsAtTheTimeLimit() {
    first.will(waiting("It does not answer."));

    delete(FIRST);

    assertThat(passed()).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(30));
    assertThat(Collections.frequency(happened, "attempt " + FIRST)).isEqualTo(10);
    assertThat(happened).endsWith("remove " + FIRST);
    assertThat(notes()).singleElement().asString().contains("It does not answer.");
  }

  @Test
  void theTimeRunsFromTheDeletionAlsoWhileTheOperatorIsNotThere() {
    clock.advance(Duration.ofHours(1));
    first.will(waiting("It does not answer."));

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
    assertThat(notes()).hasSize(1);
  }

  @Test
  void aWaitThatEndsInTimeIsNotTold() {
    first.will(waiting("Busy."), waiting("Busy."), done());

    delete(FIRST);

    assertThat(passed()).isEqualTo(Duration.ofSeconds(6));
    assertThat(events).isEmpty();
  }

  @Test
  void anErrorOfTheApiServerIsAWait() {
    first.will(
        () -> {
          throw answer(500);
        },
        done());

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "attempt " + FIRST, "remove " + FIRST);
    assertThat(events).isEmpty();
  }

  /** A fault of the operator: else the resource, and its namespace, would stay for ever. */
  @Test
  void aFinalizerThatThrowsEndsAtTheTimeLimitToo() {
    first.will(() -> Outcome.done(URI.create("https://not a URI/secret").isAbsolute()));
    second.will(done());

    delete(FIRST, SECOND);

    assertThat(passed()).isBetween(Duration.ofSeconds(27), Duration.ofSeconds(30));
    assertThat(happened).containsSubsequence("remove " + FIRST, "remove " + SECOND);
    assertThat(notes())
        .singleElement()
        .asString()
        .contains("IllegalArgumentException")
        .doesNotContain("secret");
  }

  @Test
  void aFinalizerThatThrewOnceIsTriedAgain() {
    first.will(
        () -> {
          throw new IllegalStateException("not yet");
        },
        done());

    delete(FIRST);

    assertThat(happened).endsWith("attempt " + FIRST, "remove " + FIRST);
    assertThat(events).isEmpty();
  }

  @Test
  void theyRunInTheirOrderWhateverTheOrderInTheResource() {
    first.will(refused("No."));
    second.will(done());

    delete(SECOND, FIRST);

    assertThat(happened)
        .containsExactly(
            "attempt " + FIRST,
            "attempt " + FIRST,
            "remove " + FIRST,
            "attempt " + SECOND,
            "remove " + SECOND);
  }

  @Test
  void finalizersOfOthersAreNotTouched() {
    second.will(done());

    delete("example.com/theirs", SECOND);
    delete("example.com/theirs");

    assertThat(happened).containsExactly("attempt " + SECOND, "remove " + SECOND);
  }

  @Test
  void whatIsNotDeletedIsLeftAlone() {
    ConfigMap alive = deleted("1", FIRST);

    runner.changed(
        new ConfigMapBuilder(alive)
            .editMetadata()
            .withDeletionTimestamp(null)
            .endMetadata()
            .build());
    awaitIdle();

    assertThat(happened).isEmpty();
  }

  /** A conflict in the group of the operator's own resources is no sign of a deletion here. */
  @ParameterizedTest
  @ValueSource(ints = {0, 409, 429, 500, 503})
  void removingIsTriedUntilTheApiServerTakesIt(int code) {
    first.will(done());
    answersToRemoving.add(conflictOfOwnGroup(code));
    answersToRemoving.add(conflictOfOwnGroup(code));

    delete(FIRST);

    assertThat(happened)
        .containsExactly(
            "attempt " + FIRST, "remove " + FIRST, "remove " + FIRST, "remove " + FIRST);
    assertThat(passed()).isEqualTo(Duration.ofSeconds(6));
  }

  private static KubernetesClientException conflictOfOwnGroup(int code) {
    return new KubernetesClientException(
        new StatusBuilder()
            .withCode(code)
            .withNewDetails()
            .withGroup("codesource.dev")
            .endDetails()
            .build());
  }

  @Test
  void whatIsGoneEndsQuietly() {
    first.will(done());
    answersToRemoving.add(answer(404));

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
    assertThat(events).isEmpty();
  }

  @Test
  void eachDeletionRunsOnceAtATime() {
    CountDownLatch answer = new CountDownLatch(1);
    first.will(
        () -> {
          awaitUninterruptibly(answer);
          return Outcome.done(true);
        });

    runner.changed(deleted("1", FIRST));
    Awaitility.await().until(() -> happened.contains("attempt " + FIRST));
    runner.changed(deleted("1", FIRST));
    runner.changed(deleted("1", FIRST));
    answer.countDown();
    awaitIdle();

    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
  }

  @Test
  void aDeletionThatTakesLongKeepsNoOther() {
    CountDownLatch answer = new CountDownLatch(1);
    List<String> finished = new ArrayList<>();
    first.will(
        () -> {
          awaitUninterruptibly(answer);
          return Outcome.done(true);
        });
    second.will(done());

    runner.changed(deleted("1", FIRST));
    runner.changed(deleted("2", SECOND));
    Awaitility.await().until(() -> happened.contains("remove " + SECOND));
    finished.addAll(happened);
    answer.countDown();
    awaitIdle();

    assertThat(finished).doesNotContain("remove " + FIRST);
    assertThat(happened).contains("remove " + FIRST);
  }

  /** Of four places a tenant gets two, and one more than that is left. */
  @Test
  void whoDeletesManyKeepsNoOtherTenant() {
    CountDownLatch answer = new CountDownLatch(1);
    first.will(
        () -> {
          awaitUninterruptibly(answer);
          return Outcome.done(true);
        });
    second.will(done());

    for (int each = 1; each <= 20; each++) {
      runner.changed(deletedIn("team-a", "a" + each, FIRST));
    }
    Awaitility.await().until(() -> Collections.frequency(happened, "attempt " + FIRST) == 2);
    runner.changed(deletedIn("team-b", "b", SECOND));
    Awaitility.await().until(() -> happened.contains("remove " + SECOND));
    List<String> sofar = List.copyOf(happened);
    answer.countDown();
    awaitIdle();

    assertThat(sofar).filteredOn(("attempt " + FIRST)::equals).hasSize(2);
    assertThat(happened).filteredOn(("remove " + FIRST)::equals).hasSize(20);
  }

  @Test
  void whoGetsNoPlaceInItsTimeIsReleasedAndTold() {
    CountDownLatch answer = new CountDownLatch(1);
    first.will(
        () -> {
          awaitUninterruptibly(answer);
          return Outcome.done(true);
        });
    second.will(done());

    runner.changed(deletedIn("team-a", "1", FIRST));
    runner.changed(deletedIn("team-a", "2", FIRST));
    Awaitility.await().until(() -> Collections.frequency(happened, "attempt " + FIRST) == 2);
    runner.changed(
        new ConfigMapBuilder(deleted("3", SECOND))
            .editMetadata()
            .withDeletionTimestamp(deletedAt.minus(Duration.ofHours(1)).toString())
            .endMetadata()
            .build());
    Awaitility.await().until(() -> happened.contains("remove " + SECOND));
    answer.countDown();
    awaitIdle();

    assertThat(happened).doesNotContain("attempt " + SECOND);
    assertThat(notes()).filteredOn(note -> note.contains("deleted at the same time")).hasSize(1);
  }

  @Test
  void aLaterDeletionOfTheSameNameRunsAgain() {
    first.will(done());

    delete(FIRST);
    delete(FIRST);

    assertThat(Collections.frequency(happened, "remove " + FIRST)).isEqualTo(2);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Not before the process leads: another may be at it. */
  @Test
  void nothingBeginsBeforeTheTurnHasCome() {
    StartBarrier closed = new StartBarrier(new Shard(0, 1), clock);
    FinalizerRunner<ConfigMap> follower =
        new FinalizerRunner<>(
            this::remove,
            ConfigMap.class,
            List.of(first),
            new EventRecorder(writer, clock),
            closed,
            clock,
            clock::advance,
            Duration.ofSeconds(10),
            4);
    first.will(done());

    follower.changed(deleted("1", FIRST));
    assertThat(follower.isRunning()).isTrue();
    assertThat(happened).isEmpty();

    closed.open();
    Awaitility.await().until(() -> !follower.isRunning());
    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
  }

  @Test
  void anAttemptThatOutlastsTheTimeLimitIsTheLast() {
    first.will(
        () -> {
          clock.advance(Duration.ofSeconds(31));
          return Outcome.waiting(Reason.ConnectionRefused, "It answers late.");
        });

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
    assertThat(passed()).isEqualTo(Duration.ofSeconds(31));
  }

  private FinalizerRunner<ConfigMap> with(FinalizerRunner.Pause pause, Duration least) {
    return new FinalizerRunner<>(
        this::remove,
        ConfigMap.class,
        List.of(first),
        new EventRecorder(writer, clock),
        barrier,
        clock,
        pause,
        least,
        4);
  }

  private void deleteBy(FinalizerRunner<ConfigMap> other) {
    other.changed(deleted("1", FIRST));
    Awaitility.await()
        .pollDelay(Duration.ZERO)
        .atMost(Duration.ofSeconds(25))
        .until(() -> !other.isRunning());
  }

  /** Only the first one may have more time than the limit leaves. */
  @Test
  void aLaterAttemptEndsAtTheTimeLimit() {
    clock.advance(Duration.ofMillis(26_900));
    first.will(
        waiting("Busy."),
        () -> {
          awaitUninterruptibly(new CountDownLatch(1));
          return Outcome.done(true);
        });

    // 3 seconds would leave no time for the second attempt, so its pause is shorter here.
    deleteBy(with(_ -> clock.advance(Duration.ofMillis(2_900)), Duration.ofMinutes(10)));

    assertThat(happened).containsExactly("attempt " + FIRST, "attempt " + FIRST, "remove " + FIRST);
  }

  @Test
  void anAttemptThatIsEndedHasStoppedBeforeTheNextOneBegins() {
    clock.advance(Duration.ofMillis(26_500));
    first.will(
        () -> {
          try {
            Thread.sleep(Duration.ofMinutes(10));
          } catch (InterruptedException e) {
            stopSlowly();
          }
          return Outcome.done(true);
        },
        done());

    deleteBy(with(_ -> {}, Duration.ofMillis(100)));

    assertThat(happened)
        .startsWith("attempt " + FIRST, "stopped", "attempt " + FIRST)
        .endsWith("remove " + FIRST);
  }

  private void stopSlowly() {
    try {
      Thread.sleep(Duration.ofMillis(200));
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    happened.add("stopped");
  }

  /** A host that answers each of many requests as slowly as it may. */
  @Test
  void anAttemptThatDoesNotEndIsEndedWhenItsTimeIsOver() {
    CountDownLatch ended = new CountDownLatch(1);
    clock.advance(Duration.ofSeconds(30));
    first.will(
        () -> {
          try {
            Thread.sleep(Duration.ofMinutes(10));
            return Outcome.done(true);
          } catch (InterruptedException e) {
            ended.countDown();
            throw new IllegalStateException(e);
          }
        });

    delete(FIRST);

    assertThat(happened).containsExactly("attempt " + FIRST, "remove " + FIRST);
    Awaitility.await().until(() -> ended.getCount() == 0);
    Awaitility.await().until(() -> !events.isEmpty());
    assertThat(events).singleElement().asString().contains("did not answer all requests in time");
  }
}
