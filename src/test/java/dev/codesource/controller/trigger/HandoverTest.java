package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.RepositoryState;
import dev.codesource.builder.InMemoryRuns;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.RecordedEvents;
import dev.codesource.sink.TestSinks;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The way from the outbox to sinks, over real connections. A restart is a new {@link Handover} and
 * a new {@link RefStore} on the same Secrets.
 */
class HandoverTest {

  private static final String SPEC =
      """
      rules:
      - {name: main, branch: main, builder: ci}
      - {name: feature, branch: 'feature/.*', builder: ci}
      - {name: other, branch: 'other/.*', builder: second}
      builders:
      - {name: ci, sink: {name: build-service}}
      - {name: second, sink: {name: second-service}}
      """;

  private final AdjustableClock clock = new AdjustableClock();
  private final DisturbedSecretStore secrets = new DisturbedSecretStore(clock);
  private final CodeSourceTrigger trigger = TestTrigger.named("shop", SPEC);
  private final List<String> givenUp = new CopyOnWriteArrayList<>();
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private volatile Function<Asked, CannedAnswer> first = _ -> CannedAnswer.of(202);
  private volatile Function<Asked, CannedAnswer> second = _ -> CannedAnswer.of(202);
  private final LoopbackHost sink = new LoopbackHost(asked -> first.apply(asked));
  private final LoopbackHost secondSink = new LoopbackHost(asked -> second.apply(asked));
  private final TestSinks sinks =
      new TestSinks(
          clock,
          TestSinks.plain("build-service", sink),
          TestSinks.plain("second-service", secondSink));

  private final InMemoryRuns runs = new InMemoryRuns(clock::instant);

  private RefStore store = new RefStore(secrets, new ApiReads());
  private Handover handover = handover();

  @AfterEach
  void close() {
    sinks.close();
    sink.close();
    secondSink.close();
  }

  private Handover handover() {
    return new Handover(
        sinks.sinks(),
        BuildsTest.builds(
            runs,
            1,
            () -> Outcome.done("unused"),
            (_, name) -> Outcome.done(name),
            new RecordedEvents(),
            clock),
        store,
        (_, due, why) -> givenUp.add(due.ref() + " " + due.sha() + " " + why.reason()),
        new TriggerMetrics(registry, sinks.sinks()),
        clock);
  }

  /** What was kept in memory is gone. */
  private void restart() {
    store = new RefStore(secrets, new ApiReads());
    registry.clear();
    handover = handover();
  }

  /** Stores commits as a comparison does. */
  private void found(DueCommit... due) {
    Optional<RefStore.Stored> stored = store.read(trigger);
    RepositoryState state =
        stored.map(RefStore.Stored::state).orElseGet(() -> RepositoryState.of("group/shop", "42"));
    Map<String, DueCommit> last = new HashMap<>(state.last());
    List.of(due).forEach(each -> last.put(each.rule(), each));
    RepositoryState next =
        new RepositoryState(
            state.path(),
            state.id(),
            Optional.of("https://gitlab.example.com/group/shop.git"),
            state.seen(),
            last,
            state.outbox().with(List.of(due)),
            Optional.empty());
    assertThat(store.write(trigger, stored, next)).isInstanceOf(Outcome.Done.class);
  }

  private DueCommit due(String rule, String branch, int number) {
    return new DueCommit(
        rule,
        new GitRef(GitRef.Kind.BRANCH, branch),
        "%040d".formatted(number),
        Optional.empty(),
        clock.instant());
  }

  private Handover.Result pass() {
    return pass("42", "https://gitlab.example.com/group/shop.git");
  }

  private Handover.Result pass(String id, String cloneUrl) {
    return handover.pass(
        trigger,
        TestTrigger.rules(trigger),
        Optional.of(new TriggerStatus.Repository(id, "group/shop", cloneUrl)));
  }

  /** Whoever may write the Secret of a trigger could have a sink build the code of others. */
  @Test
  void nobodyIsToldOfAnotherRepositoryThanTheOneThatWasFound() {
    found(due("main", "main", 1));

    assertThat(pass("43", "https://gitlab.example.com/group/shop.git").outbox().pending())
        .hasSize(1);
    assertThat(pass("42", "https://gitlab.example.com/other/shop.git").outbox().pending())
        .hasSize(1);
    assertThat(sink.seen()).isEmpty();
    assertThat(pass().outbox().pending()).isEmpty();
  }

