package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildObject;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.build.BuildRule;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.RepositoryState;
import dev.codesource.builder.BuildOrder;
import dev.codesource.builder.InMemoryRuns;
import dev.codesource.builder.NamespaceSlots;
import dev.codesource.builder.PushSecrets;
import dev.codesource.builder.RunKind;
import dev.codesource.http.AdjustableClock;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.RecordedEvents;
import dev.codesource.verification.ProvenAccess;
import io.fabric8.kubernetes.api.model.ConditionBuilder;
import io.fabric8.kubernetes.api.model.StatusBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** How builds are started and ended, with builds that nobody builds. */
class BuildsTest {

  private static final String SPEC =
      """
      rules:
      - {name: main, branch: 'main|next|f/.*', builder: bk, contextDir: api, platforms: [linux/amd64, linux/arm64]}
      - {name: release, tag: 'v(?<version>.*)', builder: bk, imageTags: ['${version}']}
      builders:
      - {name: bk, buildkit: {}}
      pushSecretRef: {name: registry}
      """;

  private final AdjustableClock clock = new AdjustableClock();
  private final InMemoryRuns runs = new InMemoryRuns(clock::instant);
  private final RecordedEvents recorded = new RecordedEvents();
  private Outcome<String> published = Outcome.done("gitlab-buildkit");
  private Outcome<String> push = Outcome.done("registry");
  private final Builds builds = builds(10);
  private int number;

  private Builds builds(int mostOfNamespace) {
    return builds(runs, mostOfNamespace, () -> published, (_, _) -> push, recorded, clock);
  }

  static Builds builds(
      InMemoryRuns runs,
      int mostOfNamespace,
      java.util.function.Supplier<Outcome<String>> published,
      PushSecrets pushSecrets,
      RecordedEvents recorded,
      AdjustableClock clock) {
    ProvenAccess bindings =
        new ProvenAccess() {
          @Override
          public Outcome<Access> of(String namespace, String binding) {
            throw new IllegalStateException("builds ask no code host");
          }

          @Override
          public Outcome<String> published(String namespace, String binding, Publication consumer) {
            return published.get();
          }

          @Override
          public void onChange(BiConsumer<String, String> listener) {
            throw new IllegalStateException("nobody listens");
          }
        };
    return new Builds(
        runs,
        bindings,
        pushSecrets,
        new NamespaceSlots(mostOfNamespace),
        new TriggerEvents(recorded.recorder()),
        clock);
  }

  private static CodeSourceTrigger trigger(String more) {
    return TestTrigger.named("shop", SPEC + more);
  }

  private DueCommit due(String rule, String ref) {
    number++;
    return new DueCommit(
        rule,
        GitRef.of(ref) instanceof Outcome.Done<GitRef>(var known) ? known : null,
        "%040x".formatted(number),
        Optional.empty(),
        clock.instant().plusMillis(number));
  }

  private Taken take(CodeSourceTrigger trigger, DueCommit... pending) {
    return take(builds, trigger, pending);
  }

  private static Taken take(Builds builds, CodeSourceTrigger trigger, DueCommit... pending) {
    Map<String, BuildRule> rules =
        TestTrigger.rules(trigger).stream()
            .collect(Collectors.toMap(BuildRule::name, Function.identity()));
    RepositoryState empty = RepositoryState.of("group/shop", "42");
    RepositoryState state =
        new RepositoryState(
            empty.path(),
            empty.id(),
            Optional.of("https://gitlab.example.com/group/shop.git"),
            empty.seen(),
            empty.last(),
            empty.outbox(),
            empty.requested());
    return builds.take(trigger, rules, state, List.of(pending));
  }

  private static Optional<Reason> reason(Taken taken) {
    return taken.problem().map(Problem::reason);
  }

