package dev.codesource.controller.trigger;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TestTrigger;
import dev.codesource.build.BuildRules;
import dev.codesource.build.Comparison;
import dev.codesource.build.DueCommit;
import dev.codesource.build.GitRef;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.controller.trigger.RepositoryWatch.Result;
import dev.codesource.credential.Credential;
import dev.codesource.credential.owned.DisturbedSecretStore;
import dev.codesource.git.RefsMemory;
import dev.codesource.git.TestMemory;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.HostResponse;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.ApiReads;
import dev.codesource.runtime.ComputeThreads;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess.Access;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code host speaks protocol 0, so a comparison is one request. */
class RepositoryStateTest {

  private static final SiteUrl SITE = done(SiteUrl.parse("https://gitlab.example.com"));
  private static final String REFS = "GET /group/shop.git/info/refs";
  private static final String BY_PATH = "GET /api/v4/projects/group%2Fshop";
  private static final String BY_ID = "GET /api/v4/projects/42";
  private static final String ONE = "1".repeat(40);
  private static final String TWO = "2".repeat(40);

  private final AdjustableClock clock = new AdjustableClock();
  private final DisturbedSecretStore secrets = new DisturbedSecretStore(clock);
  private final ScriptedHostClient host = new ScriptedHostClient();
  private final Map<String, String> refs = new TreeMap<>(Map.of("refs/heads/main", ONE));
  private CodeSourceTrigger trigger = TestTrigger.withSpec(TestTrigger.SHOP);
  private RefsMemory memory = RefsMemory.ofHeap(0);
  private final ComputeThreads threads = new ComputeThreads();
  private RepositoryWatch watch = started();

  private final Access access =
      new Access(
          new Claim(
              "team-a",
              SupportedCodeHosts.all(clock).of(Platform.GitLab),
              SITE,
              "alice",
              Credential.of("glpat-canary-7f3a90c1d2e84b56"),
              Optional.empty()),
          new Proof.Account("alice", "7"));

  /** An operator that has just started. */
  private RepositoryWatch started() {
    return new RepositoryWatch(
        host,
        new HostLimiter(4, clock, new Random(1)),
        new RefStore(secrets, new ApiReads()),
        memory,
        threads,
        clock);
  }

  @BeforeEach
  void serve() {
    host.on(BY_PATH, project("42", "group/shop"));
    host.on(BY_ID, project("42", "group/shop"));
    serveAt("group/shop");
  }

  private static Outcome<HostResponse> project(String id, String path) {
    return ScriptedHostClient.json(
        200,
        "{\"id\":%s,\"path_with_namespace\":\"%s\",\"http_url_to_repo\":\"%s/%s.git\"}"
            .formatted(id, path, SITE, path));
  }

  private void serveAt(String path) {
    host.on(
        "GET /%s.git/info/refs".formatted(path),
        _ ->
            Outcome.done(
                new HostResponse(
                    200,
                    Map.of("content-type", List.of("application/x-git-upload-pack-advertisement")),
                    advertised())));
  }

  private String advertised() {
    StringBuilder lines = new StringBuilder(line("# service=git-upload-pack\n")).append("0000");
    refs.forEach((name, sha) -> lines.append(line(sha + " " + name + "\n")));
    return lines.append("0000").toString();
  }

  private static String line(String text) {
    return "%04x%s".formatted(text.getBytes(StandardCharsets.UTF_8).length + 4, text);
  }

  private Outcome<Result> compare() {
    return watch.compare(trigger, done(BuildRules.of(trigger.getSpec())), access);
  }

  private Result compared() {
    return done(compare());
  }

  private String stored() {
    return secrets.all().stream()
        .map(Secret::getMetadata)
        .map(metadata -> metadata.getResourceVersion())
        .findFirst()
        .orElse("nothing");
  }

  private static List<String> due(Result result) {
    return result.due().stream().map(each -> each.rule() + " " + each.ref()).toList();
  }

