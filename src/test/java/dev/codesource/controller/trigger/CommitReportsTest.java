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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
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
      all.add(
          new BuildStatus(
              new BuildObject("Job", "shop-" + i),
              "refs/heads/main",
              "%040x".formatted(i),
              BuildState.Succeeded,
              null,
              null,
              null,
              null,
              null,
              null));
    }
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
        List.of());
  }

  private CommitReports.Result tell(TriggerStatus status) {
    return reports.tell(
        trigger,
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
}