  /** The numbers of the commits that a sink was sent, in order. */
  private static List<Integer> sent(LoopbackHost server) {
    List<Integer> numbers = new ArrayList<>();
    for (Asked asked : server.seen()) {
      try {
        numbers.add(
            Integer.parseInt(new ObjectMapper().readTree(asked.body()).path("commit").asText()));
      } catch (JsonProcessingException e) {
        throw new AssertionError(e);
      }
    }
    return numbers;
  }

  private static List<String> ids(LoopbackHost server) {
    return server.seen().stream().map(asked -> asked.header("ce-id").orElseThrow()).toList();
  }

  @Test
  void whatIsDueIsToldOnceAndThenGone() {
    found(due("main", "main", 1), due("feature", "feature/a", 2));
    Handover.Result told = pass();

    assertThat(sent(sink)).containsExactly(1, 2);
    assertThat(told.outbox().pending()).isEmpty();
    assertThat(told.outbox().delivered())
        .containsOnly(Map.entry("main", clock.instant()), Map.entry("feature", clock.instant()));
    assertThat(told.problem()).isEmpty();
    assertThat(told.next()).isEmpty();
    pass();
    restart();
    assertThat(pass().outbox().delivered()).hasSize(2);
    assertThat(sent(sink)).hasSize(2);
  }

  @Test
  void anEventSaysWhatIsToBeBuilt() throws JsonProcessingException {
    found(due("main", "main", 1));
    pass();

    assertThat(new ObjectMapper().readTree(sink.seen().getFirst().body()))
        .isEqualTo(
            new ObjectMapper()
                .readTree(
                    """
                    {"trigger": {"namespace": "team-a", "name": "shop", "uid": "uid-of-shop", "binding": "gitlab"},
                     "rule": "main",
                     "repository": {"id": "42", "path": "group/shop", "cloneUrl": "https://gitlab.example.com/group/shop.git"},
                     "ref": {"name": "refs/heads/main", "kind": "branch", "shortName": "main"},
                     "commit": "%040d",
                     "images": ["registry.example.com/shop:main-0000000"],
                     "foundAt": "2026-01-01T00:00:00Z"}
                    """
                        .formatted(1)));
  }

  /** Between the answer of the sink and the write that removes what it has. */
  @Test
  void afterACrashTheSameEventIsSentAgainWithTheSameIdentifier() {
    found(due("main", "main", 1));
    secrets.beforeNextWrites(DisturbedSecretStore::outage);
    assertThatThrownBy(this::pass).isInstanceOf(KubernetesClientException.class);
    restart();
    pass();

    assertThat(sent(sink)).containsExactly(1, 1);
    assertThat(ids(sink)).containsOnly(ids(sink).getFirst());
    restart();
    pass();
    assertThat(sent(sink)).hasSize(2);
  }

  /** Between the write that marks it as seen and the request. */
  @Test
  void afterACrashBeforeItWasSentItIsSent() {
    found(due("main", "main", 1));
    restart();
    pass();

    assertThat(sent(sink)).containsExactly(1);
  }

  @Test
  void whenSomebodyElseHasChangedTheSecretItIsRemovedLaterAndNotToldAgain() {
    found(due("main", "main", 1));
    secrets.beforeNextWrites(secrets::relabel);
    Handover.Result lost = pass();

    assertThat(lost.outbox().pending()).hasSize(1);
    assertThat(lost.problem()).isEmpty();
    clock.advance(Duration.between(clock.instant(), lost.next().orElseThrow()));
    Handover.Result removed = pass();
    assertThat(removed.outbox().pending()).isEmpty();
    assertThat(removed.outbox().delivered()).containsKey("main");
    assertThat(sent(sink)).containsExactly(1);
  }