  @Test
  void aBuildIsOrderedWithAllThatTheRuleSays() {
    DueCommit due = due("main", "refs/heads/f/x");

    Taken taken = take(trigger(""), due);

    assertThat(taken.told()).containsKey(due);
    assertThat(taken.problem()).isEmpty();
    BuildOrder order = runs.orders.values().iterator().next();
    assertThat(order.due()).isEqualTo(due);
    assertThat(order.cloneUrl()).hasToString("https://gitlab.example.com/group/shop.git");
    assertThat(order.images()).containsExactly("registry.example.com/shop:f-x-0000000");
    assertThat(order.contextDir()).contains("api");
    assertThat(order.platforms()).containsExactly("linux/amd64", "linux/arm64");
    assertThat(order.serviceAccount()).isEqualTo("codesource-builder");
    assertThat(order.gitSecret()).isEqualTo("gitlab-buildkit");
    assertThat(order.pushSecret()).contains("registry");
    assertThat(order.timeout()).isEqualTo(Duration.ofHours(1));
    assertThat(order.variables())
        .containsEntry("sha", due.sha())
        .containsEntry("image", "registry.example.com/shop:f-x-0000000")
        .containsEntry("contextDir", "api")
        .containsEntry("platforms", "linux/amd64,linux/arm64");
  }

  @Test
  void twoBuildsAreInProgressAtOnceUnlessTheTriggerSaysOtherwise() {
    DueCommit[] tags = {
      due("release", "refs/tags/v1"), due("release", "refs/tags/v2"), due("release", "refs/tags/v3")
    };

    Taken taken = take(trigger(""), tags);
    assertThat(taken.told()).containsOnlyKeys(tags[0], tags[1]);
    assertThat(take(trigger(""), tags[2]).told()).isEmpty();

    runs.becomes(runs.names().getFirst(), BuildState.Succeeded);
    assertThat(take(trigger(""), tags[2]).told()).containsOnlyKeys(tags[2]);
  }

  @Test
  void aNamespaceHasALimitForAllItsTriggersAndTheNextIsCalledWhenABuildEnds() {
    Builds limited = builds(1);
    List<ResourceID> called = new ArrayList<>();
    limited.onChange(called::add);
    CodeSourceTrigger other = TestTrigger.named("api", SPEC);

    assertThat(take(limited, trigger(""), due("release", "refs/tags/v1")).told()).hasSize(1);
    Taken waiting = take(limited, other, due("release", "refs/tags/v1"));
    assertThat(waiting.told()).isEmpty();
    assertThat(waiting.next()).isPresent();

    runs.becomes(runs.names().getFirst(), BuildState.Succeeded);
    assertThat(called).contains(new ResourceID("api", "team-a"));
    assertThat(take(limited, other, due("release", "refs/tags/v1")).told()).hasSize(1);
  }

  /** Without it a list that takes minutes would be asked for by all triggers again and again. */
  @Test
  void whatWaitsForAKindIsCalledWhenItsBuildsAreListed() {
    List<ResourceID> called = new ArrayList<>();
    builds.onChange(called::add);
    runs.isListed = false;
    DueCommit due = due("release", "refs/tags/v1");

    Taken waiting = take(trigger(""), due);
    assertThat(waiting.told()).isEmpty();
    assertThat(waiting.problem()).as("nobody's fault").isEmpty();
    assertThat(waiting.next()).contains(clock.instant().plusSeconds(30));
    runs.listed(RunKind.PipelineRun);
    assertThat(called).as("another kind").isEmpty();
    runs.listed(RunKind.Job);
    assertThat(called).containsExactly(new ResourceID("shop", "team-a"));
    assertThat(take(trigger(""), due).told()).containsOnlyKeys(due);
    runs.listed(RunKind.Job);
    assertThat(called).as("it does not wait any more").hasSize(1);
  }

  @Test
  void whatWaitsForAKindThatIsInstalledLaterIsCalledThen() {
    List<ResourceID> called = new ArrayList<>();
    builds.onChange(called::add);
    runs.isInstalled = false;

    assertThat(reason(take(trigger(""), due("release", "refs/tags/v1"))))
        .contains(Reason.BuilderNotInstalled);
    runs.isInstalled = true;
    runs.listed(RunKind.Job);

    assertThat(called).containsExactly(new ResourceID("shop", "team-a"));
  }

