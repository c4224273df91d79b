package dev.codesource.controller.trigger;

import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildCounts;
import dev.codesource.api.TriggerStatus.BuildObject;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.BuildStatus;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.build.BuildRule;
import dev.codesource.build.Builder;
import dev.codesource.build.DueCommit;
import dev.codesource.builder.Progress;
import dev.codesource.builder.Run;
import dev.codesource.builder.RunKind;
import dev.codesource.http.Printable;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.ConditionSet;
import dev.codesource.status.Timestamp;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a status what builders were told, and what became of it. A builder that takes nothing
 * does not make the trigger less ready: pushes are noticed, and nothing is lost meanwhile.
 */
final class BuilderReport {

  /** Builds of one rule, and of all rules together, in a status. */
  private static final int MOST_OF_RULE = 10;

  private static final int MOST = 100;

  private static final int MOST_BEYOND = 20;

  /** So long an ended build is kept in the status whose object is gone, to tell the code host. */
  static final Duration UNREPORTED = Duration.ofHours(1);

  private static final String DELETED = "The object that built it was deleted.";

  /** Of a sink that takes nothing, until it has taken all. */
  private static final Set<String> UNTIL_ALL_IS_TOLD =
      Set.of(
          Reason.SinkUnreachable.name(), Reason.SinkUnauthorized.name(), Reason.SinkRefused.name());

  private final TriggerStatus present;
  private final Optional<Handover.Result> told;
  private final List<Run> runs;
  private final Map<String, RunKind> inCluster;
  private final Set<RunKind> known;
  private final boolean isReported;
  private final Instant now;

  /**
   * Builds that may be shown beyond the share of their rule, as long as something is to be told.
   */
  private int beyond = MOST_BEYOND;

  private BuilderReport(
      TriggerStatus present,
      Optional<Handover.Result> told,
      List<BuildRule> rules,
      List<Run> runs,
      Set<RunKind> known,
      boolean isReported,
      Instant now) {
    this.present = present;
    this.told = told;
    this.runs = runs;
    this.inCluster =
        rules.stream()
            .filter(rule -> rule.builder().filter(Builder.InCluster.class::isInstance).isPresent())
            .collect(
                Collectors.toMap(
                    BuildRule::name,
                    rule -> RunKind.of((Builder.InCluster) rule.builder().orElseThrow())));
    this.known = known;
    this.isReported = isReported;
    this.now = now;
  }

  /**
   * The next status: equal to the present one when nothing changed.
   *
   * @param runs the builds of the trigger
   * @param known the kinds of objects of which all builds are known
   * @param isReported whether the code host is told of builds
   */
  static TriggerStatus next(
      TriggerStatus present,
      Handover.Result told,
      List<BuildRule> rules,
      List<Run> runs,
      Set<RunKind> known,
      boolean isReported,
      Instant now) {
    return new BuilderReport(present, Optional.of(told), rules, runs, known, isReported, now)
        .next();
  }

  /** The next status where builders are told nothing: builds that were started end all the same. */
  static TriggerStatus next(
      TriggerStatus present, List<Run> runs, Set<RunKind> known, boolean isReported, Instant now) {
    return new BuilderReport(present, Optional.empty(), List.of(), runs, known, isReported, now)
        .next();
  }

  private TriggerStatus next() {
    List<RuleStatus> rules = rules();
    return new TriggerStatus(
        present.phase(),
        present.observedGeneration(),
        present.mode(),
        present.repository(),
        present.webhook(),
        rules,
        inProgress(rules),
        present.explanation(),
        present.lastHandledRequestedAt(),
        present.lastHandledBuild(),
        told.map(this::conditions).orElse(present.conditions()));
  }

  /** Counted as they are shown: at a start not all builds are known yet. */
  private @Nullable BuildCounts inProgress(@Nullable List<RuleStatus> rules) {
    int running =
        (int)
            Stream.ofNullable(rules)
                .flatMap(List::stream)
                .flatMap(rule -> Stream.ofNullable(rule.builds()))
                .flatMap(List::stream)
                .filter(build -> !state(build).isEnd())
                .count();
    int waiting =
        told.map(result -> result.outbox().pending().size())
            .orElseGet(
                () -> Optional.ofNullable(present.builds()).map(BuildCounts::waiting).orElse(0));
    return running == 0 && waiting == 0 ? null : new BuildCounts(running, waiting);
  }

  private List<Condition> conditions(Handover.Result told) {
    ConditionSet conditions =
        new ConditionSet(
            Optional.ofNullable(present.conditions()).orElse(List.of()),
            Optional.ofNullable(present.observedGeneration()).orElse(0L),
            now);
    for (ConditionType type : ConditionType.values()) {
      conditions.keep(type);
    }
    if (told.problem().isPresent()) {
      Problem problem = told.problem().get();
      conditions.set(ConditionType.BuilderReady, "False", problem.reason(), problem.message());
    } else if (!told.hasBuilders()) {
      conditions.remove(ConditionType.BuilderReady);
    } else if (told.isKnown() && (told.outbox().pending().isEmpty() || isMissing(present))) {
      conditions.succeeded(ConditionType.BuilderReady);
    }
    return conditions.list();
  }