  /** Such as a Secret that somebody has made immutable, or a quota. */
  @Test
  void whatTheApiServerRefusesToRemoveIsNotSentAgainByThisProcess() {
    found(due("main", "main", 1), due("gone", "main", 2));
    Runnable[] refusals = new Runnable[3];
    Arrays.fill(refusals, (Runnable) DisturbedSecretStore::refusal);
    secrets.beforeNextWrites(refusals);
    Handover.Result refused = pass();

    assertThat(refused.problem()).map(Problem::reason).contains(Reason.SecretRefused);
    assertThat(refused.problem()).map(Problem::what).get().asString().contains("immutable");
    assertThat(refused.next())
        .get(InstanceOfAssertFactories.INSTANT)
        .isAfter(clock.instant().plusSeconds(100));
    assertThat(pass()).as("nothing is written before the interval").isEqualTo(refused);
    assertThat(secrets.eventsLeft()).isEqualTo(2);
    for (int i = 0; i < 2; i++) {
      clock.advance(Duration.ofMinutes(3));
      assertThat(pass().problem()).map(Problem::reason).contains(Reason.SecretRefused);
    }
    assertThat(sent(sink)).containsExactly(1);
    assertThat(givenUp).as("it is told once that it is given up").hasSize(1);

    clock.advance(Duration.ofMinutes(3));
    Handover.Result removed = pass();
    assertThat(removed.outbox().pending()).isEmpty();
    assertThat(removed.problem()).isEmpty();
    assertThat(sent(sink)).containsExactly(1);
  }

  @Test
  void afterARestartWhatCouldNotBeRemovedIsSentAgainWithTheSameIdentifier() {
    found(due("main", "main", 1));
    secrets.beforeNextWrites(DisturbedSecretStore::refusal);
    pass();
    restart();
    pass();

    assertThat(ids(sink)).hasSize(2).containsOnly(ids(sink).getFirst());
  }

  @Test
  void theCommitsOfABranchAreToldInTheirOrder() {
    found(due("main", "main", 1), due("feature", "feature/a", 2), due("main", "main", 3));
    first = _ -> CannedAnswer.of(503);
    Handover.Result down = pass();

    assertThat(sent(sink)).containsExactly(1);
    assertThat(down.problem()).map(Problem::reason).contains(Reason.SinkUnreachable);
    assertThat(down.outbox().pending()).hasSize(3);
    found(due("main", "main", 4));
    first = _ -> CannedAnswer.of(200);
    clock.advance(Duration.between(clock.instant(), down.next().orElseThrow()));
    assertThat(pass().outbox().pending()).isEmpty();
    assertThat(sent(sink)).containsExactly(1, 1, 2, 3, 4);
  }

  /** As long as a sink is not asked, a pass sends nothing. */
  @Test
  void aSinkThatIsDownIsLeftAloneUntilItsTime() {
    found(due("main", "main", 1));
    first = _ -> CannedAnswer.of(503).with("Retry-After", "60");
    Instant next = pass().next().orElseThrow();

    assertThat(next).isEqualTo(clock.instant().plusSeconds(60));
    assertThat(pass().problem()).map(Problem::reason).contains(Reason.SinkUnreachable);
    assertThat(sent(sink)).hasSize(1);
    clock.advance(Duration.ofDays(30));
    first = _ -> CannedAnswer.of(200);
    assertThat(pass().outbox().pending()).as("an outage has no end by time").isEmpty();
    assertThat(givenUp).isEmpty();
  }

  @Test
  void aSinkThatIsSlowDelaysNoOther() throws Exception {
    CountDownLatch other = new CountDownLatch(1);
    first =
        _ -> {
          try {
            // Answers only when the other sink has its event.
            return CannedAnswer.of(other.await(15, TimeUnit.SECONDS) ? 200 : 500);
          } catch (InterruptedException e) {
            return CannedAnswer.of(500);
          }
        };
    second =
        _ -> {
          other.countDown();
          return CannedAnswer.of(200);
        };
    found(due("main", "main", 1), due("other", "other/a", 2));
    Handover.Result told = pass();

    assertThat(told.problem()).isEmpty();
    assertThat(told.outbox().pending()).isEmpty();
  }

  @Test
  void aRefusedCommitIsOfferedAtTheIntervalAndHoldsOnlyItsOwnBranch() {
    found(due("main", "main", 1), due("feature", "feature/a", 2));
    first = asked -> CannedAnswer.of(asked.body().contains("refs/heads/main") ? 422 : 200);
    Handover.Result refused = pass();

    assertThat(sent(sink)).containsExactly(1, 2);
    assertThat(refused.problem()).map(Problem::reason).contains(Reason.SinkRefused);
    assertThat(refused.next())
        .get(InstanceOfAssertFactories.INSTANT)
        .isBetween(clock.instant().plusSeconds(108), clock.instant().plusSeconds(132));
    assertThat(refused.outbox().pending()).hasSize(1);
    clock.advance(Duration.ofMinutes(1));
    assertThat(pass().problem()).map(Problem::reason).contains(Reason.SinkRefused);
    assertThat(sent(sink)).hasSize(2);
    clock.advance(Duration.ofSeconds(72));
    first = _ -> CannedAnswer.of(200);
    assertThat(pass().outbox().pending()).isEmpty();
    assertThat(sent(sink)).containsExactly(1, 2, 1);
  }