  @Test
  void aTriggerThatIsGoneWaitsForNoKind() {
    List<ResourceID> called = new ArrayList<>();
    builds.onChange(called::add);
    runs.isListed = false;
    take(trigger(""), due("release", "refs/tags/v1"));

    builds.forget(trigger("").getMetadata().getUid());
    runs.listed(RunKind.Job);

    assertThat(called).isEmpty();
  }

  @Test
  void aNewerCommitReplacesTheBuildInProgressAndItIsCancelledOnce() {
    CodeSourceTrigger trigger = trigger("concurrencyPolicy: Replace\nmaxConcurrent: 1\n");
    take(trigger, due("main", "refs/heads/main"));
    String first = runs.names().getFirst();
    DueCommit newer = due("main", "refs/heads/main");

    assertThat(take(trigger, newer).told()).isEmpty();
    take(trigger, newer);
    assertThat(runs.asked.stream().filter(("cancel " + first + " as codesource-builder")::equals))
        .hasSize(1);

    runs.becomes(first, BuildState.Cancelled);
    assertThat(take(trigger, newer).told()).containsOnlyKeys(newer);
  }

  @Test
  void ofCommitsThatWaitTheNewestOfABranchIsBuiltAndTheOthersAreTold() {
    DueCommit older = due("main", "refs/heads/main");
    DueCommit newer = due("main", "refs/heads/main");

    Taken taken = take(trigger(""), older, newer);

    assertThat(taken.told()).containsOnlyKeys(newer);
    assertThat(taken.dropped()).containsExactly(older);
    assertThat(recorded.told())
        .singleElement()
        .asString()
        .startsWith("Normal BuildSuperseded: Not built: refs/heads/main at 0000000 (rule main).");
  }

  @Test
  void theSameCommitIsStartedUnderTheSameNameAfterARestart() {
    DueCommit due = due("main", "refs/heads/main");
    take(trigger(""), due);
    List<String> before = runs.names();

    Taken again = take(builds(10), trigger(""), due);

    assertThat(again.told()).containsOnlyKeys(due);
    assertThat(runs.names()).isEqualTo(before);
  }

  @Test
  void whatIsMissingIsToldAndTriedAgain() {
    DueCommit due = due("main", "refs/heads/main");
    published = Outcome.refused(Reason.SecretNotPublished, "None for BuildKit.");
    Taken taken = take(trigger(""), due);
    assertThat(reason(taken)).contains(Reason.SecretNotPublished);
    assertThat(taken.next()).isPresent();

    published = Outcome.done("gitlab-buildkit");
    push = Outcome.refused(Reason.PushSecretUnusable, "There is none.");
    assertThat(reason(take(trigger(""), due))).contains(Reason.PushSecretUnusable);

    push = Outcome.done("registry");
    runs.isInstalled = false;
    assertThat(reason(take(trigger(""), due))).contains(Reason.BuilderNotInstalled);

    runs.isInstalled = true;
    runs.refusal = Optional.of(new Problem(Reason.BuildForbidden, "It may not."));
    assertThat(reason(take(trigger(""), due))).contains(Reason.BuildForbidden);

    runs.refusal = Optional.empty();
    assertThat(take(trigger(""), due).told()).containsOnlyKeys(due);
  }

  /** One that is refused does not use a place of the namespace. */
  @Test
  void placesOfBuildsThatWereNotStartedAreFreeAgain() {
    Builds limited = builds(1);
    runs.refusal = Optional.of(new Problem(Reason.BuildRefused, "It is not accepted."));
    take(limited, trigger(""), due("main", "refs/heads/main"));
    runs.refusal = Optional.empty();

    assertThat(take(limited, trigger(""), due("main", "refs/heads/next")).told()).hasSize(1);
  }

  @Test
  void aCommitWithoutAUsableImageTagIsNotBuilt() {
    DueCommit due = due("release", "refs/tags/v1/2");

    Taken taken = take(trigger(""), due);

    assertThat(taken.dropped()).containsExactly(due);
    assertThat(runs.names()).isEmpty();
    assertThat(recorded.told())
        .singleElement()
        .asString()
        .startsWith("Warning BuildNotPossible: Not built: refs/tags/v1/2 at ");
  }