  /** What was missing is there now, or there would be a problem. */
  private static boolean isMissing(TriggerStatus present) {
    return Optional.ofNullable(present.conditions())
        .flatMap(conditions -> ConditionSet.find(conditions, ConditionType.BuilderReady))
        .filter(ready -> !UNTIL_ALL_IS_TOLD.contains(ready.getReason()))
        .isPresent();
  }

  private @Nullable List<RuleStatus> rules() {
    List<RuleStatus> before = present.rules();
    if (before == null) {
      return null;
    }
    List<RuleStatus> rules = new ArrayList<>();
    // The same for each, so that what one rule builds changes nothing of another.
    int share = Math.max(1, Math.min(MOST_OF_RULE, MOST / Math.max(1, before.size())));
    for (RuleStatus rule : before) {
      List<BuildStatus> builds = builds(rule, share);
      rules.add(
          new RuleStatus(
              rule.name(),
              rule.lastBuild() == null ? null : last(rule, rule.lastBuild()),
              builds.isEmpty() ? null : builds));
    }
    return rules;
  }

  /** The newest first. Those that are not known at the moment are as before. */
  private List<BuildStatus> builds(RuleStatus rule, int share) {
    List<BuildStatus> before = Objects.requireNonNullElse(rule.builds(), List.of());
    List<BuildStatus> builds = new ArrayList<>();
    for (Run run : runs.reversed()) {
      if (run.due().rule().equals(rule.name())
          && (builds.size() < share || (isOpen(run, before) && beyond-- > 0))) {
        builds.add(build(run, before));
      }
    }
    if (isReported) {
      for (int i = 0; i < builds.size(); i++) {
        if (BuildChange.isReturned(builds, i, before)) {
          // The code host was told when it was shown before.
          builds.set(i, builds.get(i).withReported(state(builds.get(i))));
        }
      }
    }
    Set<BuildObject> present = runs.stream().map(BuilderReport::object).collect(Collectors.toSet());
    for (BuildStatus each : before) {
      if (!present.contains(each.object())) {
        gone(each).ifPresent(left -> builds.add(place(builds, each, before), left));
      }
    }
    return builds;
  }

  /** Whether something is yet to be told of a build that is shown. */
  private static boolean isOpen(Run run, List<BuildStatus> before) {
    return run.isActive()
        || before.stream()
            .anyMatch(each -> object(run).equals(each.object()) && !state(each).isEnd());
  }

  /** A build without an object: as before if it may be there; else until all is told of it. */
  private Optional<BuildStatus> gone(BuildStatus build) {
    boolean isKnown =
        Optional.ofNullable(build.object())
            .flatMap(object -> RunKind.named(String.valueOf(object.kind())))
            .filter(known::contains)
            .isPresent();
    if (!isKnown) {
      return Optional.of(build);
    }
    if (!state(build).isEnd()) {
      return Optional.of(
          new BuildStatus(
              build.object(),
              build.ref(),
              build.sha(),
              BuildState.Cancelled,
              DELETED,
              build.image(),
              build.digest(),
              build.startedAt(),
              Timestamp.of(now),
              build.reported()));
    }
    return Optional.of(build)
        .filter(
            each ->
                isReported
                    && each.state() != each.reported()
                    && each.finishedAt() != null
                    && now.isBefore(Instant.parse(each.finishedAt()).plus(UNREPORTED)));
  }

  /** After those that were before it. */
  private static int place(List<BuildStatus> builds, BuildStatus build, List<BuildStatus> before) {
    List<BuildObject> order = before.stream().map(BuildStatus::object).toList();
    int own = order.indexOf(build.object());
    int place = 0;
    for (int i = 0; i < builds.size(); i++) {
      if (order.indexOf(builds.get(i).object()) > own) {
        break;
      }
      place = i + 1;
    }
    return place;
  }

  private static BuildState state(BuildStatus build) {
    return Objects.requireNonNullElse(build.state(), BuildState.Pending);
  }

  private static BuildStatus build(Run run, List<BuildStatus> before) {
    Optional<BuildStatus> previous =
        before.stream().filter(each -> object(run).equals(each.object())).findFirst();
    Progress progress = run.progress();
    return new BuildStatus(
        object(run),
        run.due().ref().fullName(),
        run.due().sha(),
        progress.state(),
        message(run),
        run.image().orElse(null),
        progress.digest().orElse(null),
        timestamp(progress.startedAt()),
        timestamp(progress.finishedAt()),
        previous.map(BuildStatus::reported).orElse(null));
  }

  private static BuildObject object(Run run) {
    return new BuildObject(run.kind().name(), run.name());
  }

