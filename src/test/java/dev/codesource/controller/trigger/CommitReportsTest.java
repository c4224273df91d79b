package dev.codesource.controller.trigger;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildObject;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.http.AdjustableClock;
import dev.codesource.http.GuardedHostClient;
import dev.codesource.http.HostThreads;
import dev.codesource.http.Limits;
import dev.codesource.http.Resolver;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.KeptEvents;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a code host is told of builds, over real connections. */
class CommitReportsTest {

  private final AdjustableClock clock = new AdjustableClock();
  private final KeptEvents events = new KeptEvents(clock);
  private final GuardedHostClient client =
      new GuardedHostClient(
          new HostThreads(),
          (_, address) -> Outcome.done(address),
          Resolver.system(),
          Limits.DEFAULT,
          "code-source-operator/test");
  private volatile Function<Asked, CannedAnswer> answer = _ -> CannedAnswer.json(201, "{}");
  private final LoopbackHost host = new LoopbackHost(asked -> answer.apply(asked));
  private final CommitReports reports =
      new CommitReports(
          client,
          new HostLimiter(1, clock, new Random(1)),
          new TriggerEvents(events.recorder()),
          clock);
  private final CodeSourceTrigger trigger =
      TestTrigger.named("shop", "rules: [{name: main, branch: main}]\ncommitStatus: true\n");

  @AfterEach
  void close() {
    client.close();
    host.close();
  }

  /** The newest first. */
  private static TriggerStatus status(int builds) {
    List<BuildStatus> all = new ArrayList<>();
    for (int i = builds; i > 0; i--) {
      all.add(build(i, "refs/heads/main", BuildState.Succeeded, null));
    }
    return status(all);
  }

  private static BuildStatus build(
      int number, String ref, BuildState state, @Nullable BuildState reported) {
    return new BuildStatus(
        new BuildObject("Job", "shop-" + number),
        ref,
        "%040x".formatted(number),
        state,
        null,
        null,
        null,
        null,
        null,
        reported);
  }

  private static TriggerStatus status(List<BuildStatus> all) {
    return new TriggerStatus(
        Phase.Active,
        1L,
        null,
        new TriggerStatus.Repository("42", "group/shop", "https://gitlab.example.com/shop.git"),
        null,
        List.of(new RuleStatus("main", null, all)),
        null,
        null,
        null,
        null,
        List.of());
  }

  private CommitReports.Result tell(TriggerStatus status) {
    return tell(trigger, status);
  }

  private CommitReports.Result tell(CodeSourceTrigger of, TriggerStatus status) {
    return reports.tell(
        of,
        new ProvenAccess.Access(
            new Claim(
                "team-a",
                new GitLab(clock),
                host.site(""),
                "alice",
                Credential.of("glpat-good-and-long-enough"),
                Optional.empty()),
            new Proof.Account("alice", "1")),
        status);
  }

  private static List<Optional<BuildState>> reported(CommitReports.Result result) {
    return Optional.ofNullable(result.status().rules())
        .map(List::getFirst)
        .map(RuleStatus::builds)
        .orElse(List.of())
        .stream()
        .map(build -> Optional.ofNullable(build.reported()))
        .toList();
  }

  @Test
  void aStatusThatTheCodeHostRefusesKeepsNoOtherFromBeingTold() {
    answer =
        asked ->
            asked.path().endsWith("1")
                ? CannedAnswer.json(400, "{\"message\":\"too many jobs\"}")
                : CannedAnswer.json(201, "{}");

    CommitReports.Result result = tell(status(3));

    assertThat(host.seen()).hasSize(3);
    assertThat(reported(result)).containsOnly(Optional.of(BuildState.Succeeded));
    assertThat(result.next()).isEmpty();
    assertThat(events.all()).singleElement().asString().startsWith("CommitStatusRefused: ");
    assertThat(tell(result.status()).status()).isEqualTo(result.status());
    assertThat(host.seen()).as("it is not tried again").hasSize(3);
  }

