package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.builder.InMemoryRuns;
import dev.codesource.builder.NamespaceSlots;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.git.RefsMemory;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.HostThreads;
import dev.codesource.http.Limits;
import dev.codesource.http.Resolver;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.ApiWriteBulkhead;
import dev.codesource.runtime.ComputeThreads;
import dev.codesource.runtime.HostQueue.Entry;
import dev.codesource.runtime.KeptEvents;
import dev.codesource.runtime.Shard;
import dev.codesource.runtime.StartBarrier;
import dev.codesource.sink.TestSinks;
import dev.codesource.status.ConditionSet;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess;
import dev.codesource.webhook.KnownPaths;
import dev.codesource.webhook.WebhookAddress;
import dev.codesource.webhook.WebhookKeeper;
import dev.codesource.webhook.WebhookKeeper.Mark;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the reconciler decides: whether the code host is asked, what is written, who is told, and
 * when it is next. With a real git, a sink on loopback, and Secrets in memory. What the API server
 * would have of the trigger is in this class.
 */
class TriggerReconcilerTest {

  private static final String TOKEN = "glpat-good-and-long-enough";

  private static final String SPEC =
      """
      mode: Poll
      rules:
      - {name: main, branch: main}
      - {name: release, tag: 'v.*'}
      builders: [{name: ci, sink: {name: build-service}}]
      """;

  /** Of {@code mode: Poll}. */
  private static final Duration INTERVAL = Duration.ofMinutes(2);

  /** Delays are rounded up. */
  private static final Duration SOON = Duration.ofMillis(10);

  /** The interval may be longer by a tenth. */
  private static final Duration LONGER = Duration.ofSeconds(133);

  private final AdjustableClock clock = new AdjustableClock();
  private final DisturbedSecretStore secrets = new DisturbedSecretStore(clock);
  private final HostThreads threads = new HostThreads();
  private final GuardedHostClient client =
      new GuardedHostClient(
          threads,
          (_, address) -> Outcome.done(address),
          Resolver.system(),
          Limits.DEFAULT,
          "code-source-operator/test");
  private final KeptEvents events = new KeptEvents(clock);
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  /** Of no API server. */
  private final KubernetesClient nobody =
      new KubernetesClientBuilder().withConfig(Config.empty()).build();

  private volatile Function<Asked, CannedAnswer> answer = _ -> CannedAnswer.of(202);
  private final LoopbackHost sink = new LoopbackHost(asked -> answer.apply(asked));
  private final TestSinks sinks = new TestSinks(clock, TestSinks.plain("build-service", sink));

  private final RefStore store = new RefStore(secrets, new ApiReads());
  private final ComparisonTimes times = new ComparisonTimes();
  private final DeliveryLog deliveries = new DeliveryLog();
  private final HostLimiter limiter = new HostLimiter(1, clock, new Random(1));

  private final InMemoryRuns runs = new InMemoryRuns(clock::instant);
  private final Bindings bindings = new Bindings();
  private final AtomicInteger asked = new AtomicInteger();
  private final List<TriggerStatus> written = new ArrayList<>();

  /** As the API server has it. */
  private CodeSourceTrigger trigger = TestTrigger.named("shop", SPEC);

  /** What somebody does to it while its status is written. */
  private Consumer<CodeSourceTrigger> meanwhile = _ -> {};

  private volatile boolean isHostDown;
  private HttpServer http;
  private GitRepository repository;
  private TriggerEventSources sources;
  private TriggerReconciler reconciler;

  /** Which access the binding gives. */
  private final class Bindings implements ProvenAccess {
    private boolean isBound = true;

    @Override
    public Outcome<Access> of(String namespace, String binding) {
      return isBound
          ? Outcome.done(access())
          : Outcome.refused(Reason.BindingNotBound, "The binding gitlab is not Bound.");
    }