  @Test
  void endedBuildsAreDeletedBeyondTheHistory() {
    CodeSourceTrigger trigger = trigger("history: {succeeded: 1, failed: 0}\nmaxConcurrent: 5\n");
    take(
        trigger,
        due("release", "refs/tags/v1"),
        due("release", "refs/tags/v2"),
        due("release", "refs/tags/v3"));
    List<String> names = runs.names();
    runs.becomes(names.get(0), BuildState.Succeeded);
    clock.advance(Duration.ofSeconds(5));
    runs.becomes(names.get(1), BuildState.Succeeded);
    runs.becomes(names.get(2), BuildState.Failed);

    builds.cleanUp(trigger, _ -> false);

    assertThat(runs.names()).containsExactly(names.get(1));
  }

  /** Nobody may be there who ends it. */
  @Test
  void aBuildThatNeverEndsIsDeletedAfterItsTime() {
    CodeSourceTrigger trigger = trigger("timeout: 5m\n");
    take(trigger, due("main", "refs/heads/main"));
    Instant start = clock.instant();

    Optional<Instant> next = builds.cleanUp(trigger, _ -> false);
    assertThat(next).contains(start.plus(Duration.ofMinutes(15)));
    assertThat(runs.names()).hasSize(1);

    clock.advance(Duration.ofMinutes(15));
    builds.cleanUp(trigger, _ -> false);
    assertThat(runs.names()).isEmpty();
    assertThat(recorded.told()).last().asString().startsWith("Warning BuildOverdue");
  }

  @Test
  void aDigestThatOnlyThePodTellsIsAskedForOnce() {
    take(trigger(""), due("main", "refs/heads/main"));
    String name = runs.names().getFirst();
    runs.digest = Optional.of("sha256:" + "a".repeat(64));
    runs.becomes(name, BuildState.Succeeded);

    for (int i = 0; i < 2; i++) {
      assertThat(builds.observed(trigger(""), Optional.empty()))
          .singleElement()
          .satisfies(run -> assertThat(run.progress().digest()).isEqualTo(runs.digest));
    }

    assertThat(runs.asked.stream().filter(("digest " + name)::equals)).hasSize(1);
  }

  /** After a refusal, for one. */
  @Test
  void thatThereIsNoDigestIsRememberedAndNotShown() {
    take(trigger(""), due("main", "refs/heads/main"));
    String name = runs.names().getFirst();
    runs.digest = Optional.of("");
    runs.becomes(name, BuildState.Succeeded);

    for (int i = 0; i < 2; i++) {
      assertThat(builds.observed(trigger(""), Optional.empty()))
          .singleElement()
          .satisfies(run -> assertThat(run.progress().digest()).isEmpty());
    }

    assertThat(runs.asked.stream().filter(("digest " + name)::equals)).hasSize(1);
  }

  /** As after a restart: the pod may be gone. */
  @Test
  void aDigestThatTheStatusHasIsNotAskedFor() {
    take(trigger(""), due("main", "refs/heads/main"));
    String name = runs.names().getFirst();
    runs.becomes(name, BuildState.Succeeded);
    String digest = "sha256:" + "b".repeat(64);
    BuildStatus known =
        new BuildStatus(
            new BuildObject("Job", name),
            "refs/heads/main",
            null,
            BuildState.Succeeded,
            null,
            null,
            digest,
            null,
            null,
            null);
    TriggerStatus status =
        new TriggerStatus(
            null,
            null,
            null,
            null,
            null,
            List.of(new RuleStatus("main", null, List.of(known))),
            null,
            null,
            null,
            null,
            null);

    assertThat(builds.observed(trigger(""), Optional.of(status)))
        .singleElement()
        .satisfies(run -> assertThat(run.progress().digest()).contains(digest));
    assertThat(runs.asked).doesNotContain("digest " + name);
  }

  private static final String SEVERAL =
      """
      rules:
      - {name: main, branch: main, builder: bk}
      - {name: release, tag: '.*', builder: bk}
      - {name: packs, tag: '.*', builder: kp}
      builders:
      - {name: bk, buildkit: {}}
      - {name: kp, kpack: {builderImage: paketobuildpacks/builder-jammy-base}}
      """;