  @Test
  void aNewerCommitTakesThePlaceOfARefusedOne() {
    found(due("main", "main", 1));
    first = _ -> CannedAnswer.of(422);
    pass();
    first = _ -> CannedAnswer.of(200);
    found(due("main", "main", 2));
    Handover.Result told = pass();

    assertThat(sent(sink)).containsExactly(1, 2);
    assertThat(told.outbox().pending()).isEmpty();
    assertThat(givenUp).containsExactly("refs/heads/main %040d SinkRefused".formatted(1));
  }

  @Test
  void afterADayARefusedCommitIsGivenUp() {
    found(due("main", "main", 1));
    first = _ -> CannedAnswer.of(422);
    pass();
    clock.advance(Handover.PATIENCE.minusSeconds(1));
    assertThat(pass().outbox().pending()).hasSize(1);
    clock.advance(Duration.ofMinutes(5));
    Handover.Result last = pass();

    assertThat(last.outbox().pending()).isEmpty();
    assertThat(last.outbox().delivered()).isEmpty();
    assertThat(givenUp).hasSize(1);
  }

  /** The repository is to be compared meanwhile. */
  @Test
  void aPassTellsSomeAndTheNextOneTheRest() {
    DueCommit[] many = new DueCommit[Handover.MOST + 5];
    for (int i = 0; i < many.length; i++) {
      many[i] = due("feature", "feature/" + i, i);
    }
    found(many);
    Handover.Result some = pass();

    assertThat(sent(sink)).hasSize(Handover.MOST);
    assertThat(some.next()).contains(clock.instant());
    assertThat(some.problem()).isEmpty();
    assertThat(pass().outbox().pending()).isEmpty();
    assertThat(sent(sink)).hasSize(many.length).isSorted();
  }

  @Test
  void aSinkThatTheAdministratorHasNotSetUpIsTold() {
    CodeSourceTrigger wrong =
        TestTrigger.named(
            "wrong",
            """
            rules: [{name: main, branch: main}]
            builders: [{name: ci, sink: {name: nowhere}}]
            """);
    Handover.Result told = handover.pass(wrong, TestTrigger.rules(wrong), Optional.empty());

    assertThat(told.problem())
        .hasValueSatisfying(
            problem -> {
              assertThat(problem.reason()).isEqualTo(Reason.SinkNotFound);
              assertThat(problem.what()).contains("nowhere");
            });
    assertThat(handover.missing(TestTrigger.rules(trigger))).isEmpty();
  }

  @Test
  void whatIsDueForASinkThatIsMissingWaitsAndTheOthersAreTold() {
    found(due("main", "main", 1), due("other", "other/a", 2));
    CodeSourceTrigger wrong = TestTrigger.named("shop", SPEC.replace("build-service", "nowhere"));
    Handover.Result told =
        handover.pass(
            wrong,
            TestTrigger.rules(wrong),
            Optional.of(
                new TriggerStatus.Repository(
                    "42", "group/shop", "https://gitlab.example.com/group/shop.git")));

    assertThat(sent(secondSink)).containsExactly(2);
    assertThat(told.problem()).map(Problem::reason).contains(Reason.SinkNotFound);
    assertThat(told.outbox().pending()).extracting(DueCommit::rule).containsExactly("main");
    assertThat(pass().outbox().pending()).as("it is there again").isEmpty();
    assertThat(sent(sink)).containsExactly(1);
  }

  @Test
  void whatARuleThatIsGoneHadFoundIsNotTold() {
    found(due("gone", "main", 1), due("main", "main", 2));
    Handover.Result told = pass();

    assertThat(sent(sink)).containsExactly(2);
    assertThat(told.outbox().pending()).isEmpty();
  }

  @Test
  void aTriggerWithNothingToTellReadsItsSecretOnce() {
    pass();
    found(due("main", "main", 1));
    pass();
    secrets.deleteAll();

    assertThat(pass().outbox().delivered()).containsKey("main");
  }

