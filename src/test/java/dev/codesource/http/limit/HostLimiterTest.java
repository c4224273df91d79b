package dev.codesource.http.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import dev.codesource.address.Origin;
import dev.codesource.address.Origin.Scheme;
import dev.codesource.address.SiteUrl;
import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Scope;
import dev.codesource.reason.Outcome.Waiting;
import dev.codesource.reason.Reason;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class HostLimiterTest {
  private static final Caller HOST = caller("gitlab.example");
  private static final Caller OTHER = caller("github.example");
  private static final int PERMITS = 3;

  private final AdjustableClock clock = new AdjustableClock();
  private final HostLimiter limiter = new HostLimiter(PERMITS, clock, new Random(42));
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private static Caller caller(String host) {
    return new Caller("team", new SiteUrl(new Origin(Scheme.HTTPS, host, 443), ""));
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
  }

  private static Outcome<String> good() {
    return Outcome.done("good");
  }

  private static Outcome<String> down() {
    return Outcome.waiting(Reason.ConnectionRefused, "It is down.");
  }

  private Outcome<String> limited(Duration wait) {
    return Outcome.waiting(
        Reason.RateLimited, "Slower.", Optional.of(clock.instant().plus(wait)), Scope.HOST);
  }

  private Waiting<String> waiting(Outcome<String> outcome) {
    assertThat(outcome).isInstanceOf(Waiting.class);
    return (Waiting<String>) outcome;
  }

  private Duration untilOf(Outcome<String> outcome) {
    return Duration.between(clock.instant(), waiting(outcome).until().orElseThrow());
  }

  private static Outcome<String> never() {
    throw new AssertionError("The host was asked.");
  }

  /** Work that is under way until it is told what to find. */
  private final class Work {
    final CompletableFuture<Outcome<String>> found = new CompletableFuture<>();
    final CountDownLatch begun = new CountDownLatch(1);
    final Future<Outcome<String>> result;

    Work() {
      this(HOST);
    }

    Work(Caller caller) {
      result =
          threads.submit(
              () ->
                  limiter.through(
                      caller,
                      () -> {
                        begun.countDown();
                        return found.join();
                      }));
    }

    Work awaitBegun() throws InterruptedException {
      assertThat(begun.await(5, TimeUnit.SECONDS)).isTrue();
      return this;
    }

    boolean hasBegun() {
      return begun.getCount() == 0;
    }

    Outcome<String> finds(Outcome<String> outcome) throws Exception {
      found.complete(outcome);
      return result.get(5, TimeUnit.SECONDS);
    }
  }

  private List<Work> begin(int times) throws InterruptedException {
    List<Work> all = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      all.add(new Work().awaitBegun());
    }
    return all;
  }

  /** Long enough for a thread that may go on to do so. */
  private static void settle() throws InterruptedException {
    Thread.sleep(100);
  }

  @Test
  void noMoreThanThePermitsAskAtOnce() throws Exception {
    AtomicInteger inFlight = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Future<Outcome<String>>> results = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      results.add(
          threads.submit(
              () ->
                  limiter.through(
                      HOST,
                      () -> {
                        most.accumulateAndGet(inFlight.incrementAndGet(), Math::max);
                        java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
                        inFlight.decrementAndGet();
                        return good();
                      })));
    }
    for (var each : results) {
      assertThat(each.get()).isEqualTo(good());
    }
    assertThat(most).hasValue(PERMITS);
    assertThat(limiter.inFlight()).isZero();
  }

  @Test
  void permitsAreGivenInOrderOfArrival() throws Exception {
    List<Work> first = begin(PERMITS);
    List<Integer> order = new CopyOnWriteArrayList<>();
    List<Future<Outcome<String>>> results = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      int number = i;
      CountDownLatch arrived = new CountDownLatch(1);
      results.add(
          threads.submit(
              () -> {
                arrived.countDown();
                return limiter.through(
                    HOST,
                    () -> {
                      order.add(number);
                      return good();
                    });
              }));
      arrived.await();
      Thread.sleep(10);
    }
    first.getFirst().finds(good()); // one permit: strictly one after the other
    for (var each : results) {
      each.get();
    }
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
  }

  @Test
  void hostsDoNotWaitForEachOther() throws Exception {
    begin(PERMITS);
    assertThat(limiter.inFlight()).isEqualTo(PERMITS);
    assertThat(limiter.through(OTHER, HostLimiterTest::good)).isEqualTo(good());

    limiter.through(OTHER, HostLimiterTest::down);
    assertThat(limiter.backingOff()).containsOnlyKeys(OTHER.site().origin());
  }

  @Test
  void duringABackOffTheHostIsNotAsked() {
    Waiting<String> first = waiting(limiter.through(HOST, HostLimiterTest::down));
    Waiting<String> second = waiting(limiter.through(HOST, HostLimiterTest::never));

    assertThat(second).isEqualTo(first);
    assertThat(second.scope()).isEqualTo(Scope.HOST);
    assertThat(limiter.backingOff())
        .containsExactlyEntriesOf(
            java.util.Map.of(HOST.site().origin(), first.until().orElseThrow()));
  }

  @Test
  void theBackOffDoublesUpToFiveMinutesWithALittleJitter() {
    List<Long> seconds = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Duration wait = untilOf(limiter.through(HOST, HostLimiterTest::down));
      seconds.add(wait.toSeconds());
      clock.advance(wait);
    }
    List<Long> expected = List.of(10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(seconds.get(i)).isCloseTo(expected.get(i), within(expected.get(i) / 10 + 1));
    }
  }

  @Test
  void theJitterDiffersFromHostToHost() {
    Set<Duration> waits = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      waits.add(untilOf(limiter.through(caller("h" + i), HostLimiterTest::down)));
    }
    assertThat(waits)
        .hasSizeGreaterThan(25)
        .allSatisfy(
            wait -> assertThat(wait).isBetween(Duration.ofSeconds(9), Duration.ofSeconds(11)));
  }

  @Test
  void anAnswerEndsTheRow() {
    clock.advance(untilOf(limiter.through(HOST, HostLimiterTest::down)));
    clock.advance(untilOf(limiter.through(HOST, HostLimiterTest::down)));
    limiter.through(HOST, () -> Outcome.refused(Reason.TokenRejected, "No."));

    assertThat(limiter.backingOff()).isEmpty();
    assertThat(untilOf(limiter.through(HOST, HostLimiterTest::down)))
        .isCloseTo(Duration.ofSeconds(10), Duration.ofSeconds(1));
  }

  @Test
  void whatTheHostSaysIsObeyedUpToAnHour() {
    assertThat(untilOf(limiter.through(HOST, () -> limited(Duration.ofMinutes(17)))))
        .isEqualTo(Duration.ofMinutes(17));
    clock.advance(Duration.ofMinutes(17));
    assertThat(untilOf(limiter.through(HOST, () -> limited(Duration.ofDays(10)))))
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void aTimeThatHasPassedSaysNothing() {
    assertThat(untilOf(limiter.through(HOST, () -> limited(Duration.ofSeconds(-5)))))
        .isCloseTo(Duration.ofSeconds(10), Duration.ofSeconds(1));
  }

  @Test
  void aWaitOfOneCredentialIsNotOneOfTheHost() {
    Waiting<String> outcome =
        waiting(
            limiter.through(
                HOST,
                () ->
                    Outcome.waiting(
                        Reason.RateLimited, "You.", Optional.empty(), Scope.CREDENTIAL)));
    assertThat(untilOf(outcome)).isCloseTo(Duration.ofMinutes(1), Duration.ofSeconds(6));
    assertThat(outcome.scope()).isEqualTo(Scope.CREDENTIAL);
    assertThat(limiter.backingOff()).isEmpty();
    assertThat(limiter.through(HOST, HostLimiterTest::good)).isEqualTo(good());
  }

  @Test
  void manyUnderWayWhenTheHostGoesDownCountOnce() throws Exception {
    List<Work> all = begin(PERMITS);
    Set<Instant> untils = new HashSet<>();
    for (Work each : all) {
      untils.add(waiting(each.finds(down())).until().orElseThrow());
    }
    assertThat(untils).hasSize(1);

    clock.advance(Duration.ofSeconds(12));
    assertThat(untilOf(limiter.through(HOST, HostLimiterTest::down)))
        .isCloseTo(Duration.ofSeconds(20), Duration.ofSeconds(2));
  }

  @Test
  void aLateAnswerDoesNotEndABackOffThatTheHostAskedFor() throws Exception {
    List<Work> all = begin(2);
    all.get(0).finds(limited(Duration.ofMinutes(2)));
    assertThat(all.get(1).finds(good())).isEqualTo(good());
    waiting(limiter.through(HOST, HostLimiterTest::never));
  }

  @Test
  void aLateFailureDoesNotStartABackOffAfterARecovery() throws Exception {
    List<Work> all = begin(2);
    all.get(0).finds(down());
    clock.advance(Duration.ofSeconds(12));
    assertThat(limiter.through(HOST, HostLimiterTest::good)).isEqualTo(good());

    assertThat(untilOf(all.get(1).finds(down()))).isPositive();
    assertThat(limiter.through(HOST, HostLimiterTest::good)).isEqualTo(good());
  }

  @Test
  void theLongestWaitThatTheHostAskedForCounts() throws Exception {
    List<Work> all = begin(3);
    all.get(0).finds(down());
    all.get(1).finds(limited(Duration.ofMinutes(9)));
    all.get(2).finds(limited(Duration.ofMinutes(2)));
    assertThat(untilOf(limiter.through(HOST, HostLimiterTest::never)))
        .isEqualTo(Duration.ofMinutes(9));
  }

  @Test
  void whoWaitsIsSentAwayWhenABackOffBegins() throws Exception {
    List<Work> all = begin(PERMITS);
    List<Future<Outcome<String>>> waiting = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      waiting.add(threads.submit(() -> limiter.through(HOST, HostLimiterTest::never)));
    }
    settle();
    assertThat(waiting).noneMatch(Future::isDone);

    Outcome<String> found = all.getFirst().finds(down());

    for (var each : waiting) {
      assertThat(each.get(5, TimeUnit.SECONDS)).isEqualTo(found);
    }
  }

  @Test
  void afterABackOffOneGoesAheadAndTheOthersGetItsFailure() throws Exception {
    clock.advance(untilOf(limiter.through(HOST, HostLimiterTest::down)));
    Work probe = new Work().awaitBegun();
    List<Future<Outcome<String>>> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      others.add(threads.submit(() -> limiter.through(HOST, HostLimiterTest::never)));
    }
    settle();
    assertThat(limiter.inFlight()).isEqualTo(1);

    Outcome<String> found = probe.finds(down());

    assertThat(untilOf(found)).isCloseTo(Duration.ofSeconds(20), Duration.ofSeconds(2));
    for (var each : others) {
      assertThat(each.get(5, TimeUnit.SECONDS)).isEqualTo(found);
    }
  }

  @Test
  void afterABackOffAllGoOnWhenTheOneAheadIsAnswered() throws Exception {
    clock.advance(untilOf(limiter.through(HOST, HostLimiterTest::down)));
    Work probe = new Work().awaitBegun();
    List<Work> others = new ArrayList<>();
    for (int i = 0; i < PERMITS; i++) {
      others.add(new Work());
    }
    settle();
    assertThat(others).noneMatch(Work::hasBegun);

    probe.finds(good());

    for (Work each : others) {
      each.awaitBegun();
    }
    for (Work each : others) {
      assertThat(each.finds(good())).isEqualTo(good());
    }
  }

  @Test
  void whenTheOneAheadBreaksTheNextGoesAhead() throws Exception {
    clock.advance(untilOf(limiter.through(HOST, HostLimiterTest::down)));
    Work probe = new Work().awaitBegun();
    Work next = new Work();
    Work last = new Work();
    settle();

    probe.found.completeExceptionally(new IllegalStateException("broken"));

    await().until(() -> next.hasBegun() || last.hasBegun());
    settle();
    assertThat(next.hasBegun() && last.hasBegun()).isFalse();
    assertThat(limiter.inFlight()).isEqualTo(1);
    next.found.complete(good());
    last.found.complete(good());
    assertThat(next.result.get()).isEqualTo(good());
    assertThat(last.result.get()).isEqualTo(good());
  }

  @Test
  void workThatThrowsGivesItsPermitBack() {
    for (int i = 0; i < 2 * PERMITS; i++) {
      assertThatThrownBy(
              () ->
                  limiter.through(
                      HOST,
                      () -> {
                        throw new IllegalStateException("broken");
                      }))
          .hasMessage("broken");
    }
    assertThat(limiter.inFlight()).isZero();
    assertThat(limiter.through(HOST, HostLimiterTest::good)).isEqualTo(good());
  }

  @Test
  void anInterruptEndsTheWaitAndLosesNoPermit() throws Exception {
    List<Work> all = begin(PERMITS);
    CompletableFuture<Boolean> flag = new CompletableFuture<>();
    Thread waiting =
        Thread.ofVirtual()
            .start(
                () -> {
                  try {
                    limiter.through(HOST, HostLimiterTest::never);
                  } catch (RequestInterruptedException e) {
                    flag.complete(Thread.currentThread().isInterrupted());
                  }
                });
    settle();
    waiting.interrupt();
    assertThat(flag.get(5, TimeUnit.SECONDS)).isTrue();

    for (Work each : all) {
      each.finds(good());
    }
    assertThat(limiter.inFlight()).isZero();
    begin(PERMITS);
  }

  @Test
  void permitsSurviveInterruptsAtAnyMoment() throws Exception {
    List<Thread> asking = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      asking.add(
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      limiter.through(
                          HOST,
                          () -> {
                            java.util.concurrent.locks.LockSupport.parkNanos(200_000);
                            return good();
                          });
                    } catch (RequestInterruptedException e) {
                      // one of those
                    }
                  }));
    }
    for (int i = 0; i < asking.size(); i += 2) {
      asking.get(i).interrupt();
      Thread.sleep(i % 20 == 0 ? 1 : 0);
    }
    for (Thread each : asking) {
      each.join();
    }
    assertThat(limiter.inFlight()).isZero();
    begin(PERMITS);
  }

  @Test
  void aPermitThatComesWithTheInterruptIsGivenBack() throws Exception {
    HostState host = new HostState(1, clock, new BackOff(new Random()));
    HostState.Request first = host.request(HOST);
    HostState.Request interrupted = host.request(HOST);
    host.ignored((HostState.Permitted) first.await());
    assertThat(host.inFlight()).isEqualTo(1);

    host.withdraw(interrupted);

    assertThat(host.inFlight()).isZero();
  }

  @Test
  void hostsThatNobodyAsksAreForgotten() {
    for (int i = 0; i < 1000; i++) {
      limiter.through(caller("good" + i), HostLimiterTest::good);
    }
    assertThat(limiter.remembered()).isZero();

    for (int i = 0; i < 200; i++) {
      limiter.through(caller("bad" + i), HostLimiterTest::down);
    }
    assertThat(limiter.backingOff()).hasSize(200);
    clock.advance(Duration.ofMinutes(1));
    assertThat(limiter.backingOff()).isEmpty();

    clock.advance(Duration.of(1, ChronoUnit.HOURS));
    limiter.through(OTHER, HostLimiterTest::good);
    assertThat(limiter.remembered()).isZero();
  }

  @Test
  void needsAPermit() {
    assertThatThrownBy(() -> new HostLimiter(0, clock, new Random()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static Caller of(String tenant, String path) {
    return new Caller(tenant, new SiteUrl(new Origin(Scheme.HTTPS, "corp.example", 443), path));
  }

  @Test
  void whatOneTenantMeetsDoesNotCloseTheHostToAnother() {
    waiting(limiter.through(of("evil", ""), () -> limited(Duration.ofHours(1))));
    waiting(limiter.through(of("evil", ""), HostLimiterTest::never));

    assertThat(limiter.through(of("good", ""), HostLimiterTest::good)).isEqualTo(good());
    waiting(limiter.through(of("evil", ""), HostLimiterTest::never));
  }

  @Test
  void whatTwoTenantsMeetClosesTheSiteToAllForMinutesAtMost() {
    waiting(limiter.through(of("a", ""), () -> limited(Duration.ofHours(1))));
    waiting(limiter.through(of("b", ""), () -> limited(Duration.ofHours(1))));

    assertThat(untilOf(limiter.through(of("c", ""), HostLimiterTest::never)))
        .isEqualTo(Duration.ofMinutes(5));
    assertThat(untilOf(limiter.through(of("a", ""), HostLimiterTest::never)))
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void anAnswerToAnotherTenantShowsThatTheSiteIsThere() {
    waiting(limiter.through(of("a", ""), HostLimiterTest::down));
    assertThat(limiter.through(of("good", ""), HostLimiterTest::good)).isEqualTo(good());

    clock.advance(Duration.ofHours(1));
    waiting(limiter.through(of("b", ""), HostLimiterTest::down));
    assertThat(limiter.through(of("good", ""), HostLimiterTest::good)).isEqualTo(good());
  }

  @Test
  void aBrokenApplicationDoesNotCloseTheOtherSitesOfItsHost() {
    for (String tenant : List.of("a", "b")) {
      waiting(limiter.through(of(tenant, "/broken"), HostLimiterTest::down));
    }

    waiting(limiter.through(of("a", "/broken"), HostLimiterTest::never));
    assertThat(limiter.through(of("a", "/gitlab"), HostLimiterTest::good)).isEqualTo(good());
    assertThat(limiter.through(of("c", "/gitlab"), HostLimiterTest::good)).isEqualTo(good());
  }

  @Test
  void aTenantWithManyRequestsDelaysAnotherByOneAnswerAtMost() throws Exception {
    List<Work> flood = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      flood.add(new Work(of("flood", "")));
    }
    await().until(() -> flood.stream().filter(Work::hasBegun).count() == PERMITS);
    settle();
    Work good = new Work(of("good", ""));
    settle();
    assertThat(good.hasBegun()).isFalse();

    flood.stream().filter(Work::hasBegun).findFirst().orElseThrow().finds(good());

    good.awaitBegun();
    assertThat(flood.stream().filter(Work::hasBegun).count()).isEqualTo(PERMITS);
    good.finds(good());
  }

  @Test
  void circuitsAreBounded() {
    for (int i = 0; i < 2_000; i++) {
      limiter.through(of("evil", "/" + i), HostLimiterTest::down);
    }
    assertThat(limiter.remembered()).isEqualTo(1);
    assertThat(limiter.through(of("good", ""), HostLimiterTest::good)).isEqualTo(good());
  }

  /** A tenant can name any number of hosts, one after the other. */
  @Test
  void ofOneTenantOnlySoManySitesAreRemembered() {
    Caller ofOther =
        new Caller("other", new SiteUrl(new Origin(Scheme.HTTPS, "first.example", 443), ""));
    waiting(limiter.through(ofOther, HostLimiterTest::down));
    int hosts = 2 * HostLimiter.SITES_OF_TENANT;
    for (int i = 0; i < hosts; i++) {
      waiting(limiter.through(caller("s" + i + ".example"), HostLimiterTest::down));
    }

    assertThat(limiter.remembered()).isEqualTo(HostLimiter.SITES_OF_TENANT + 1);
    waiting(limiter.through(caller("s" + (hosts - 1) + ".example"), HostLimiterTest::never));
    waiting(limiter.through(ofOther, HostLimiterTest::never));
    assertThat(limiter.through(caller("s0.example"), HostLimiterTest::good))
        .isEqualTo(Outcome.done("good"));
  }

  @Test
  void aRequestThatWasNotSentSaysNothingOfTheHost() {
    Duration first = untilOf(limiter.through(HOST, HostLimiterTest::down));
    clock.advance(first.plusSeconds(1));
    Outcome<String> notSent =
        limiter.through(
            HOST,
            () ->
                Outcome.waiting(
                    Reason.Queued, "There is no place.", Optional.empty(), Scope.CREDENTIAL));

    assertThat(waiting(notSent).until()).isPresent();
    assertThat(untilOf(limiter.through(HOST, HostLimiterTest::down)))
        .as("the second failure in a row")
        .isGreaterThan(first.multipliedBy(3).dividedBy(2));
  }
}