  private void refuse(Reason reason, String ref) {
    runs.refusals =
        order ->
            order.due().ref().fullName().equals(ref)
                ? Optional.of(new Problem(reason, "It is not accepted."))
                : Optional.empty();
  }

  @Test
  void aCommitWhoseParametersTheBuilderCannotTakeIsGivenUpAndTheNextIsBuilt() {
    DueCommit odd = due("release", "refs/tags/v1");
    DueCommit next = due("release", "refs/tags/v2");
    refuse(Reason.BuildParameterInvalid, "refs/tags/v1");

    Taken taken = take(trigger(""), odd, next);

    assertThat(taken.dropped()).containsExactly(odd);
    assertThat(taken.told()).containsOnlyKeys(next);
    assertThat(taken.problem()).isEmpty();
  }

  @Test
  void aBuilderThatIsForbiddenBlocksNoOther() {
    CodeSourceTrigger trigger = TestTrigger.named("shop", SEVERAL);
    DueCommit job = due("release", "refs/tags/v1");
    DueCommit another = due("release", "refs/tags/v2");
    DueCommit pack = due("packs", "refs/tags/v1");
    runs.refusals =
        order ->
            order.due().rule().equals("packs")
                ? Optional.empty()
                : Optional.of(new Problem(Reason.BuildForbidden, "It may not."));

    Taken taken = take(trigger, job, another, pack);

    assertThat(taken.told()).containsOnlyKeys(pack);
    assertThat(reason(taken)).contains(Reason.BuildForbidden);
    assertThat(runs.asked).as("one of each builder is enough to know").hasSize(2);
  }

  @Test
  void withoutItsServiceAccountNoOtherCommitIsTried() {
    refuse(Reason.ServiceAccountNotFound, "refs/tags/v1");

    Taken taken = take(trigger(""), due("release", "refs/tags/v1"), due("release", "refs/tags/v2"));

    assertThat(taken.told()).isEmpty();
    assertThat(runs.asked).hasSize(1);
  }

  @Test
  void refusedCommitsTakeNoPlacesOfOthers() {
    runs.refusals =
        order ->
            order.due().ref().fullName().equals("refs/tags/v3")
                ? Optional.empty()
                : Optional.of(new Problem(Reason.BuildRefused, "It is not accepted."));
    DueCommit third = due("release", "refs/tags/v3");

    Taken taken =
        take(
            trigger("maxConcurrent: 2\n"),
            due("release", "refs/tags/v1"),
            due("release", "refs/tags/v2"),
            third);

    assertThat(taken.told()).containsOnlyKeys(third);
    assertThat(reason(taken)).contains(Reason.BuildRefused);
  }

  /** Else a team could have thousands of requests sent every half a minute. */
  @Test
  void aPassEndsAfterTwentyRefusalsAndTheNextBeginsWithThoseThatWereNotTried() {
    DueCommit[] many = new DueCommit[25];
    for (int i = 0; i < many.length; i++) {
      many[i] = due("release", "refs/tags/v" + i);
    }
    runs.refusal = Optional.of(new Problem(Reason.BuildRefused, "It is not accepted."));
    take(trigger(""), many);
    assertThat(runs.asked).hasSize(20);

    runs.refusal = Optional.empty();
    assertThat(take(trigger(""), many).told()).containsOnlyKeys(many[20], many[21]);
  }

  @Test
  void aFaultOfTheApiServerIsOfOneCommitAndTheOthersAreBuilt() {
    DueCommit fault = due("release", "refs/tags/v1");
    DueCommit next = due("release", "refs/tags/v2");
    runs.refusals =
        order -> {
          if (order.due().equals(fault)) {
            throw new KubernetesClientException(
                "no",
                500,
                new StatusBuilder().withMessage("failed calling webhook \"policy\"").build());
          }
          return Optional.empty();
        };

    Taken taken = take(trigger(""), fault, next);

    assertThat(taken.told()).containsOnlyKeys(next);
    assertThat(taken.dropped()).isEmpty();
    assertThat(taken.problem())
        .contains(
            new Problem(
                Reason.BuildRefused,
                "The API server answers with 500: failed calling webhook \"policy\"."));
    assertThat(taken.next()).isPresent();
  }