    @Override
    public Outcome<String> published(String namespace, String binding, Publication consumer) {
      return Outcome.done("gitlab-" + consumer.name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void onChange(BiConsumer<String, String> listener) {
      throw new IllegalStateException("nobody listens");
    }
  }

  /** Writes the trigger as the API server does. */
  private final class Writes implements TriggerWrites {

    @Override
    public CodeSourceTrigger status(TriggerStatus next) {
      written.add(next);
      CodeSourceTrigger copy = new CodeSourceTrigger();
      copy.setMetadata(new ObjectMetaBuilder(trigger.getMetadata()).build());
      copy.setSpec(trigger.getSpec());
      copy.setStatus(next);
      meanwhile.accept(copy);
      meanwhile = _ -> {};
      trigger = copy;
      return copy;
    }

    @Override
    public Mark finalizer() {
      return new Mark() {
        @Override
        public void put() {
          throw new IllegalStateException("there are no webhooks");
        }

        @Override
        public void take() {
          // It is not on.
        }
      };
    }
  }

  @BeforeEach
  void serve(@TempDir Path folder) throws IOException {
    repository = GitRepository.empty(folder.resolve("group/shop.git"));
    repository.push("main", "README", "one");
    GitHttpBackend git = new GitHttpBackend(folder, "", "alice:" + TOKEN);
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/", exchange -> answer(exchange, git));
    http.start();
    StartBarrier open = new StartBarrier(Shard.WHOLE, clock);
    open.open();
    reconciler = reconciler(open);
  }

  private TriggerReconciler reconciler(StartBarrier barrier) {
    TriggerEvents recorded = new TriggerEvents(events.recorder());
    TriggerGauges gauges = new TriggerGauges(registry, Shard.WHOLE, clock);
    TriggerMetrics metrics = new TriggerMetrics(registry, sinks.sinks());
    Builds builds =
        new Builds(
            runs,
            bindings,
            (_, name) -> Outcome.done(name),
            new NamespaceSlots(10),
            recorded,
            clock);
    CommitReports reports = new CommitReports(client, limiter, recorded, clock);
    Handover handover = new Handover(sinks.sinks(), builds, store, recorded, metrics, clock);
    ComputeThreads compute = new ComputeThreads();
    RepositoryWatch watch =
        new RepositoryWatch(client, limiter, store, RefsMemory.ofHeap(0), compute, clock);
    SharedWebhooks shared = new SharedWebhooks();
    WebhookAddress address = WebhookAddress.at(Optional.empty());
    TriggerWebhooks webhooks =
        new TriggerWebhooks(
            new WebhookKeeper(
                client,
                limiter,
                secrets,
                address,
                new KnownPaths() {
                  @Override
                  public boolean isComplete() {
                    return true;
                  }

                  @Override
                  public Optional<Holder> holder(String path) {
                    return Optional.empty();
                  }
                },
                clock),
            address,
            bindings,
            shared,
            store,
            deliveries,
            recorded,
            clock);
    sources =
        new TriggerEventSources(
            bindings,
            watch,
            times,
            _ -> {},
            deliveries,
            shared,
            webhooks,
            recorded,
            nobody,
            events.recorder(),
            barrier,
            gauges,
            handover,
            builds,
            reports,
            limiter,
            Shard.WHOLE,
            clock);
    return new TriggerReconciler(
        sources,
        barrier,
        bindings,
        watch,
        times,
        deliveries,
        webhooks,
        handover,
        builds,
        reports,
        recorded,
        metrics,
        gauges,
        new ApiWriteBulkhead(),
        compute,
        clock);
  }

  @AfterEach
  void stop() {
    http.stop(0);
    client.close();
    threads.close();
    sinks.close();
    sink.close();
    nobody.close();
  }

  private void answer(HttpExchange exchange, GitHttpBackend git) throws IOException {
    asked.incrementAndGet();
    if (isHostDown) {
      exchange.sendResponseHeaders(503, -1);
      exchange.close();
    } else if (exchange.getRequestURI().getPath().startsWith("/group")) {
      git.handle(exchange);
    } else {
      byte[] body =
          "{\"id\":42,\"path_with_namespace\":\"group/shop\",\"http_url_to_repo\":\"%s/group/shop.git\"}"
              .formatted(site())
              .getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }
  }

  private SiteUrl site() {
    return new SiteUrl(
        new Origin(Origin.Scheme.HTTP, "127.0.0.1", http.getAddress().getPort()), "");
  }

  private ProvenAccess.Access access() {
    return new ProvenAccess.Access(
        new Claim(
            "team-a", new GitLab(clock), site(), "alice", Credential.of(TOKEN), Optional.empty()),
        new Proof.Account("alice", "1"));
  }

  /** Reconciles; when it wants to be reconciled again; empty: when something changes. */
  private Optional<Duration> reconcile() {
    UpdateControl<CodeSourceTrigger> control = reconciler.reconcile(trigger, new Writes());
    assertThat(control.isNoUpdate()).as("statuses are written here").isTrue();
    return control.getScheduleDelay().map(Duration::ofMillis);
  }

  /** How many requests the code host got by a reconciliation. */
  private int asking() {
    int before = asked.get();
    reconcile();
    return asked.get() - before;
  }

  private TriggerStatus status() {
    return Objects.requireNonNull(trigger.getStatus());
  }

  private Optional<LastBuild> last(String rule) {
    return Optional.ofNullable(status().rules()).orElse(List.of()).stream()
        .filter(each -> rule.equals(each.name()))
        .map(RuleStatus::lastBuild)
        .findFirst();
  }

  private String condition(ConditionType type) {
    return ConditionSet.find(status().conditions(), type)
        .map(found -> found.getStatus() + " " + found.getReason())
        .orElse("none");
  }

  private void edit(String spec) {
    trigger.setSpec(TestTrigger.named("shop", spec).getSpec());
    trigger.getMetadata().setGeneration(trigger.getMetadata().getGeneration() + 1);
  }

  @Test
  void theFirstLookNotesWhatIsThereAndTheNextIsAtTheInterval() {
    Optional<Duration> next = reconcile();

    assertThat(status().phase()).isEqualTo(Phase.Active);
    assertThat(condition(ConditionType.Ready)).isEqualTo("True Watching");
    assertThat(status().rules()).isNull();
    assertThat(status().repository())
        .isEqualTo(new TriggerStatus.Repository("42", "group/shop", site() + "/group/shop.git"));
    assertThat(next.orElseThrow()).isBetween(INTERVAL.minusSeconds(13), LONGER);
    assertThat(sink.seen()).isEmpty();
  }

  @Test
  void beforeTheIntervalNobodyIsAskedAndNothingIsWritten() {
    Duration first = reconcile().orElseThrow();
    int writes = written.size();
    int before = asked.get();
    repository.push("main", "README", "two");
    clock.advance(Duration.ofMinutes(1));
    Duration next = reconcile().orElseThrow();

    assertThat(asked).hasValue(before);
    assertThat(next).isBetween(first.minusMinutes(1).minus(SOON), first.minusMinutes(1).plus(SOON));
    assertThat(written).hasSize(writes);
  }

  @Test
  void atTheIntervalAPushIsFoundAndTheSinkIsTold() {
    reconcile();
    String commit = repository.push("main", "README", "two");
    clock.advance(LONGER);
    reconcile();

    assertThat(last("main").orElseThrow())
        .returns(commit, LastBuild::sha)
        .returns(FoundBy.Poll, LastBuild::foundBy)
        .returns(BuildState.Delivered, LastBuild::state);
    assertThat(sink.seen()).hasSize(1);
    assertThat(condition(ConditionType.BuilderReady)).isEqualTo("True Succeeded");
    assertThat(events.all()).anyMatch(event -> event.startsWith("CommitDue: refs/heads/main at"));
  }

  @Test
  void whatIsAsBeforeIsNotWrittenAgain() {
    reconcile();
    int writes = written.size();
    clock.advance(LONGER);

    assertThat(asking()).isPositive();
    assertThat(written).hasSize(writes);
    assertThat(events.all()).as("transitions only").hasSize(1);
  }

  @Test
  void aDeliveryHasTheRepositoryComparedBeforeTheInterval() {
    Duration first = reconcile().orElseThrow();
    String commit = repository.push("main", "README", "two");
    clock.advance(Duration.ofSeconds(10));
    deliveries.delivered(trigger.getMetadata().getUid(), clock.instant());
    Duration next = reconcile().orElseThrow();

    assertThat(last("main").orElseThrow())
        .returns(commit, LastBuild::sha)
        .returns(FoundBy.Webhook, LastBuild::foundBy);
    assertThat(next)
        .as("the interval goes on")
        .isBetween(first.minusSeconds(10).minus(SOON), first.minusSeconds(10).plus(SOON));
  }

  /** Code hosts may tell of a push a moment before git does. */
  @Test
  void afterADeliveryOfWhichNothingCameTheNextLookIsSoon() {
    reconcile();
    clock.advance(Duration.ofSeconds(10));
    deliveries.delivered(trigger.getMetadata().getUid(), clock.instant());
    Duration next = reconcile().orElseThrow();
    String commit = repository.push("main", "README", "late");
    assertThat(asking()).as("not at once").isZero();
    clock.advance(next);
    reconcile();

    assertThat(next).isBetween(DeliveryLog.FIRST_PAUSE, DeliveryLog.FIRST_PAUSE.plus(SOON));
    assertThat(last("main").orElseThrow().sha()).isEqualTo(commit);
  }

  @Test
  void aSuspendedTriggerAsksAndTellsNobody() {
    reconcile();
    answer = _ -> CannedAnswer.of(503);
    repository.push("main", "README", "two");
    clock.advance(LONGER);
    reconcile();
    int told = sink.seen().size();
    answer = _ -> CannedAnswer.of(202);
    edit("suspend: true\n" + SPEC);
    clock.advance(Duration.ofHours(1));
    int before = asked.get();
    Optional<Duration> next = reconcile();

    assertThat(status().phase()).isEqualTo(Phase.Suspended);
    assertThat(next).isEmpty();
    assertThat(asked).hasValue(before);
    assertThat(sink.seen()).hasSize(told);
    edit(SPEC);
    reconcile();
    assertThat(status().phase()).isEqualTo(Phase.Active);
    assertThat(sink.seen()).as("what was pending").hasSize(told + 1);
  }

  private static final String BUILT =
      """
      mode: Poll
      rules: [{name: main, branch: main}]
      builders: [{name: bk, buildkit: {}}]
      """;

  private void startABuild() {
    edit(BUILT);
    reconcile();
    repository.push("main", "README", "two");
    clock.advance(LONGER);
    reconcile();
    runs.becomes(runs.names().getFirst(), BuildState.Running);
    reconcile();
    assertThat(last("main").map(LastBuild::state)).contains(BuildState.Running);
  }

  @Test
  void whatASuspendedTriggerHasStartedIsSeenToEnd() {
    startABuild();
    edit("suspend: true\n" + BUILT);
    reconcile();
    runs.becomes(runs.names().getFirst(), BuildState.Succeeded);
    reconcile();

    assertThat(status().phase()).isEqualTo(Phase.Suspended);
    assertThat(last("main").map(LastBuild::state)).contains(BuildState.Succeeded);
    assertThat(events.all()).anySatisfy(each -> assertThat(each).startsWith("BuildSucceeded: "));
  }

  @Test
  void aBuildThatNeverEndsIsDeletedAlsoWhenTheRulesCannotBeReadAnyMore() {
    startABuild();
    edit(BUILT.replace("branch: main", "branch: 'main('"));
    Optional<Duration> next = reconcile();
    assertThat(next).isPresent();
    clock.advance(Duration.ofMinutes(71));
    reconcile();

    assertThat(runs.names()).isEmpty();
    reconcile();
    assertThat(last("main").map(LastBuild::state)).contains(BuildState.Cancelled);
    assertThat(condition(ConditionType.Ready)).isEqualTo("False PatternInvalid");
  }

  @Test
  void withoutItsBindingATriggerWaitsAndThenComparesAtOnce() {
    reconcile();
    bindings.isBound = false;
    String commit = repository.push("main", "README", "two");
    int before = asked.get();
    reconcile();

    assertThat(asked).hasValue(before);
    assertThat(condition(ConditionType.Ready)).isEqualTo("False BindingNotBound");
    bindings.isBound = true;
    reconcile();
    assertThat(last("main").orElseThrow().sha()).isEqualTo(commit);
    assertThat(condition(ConditionType.Ready)).isEqualTo("True Watching");
  }

  @Test
  void whileTheCodeHostIsDownTheSinkIsToldWhatIsPending() {
    reconcile();
    answer = _ -> CannedAnswer.of(503);
    String commit = repository.push("main", "README", "two");
    clock.advance(LONGER);
    Duration next = reconcile().orElseThrow();
    assertThat(last("main").orElseThrow().state()).isEqualTo(BuildState.Due);
    assertThat(condition(ConditionType.BuilderReady)).isEqualTo("False SinkUnreachable");
    assertThat(next).as("a sink is tried before the interval").isLessThan(Duration.ofMinutes(1));
    answer = _ -> CannedAnswer.of(202);
    isHostDown = true;
    clock.advance(LONGER);
    reconcile();

    assertThat(last("main").orElseThrow())
        .returns(commit, LastBuild::sha)
        .returns(BuildState.Delivered, LastBuild::state);
    assertThat(condition(ConditionType.BuilderReady)).isEqualTo("True Succeeded");
  }

  @Test
  void aCodeHostThatIsDownIsAskedAgainNotBeforeTheTimeThatIsSaid() {
    reconcile();
    isHostDown = true;
    clock.advance(LONGER);
    Duration next = reconcile().orElseThrow();
    assertThat(next).isPositive();
    assertThat(asking()).isZero();
    isHostDown = false;
    String commit = repository.push("main", "README", "two");
    clock.advance(next);
    reconcile();

    assertThat(last("main").orElseThrow().sha()).isEqualTo(commit);
  }

  @Test
  void aRepositoryThatIsGoneIsLookedForAtTheIntervalOnly() throws IOException {
    reconcile();
    Path there = repository.folder();
    Path away = there.resolveSibling("away.git");
    Files.move(there, away);
    clock.advance(LONGER);
    Duration next = reconcile().orElseThrow();
    assertThat(condition(ConditionType.Ready)).isEqualTo("False RepositoryNotFound");
    assertThat(asking()).isZero();
    Files.move(away, there);
    clock.advance(next);
    reconcile();

    assertThat(condition(ConditionType.Ready)).isEqualTo("True Watching");
  }

  @Test
  void aDeliveryWhileTheCodeHostIsDownIsKeptAndNotTriedInALoop() {
    reconcile();
    String commit = repository.push("main", "README", "two");
    clock.advance(Duration.ofSeconds(10));
    deliveries.delivered(trigger.getMetadata().getUid(), clock.instant());
    isHostDown = true;
    assertThat(asking()).isPositive();
    assertThat(asking()).isZero();
    isHostDown = false;
    clock.advance(LONGER);
    reconcile();

    assertThat(last("main").orElseThrow())
        .returns(commit, LastBuild::sha)
        .returns(FoundBy.Webhook, LastBuild::foundBy);
  }

  /** A code host may send deliveries for a repository that the account cannot read. */
  @Test
  void aDeliveryOfARepositoryThatCannotBeReadIsKeptAndNotTriedInALoop() throws IOException {
    reconcile();
    String commit = repository.push("main", "README", "two");
    Path there = repository.folder();
    Path away = there.resolveSibling("away.git");
    Files.move(there, away);
    clock.advance(Duration.ofSeconds(10));
    deliveries.delivered(trigger.getMetadata().getUid(), clock.instant());
    assertThat(asking()).isPositive();
    assertThat(condition(ConditionType.Ready)).isEqualTo("False RepositoryNotFound");
    assertThat(asking()).as("not at once").isZero();
    Files.move(away, there);
    clock.advance(DeliveryLog.FIRST_PAUSE);
    reconcile();

    assertThat(last("main").orElseThrow())
        .returns(commit, LastBuild::sha)
        .returns(FoundBy.Webhook, LastBuild::foundBy);
  }

  /** The rest of a push of many tags is not left until the interval. */
  @Test
  void moreThanOneComparisonLooksAtIsFoundSoon() {
    reconcile();
    repository.tag(IntStream.range(0, 210).mapToObj(i -> "v" + i).toArray(String[]::new));
    clock.advance(LONGER);
    reconcile();
    assertThat(asking()).as("not at once").isZero();
    Instant end = clock.instant().plusSeconds(30);
    while (clock.instant().isBefore(end)) {
      clock.advance(reconcile().orElseThrow());
    }

    assertThat(sink.seen().stream().map(event -> event.header("ce-subject").orElseThrow()))
        .doesNotHaveDuplicates()
        .hasSize(210);
  }

  @Test
  void aFullOutboxStopsComparisonsUntilTheSinkHasTakenSome() {
    StringBuilder rules = new StringBuilder("mode: Poll\nrules:\n");
    IntStream.range(0, 50).forEach(i -> rules.append("- {name: r%d, tag: 'v.*'}\n".formatted(i)));
    edit(rules + "builders: [{name: ci, sink: {name: build-service}}]");
    reconcile();
    answer = _ -> CannedAnswer.of(503);
    repository.tag(IntStream.range(0, 30).mapToObj(i -> "v" + i).toArray(String[]::new));
    for (int i = 0; i < 20 && !isFull(); i++) {
      clock.advance(LONGER);
      reconcile();
    }
    assertThat(isFull()).isTrue();
    clock.advance(LONGER);
    assertThat(asking()).as("nothing more may become due").isZero();
    answer = _ -> CannedAnswer.of(202);
    clock.advance(Duration.ofMinutes(6));
    assertThat(reconcile().orElseThrow()).as("there is room").isLessThan(SOON);

    assertThat(asking()).isPositive();
  }

  private boolean isFull() {
    return store
        .read(trigger)
        .filter(stored -> stored.state().outbox().room() < TestTrigger.rules(trigger).size() + 1)
        .isPresent();
  }

  /** The Operator SDK drops events that are older than the write of a status. */
  @Test
  void whatIsChangedWhileTheStatusIsWrittenIsReconciledAtOnce() {
    meanwhile =
        changed -> {
          changed.setSpec(TestTrigger.named("shop", SPEC + "interval: 1h\n").getSpec());
          changed.getMetadata().setGeneration(2L);
        };

    assertThat(reconcile().orElseThrow()).isLessThan(SOON);
    // A spec that is changed all the time does not have the repository compared all the time.
    assertThat(reconcile().orElseThrow()).isBetween(SOON, Duration.ofSeconds(3));
    clock.advance(Duration.ofSeconds(3));
    assertThat(reconcile().orElseThrow()).isGreaterThan(Duration.ofMinutes(50));
  }

  @Test
  void suspendedMeanwhileItIsReconciledAtOnce() {
    reconcile();
    edit("suspend: true\n" + SPEC);
    meanwhile =
        changed -> {
          changed.setSpec(TestTrigger.named("shop", SPEC).getSpec());
          changed.getMetadata().setGeneration(3L);
        };

    assertThat(reconcile().orElseThrow()).isLessThan(SOON);
  }

  @Test
  void whoAsksHasTheRepositoryComparedNow() {
    reconcile();
    String commit = repository.push("main", "README", "two");
    TestTrigger.annotate(trigger, CodeSourceTrigger.REQUESTED_AT, "one");
    reconcile();

    assertThat(last("main").orElseThrow().sha()).isEqualTo(commit);
    assertThat(status().lastHandledRequestedAt()).isEqualTo("one");
    TestTrigger.annotate(trigger, CodeSourceTrigger.REQUESTED_AT, "two");
    assertThat(asking()).as("an annotation can be changed in a loop").isZero();
  }

  /** At a start of thousands nothing is read for those that wait. */
  @Test
  void whoWaitsForAPlaceAsksNobodyAndIsCalled() {
    reconcile();
    answer = _ -> CannedAnswer.of(503);
    repository.push("main", "README", "two");
    clock.advance(LONGER);
    reconcile();
    int told = sink.seen().size();
    answer = _ -> CannedAnswer.of(202);
    clock.advance(LONGER);
    int before = asked.get();
    List<Optional<Duration>> next = new ArrayList<>();
    inAllPlaces(0, () -> next.add(reconcile()));

    assertThat(next).containsExactly(Optional.empty());
    assertThat(asked).hasValue(before);
    assertThat(sink.seen()).hasSize(told);
    assertThat(sources.queue().waiting()).isZero();
    assertThat(asking()).isPositive();
  }

  /** Does something while others hold all places of the host. */
  private void inAllPlaces(int taken, Runnable work) {
    ResourceID other = new ResourceID("other-" + taken, "team-" + taken);
    Entry<Boolean> entry =
        sources
            .queue()
            .runOrQueue(
                other,
                site().origin(),
                () -> {
                  inAllPlaces(taken + 1, work);
                  return true;
                });
    if (entry instanceof Entry.Queued<Boolean>) {
      sources.queue().forget(other);
      work.run();
    }
  }

  @Test
  void thousandsThatWaitForTheirBindingDoNotWriteAllAtOnce() {
    bindings.isBound = false;
    List<Optional<Duration>> next = new ArrayList<>();
    inAllPlacesWithoutHost(0, () -> next.add(reconcile()));

    assertThat(next).containsExactly(Optional.empty());
    assertThat(sources.queue().waiting()).isZero();
    assertThat(trigger.getStatus()).isNull();
    reconcile();
    assertThat(condition(ConditionType.Ready)).isEqualTo("False BindingNotBound");
  }

  @Test
  void thousandsThatAreSuspendedDoNotWriteAllAtOnce() {
    edit(SPEC + "suspend: true\n");
    inAllPlacesWithoutHost(0, this::reconcile);

    assertThat(trigger.getStatus()).isNull();
    reconcile();
    assertThat(status().phase()).isEqualTo(Phase.Suspended);
  }

  @Test
  void thousandsThatAreNotDueTellBuildersOneAfterTheOther() {
    reconcile();
    List<Optional<Duration>> next = new ArrayList<>();
    inAllPlacesWithoutHost(0, () -> next.add(reconcile()));

    assertThat(next).containsExactly(Optional.empty());
    assertThat(reconcile()).isPresent();
  }

  /** Does something while others hold all places of those that ask no host. */
  private void inAllPlacesWithoutHost(int taken, Runnable work) {
    ResourceID other = new ResourceID("other-" + taken, "team-" + taken);
    Entry<Boolean> entry =
        sources
            .queue()
            .runOrQueue(
                other,
                () -> {
                  inAllPlacesWithoutHost(taken + 1, work);
                  return true;
                });
    if (entry instanceof Entry.Queued<Boolean>) {
      sources.queue().forget(other);
      work.run();
    }
  }

  @Test
  void aPatternThatCannotBeReadIsToldAndNobodyIsAsked() {
    edit("mode: Poll\nrules: [{name: main, branch: 'main('}]\n");

    assertThat(asking()).isZero();
    assertThat(condition(ConditionType.Ready)).isEqualTo("False PatternInvalid");
    assertThat(status().phase()).isEqualTo(Phase.Failed);
  }

  @Test
  void aConflictIsTriedAgainAndNothingIsLost() {
    reconcile();
    String commit = repository.push("main", "README", "two");
    clock.advance(LONGER);
    secrets.beforeNextWrites(secrets::relabel);
    Duration next = reconcile().orElseThrow();
    assertThat(sink.seen()).isEmpty();
    assertThat(last("main")).isEmpty();
    clock.advance(next);
    reconcile();

    assertThat(last("main").orElseThrow())
        .returns(commit, LastBuild::sha)
        .returns(BuildState.Delivered, LastBuild::state);
    assertThat(sink.seen()).hasSize(1);
  }

  @Test
  void nothingIsDoneBeforeNoOtherProcessDoesIt() throws InterruptedException {
    StartBarrier closed = new StartBarrier(Shard.WHOLE, clock);
    TriggerReconciler waiting = reconciler(closed);
    Thread reconciliation =
        Thread.ofVirtual().start(() -> waiting.reconcile(trigger, new Writes()));
    Thread.sleep(300); // nothing is to happen
    assertThat(asked).hasValue(0);
    closed.open();
    reconciliation.join();

    assertThat(condition(ConditionType.Ready)).isEqualTo("True Watching");
  }
}