  @Test
  void metricsSayWhatIsPendingAndWhatBecameOfEvents() {
    found(due("main", "main", 1), due("main", "main", 2));
    first = _ -> CannedAnswer.of(503);
    Instant next = pass().next().orElseThrow();

    assertThat(registry.get("codesource.sink.pending").tag("sink", "build-service").gauge().value())
        .isEqualTo(2);
    first = _ -> CannedAnswer.of(200);
    clock.advance(Duration.between(clock.instant(), next));
    pass();
    assertThat(registry.get("codesource.sink.pending").tag("sink", "build-service").gauge().value())
        .isZero();
    assertThat(deliveries("Delivered")).isEqualTo(2);
    assertThat(deliveries("SinkUnreachable")).isEqualTo(1);
    assertThat(registry.get("codesource.trigger.delivery.delay").timer().count()).isEqualTo(2);
  }

  @Test
  void whatIsNotOfferedToASinkAnyMoreIsNotPendingInTheMetrics() {
    found(due("main", "main", 1));
    first = _ -> CannedAnswer.of(503);
    pass();
    assertThat(pending()).isEqualTo(1);
    pass("43", "https://gitlab.example.com/group/shop.git");
    assertThat(pending()).as("it is of another repository").isZero();

    pass();
    assertThat(pending()).isEqualTo(1);
    handover.suspended(trigger);
    assertThat(pending()).as("it is suspended").isZero();

    pass();
    assertThat(pending()).isEqualTo(1);
    secrets.deleteAll();
    pass();
    assertThat(pending()).as("there is nothing stored").isZero();
  }

  private double pending() {
    return registry.get("codesource.sink.pending").tag("sink", "build-service").gauge().value();
  }

  private double deliveries(String result) {
    return registry
        .get("codesource.sink.deliveries")
        .tag("sink", "build-service")
        .tag("result", result)
        .counter()
        .count();
  }

  @Test
  void whatASinkWasToldIsStoredAlsoWhenTheStartOfABuildFails() {
    CodeSourceTrigger both =
        TestTrigger.named(
            "shop",
            """
            rules:
            - {name: main, branch: main, builder: ci}
            - {name: image, branch: main, builder: bk}
            builders:
            - {name: ci, sink: {name: build-service}}
            - {name: bk, buildkit: {}}
            """);
    found(due("main", "main", 1), due("image", "main", 1));
    runs.refusals =
        _ -> {
          throw new IllegalStateException("a fault of the operator");
        };
    Optional<TriggerStatus.Repository> repository =
        Optional.of(
            new TriggerStatus.Repository(
                "42", "group/shop", "https://gitlab.example.com/group/shop.git"));

    assertThatThrownBy(() -> handover.pass(both, TestTrigger.rules(both), repository))
        .isInstanceOf(IllegalStateException.class);
    restart();
    runs.refusals = _ -> Optional.empty();
    Handover.Result told = handover.pass(both, TestTrigger.rules(both), repository);

    assertThat(told.outbox().pending()).isEmpty();
    assertThat(told.outbox().delivered()).containsOnlyKeys("main", "image");
    assertThat(sent(sink)).containsExactly(1);
  }

  /** Else a trigger whose builds cannot start looks well until the first push. */
  @Test
  void whatHindersBuildsIsSaidWithoutACommitAndSinksAreTold() {
    CodeSourceTrigger both =
        TestTrigger.named(
            "shop",
            """
            rules:
            - {name: main, branch: main, builder: ci}
            - {name: image, branch: main, builder: bk}
            builders:
            - {name: ci, sink: {name: build-service}}
            - {name: bk, buildkit: {}}
            """);
    Optional<TriggerStatus.Repository> repository =
        Optional.of(
            new TriggerStatus.Repository(
                "42", "group/shop", "https://gitlab.example.com/group/shop.git"));
    runs.hasAccount = false;

    Handover.Result nothing = handover.pass(both, TestTrigger.rules(both), repository);
    assertThat(nothing.problem().map(Problem::reason)).contains(Reason.ServiceAccountNotFound);
    assertThat(nothing.next()).as("it is looked at again").isPresent();
    found(due("main", "main", 1));
    Handover.Result told = handover.pass(both, TestTrigger.rules(both), repository);
    assertThat(told.problem().map(Problem::reason)).contains(Reason.ServiceAccountNotFound);
    assertThat(sent(sink)).containsExactly(1);

    runs.hasAccount = true;
    runs.isListed = false;
    assertThat(handover.pass(both, TestTrigger.rules(both), repository).isKnown()).isFalse();
    runs.isListed = true;
    assertThat(handover.pass(both, TestTrigger.rules(both), repository).problem()).isEmpty();
    assertThat(runs.names()).isEmpty();
  }
}
