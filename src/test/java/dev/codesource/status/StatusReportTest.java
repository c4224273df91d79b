package dev.codesource.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StatusReportTest {

  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String SITE = "https://gitlab.example.com";

  @Test
  void aProofIsBoundAndNothingElseIsTrueOfIt() {
    BindingStatus status = next(null, proven(Optional.empty()), NOW);

    assertThat(status.phase()).isEqualTo(Phase.Bound);
    assertThat(status.account()).isEqualTo(new BindingStatus.Account("alice", "42"));
    assertThat(status.scopes()).containsExactly("api");
    assertThat(status.lastVerifiedAt()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(summary(status))
        .containsExactly(
            "Ready True Bound",
            "AddressValid True Succeeded",
            "Reachable True Succeeded",
            "Authenticated True Succeeded",
            "ScopesSufficient True Succeeded",
            "CredentialFresh True Succeeded");
  }

  @Test
  void whatIsFoundAgainIsEqualSoThatNothingIsWritten() {
    BindingStatus bound = next(null, proven(Optional.empty()), NOW);
    BindingStatus failed =
        next(null, new Finding.NotProven(new Problem(Reason.TokenRejected, "No."), false), NOW);

    assertThat(next(bound, new Finding.StillProven(), NOW.plusSeconds(600))).isEqualTo(bound);
    assertThat(
            next(
                failed,
                new Finding.NotProven(new Problem(Reason.TokenRejected, "No."), false),
                NOW.plusSeconds(600)))
        .isEqualTo(failed);
  }

  /** Without those of triggers, and of Secrets, which are another question than the access. */
  static Stream<Reason> problems() {
    Set<Stage> others =
        EnumSet.of(
            Stage.PUBLISHED,
            Stage.RULES,
            Stage.BINDING,
            Stage.REPOSITORY,
            Stage.WEBHOOK,
            Stage.BUILDER);
    Set<Reason> noProblems =
        EnumSet.of(
            Reason.Bound,
            Reason.Succeeded,
            Reason.NotChecked,
            Reason.Suspended,
            Reason.TokenExpiring,
            Reason.ScopesUnknown,
            Reason.TagMoved,
            Reason.CommitDue,
            Reason.Watching);
    return Stream.of(Reason.values())
        .filter(reason -> !others.contains(reason.stage()) && !noProblems.contains(reason));
  }

  @ParameterizedTest
  @MethodSource("problems")
  void everyProblemStandsInReadyAndInTheConditionOfItsStage(Reason reason) {
    BindingStatus status =
        next(null, new Finding.NotProven(new Problem(reason, "So it is."), false), NOW);

    String message = "So it is. " + reason.remedy();
    assertThat(condition(status, "Ready"))
        .returns("False", Condition::getStatus)
        .returns(reason.name(), Condition::getReason)
        .returns(message, Condition::getMessage);
    assertThat(condition(status, reason.stage().condition().name()))
        .returns("False", Condition::getStatus)
        .returns(reason.name(), Condition::getReason);
    boolean waits = reason.kind() == Reason.Kind.TIME || reason.kind() == Reason.Kind.PASSING;
    String progress = waits ? "Reconciling" : "Stalled";
    String other = waits ? "Stalled" : "Reconciling";
    assertThat(condition(status, progress).getStatus()).isEqualTo("True");
    assertThat(status.conditions()).noneMatch(c -> c.getType().equals(other));
    assertThat(status.account()).isNull();
    assertThat(status.proofDigest()).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "InvalidURL,          False Unknown Unknown Unknown Unknown",
    "SecretNotFound,      True  Unknown False   Unknown Unknown",
    "ConnectionRefused,   True  False   Unknown Unknown Unknown",
    "TokenRejected,       True  True    False   Unknown Unknown",
    "InsufficientScope,   True  True    True    False   Unknown",
  })
  void whatComesBeforeAProblemSucceededAndWhatComesAfterWasNotChecked(
      Reason reason, String statuses) {
    BindingStatus status =
        next(null, new Finding.NotProven(new Problem(reason, "So."), false), NOW);

    assertThat(
            List.of(
                    "AddressValid",
                    "Reachable",
                    "Authenticated",
                    "ScopesSufficient",
                    "CredentialFresh")
                .stream()
                .map(type -> condition(status, type).getStatus()))
        .containsExactly(statuses.split(" +"));
  }

  @Test
  void anOutageKeepsTheProofAndSaysSo() {
    BindingStatus bound = next(null, proven(Optional.empty()), NOW);
    Problem refused = new Problem(Reason.ConnectionRefused, "gitlab.example.com:443 refused.");

    BindingStatus status = next(bound, new Finding.NotProven(refused, true), NOW.plusSeconds(60));

    assertThat(status.phase()).isEqualTo(Phase.Bound);
    assertThat(status.account()).isEqualTo(bound.account());
    assertThat(status.proofDigest()).isEqualTo(bound.proofDigest());
    assertThat(summary(status))
        .contains(
            "Ready True Bound",
            "Reachable False ConnectionRefused",
            "Authenticated True Succeeded");
    assertThat(condition(status, "Ready").getMessage()).contains("gitlab.example.com:443 refused");
    assertThat(condition(status, "Ready").getLastTransitionTime()).isEqualTo(NOW.toString());
    assertThat(condition(status, "Reachable").getLastTransitionTime())
        .isEqualTo(NOW.plusSeconds(60).toString());
  }

  @Test
  void anOutageBeforeAnyProofOrAfterAChangeIsNoProof() {
    BindingStatus bound = next(null, proven(Optional.empty()), NOW);
    Problem refused = new Problem(Reason.ConnectionRefused, "Refused.");

    assertThat(next(bound, new Finding.NotProven(refused, false), NOW).phase())
        .isEqualTo(Phase.Failed);
  }

  @Test
  void aRejectedTokenIsBelievedAtOnce() {
    BindingStatus bound = next(null, proven(Optional.empty()), NOW);

    BindingStatus status =
        next(
            bound,
            new Finding.NotProven(new Problem(Reason.TokenRejected, "No."), true),
            NOW.plusSeconds(60));

    assertThat(status.phase()).isEqualTo(Phase.Failed);
    assertThat(status.account()).isNull();
    assertThat(status.lastVerifiedAt()).isEqualTo(bound.lastVerifiedAt());
  }

  @ParameterizedTest
  @CsvSource({
    "P31D, True  Succeeded,     ''",
    "P30D, False TokenExpiring, within 30 days",
    "P8D,  False TokenExpiring, within 30 days",
    "P7D,  False TokenExpiring, within 7 days",
    "P1D,  False TokenExpiring, within a day",
    "PT1S, False TokenExpiring, within a day"
  })
  void expiryIsAnnounced30And7And1DayBefore(Duration left, String found, String words) {
    BindingStatus status = next(null, proven(Optional.of(NOW.plus(left))), NOW);

    Condition fresh = condition(status, "CredentialFresh");
    assertThat(fresh.getStatus() + " " + fresh.getReason()).isEqualTo(found.replaceAll(" +", " "));
    assertThat(fresh.getMessage()).contains(words);
    assertThat(status.phase()).isEqualTo(Phase.Bound);
  }

  @Test
  void unknownScopesAreUnknownAndNotGuessed() {
    Proof proof =
        new Proof(new Proof.Account("alice", "42"), new Scopes.Unknown(), Optional.empty());

    BindingStatus status = next(null, new Finding.Proven(proof, NOW, "d"), NOW);

    assertThat(status.scopes()).isNull();
    assertThat(summary(status))
        .contains("ScopesSufficient Unknown ScopesUnknown", "Ready True Bound");
  }

  @Test
  void suspendingKeepsWhatIsKnown() {
    BindingStatus bound = next(null, proven(Optional.empty()), NOW);

    BindingStatus suspended = next(bound, new Finding.Suspended(), NOW.plusSeconds(60));

    assertThat(suspended.phase()).isEqualTo(Phase.Suspended);
    assertThat(suspended.conditions()).isEqualTo(bound.conditions());
    assertThat(suspended.proofDigest()).isEqualTo(bound.proofDigest());
  }

  @Test
  void whatIsSuspendedIsNotWaitedForWhateverWasFoundBefore() {
    BindingStatus failed = next(null, notProven(Reason.TokenRejected), NOW);

    BindingStatus suspended = next(failed, new Finding.Suspended(), NOW.plusSeconds(60));

    assertThat(suspended.phase()).isEqualTo(Phase.Suspended);
    assertThat(summary(suspended))
        .contains("Authenticated False TokenRejected")
        .noneMatch(condition -> condition.matches("(Ready|Stalled|Reconciling) .*"));
    assertThat(next(null, new Finding.Suspended(), NOW).conditions()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {
        "SecretNotFound",
        "CaNotFound",
        "HostNotFound",
        "ConnectionRefused",
        "ConnectionTimedOut",
        "ConnectionFailed",
        "ProxyRefused",
        "ServerError",
        "SelfSignedCertificate",
        "UntrustedCertificate",
        "CertificateHostMismatch",
        "NotThisPlatform"
      })
  void whatMayPassIsReconcilingForTwoMinutesAndThenStalled(Reason reason) {
    BindingStatus first = next(null, notProven(reason), NOW);
    BindingStatus last = next(first, notProven(reason), NOW.plusSeconds(119));
    BindingStatus stalled = next(last, notProven(reason), NOW.plusSeconds(120));
    BindingStatus much = next(stalled, notProven(reason), NOW.plusSeconds(7_200));

    assertThat(progress(first)).containsExactly("Reconciling True " + reason);
    assertThat(last).as("nothing to write").isEqualTo(first);
    assertThat(Patience.end(last.conditions())).hasValue(NOW.plusSeconds(120));
    assertThat(progress(stalled)).containsExactly("Stalled True " + reason);
    assertThat(Patience.end(stalled.conditions())).isEmpty();
    assertThat(much).isEqualTo(stalled);
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"RateLimited", "Queued", "Conflict", "AwaitingAuthorization"})
  void whatNeedsNobodysHandIsNeverStalled(Reason reason) {
    BindingStatus first = next(null, notProven(reason), NOW);

    assertThat(progress(next(first, notProven(reason), NOW.plusSeconds(7_200))))
        .containsExactly("Reconciling True " + reason);
  }

  @Test
  void aHostThatAnswersInSeveralWaysHasTwoMinutesForAllOfThem() {
    BindingStatus first = next(null, notProven(Reason.HostNotFound), NOW);
    BindingStatus second = next(first, notProven(Reason.ConnectionRefused), NOW.plusSeconds(100));
    BindingStatus third = next(second, notProven(Reason.ServerError), NOW.plusSeconds(130));
    BindingStatus fourth = next(third, notProven(Reason.HostNotFound), NOW.plusSeconds(140));

    assertThat(progress(second)).containsExactly("Reconciling True ConnectionRefused");
    assertThat(progress(third)).containsExactly("Stalled True ServerError");
    assertThat(progress(fourth)).containsExactly("Stalled True HostNotFound");
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"RateLimited", "ProxyRefused", "Redirected"})
  void aHostThatFailsNowAndThenInAnotherWayIsStalledInTheEnd(Reason now) {
    BindingStatus first = next(null, notProven(Reason.ServerError), NOW);
    BindingStatus other = next(first, notProven(now), NOW.plusSeconds(60));
    BindingStatus last = next(other, notProven(Reason.ServerError), NOW.plusSeconds(130));

    assertThat(progress(last)).containsExactly("Stalled True ServerError");
  }

  @Test
  void reconcilingKeepsItsTimeWhileTheHostFailsInOtherWays() {
    BindingStatus first = next(null, notProven(Reason.ServerError), NOW);
    BindingStatus limited = next(first, notProven(Reason.RateLimited), NOW.plusSeconds(60));
    BindingStatus last = next(limited, notProven(Reason.ServerError), NOW.plusSeconds(100));

    assertThat(condition(last, "Reconciling").getLastTransitionTime()).isEqualTo(NOW.toString());
    assertThat(Patience.end(last.conditions())).hasValue(NOW.plusSeconds(120));
  }

  @Test
  void aLongWaitInTheOperatorsQueueIsNotCountedToWhatTheHostDoes() {
    BindingStatus queued = next(null, notProven(Reason.Queued), NOW);
    BindingStatus down = next(queued, notProven(Reason.ServerError), NOW.plusSeconds(3_600));

    assertThat(progress(down)).containsExactly("Reconciling True ServerError");
  }

  @Test
  void theNextStageAndTheNextGenerationHaveTheirOwnTwoMinutes() {
    BindingStatus stalled =
        next(
            next(null, notProven(Reason.SecretNotFound), NOW),
            notProven(Reason.SecretNotFound),
            NOW.plusSeconds(200));

    BindingStatus mended = next(stalled, notProven(Reason.ConnectionRefused), NOW.plusSeconds(300));
    BindingStatus changed =
        StatusReport.next(
            stalled,
            new Observation(
                2, Optional.of(SITE), Optional.empty(), notProven(Reason.SecretNotFound)),
            new Publishing.NotAsked(),
            NOW.plusSeconds(300));

    assertThat(progress(stalled)).containsExactly("Stalled True SecretNotFound");
    assertThat(progress(mended)).containsExactly("Reconciling True ConnectionRefused");
    assertThat(Patience.end(mended.conditions())).hasValue(NOW.plusSeconds(420));
    assertThat(progress(changed)).containsExactly("Reconciling True SecretNotFound");
    assertThat(Patience.end(changed.conditions())).hasValue(NOW.plusSeconds(420));
  }

  @Test
  void aLongWaitForAPersonIsNotCountedToWhatFollowsIt() {
    BindingStatus awaiting = next(null, notProven(Reason.AwaitingAuthorization), NOW);
    BindingStatus down = next(awaiting, notProven(Reason.SecretNotFound), NOW.plusSeconds(86_400));

    assertThat(progress(down)).containsExactly("Reconciling True SecretNotFound");
    assertThat(Patience.end(down.conditions())).hasValue(NOW.plusSeconds(86_520));
  }

  @Test
  void aBindingIsNeverReconcilingAndStalledAtOnce() {
    BindingStatus status =
        next(
            null,
            notProven(Reason.SecretNotFound),
            new Publishing.Refused(
                new Problem(Reason.PublishingNotAllowed, "Not allowed."), Optional.empty()),
            NOW);

    assertThat(progress(status)).containsExactly("Stalled True PublishingNotAllowed");
  }

  private static Finding notProven(Reason reason) {
    return new Finding.NotProven(new Problem(reason, "So it is."), false);
  }

  private static List<String> progress(BindingStatus status) {
    return summary(status).stream()
        .filter(condition -> condition.matches("(Stalled|Reconciling) .*"))
        .toList();
  }

  @Test
  void aRateLimitIsPendingForNobodyDidAnythingWrong() {
    BindingStatus status =
        next(null, new Finding.NotProven(new Problem(Reason.RateLimited, "429."), false), NOW);

    assertThat(status.phase()).isEqualTo(Phase.Pending);
  }

  @Test
  void writtenSecretsAreToldAndTheOneForServiceBindingIsNamed() {
    BindingStatus status =
        next(
            null,
            proven(Optional.empty()),
            new Publishing.Written(List.of("a", "b"), Optional.of("b"), Optional.empty()),
            NOW);

    assertThat(summary(status)).contains("Ready True Bound", "Published True Published");
    assertThat(condition(status, "Published").getMessage()).isEqualTo("Written: a, b.");
    assertThat(status.binding()).isEqualTo(new BindingStatus.BindingRef("b"));
  }

  @Test
  void secretsThatCannotBeWrittenStallABindingThatIsBound() {
    BindingStatus bound = next(null, proven(Optional.empty()), NOW);

    BindingStatus status =
        next(
            bound,
            new Finding.StillProven(),
            new Publishing.Refused(
                new Problem(Reason.SecretNotOwned, "Not ours."), Optional.empty()),
            NOW.plusSeconds(60));

    assertThat(status.phase()).isEqualTo(Phase.Bound);
    assertThat(status.proofDigest()).isEqualTo(bound.proofDigest());
    assertThat(summary(status))
        .contains(
            "Ready False SecretNotOwned",
            "Stalled True SecretNotOwned",
            "Published False SecretNotOwned",
            "Authenticated True Succeeded");
    assertThat(condition(status, "Ready").getMessage())
        .isEqualTo("Not ours. " + Reason.SecretNotOwned.remedy());
    assertThat(condition(status, "Ready").getLastTransitionTime())
        .isEqualTo(NOW.plusSeconds(60).toString());
  }

  @Test
  void aDeployTokenIsToldAndWhatPassesByItselfIsNotStalled() {
    assertThat(
            condition(
                    next(
                        null,
                        proven(Optional.empty()),
                        new Publishing.Written(
                            List.of("a"),
                            Optional.empty(),
                            Optional.of("a deploy token of the group team")),
                        NOW),
                    "Published")
                .getMessage())
        .isEqualTo("Written: a with a deploy token of the group team.");
    assertThat(
            summary(
                next(
                    null,
                    proven(Optional.empty()),
                    new Publishing.Refused(
                        new Problem(Reason.ServerError, "It is down."), Optional.empty()),
                    NOW)))
        .contains("Published False ServerError", "Reconciling True ServerError")
        .noneMatch(condition -> condition.startsWith("Stalled"));
  }

  @Test
  void secretsThatOutliveTheAccessAreStaleAndWithdrawnOnesAreNotThere() {
    Finding rejected = new Finding.NotProven(new Problem(Reason.TokenRejected, "No."), true);

    BindingStatus stale =
        next(null, rejected, new Publishing.Stale(Optional.of("team-servicebinding")), NOW);
    BindingStatus withdrawn = next(null, rejected, new Publishing.Withdrawn(), NOW);
    BindingStatus awaited = next(null, rejected, new Publishing.Awaited(), NOW);

    assertThat(summary(stale)).contains("Ready False TokenRejected", "Published True Stale");
    assertThat(stale.binding()).isEqualTo(new BindingStatus.BindingRef("team-servicebinding"));
    assertThat(summary(withdrawn))
        .contains("Ready False TokenRejected", "Published False Withdrawn");
    assertThat(withdrawn.binding()).isNull();
    assertThat(summary(awaited)).contains("Published Unknown NotChecked");
  }

  @Test
  void suspendingKeepsWhatWasSaidOfTheSecrets() {
    BindingStatus bound =
        next(
            null,
            proven(Optional.empty()),
            new Publishing.Written(List.of("b"), Optional.of("b"), Optional.empty()),
            NOW);

    BindingStatus suspended =
        next(bound, new Finding.Suspended(), new Publishing.Untouched(), NOW.plusSeconds(60));

    assertThat(suspended.conditions()).isEqualTo(bound.conditions());
    assertThat(suspended.binding()).isEqualTo(bound.binding());
  }

  private static Finding proven(Optional<Instant> expiresAt) {
    Proof proof =
        new Proof(
            new Proof.Account("alice", "42"),
            new Scopes.Known(new TreeSet<>(List.of("api")), new TreeSet<>()),
            expiresAt);
    return new Finding.Proven(proof, NOW, "digest");
  }

  private static BindingStatus next(
      @Nullable BindingStatus previous, Finding finding, Instant now) {
    return next(previous, finding, new Publishing.NotAsked(), now);
  }

  private static BindingStatus next(
      @Nullable BindingStatus previous, Finding finding, Publishing publishing, Instant now) {
    return StatusReport.next(
        previous,
        new Observation(1, Optional.of(SITE), Optional.empty(), finding),
        publishing,
        now);
  }

  private static Condition condition(BindingStatus status, String type) {
    return Objects.requireNonNull(status.conditions()).stream()
        .filter(condition -> condition.getType().equals(type))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no condition " + type));
  }

  private static List<String> summary(BindingStatus status) {
    return Objects.requireNonNull(status.conditions()).stream()
        .map(c -> c.getType() + " " + c.getStatus() + " " + c.getReason())
        .toList();
  }
}
