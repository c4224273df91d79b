package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.NamedTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.build.Outbox;
import dev.codesource.build.RepositoryState;
import dev.codesource.codehost.CodeHost;
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
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.ComputeThreads;
import dev.codesource.testhost.Dialect;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess.Access;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real git is pushed to, and a GitLab's API says which files were changed. */
class RepositoryWatchTest {

  private static final String TOKEN = "glpat-good-and-long-enough";

  private static final String SPEC =
      """
      rules:
      - {name: api, branch: 'main|feature/.*', paths: {include: ['api/**']}}
      - {name: release, tag: 'v.*'}
      builders: [{name: ci, sink: {name: build-service}}]
      """;

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
  private final CodeSourceTrigger trigger = TestTrigger.named("shop", SPEC);
  private final List<String> compared = new CopyOnWriteArrayList<>();

  private RefStore store = new RefStore(secrets, new ApiReads());
  private RepositoryWatch watch = watch();
  private HttpServer http;
  private GitRepository repository;
  private volatile int status = 200;
  private volatile String diff = "api/main.go";
  private volatile String path = "group/shop";

  private RepositoryWatch watch() {
    return new RepositoryWatch(
        client,
        new HostLimiter(8, clock, new Random(1)),
        store,
        RefsMemory.ofHeap(0),
        new ComputeThreads(),
        clock);
  }

  @BeforeEach
  void serve(@TempDir Path folder) throws IOException {
    repository = GitRepository.empty(folder.resolve("group/shop.git"));
    repository.push("main", "README", "one");
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    http.createContext("/group", new GitHttpBackend(folder, "", "alice:" + TOKEN));
    http.createContext("/api/v4/projects", this::project);
    http.start();
  }

  @AfterEach
  void stop() {
    http.stop(0);
    client.close();
    threads.close();
  }

