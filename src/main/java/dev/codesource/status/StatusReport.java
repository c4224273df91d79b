package dev.codesource.status;

import static dev.codesource.reason.ConditionType.AddressValid;
import static dev.codesource.reason.ConditionType.Authenticated;
import static dev.codesource.reason.ConditionType.CredentialFresh;
import static dev.codesource.reason.ConditionType.Published;
import static dev.codesource.reason.ConditionType.Reachable;
import static dev.codesource.reason.ConditionType.Ready;
import static dev.codesource.reason.ConditionType.ScopesSufficient;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.BindingStatus.Account;
import dev.codesource.api.BindingStatus.BindingRef;
import dev.codesource.api.BindingStatus.Phase;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Computes the next status of a binding. */
public final class StatusReport {

  /**
   * The conditions between {@code Ready} and the kstatus ones, in the order they are established.
   */
  private static final List<ConditionType> STEPS =
      List.of(AddressValid, Reachable, Authenticated, ScopesSufficient, CredentialFresh);

  /** Reasons that say nothing of the access: it was not asked for yet. */
  private static final Set<Reason> PENDING =
      EnumSet.of(Reason.Queued, Reason.RateLimited, Reason.Conflict);

  private final Optional<BindingStatus> previous;
  private final Observation observation;
  private final Publishing publishing;
  private final Instant now;
  private final ConditionSet conditions;

  private StatusReport(
      @Nullable BindingStatus previous,
      Observation observation,
      Publishing publishing,
      Instant now) {
    this.previous = Optional.ofNullable(previous);
    this.observation = observation;
    this.publishing = publishing;
    this.now = now;
    this.conditions =
        new ConditionSet(
            this.previous.map(BindingStatus::conditions).orElse(List.of()),
            observation.generation(),
            now);
  }

  /**
   * The status after an observation. Equal to the previous one when nothing changed, so that
   * nothing has to be written.
   */
  public static BindingStatus next(
      @Nullable BindingStatus previous,
      Observation observation,
      Publishing publishing,
      Instant now) {
    StatusReport report = new StatusReport(previous, observation, publishing, now);
    return switch (observation.finding()) {
      case Finding.Suspended ignored -> report.suspended();
      case Finding.Proven proven -> report.proven(proven);
      case Finding.StillProven ignored -> report.stillProven();
      case Finding.NotProven notProven when notProven.keepsProof() ->
          notProven.problem().reason().isOutage()
              ? report.outage(notProven.problem())
              : report.stillProven();
      case Finding.NotProven(var problem, var ignored) ->
          report.failing(
              problem, PENDING.contains(problem.reason()) ? Phase.Pending : Phase.Failed);
      case Finding.Awaiting(var problem, var ignored) ->
          report.failing(problem, Phase.AwaitingAuthorization);
    };
  }

  /**
   * Without {@code Ready}, unless it is true: kstatus reads any other value as in progress, and
   * whoever suspends a binding wants nothing to wait for it.
   */
  private BindingStatus suspended() {
    STEPS.forEach(conditions::keep);
    conditions.keepIfTrue(Ready);
    return with(Phase.Suspended, proofInStatus());
  }

  private BindingStatus proven(Finding.Proven proven) {
    Proof proof = proven.proof();
    RecordedProof recorded =
        new RecordedProof(
            new Account(proof.account().username(), proof.account().id()),
            switch (proof.scopes()) {
              case Scopes.Known(var granted, var ignored) -> List.copyOf(granted);
              case Scopes.Unknown ignored -> null;
            },
            proof.expiresAt().map(Timestamp::of).orElse(null),
            Timestamp.of(proven.at()),
            proven.digest());
    return bound(recorded);
  }

  private BindingStatus stillProven() {
    return bound(proofInStatus());
  }

  private BindingStatus bound(RecordedProof proof) {
    conditions.succeeded(AddressValid);
    conditions.succeeded(Reachable);
    accessProven(proof);
    conditions.set(Ready, "True", Reason.Bound, boundMessage(proof) + ".");
    return with(Phase.Bound, proof);
  }

  private BindingStatus outage(Problem problem) {
    RecordedProof proof = proofInStatus();
    conditions.succeeded(AddressValid);
    conditions.set(Reachable, "False", problem.reason(), problem.message());
    accessProven(proof);
    conditions.set(
        Ready,
        "True",
        Reason.Bound,
        "%s. It could not be proven again since: %s"
            .formatted(boundMessage(proof), problem.message()));
    return with(Phase.Bound, proof);
  }

  private void accessProven(RecordedProof proof) {
    conditions.succeeded(Authenticated);
    if (proof.scopes() == null) {
      conditions.set(
          ScopesSufficient, "Unknown", Reason.ScopesUnknown, sentence(Reason.ScopesUnknown));
    } else {
      conditions.succeeded(ScopesSufficient);
    }
    freshness(proof.expiresAt());
  }

  private void freshness(@Nullable String expiresAt) {
    Optional<ExpiryNotice> notice =
        Optional.ofNullable(expiresAt)
            .flatMap(expiry -> ExpiryNotice.due(Instant.parse(expiry), now));
    if (notice.isPresent()) {
      conditions.set(
          CredentialFresh,
          "False",
          Reason.TokenExpiring,
          "The credential expires %s, at %s. %s"
              .formatted(notice.get().words(), expiresAt, Reason.TokenExpiring.remedy()));
    } else {
      conditions.succeeded(CredentialFresh);
    }
  }