  @Test
  void anApiServerThatTakesNoRequestsIsNoProblemOfTheBuilder() {
    runs.refusals =
        _ -> {
          throw new KubernetesClientException("too many", 429, new StatusBuilder().build());
        };

    Taken taken = take(trigger(""), due("release", "refs/tags/v1"), due("release", "refs/tags/v2"));

    assertThat(taken.problem()).isEmpty();
    assertThat(taken.next()).isPresent();
    assertThat(runs.asked).hasSize(1);
  }

  @Test
  void whatCannotBeCancelledIsNotReplaced() {
    CodeSourceTrigger trigger = trigger("concurrencyPolicy: Replace\nmaxConcurrent: 5\n");
    take(trigger, due("main", "refs/heads/main"));
    DueCommit newer = due("main", "refs/heads/main");
    DueCommit other = due("main", "refs/heads/next");
    runs.kept = _ -> Optional.of(new Problem(Reason.BuildForbidden, "It may not."));

    Taken taken = take(trigger, newer, other);
    assertThat(taken.told()).containsOnlyKeys(other);
    assertThat(reason(taken)).contains(Reason.BuildForbidden);

    runs.kept = _ -> Optional.empty();
    assertThat(take(trigger, newer).told()).containsOnlyKeys(newer);
  }

  @Test
  void whatWasStartedBeforeIsKnownWithoutARequest() {
    DueCommit due = due("main", "refs/heads/main");
    take(trigger(""), due);
    runs.asked.clear();

    assertThat(take(builds(10), trigger(""), due).told()).containsOnlyKeys(due);
    assertThat(runs.asked).isEmpty();
  }

  /** The name of an Event tells only of its time and reason. */
  @Test
  void allThatCannotBeBuiltIsToldInOneEvent() {
    take(trigger(""), due("release", "refs/tags/v1/2"), due("release", "refs/tags/v3/4"));

    assertThat(recorded.told()).singleElement().asString().contains("v1/2").contains("v3/4");
  }

  @Test
  void afterARefusedDeletionNoneIsTriedForTenMinutes() {
    CodeSourceTrigger trigger = trigger("history: {succeeded: 0}\nmaxConcurrent: 5\n");
    take(trigger, due("release", "refs/tags/v1"), due("release", "refs/tags/v2"));
    runs.names().forEach(name -> runs.becomes(name, BuildState.Succeeded));
    runs.asked.clear();
    runs.kept = _ -> Optional.of(new Problem(Reason.BuildForbidden, "It may not."));

    assertThat(builds.cleanUp(trigger, _ -> false))
        .contains(clock.instant().plus(Duration.ofMinutes(10)));
    builds.cleanUp(trigger, _ -> false);
    assertThat(runs.asked).hasSize(1);

    runs.kept = _ -> Optional.empty();
    clock.advance(Duration.ofMinutes(10));
    builds.cleanUp(trigger, _ -> false);
    assertThat(runs.names()).isEmpty();
  }

  @Test
  void buildsThatAreStillNeededAreNotDeletedWithTheHistory() {
    CodeSourceTrigger trigger = trigger("history: {succeeded: 0}\n");
    take(trigger, due("release", "refs/tags/v1"));
    runs.becomes(runs.names().getFirst(), BuildState.Succeeded);

    builds.cleanUp(trigger, _ -> true);
    assertThat(runs.names()).hasSize(1);
    builds.cleanUp(trigger, _ -> false);
    assertThat(runs.names()).isEmpty();
  }

  @Test
  void aBuildThatWaitedForItsBuilderHasItsTimeFromItsStartOn() {
    CodeSourceTrigger trigger = trigger("timeout: 5m\n");
    take(trigger, due("main", "refs/heads/main"));
    clock.advance(Duration.ofMinutes(10));
    runs.becomes(runs.names().getFirst(), BuildState.Running);
    clock.advance(Duration.ofMinutes(10));

    builds.cleanUp(trigger, _ -> false);
    assertThat(runs.names()).hasSize(1);
    clock.advance(Duration.ofMinutes(5));
    builds.cleanUp(trigger, _ -> false);
    assertThat(runs.names()).isEmpty();
  }