  @Test
  void theFirstComparisonFindsTheRepositoryAndNotesWhatIsThere() {
    Result first = compared();

    assertThat(first.due()).isEmpty();
    assertThat(first.last()).isEmpty();
    assertThat(first.isComplete()).isTrue();
    assertThat(first.repository().id()).isEqualTo("42");
    assertThat(first.repository().cloneUrl()).hasToString(SITE + "/group/shop.git");
    assertThat(host.asked()).containsExactly(BY_PATH, REFS);
    assertThat(secrets.all()).hasSize(1);
  }

  @Test
  void ifNothingWasPushedNothingIsReadAndNothingIsWritten() {
    compared();
    String before = stored();
    secrets.beforeNextWrites(DisturbedSecretStore::outage);

    assertThat(compared().due()).isEmpty();
    assertThat(host.asked()).containsExactly(BY_PATH, REFS, REFS);
    assertThat(stored()).isEqualTo(before);
  }

  /** A Secret of 50 000 names is not read at each interval. */
  @Test
  void whatIsStoredIsNotLookedAtAsLongAsNothingWasPushed() {
    compared();
    secrets.deleteAll();
    compared();

    assertThat(secrets.all()).isEmpty();
  }

  @Test
  void whatWasPushedIsDueOnceAndIsKept() {
    compared();
    refs.put("refs/heads/main", TWO);
    refs.put("refs/tags/v1", ONE);
    Result pushed = compared();

    assertThat(due(pushed)).containsExactly("main refs/heads/main", "release refs/tags/v1");
    DueCommit main = pushed.last().get("main");
    assertThat(main)
        .isEqualTo(
            new DueCommit(
                "main",
                new GitRef(GitRef.Kind.BRANCH, "main"),
                TWO,
                Optional.of(ONE),
                clock.instant()));
    clock.advance(Duration.ofHours(1));
    assertThat(compared().due()).isEmpty();
    assertThat(compared().last()).isEqualTo(pushed.last());

    watch = started();
    assertThat(compared().due()).as("after a restart").isEmpty();
    assertThat(compared().last()).isEqualTo(pushed.last());
  }

  @Test
  void theNewestOfEachRuleIsKeptWhenAnotherRuleHasANewOne() {
    compared();
    refs.put("refs/heads/main", TWO);
    DueCommit main = compared().last().get("main");
    refs.put("refs/tags/v1", ONE);

    assertThat(compared().last()).containsEntry("main", main).containsKey("release");
  }

  @Test
  void aMovedTagIsTold() {
    refs.put("refs/tags/v1", ONE);
    compared();
    refs.put("refs/tags/v1", TWO);

    Result moved = compared();

    assertThat(moved.moved()).containsExactly(new GitRef(GitRef.Kind.TAG, "v1"));
    assertThat(moved.due()).isEmpty();
  }

  /** Told before it is stored it would be told twice; marked as seen and not told, never. */
  @Test
  void whatCouldNotBeStoredIsDueTheNextTime() {
    compared();
    refs.put("refs/heads/main", TWO);
    secrets.beforeNextWrites(secrets::relabel);
    waiting(compare(), Reason.Conflict);

    assertThat(due(compared())).containsExactly("main refs/heads/main");

    refs.put("refs/heads/main", ONE);
    secrets.beforeNextWrites(DisturbedSecretStore::outage);
    assertThatThrownBy(this::compare).isInstanceOf(KubernetesClientException.class);
    assertThat(due(compared())).containsExactly("main refs/heads/main");
  }

  @Test
  void whatTheApiServerRefusesToStoreIsToldAndNothingIsSeen() {
    compared();
    refs.put("refs/heads/main", TWO);
    secrets.beforeNextWrites(DisturbedSecretStore::refusal);

    Outcome<Result> refused = compare();
    assertThat(refused)
        .isInstanceOfSatisfying(
            Outcome.Refused.class,
            why -> assertThat(why.problem().reason()).isEqualTo(Reason.SecretRefused));
    assertThat(due(compared())).containsExactly("main refs/heads/main");
  }

  @Test
  void moreChangesThanOneComparisonLooksAtAreFoundByTheNextOnes() {
    compared();
    for (int i = 0; i < Comparison.MOST_CHANGES + 1; i++) {
      refs.put("refs/tags/v" + i, ONE);
    }

    Result first = compared();
    Result second = compared();

    assertThat(first.isComplete()).isFalse();
    assertThat(first.due()).hasSize(Comparison.MOST_CHANGES);
    assertThat(second.isComplete()).isTrue();
    assertThat(second.due()).hasSize(1);
    assertThat(compared().due()).isEmpty();
  }