  private String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  private void project(HttpExchange exchange) throws IOException {
    String asked = exchange.getRequestURI().getPath();
    boolean isComparison = asked.endsWith("/repository/compare");
    String body = asked.endsWith("/group/other") ? project(43, "group/other") : project(42, path);
    if (isComparison) {
      compared.add(exchange.getRequestURI().getQuery());
      body =
          "{\"diffs\":[{\"old_path\":\"%s\",\"new_path\":\"%s\"}],\"compare_timeout\":false}"
              .formatted(diff, diff);
    }
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(isComparison ? status : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String project(int id, String at) {
    return "{\"id\":%d,\"path_with_namespace\":\"%s\",\"http_url_to_repo\":\"%s/%s.git\"}"
        .formatted(id, at, url(), at);
  }

  private Access access() {
    SiteUrl site =
        new SiteUrl(new Origin(Origin.Scheme.HTTP, "127.0.0.1", http.getAddress().getPort()), "");
    CodeHost gitLab = new GitLab(clock);
    return new Access(
        new Claim("team-a", gitLab, site, "alice", Credential.of(TOKEN), Optional.empty()),
        new Proof.Account("alice", "1"));
  }

  private Outcome<RepositoryWatch.Result> compare() {
    return watch.compare(trigger, TestTrigger.rules(trigger), access());
  }

  private RepositoryWatch.Result compared() {
    Outcome<RepositoryWatch.Result> outcome = compare();
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    return ((Outcome.Done<RepositoryWatch.Result>) outcome).value();
  }

  private RepositoryState stored() {
    return store.read(trigger).orElseThrow().state();
  }

  private void restart() {
    store = new RefStore(secrets, new ApiReads());
    watch = watch();
  }

  @Test
  void whatBecomesDueIsPendingInTheSameWrite() {
    compared();
    String commit = repository.push("main", "api/main.go", "two");
    RepositoryWatch.Result found = compared();

    assertThat(found.due()).singleElement().extracting(DueCommit::sha).isEqualTo(commit);
    assertThat(stored().outbox().pending()).isEqualTo(found.due());
    assertThat(stored().cloneUrl()).contains(url() + "/group/shop.git");
    // Nothing is lost and nothing is due twice if the operator ends here.
    restart();
    assertThat(compared().due()).isEmpty();
    assertThat(stored().outbox().pending()).isEqualTo(found.due());
  }

  @Test
  void ifTheWriteFailsNothingIsSeen() {
    compared();
    repository.push("main", "api/main.go", "two");
    secrets.beforeNextWrites(secrets::relabel);
    assertThat(compare()).isInstanceOf(Outcome.Waiting.class);
    assertThat(stored().outbox().pending()).isEmpty();

    assertThat(compared().due()).hasSize(1);
    assertThat(stored().outbox().pending()).hasSize(1);
  }

  @Test
  void withoutABuilderNothingIsPending() {
    trigger.setSpec(TestTrigger.named("shop", SPEC.replaceAll("builders:.*\n", "")).getSpec());
    compared();
    repository.push("main", "api/main.go", "two");

    assertThat(compared().due()).hasSize(1);
    assertThat(stored().outbox()).isEqualTo(Outbox.EMPTY);
  }

  @Test
  void aBranchIsNotDueWhoseChangedFilesDoNotCount() {
    compared();
    diff = "README";
    repository.push("main", "README", "two");
    assertThat(compared().due()).isEmpty();
    diff = "api/main.go";
    repository.push("main", "api/main.go", "three");

    assertThat(compared().due()).hasSize(1);
    assertThat(compared).hasSize(2);
  }

  @Test
  void ifTheHostCannotSayWhichFilesWereChangedNothingIsSeen() {
    compared();
    repository.push("main", "README", "two");
    status = 429;
    Outcome<RepositoryWatch.Result> limited = compare();
    assertThat(limited)
        .isInstanceOfSatisfying(
            Outcome.Waiting.class,
            waiting -> assertThat(waiting.problem().reason()).isEqualTo(Reason.RateLimited));
    status = 200;
    clock.advance(Duration.ofHours(2));

    assertThat(compared().due()).hasSize(1);
  }

  /** Each is asked for by a session that sends a few requests at most. */
  @Test
  void manyBranchesAreComparedAtOnce() {
    for (int i = 0; i < ChangedPaths.MOST; i++) {
      repository.push("feature/" + i, "README", "one");
    }
    compared();
    diff = "README";
    for (int i = 0; i < ChangedPaths.MOST; i++) {
      repository.push("feature/" + i, "README", "two" + i);
    }

    assertThat(compared().due()).isEmpty();
    assertThat(compared).hasSize(ChangedPaths.MOST);
  }

  @Test
  void aUserMayHaveABranchBuiltThatIsNotDue() {
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "api@refs/heads/main");
    RepositoryWatch.Result asked = compared();

    assertThat(asked.due())
        .singleElement()
        .extracting(DueCommit::sha)
        .isEqualTo(repository.commits().get("refs/heads/main"));
    assertThat(asked.requested()).hasValue(asked.due().getFirst());
    assertThat(stored().outbox().pending()).isEqualTo(asked.due());
    assertThat(compared).isEmpty();
  }

  /** The status that says that it is met is written later. */
  @Test
  void afterACrashARequestIsNotMetTwice() {
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "api@refs/heads/main 1");
    compared();
    restart();

    assertThat(compared().due()).isEmpty();
    assertThat(stored().outbox().pending()).hasSize(1);
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "api@refs/heads/main 2");
    clock.advance(Duration.ofSeconds(10));
    assertThat(compared().due()).hasSize(1);
    assertThat(stored().outbox().pending()).hasSize(2);
  }

  @Test
  void aRequestForWhatWasJustPushedIsOneBuild() {
    compared();
    repository.push("main", "api/main.go", "two");
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "api@refs/heads/main");
    RepositoryWatch.Result found = compared();

    assertThat(found.due()).hasSize(1);
    assertThat(found.requested()).as("it was due anyway").isEmpty();
  }

  @Test
  void aRequestThatCannotBeMetSaysWhyAndTheRestGoesOn() {
    compared();
    repository.tag("v1");
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "api@refs/heads/nowhere");
    RepositoryWatch.Result found = compared();

    assertThat(found.refusedRequest()).map(Problem::reason).contains(Reason.BuildRequestInvalid);
    assertThat(found.due()).hasSize(1);
  }

  /** Then only the newest commits count: nothing is compared until there is room. */
  @Test
  void aFullOutboxTakesNoMore() {
    StringBuilder rules = new StringBuilder("rules:\n");
    for (int i = 0; i < 20; i++) {
      rules.append("- {name: rule-%d, tag: 'v.*'}\n".formatted(i));
    }
    trigger.setSpec(
        TestTrigger.named("shop", rules + "builders: [{name: ci, sink: {name: ci}}]").getSpec());
    compared();
    int before = -1;
    while (!watch.isFull(trigger, TestTrigger.rules(trigger))) {
      assertThat(stored().outbox().pending()).hasSizeGreaterThan(before);
      before = stored().outbox().pending().size();
      repository.tag(tags("v" + before + ".", 30));
      compared();
    }

    assertThat(stored().outbox().pending())
        .hasSizeBetween(850, Outbox.MOST)
        .doesNotHaveDuplicates();
  }

  private static final String ONE_RULE =
      """
      rules: [{name: release, tag: 'v.*'}]
      builders: [{name: ci, sink: {name: ci}}]
      """;

  private boolean isFull() {
    return watch.isFull(trigger, TestTrigger.rules(trigger));
  }

  /** Leaves room for so many in the outbox. */
  private void leaveRoom(int room) {
    RepositoryState now = stored();
    List<DueCommit> pending =
        IntStream.range(0, Outbox.MOST - room)
            .mapToObj(
                i ->
                    new DueCommit(
                        "release",
                        new GitRef(GitRef.Kind.TAG, "w" + i),
                        "0".repeat(40),
                        Optional.empty(),
                        clock.instant()))
            .toList();
    assertThat(
            store.write(
                trigger,
                store.read(trigger),
                new RepositoryState(
                    now.path(),
                    now.id(),
                    now.cloneUrl(),
                    now.seen(),
                    now.last(),
                    new Outbox(pending, Map.of()),
                    now.requested())))
        .isInstanceOf(Outcome.Done.class);
    assertThat(stored().outbox().room()).isEqualTo(room);
  }

  /** Else it would wait, or the outbox would be longer than it may be. */
  @Test
  void inAnOutboxThatIsAlmostFullAPlaceIsKeptForWhatAUserAsksFor() {
    trigger.setSpec(TestTrigger.named("shop", ONE_RULE).getSpec());
    repository.tag("v0");
    compared();
    leaveRoom(2);
    assertThat(isFull()).isFalse();
    repository.tag("v1", "v2", "v3");
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "release@refs/tags/v0");
    RepositoryWatch.Result found = compared();

    assertThat(found.requested().orElseThrow().ref().shortName()).isEqualTo("v0");
    assertThat(found.due().stream().map(due -> due.ref().shortName())).containsExactly("v1", "v0");
    assertThat(found.isComplete()).isFalse();
    assertThat(stored().outbox().pending()).hasSize(Outbox.MOST).containsAll(found.due());
    leaveRoom(1);
    assertThat(isFull()).as("a push of one tag has no place beside the request").isTrue();
  }

  /** What one comparison did not look at to the end is not known, also if all is as before it. */
  @Test
  void whatIsDeletedBeforeAllWasLookedAtAndPushedAgainIsDueAgain() {
    trigger.setSpec(TestTrigger.named("shop", ONE_RULE).getSpec());
    compared();
    leaveRoom(2);
    repository.tag("v1", "v2");
    assertThat(compared().isComplete()).isFalse();
    leaveRoom(5);
    repository.delete("refs/tags/v1");
    repository.delete("refs/tags/v2");
    assertThat(compared().isComplete()).isTrue();
    repository.tag("v1", "v2");

    assertThat(compared().due().stream().map(DueCommit::ref).map(GitRef::shortName))
        .containsExactly("v1", "v2");
  }

  @Test
  void aRepositoryThatWasRenamedIsFoundByItsIdentifier() throws IOException {
    compared();
    path = "group/store";
    Files.move(repository.folder(), repository.folder().resolveSibling("store.git"));
    RepositoryWatch.Result renamed = compared();

    assertThat(renamed.repository().path()).isEqualTo("group/store");
    assertThat(renamed.due()).isEmpty();
  }

  @Test
  void ofAnotherRepositoryNothingIsDueAtFirst() {
    compared();
    GitRepository.empty(repository.folder().resolveSibling("other.git"))
        .push("main", "api/main.go", "of another");
    trigger.setSpec(
        NamedTrigger.named("shop", "bindingRef: {name: gitlab}\nrepository: group/other\n" + SPEC)
            .getSpec());
    RepositoryWatch.Result found = compared();

    assertThat(found.repository().id()).isEqualTo("43");
    assertThat(found.due()).isEmpty();
    assertThat(stored().id()).isEqualTo("43");
  }

  /** Who may write the status must not be able to send the credential elsewhere. */
  @Test
  void theCredentialGoesToNoOtherHostWhateverTheStatusSays() {
    compared();
    restart();
    try (LoopbackCodeHost other = LoopbackCodeHost.http(Dialect.gitLab())) {
      trigger.setStatus(
          Serialization.unmarshal(
              "repository: {id: '42', path: group/shop, cloneUrl: '%s/group/shop.git'}"
                  .formatted(other.url()),
              TriggerStatus.class));

      assertThat(compared().repository().cloneUrl()).hasToString(url() + "/group/shop.git");
      assertThat(other.count()).isZero();
    }
  }

  @Test
  void ofARuleThatIsGoneNothingIsKept() {
    compared();
    repository.push("main", "api/main.go", "two");
    assertThat(compared().last()).containsOnlyKeys("api");
    trigger.setSpec(TestTrigger.named("shop", SPEC.replaceFirst("- .name: api.*\n", "")).getSpec());

    assertThat(compared().last()).isEmpty();
    assertThat(stored().last()).isEmpty();
  }

  private static String[] tags(String prefix, int number) {
    return IntStream.range(0, number).mapToObj(i -> prefix + i).toArray(String[]::new);
  }

  /** A push of which no delivery tells is told from it: else every webhook would seem silent. */
  @Test
  void onlyWhatDiffersFromTheComparisonBeforeIsAChange() {
    assertThat(compared().isChanged()).as("nothing to compare with").isFalse();
    assertThat(compared().isChanged()).as("the same").isFalse();
    TestTrigger.annotate(trigger, CodeSourceTrigger.BUILD, "api@refs/heads/main 1");
    RepositoryWatch.Result requested = compared();
    assertThat(requested.requested()).isPresent();
    assertThat(requested.isChanged()).as("the same, which a user has built").isFalse();

    repository.push("main", "README", "two");
    assertThat(compared().isChanged()).as("a push, whatever is due").isTrue();
    restart();
    assertThat(compared().isChanged()).as("nothing to compare with").isFalse();
  }
}