  @Test
  void aBuildThatNeverEndsIsDeletedThoughEndedOnesAreStillNeeded() {
    CodeSourceTrigger trigger = trigger("timeout: 5m\n");
    take(trigger, due("main", "refs/heads/main"));
    clock.advance(Duration.ofMinutes(15));

    builds.cleanUp(trigger, _ -> true);

    assertThat(runs.names()).isEmpty();
  }

  @Test
  void aBuildThatGoesWithTheHistoryIsNotToldToBeOverdue() {
    CodeSourceTrigger trigger = trigger("history: {succeeded: 0}\n");
    take(trigger, due("release", "refs/tags/v1"));
    runs.becomes(runs.names().getFirst(), BuildState.Succeeded);

    builds.cleanUp(trigger, _ -> false);

    assertThat(runs.names()).isEmpty();
    assertThat(recorded.told()).isEmpty();
  }

  /** One with a finalizer may stay for long. */
  @Test
  void aDeletionIsAskedForOnce() {
    CodeSourceTrigger trigger = trigger("history: {succeeded: 0}\ntimeout: 5m\n");
    take(trigger, due("release", "refs/tags/v1"), due("main", "refs/heads/main"));
    runs.becomes(runs.names().getFirst(), BuildState.Succeeded);
    clock.advance(Duration.ofMinutes(15));
    runs.isDeletedLater = true;

    for (int i = 0; i < 3; i++) {
      builds.cleanUp(trigger, _ -> false);
    }

    assertThat(runs.names()).hasSize(2);
    assertThat(runs.asked.stream().filter(each -> each.startsWith("delete"))).hasSize(2);
    assertThat(recorded.told()).as("the one that has not ended").hasSize(1);
  }

  @Test
  void twentyBuildsAreDeletedInAPassAndTheRestInAnotherOne() {
    CodeSourceTrigger trigger = trigger("history: {succeeded: 0}\nmaxConcurrent: 20\n");
    for (int i = 0; i < 25; i++) {
      take(builds(100), trigger, due("release", "refs/tags/v" + i));
      runs.becomes(runs.names().getLast(), BuildState.Succeeded);
    }

    assertThat(builds.cleanUp(trigger, _ -> false)).contains(clock.instant().plusSeconds(1));
    assertThat(runs.names()).hasSize(5);
    assertThat(builds.cleanUp(trigger, _ -> false)).isEmpty();
    assertThat(runs.names()).isEmpty();
  }

  @Test
  void withoutAHistoryThreeOfEachResultAreKept() {
    CodeSourceTrigger trigger = trigger("maxConcurrent: 20\n");
    for (int i = 0; i < 10; i++) {
      take(trigger, due("release", "refs/tags/v" + i));
      runs.becomes(runs.names().getLast(), i < 5 ? BuildState.Succeeded : BuildState.Failed);
      clock.advance(Duration.ofSeconds(1));
    }
    List<String> names = runs.names();

    builds.cleanUp(trigger, _ -> false);

    assertThat(runs.names())
        .containsExactly(
            names.get(2), names.get(3), names.get(4), names.get(7), names.get(8), names.get(9));
  }

  /** The CRD refuses such a time-out, and may be younger than the trigger. */
  @Test
  void noBuildTakesMoreThanADay() {
    CodeSourceTrigger trigger = trigger("timeout: 100h\n");
    take(trigger, due("main", "refs/heads/main"));

    assertThat(runs.orders.values())
        .singleElement()
        .satisfies(order -> assertThat(order.timeout()).isEqualTo(Duration.ofHours(24)));
    assertThat(builds.cleanUp(trigger, _ -> false))
        .contains(clock.instant().plus(Duration.ofHours(24)).plus(Duration.ofMinutes(10)));
  }

  private Builds.Readiness ready(CodeSourceTrigger trigger) {
    return builds.ready(trigger, TestTrigger.rules(trigger));
  }

  private static Optional<Reason> reason(Builds.Readiness ready) {
    return ready.problem().map(Problem::reason);
  }