  /** The answers of all git servers that are being compared count together. */
  @Test
  void aComparisonHoldsNoMoreMemoryThanThereIsAndGivesItBack() {
    memory = TestMemory.of(1_000);
    watch = started();
    compared();
    assertThat(TestMemory.free(memory)).isEqualTo(1_000);
    for (int i = 0; i < 5; i++) {
      refs.put("refs/tags/v" + i, ONE);
    }

    Outcome<Result> tooLarge = compare();
    waiting(tooLarge, Reason.Queued);
    assertThat(((Outcome.Waiting<Result>) tooLarge).until()).as("it is tried again").isPresent();
    assertThat(TestMemory.free(memory)).isEqualTo(1_000);
    refs.remove("refs/tags/v4");
    refs.remove("refs/tags/v3");
    refs.remove("refs/tags/v2");
    refs.remove("refs/tags/v1");
    assertThat(due(compared())).containsExactly("release refs/tags/v0");
  }

  /** Whose patterns and names take long is waited for by nobody else. */
  @Test
  void aComparisonComputesWhenItsNamespaceMayAndNoOtherWaits() throws Exception {
    compared();
    refs.put("refs/heads/main", TWO);
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Boolean> other =
          callers.submit(
              () ->
                  threads.compute(
                      trigger.getMetadata().getNamespace(),
                      () -> {
                        begun.countDown();
                        return await(end);
                      }));
      begun.await();
      Future<Result> same = callers.submit(this::compared);
      CodeSourceTrigger ofOther = TestTrigger.withSpec(TestTrigger.SHOP);
      ofOther.getMetadata().setNamespace("team-b");
      ofOther.getMetadata().setUid("uid-of-other");
      assertThat(watch.compare(ofOther, done(BuildRules.of(ofOther.getSpec())), access))
          .isInstanceOf(Outcome.Done.class);
      assertThat(same).as("it waits").failsWithin(Duration.ofMillis(500));
      end.countDown();
      assertThat(due(same.get())).containsExactly("main refs/heads/main");
      assertThat(other.get()).isTrue();
    }
  }

  private static boolean await(CountDownLatch latch) {
    try {
      latch.await();
      return true;
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aNewRuleIsSeenThoughNothingWasPushed() {
    refs.put("refs/heads/next", ONE);
    compared();
    trigger = TestTrigger.withSpec(TestTrigger.SHOP + "- {name: next, branch: next}\n");
    assertThat(compared().due()).as("what is there already").isEmpty();
    refs.put("refs/heads/next", TWO);

    assertThat(due(compared())).containsExactly("next refs/heads/next");
  }

  @Test
  void onlyWhatMayMatchARuleIsKept() {
    refs.put("refs/heads/other", ONE);
    refs.put("refs/merge-requests/1/head", ONE);
    compared();
    String before = stored();
    refs.put("refs/heads/other", TWO);

    assertThat(compared().due()).isEmpty();
    assertThat(stored()).isEqualTo(before);
  }

  // Where it is.

  private void inStatus(String id, String path, String cloneUrl) {
    trigger.setStatus(
        TestTrigger.status(
            "repository: {id: '%s', path: '%s', cloneUrl: '%s'}".formatted(id, path, cloneUrl)));
  }

  @Test
  void afterARestartARepositoryThatTheStatusNamesIsNotLookedFor() {
    compared();
    inStatus("42", "group/shop", SITE + "/group/shop.git");
    watch = started();
    compared();

    assertThat(host.asked()).containsExactly(BY_PATH, REFS, REFS);
  }

  /** Who may write the status must not be able to send the credential elsewhere. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://evil.example.com/group/shop.git",
        "http://gitlab.example.com/group/shop.git",
        "https://gitlab.example.com:8443/group/shop.git",
        "https://alice@gitlab.example.com/group/shop.git",
        "https://gitlab.example.com/group/shop",
        "https://gitlab.example.com/../group/shop.git",
        "https://gitlab.example.com.evil.example.com/group/shop.git",
        "file:///etc/shop.git",
        "shop.git",
        ".git",
        ""
      })
  void aStatusThatNamesAnotherPlaceIsNotBelieved(String cloneUrl) {
    compared();
    inStatus("42", "group/shop", cloneUrl);
    watch = started();

    assertThat(compared().repository().cloneUrl()).hasToString(SITE + "/group/shop.git");
    assertThat(host.asked()).containsExactly(BY_PATH, REFS, BY_ID, REFS);
  }

  @Test
  void aStatusOfAnotherRepositoryIsNotBelieved() {
    compared();
    inStatus("43", "group/other", SITE + "/group/other.git");
    watch = started();

    assertThat(compared().repository().id()).isEqualTo("42");
  }

  /** Whoever takes the former path does not get the trigger. */
  @Test
  void aRepositoryThatWasMovedIsFoundByItsIdentifier() {
    compared();
    host.on(REFS, ScriptedHostClient.json(404, "{}"));
    host.on(BY_PATH, project("99", "group/shop"));
    host.on(BY_ID, project("42", "group/store"));
    serveAt("group/store");
    refs.put("refs/heads/main", TWO);

    Result moved = compared();

    assertThat(moved.repository().path()).isEqualTo("group/store");
    assertThat(due(moved)).containsExactly("main refs/heads/main");
    compared();
    assertThat(host.asked())
        .containsExactly(
            BY_PATH,
            REFS,
            REFS,
            BY_ID,
            "GET /group/store.git/info/refs",
            "GET /group/store.git/info/refs");
  }

  @Test
  void aRepositoryThatIsWhereItWasAndNotServedIsToldAsGitSaidIt() {
    compared();
    host.on(REFS, ScriptedHostClient.json(404, "{}"));

    isRefused(compare(), Reason.RepositoryNotFound);
    assertThat(host.asked()).containsExactly(BY_PATH, REFS, REFS, BY_ID);
  }

  @Test
  void aRepositoryThatMayNotBeReadIsNotLookedForElsewhere() {
    compared();
    host.on(REFS, ScriptedHostClient.json(403, "{}"));

    isRefused(compare(), Reason.RepositoryNotReadable);
    assertThat(host.asked()).containsExactly(BY_PATH, REFS, REFS);
  }

  @Test
  void anOutageIsWaitedForAndChangesNothing() {
    compared();
    String before = stored();
    host.on(REFS, ScriptedHostClient.unanswered(Reason.ConnectionTimedOut));

    waiting(compare(), Reason.ConnectionTimedOut);

    assertThat(stored()).isEqualTo(before);
  }

  @Test
  void anotherPathInTheSpecIsAnotherRepositoryWhoseRefsAreOnlyNoted() {
    compared();
    trigger = TestTrigger.withSpec(TestTrigger.SHOP.replace("group/shop", "group/other"));
    host.on("GET /api/v4/projects/group%2Fother", project("43", "group/other"));
    serveAt("group/other");
    refs.put("refs/heads/main", TWO);

    Result other = compared();

    assertThat(other.repository().id()).isEqualTo("43");
    assertThat(other.due()).isEmpty();
  }

  /** The same repository under its new path: what was pushed meanwhile is due. */
  @Test
  void aPathThatWasCorrectedAfterARenameLosesNothing() {
    compared();
    trigger = TestTrigger.withSpec(TestTrigger.SHOP.replace("group/shop", "group/store"));
    host.on("GET /api/v4/projects/group%2Fstore", project("42", "group/store"));
    serveAt("group/store");
    refs.put("refs/heads/main", TWO);

    assertThat(due(compared())).containsExactly("main refs/heads/main");
  }

  @Test
  void whatIsForgottenIsReadFromTheStoreAgain() {
    compared();
    secrets.deleteAll();
    refs.put("refs/heads/main", TWO);
    watch.forget(TestTrigger.UID);

    assertThat(compared().due()).as("nothing is known of it").isEmpty();
    assertThat(secrets.all()).hasSize(1);
  }
}