  /** With where the log is, if it failed. */
  private static @Nullable String message(Run run) {
    if (run.progress().state() != BuildState.Failed) {
      return null;
    }
    String said = run.progress().message().orElse("The builder does not say why.");
    return "%s Log: %s"
        .formatted(Printable.sentence(said), run.kind().log(run.namespace(), run.name()));
  }

  private LastBuild last(RuleStatus rule, LastBuild last) {
    String name = String.valueOf(rule.name());
    Optional<Run> run =
        runs.reversed().stream().filter(each -> isOf(each.due(), name, last)).findFirst();
    if (run.isPresent()) {
      Progress progress = run.get().progress();
      return new LastBuild(
          last.ref(),
          last.sha(),
          last.images(),
          last.foundBy(),
          last.foundAt(),
          progress.state(),
          null,
          object(run.get()),
          progress.digest().orElse(null),
          timestamp(progress.startedAt()),
          timestamp(progress.finishedAt()),
          message(run.get()));
    }
    BuildState state = Objects.requireNonNullElse(last.state(), BuildState.Due);
    return told.map(result -> last(name, last, state, result))
        .orElseGet(() -> isGone(name, last, state) ? deleted(last) : last);
  }

  private LastBuild last(String name, LastBuild last, BuildState state, Handover.Result told) {
    @Nullable Instant at = told.outbox().delivered().get(name);
    if (at == null && inCluster.containsKey(name)) {
      if (told.dropped().stream().anyMatch(due -> isOf(due, name, last))) {
        return with(
            last,
            BuildState.Cancelled,
            null,
            "It is not built. An Event of the trigger says why: kubectl events --for cst/NAME.");
      }
      return state.isEnd() ? last : with(last, BuildState.Due, null, null);
    }
    if (at == null) {
      return with(last, BuildState.Due, null, null);
    }
    if (!inCluster.containsKey(name)) {
      return isGone(name, last, state)
          ? deleted(last)
          : last.object() == null ? with(last, BuildState.Delivered, Timestamp.of(at), null) : last;
    }
    if (state == BuildState.Due) {
      return known.contains(inCluster.get(name))
          ? with(last, BuildState.Pending, null, null)
          : last;
    }
    return isGone(name, last, state) ? deleted(last) : last;
  }

  /** Whether it was being built by an object that is gone. */
  private boolean isGone(String rule, LastBuild last, BuildState state) {
    Optional<RunKind> kind =
        Optional.ofNullable(last.object())
            .flatMap(object -> RunKind.named(String.valueOf(object.kind())))
            .or(() -> Optional.ofNullable(inCluster.get(rule)));
    return !state.isEnd() && state != BuildState.Due && kind.filter(known::contains).isPresent();
  }

  private static LastBuild deleted(LastBuild last) {
    return with(last, BuildState.Cancelled, null, DELETED);
  }

  private static boolean isOf(DueCommit due, String rule, LastBuild last) {
    return due.rule().equals(rule)
        && due.ref().fullName().equals(last.ref())
        && due.sha().equals(last.sha())
        && Timestamp.of(due.foundAt()).equals(last.foundAt());
  }

  /** A commit in the state that it had before, so that a comparison does not change it. */
  static LastBuild asBefore(LastBuild last, String rule, List<RuleStatus> previous) {
    return previous.stream()
        .filter(each -> rule.equals(each.name()))
        .map(RuleStatus::lastBuild)
        .filter(Objects::nonNull)
        .filter(
            each ->
                Objects.equals(each.ref(), last.ref())
                    && Objects.equals(each.sha(), last.sha())
                    && Objects.equals(each.foundAt(), last.foundAt()))
        .findFirst()
        .map(
            each ->
                new LastBuild(
                    last.ref(),
                    last.sha(),
                    last.images(),
                    last.foundBy(),
                    last.foundAt(),
                    each.state(),
                    each.deliveredAt(),
                    each.object(),
                    each.digest(),
                    each.startedAt(),
                    each.finishedAt(),
                    each.message()))
        .orElse(last);
  }

  /** The builds of a rule as they were. */
  static @Nullable List<BuildStatus> buildsBefore(String rule, List<RuleStatus> previous) {
    return previous.stream()
        .filter(each -> rule.equals(each.name()))
        .flatMap(each -> Stream.ofNullable(each.builds()))
        .findFirst()
        .orElse(null);
  }

  private static LastBuild with(
      LastBuild last, BuildState state, @Nullable String deliveredAt, @Nullable String message) {
    return new LastBuild(
        last.ref(),
        last.sha(),
        last.images(),
        last.foundBy(),
        last.foundAt(),
        state,
        deliveredAt,
        last.object(),
        last.digest(),
        last.startedAt(),
        last.finishedAt(),
        message);
  }

  private static @Nullable String timestamp(Optional<Instant> time) {
    return time.map(Timestamp::of).orElse(null);
  }
}