  @Test
  void whatABuildNeedsIsLookedAtBeforeOneIsDueAndNothingIsStarted() {
    assertThat(ready(trigger("")).problem()).isEmpty();
    assertThat(ready(trigger("")).isKnown()).isTrue();
    assertThat(ready(trigger("")).next()).as("nothing to look at again").isEmpty();

    runs.isInstalled = false;
    assertThat(reason(ready(trigger("")))).contains(Reason.BuilderNotInstalled);
    runs.isInstalled = true;
    runs.isAllowed = false;
    assertThat(reason(ready(trigger("")))).contains(Reason.ServiceAccountNotAllowed);
    runs.isAllowed = true;
    published = Outcome.refused(Reason.SecretNotPublished, "None.");
    assertThat(reason(ready(trigger("")))).contains(Reason.SecretNotPublished);
    published = Outcome.done("gitlab-buildkit");
    push = Outcome.refused(Reason.PushSecretUnusable, "None.");
    assertThat(reason(ready(trigger("")))).contains(Reason.PushSecretUnusable);
    push = Outcome.done("registry");
    runs.hasAccount = false;
    Builds.Readiness withoutAccount = ready(trigger(""));

    assertThat(reason(withoutAccount)).contains(Reason.ServiceAccountNotFound);
    assertThat(withoutAccount.next()).contains(clock.instant().plus(Duration.ofMinutes(1)));
    assertThat(runs.names()).isEmpty();
  }

  @Test
  void whatIsWrongWithTheBindingIsLeftToTheConditionOfTheBinding() {
    published = Outcome.refused(Reason.BindingNotBound, "Not yet.");
    assertThat(ready(trigger("")).problem()).isEmpty();

    runs.hasAccount = false;
    assertThat(reason(ready(trigger("")))).contains(Reason.ServiceAccountNotFound);
  }

  @Test
  void aWrongServiceAccountIsToldBeforeABindingThatIsNotBound() {
    runs.isAllowed = false;
    published = Outcome.refused(Reason.BindingNotBound, "Not yet.");

    assertThat(reason(take(trigger(""), due("main", "refs/heads/main"))))
        .contains(Reason.ServiceAccountNotAllowed);
  }

  @Test
  void ofATriggerThatWasReadyTheApiServerIsNotAskedUntilItsSpecChanges() {
    CodeSourceTrigger trigger = trigger("");
    trigger.setStatus(
        new TriggerStatus(
            null,
            1L,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            null,
            List.of(
                new ConditionBuilder()
                    .withType("BuilderReady")
                    .withStatus("True")
                    .withObservedGeneration(1L)
                    .build())));
    assertThat(ready(trigger).problem()).isEmpty();
    assertThat(runs.asked).isEmpty();

    trigger.getMetadata().setGeneration(2L);
    assertThat(ready(trigger).problem()).isEmpty();
    assertThat(runs.asked).containsExactly("look for codesource-builder");
  }

  @Test
  void asLongAsBuildsAreBeingListedOrTheApiServerDoesNotAnswerNothingIsSaid() {
    runs.isListed = false;
    assertThat(ready(trigger("")).isKnown()).isFalse();
    List<ResourceID> told = new ArrayList<>();
    builds.onChange(told::add);
    runs.listed(RunKind.Job);
    assertThat(told).as("it is looked at again").containsExactly(new ResourceID("shop", "team-a"));

    runs.unanswered = Optional.of(new KubernetesClientException("timeout", 0, null));
    Builds.Readiness ready = ready(trigger(""));
    assertThat(ready.isKnown()).isFalse();
    assertThat(ready.problem()).isEmpty();
    assertThat(ready.next()).isPresent();
  }

  @Test
  void aTriggerThatOnlyTellsSinksNeedsNothingInTheCluster() {
    runs.isInstalled = false;
    runs.hasAccount = false;
    CodeSourceTrigger trigger =
        TestTrigger.named(
            "shop",
            "rules: [{name: main, branch: main}]\nbuilders: [{name: ci, sink: {name: ci}}]\n");

    assertThat(ready(trigger).problem()).isEmpty();
    assertThat(runs.asked).isEmpty();
  }
}