  @Test
  void anAccountThatMayNotIsTriedOnceInTenMinutes() {
    answer = _ -> CannedAnswer.json(403, "{\"message\":\"403 Forbidden\"}");

    CommitReports.Result result = tell(status(3));

    assertThat(host.seen()).hasSize(1);
    assertThat(reported(result)).containsOnly(Optional.empty());
    assertThat(result.next()).contains(clock.instant().plusSeconds(600));
    tell(result.status());
    assertThat(host.seen()).hasSize(1);
    assertThat(events.all()).singleElement().asString().startsWith("CommitStatusForbidden: ");
  }

  /** GitLab shows statuses beside the branch or tag. */
  @Test
  void theBranchOrTagOfABuildIsNamed() {
    tell(
        status(
            List.of(
                build(2, "refs/tags/v1.0", BuildState.Running, null),
                build(1, "refs/heads/feature/one", BuildState.Running, null))));

    assertThat(host.seen())
        .extracting(Asked::body)
        .satisfiesExactly(
            first -> assertThat(first).contains("\"ref\":\"feature/one\""),
            second -> assertThat(second).contains("\"ref\":\"v1.0\""));
  }

  @Test
  void eachStateIsToldOnceAlsoByAProcessThatStartsInBetween() {
    TriggerStatus status = status(List.of(build(1, "refs/heads/main", BuildState.Running, null)));

    TriggerStatus told = tell(status).status();
    assertThat(tell(told).status()).isEqualTo(told);
    assertThat(host.seen()).hasSize(1);
    TriggerStatus ended =
        status(List.of(build(1, "refs/heads/main", BuildState.Succeeded, BuildState.Running)));
    TriggerStatus toldOfItsEnd = tell(ended).status();
    tell(toldOfItsEnd);
    assertThat(host.seen())
        .extracting(Asked::body)
        .satisfiesExactly(
            first -> assertThat(first).contains("\"state\":\"running\""),
            second -> assertThat(second).contains("\"state\":\"success\""));
  }

  @Test
  void oneThatIsNotWantedIsNotTold() {
    CodeSourceTrigger silent =
        TestTrigger.named("shop", "rules: [{name: main, branch: main}]\ncommitStatus: false\n");

    assertThat(tell(silent, status(1)).status()).isEqualTo(status(1));
    assertThat(host.seen()).isEmpty();
  }

  /** A thousand builds may change at once. */
  @Test
  void aPassSendsFiveAndAnotherOneFollows() {
    CommitReports.Result first = tell(status(7));

    assertThat(host.seen()).hasSize(CommitReports.MOST);
    assertThat(first.next()).contains(clock.instant().plusSeconds(1));
    CommitReports.Result second = tell(first.status());
    assertThat(host.seen()).hasSize(7);
    assertThat(host.seen()).extracting(Asked::path).doesNotHaveDuplicates();
    assertThat(second.next()).isEmpty();
  }

  /** An outage; the builds have ended, so that nothing else would start another pass. */
  @Test
  void aCodeHostThatIsDownIsToldWhenItIsBackAndNoEventTellsOfIt() {
    answer = _ -> CannedAnswer.json(503, "{}");
    CommitReports.Result down = tell(status(3));

    int tried = host.seen().size();
    assertThat(tried).isBetween(1, 2);
    assertThat(down.status()).isEqualTo(status(3));
    assertThat(down.next()).hasValueSatisfying(next -> assertThat(next).isAfter(clock.instant()));
    assertThat(events.all()).isEmpty();

    answer = _ -> CannedAnswer.json(201, "{}");
    clock.advance(Duration.between(clock.instant(), down.next().orElseThrow()));
    assertThat(reported(tell(down.status()))).containsOnly(Optional.of(BuildState.Succeeded));
  }

  @Test
  void anAccountThatMayAgainIsToldOfOnceAndThenOfTheNextRefusal() {
    answer = _ -> CannedAnswer.json(403, "{\"message\":\"403 Forbidden\"}");
    tell(status(1));
    clock.advance(Duration.ofMinutes(10));
    tell(status(1));
    assertThat(host.seen()).hasSize(2);
    assertThat(events.all()).as("the same reason").hasSize(1);

    answer = _ -> CannedAnswer.json(201, "{}");
    clock.advance(Duration.ofMinutes(10));
    tell(status(1));
    answer = _ -> CannedAnswer.json(403, "{\"message\":\"403 Forbidden\"}");
    tell(status(2));
    assertThat(events.all()).hasSize(2);
  }
}
