package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.build.GitRef;
import dev.codesource.codehost.CommitStatus;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.verification.Claim;
import dev.codesource.verification.ProvenAccess.Access;
import jakarta.inject.Singleton;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Tells the code host how builds go, once for each state of a build. What was told is in the status
 * of the trigger, so that a restart tells nothing again. A code host that takes no status never
 * makes a build or a trigger fail.
 */
@Singleton
final class CommitReports {

  /** Requests of one pass; another pass follows. */
  static final int MOST = 5;

  /** After a code host took none. */
  private static final Duration PAUSE = Duration.ofMinutes(10);

  /** From one pass to the next, while there is more to tell. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private final HostClient client;
  private final HostLimiter limiter;
  private final TriggerEvents events;
  private final Clock clock;

  /** Triggers whose code host took no status, and until when it is not asked again; by UID. */
  private final Map<String, Pause> pauses = new ConcurrentHashMap<>();

  private record Pause(Reason reason, Instant until) {}

  CommitReports(HostClient client, HostLimiter limiter, TriggerEvents events, Clock clock) {
    this.client = client;
    this.limiter = limiter;
    this.events = events;
    this.clock = clock;
  }

  /**
   * What was told.
   *
   * @param status with what the code host knows now
   * @param next when there is more to tell; empty: when a build changes
   */
  record Result(TriggerStatus status, Optional<Instant> next) {}

  /** The trigger is gone. */
  void forget(String uid) {
    pauses.remove(uid);
  }

  /** Tells what the code host does not know. */
  Result tell(CodeSourceTrigger trigger, Access access, TriggerStatus status) {
    TriggerStatus.Repository repository = status.repository();
    boolean isWanted = Boolean.TRUE.equals(trigger.getSpec().commitStatus());
    if (!isWanted || repository == null || !hasNews(status)) {
      return new Result(status, Optional.empty());
    }
    Optional<Instant> pause =
        Optional.ofNullable(pauses.get(trigger.getMetadata().getUid()))
            .map(Pause::until)
            .filter(until -> clock.instant().isBefore(until));
    if (pause.isPresent()) {
      return new Result(status, pause);
    }
    Claim claim = access.claim();
    return claim
        .codeHost()
        .commitStatuses(
            claim.site(), claim.credential(), client.open(claim.tenant(), claim.anchors()))
        .map(_ -> new Pass(trigger, access, repository(repository)).over(status))
        .orElseGet(() -> new Result(status, Optional.empty()));
  }

  private static Repository repository(TriggerStatus.Repository known) {
    return new Repository(
        String.valueOf(known.id()),
        String.valueOf(known.path()),
        URI.create(String.valueOf(known.cloneUrl())));
  }

  private static boolean hasNews(TriggerStatus status) {
    return Objects.requireNonNullElse(status.rules(), List.<RuleStatus>of()).stream()
        .flatMap(rule -> Objects.requireNonNullElse(rule.builds(), List.<BuildStatus>of()).stream())
        .anyMatch(build -> build.state() != build.reported());
  }

  private final class Pass {
    private final CodeSourceTrigger trigger;
    private final Access access;
    private final Repository repository;
    private int left = MOST;
    private boolean isEnded;
    private Optional<Instant> next = Optional.empty();

    Pass(CodeSourceTrigger trigger, Access access, Repository repository) {
      this.trigger = trigger;
      this.access = access;
      this.repository = repository;
    }

    Result over(TriggerStatus status) {
      List<RuleStatus> rules = new ArrayList<>();
      for (RuleStatus rule : Objects.requireNonNullElse(status.rules(), List.<RuleStatus>of())) {
        List<BuildStatus> builds = rule.builds();
        rules.add(
            builds == null
                ? rule
                : new RuleStatus(
                    rule.name(),
                    rule.lastBuild(),
                    // The oldest first, so that the newest is shown where they share a commit.
                    builds.reversed().stream()
                        .map(build -> told(String.valueOf(rule.name()), build))
                        .toList()
                        .reversed()));
      }
      return new Result(status.with(rules), next);
    }

    private BuildStatus told(String rule, BuildStatus build) {
      BuildState state = build.state();
      if (isEnded || state == null || state == build.reported()) {
        return build;
      }
      if (left == 0) {
        next = Optional.of(clock.instant().plus(SOON));
        return build;
      }
      left--;
      return switch (report(rule, build, state)) {
        case Outcome.Done<Boolean> _ -> {
          pauses.remove(uid());
          yield build.withReported(state);
        }
        case Outcome.Refused<Boolean>(var why) -> refused(build, state, why);
        case Outcome.Waiting<Boolean>(_, var until, _) -> {
          isEnded = true;
          next = until.or(() -> Optional.of(clock.instant().plus(PAUSE)));
          yield build;
        }
      };
    }

    private BuildStatus refused(BuildStatus build, BuildState state, Problem why) {
      if (why.reason() == Reason.CommitStatusRefused) {
        // Of this status only. It would be refused again, so the others are told.
        told(why, clock.instant());
        return build.withReported(state);
      }
      isEnded = true;
      Instant until = clock.instant().plus(PAUSE);
      next = Optional.of(until);
      told(why, until);
      return build;
    }

    /** An Event when it begins. */
    private void told(Problem why, Instant until) {
      Pause before = pauses.put(uid(), new Pause(why.reason(), until));
      if (before == null || before.reason() != why.reason()) {
        events.refused(trigger, why);
      }
    }

    private Outcome<Boolean> report(String rule, BuildStatus build, BuildState state) {
      Claim claim = access.claim();
      CommitStatus status =
          new CommitStatus(
              String.valueOf(build.sha()),
              ref(build),
              state(state),
              "codesource/%s/%s".formatted(trigger.getMetadata().getName(), rule),
              description(build, state),
              Optional.empty());
      return limiter.through(
          claim.caller(),
          () -> {
            // Each with a session of its own, which sends a few requests at most.
            Optional<CommitStatuses> statuses =
                claim
                    .codeHost()
                    .commitStatuses(
                        claim.site(),
                        claim.credential(),
                        client.open(claim.tenant(), claim.anchors()));
            return statuses
                .map(each -> each.report(repository, status))
                .orElseGet(() -> Outcome.done(true));
          });
    }

    private String uid() {
      return trigger.getMetadata().getUid();
    }
  }

  private static Optional<String> ref(BuildStatus build) {
    return GitRef.of(String.valueOf(build.ref())) instanceof Outcome.Done<GitRef>(var ref)
        ? Optional.of(ref.shortName())
        : Optional.empty();
  }

  private static CommitStatus.State state(BuildState state) {
    return switch (state) {
      case Due, Delivered, Pending -> CommitStatus.State.Pending;
      case Running -> CommitStatus.State.Running;
      case Succeeded -> CommitStatus.State.Succeeded;
      case Failed -> CommitStatus.State.Failed;
      case Cancelled -> CommitStatus.State.Cancelled;
    };
  }

  /**
   * What the builder says stays in the cluster: a log may tell more than who reads the code may
   * know.
   */
  private static String description(BuildStatus build, BuildState state) {
    return switch (state) {
      case Due, Delivered, Pending -> "The image build waits to be started.";
      case Running -> "The image is being built.";
      case Succeeded ->
          build.image() == null ? "The image is built." : "Built " + build.image() + ".";
      case Failed -> "The image build failed.";
      case Cancelled -> "The image build was cancelled.";
    };
  }
}