  private BindingStatus failing(Problem problem, Phase phase) {
    Reason reason = problem.reason();
    Stage stage = reason.stage();
    for (ConditionType step : STEPS) {
      if (step == stage.condition()) {
        conditions.set(step, "False", reason, problem.message());
      } else if (precedes(step, stage)) {
        conditions.succeeded(step);
      } else {
        conditions.set(step, "Unknown", Reason.NotChecked, Reason.NotChecked.meaning());
      }
    }
    conditions.set(Ready, "False", reason, problem.message());
    conditions.unfinished(problem);
    return with(
        phase,
        RecordedProof.lapsed(
            previous.map(BindingStatus::lastVerifiedAt).orElse(null),
            reason == Reason.TokenExpired
                ? previous.map(BindingStatus::expiresAt).orElse(null)
                : null));
  }

  /** Whether a step succeeded before a stage was reached. */
  private static boolean precedes(ConditionType step, Stage stage) {
    return switch (stage) {
      case ADDRESS -> false;
      case CREDENTIAL, HOST -> step == AddressValid;
      case ACCESS -> step == AddressValid || step == Reachable;
      case SCOPES -> step == AddressValid || step == Reachable || step == Authenticated;
      case FRESHNESS, PUBLISHED, WHOLE -> true;
      case RULES, BINDING, REPOSITORY, WEBHOOK, BUILDER ->
          throw new IllegalArgumentException(stage + " is of triggers");
    };
  }

  /**
   * Sets the condition {@code Published}. A user who waits for {@code Ready} also waits for the
   * Secrets, so {@code Ready} is false when they could not be written; the phase describes only the
   * access.
   *
   * @return the Secret for Service Binding
   */
  private Optional<String> published() {
    return switch (publishing) {
      case Publishing.NotAsked ignored -> Optional.empty();
      case Publishing.Untouched ignored -> {
        conditions.keep(Published);
        yield previous.map(BindingStatus::binding).map(BindingRef::name);
      }
      case Publishing.Written(var names, var serviceBinding, var instead) -> {
        conditions.set(
            Published,
            "True",
            Reason.Published,
            "Written: %s%s."
                .formatted(String.join(", ", names), instead.map(" with "::concat).orElse("")));
        yield serviceBinding;
      }
      case Publishing.Stale(var serviceBinding) -> {
        conditions.set(Published, "True", Reason.Stale, sentence(Reason.Stale));
        yield serviceBinding;
      }
      case Publishing.Withdrawn ignored -> {
        conditions.set(Published, "False", Reason.Withdrawn, sentence(Reason.Withdrawn));
        yield Optional.empty();
      }
      case Publishing.Awaited ignored -> {
        conditions.set(Published, "Unknown", Reason.NotChecked, Reason.NotChecked.meaning());
        yield Optional.empty();
      }
      case Publishing.Refused(var problem, var serviceBinding) -> {
        for (ConditionType type : List.of(Published, Ready)) {
          conditions.set(type, "False", problem.reason(), problem.message());
        }
        conditions.unfinished(problem);
        yield serviceBinding;
      }
    };
  }

  private BindingStatus with(Phase phase, RecordedProof proof) {
    Optional<BindingRef> serviceBinding = published().map(BindingRef::new);
    return new BindingStatus(
        phase,
        observation.generation(),
        observation.url().orElse(null),
        proof.account(),
        proof.scopes(),
        proof.expiresAt(),
        Optional.ofNullable(proof.expiresAt()).map(StatusReport::day).orElse(null),
        proof.lastVerifiedAt(),
        proof.digest(),
        observation.requestedAt().orElse(null),
        observation.finding() instanceof Finding.Awaiting(var ignored, var authorization)
            ? authorization
            : null,
        serviceBinding.orElse(null),
        conditions.list());
  }

  /** The day of a time in RFC 3339. */
  private static String day(String time) {
    return time.substring(0, time.indexOf('T'));
  }

  private String boundMessage(RecordedProof proof) {
    return "The access of %s to %s is proven"
        .formatted(
            Optional.ofNullable(proof.account()).map(Account::username).orElse(""),
            observation.url().orElse(""));
  }

  private RecordedProof proofInStatus() {
    return previous
        .map(
            status ->
                new RecordedProof(
                    status.account(),
                    status.scopes(),
                    status.expiresAt(),
                    status.lastVerifiedAt(),
                    status.proofDigest()))
        .orElse(RecordedProof.lapsed(null, null));
  }

  private static String sentence(Reason reason) {
    return reason.meaning() + " " + reason.remedy();
  }

  /** The fields of a status that come from a proof. */
  private record RecordedProof(
      @Nullable Account account,
      @Nullable List<String> scopes,
      @Nullable String expiresAt,
      @Nullable String lastVerifiedAt,
      @Nullable String digest) {

    static RecordedProof lapsed(@Nullable String lastVerifiedAt, @Nullable String expiresAt) {
      return new RecordedProof(null, null, expiresAt, lastVerifiedAt, null);
    }
  }
}
