package dev.codesource.controller.trigger;

import static dev.codesource.reason.ConditionType.BindingReady;
import static dev.codesource.reason.ConditionType.BuilderReady;
import static dev.codesource.reason.ConditionType.Ready;
import static dev.codesource.reason.ConditionType.RepositoryFound;
import static dev.codesource.reason.ConditionType.RulesValid;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.BuildState;
import dev.codesource.api.TriggerStatus.Explanation;
import dev.codesource.api.TriggerStatus.FoundBy;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.Phase;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.api.TriggerStatus.Webhook;
import dev.codesource.build.BuildRule;
import dev.codesource.build.DueCommit;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Stage;
import dev.codesource.status.ConditionSet;
import dev.codesource.status.Timestamp;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Computes the next status of a trigger: equal to the previous one when nothing changed. */
final class TriggerReport {

  private static final List<ConditionType> STEPS =
      List.of(RulesValid, BindingReady, RepositoryFound);

  private final CodeSourceTrigger trigger;
  private final Optional<TriggerStatus> previous;
  private final Optional<Explanation> explanation;
  private final PushNotices notices;
  private final ConditionSet conditions;

  /** The request that is handled by what is reported. */
  private Optional<String> handled;

  /** The request to build that is met by what is reported. */
  private Optional<String> handledBuild;

  private TriggerReport(
      CodeSourceTrigger trigger,
      Optional<Explanation> explanation,
      PushNotices notices,
      Instant now) {
    this.trigger = trigger;
    this.notices = notices;
    this.previous = Optional.ofNullable(trigger.getStatus());
    this.explanation = explanation;
    this.handled = TriggerRequests.comparison(trigger).value();
    this.handledBuild = previous.map(TriggerStatus::lastHandledBuild);
    this.conditions =
        new ConditionSet(
            previous.map(TriggerStatus::conditions).orElse(List.of()), generation(), now);
    // BuilderReport says what became of it.
    conditions.keep(BuilderReady);
  }

  /**
   * The next status.
   *
   * @param rules those of the trigger, which make the names of images
   * @param notices how pushes are noticed
   */
  static TriggerStatus next(
      CodeSourceTrigger trigger,
      Outcome<List<BuildRule>> rules,
      TriggerFinding finding,
      Optional<Explanation> explanation,
      PushNotices notices,
      Instant now) {
    TriggerReport report = new TriggerReport(trigger, explanation, notices, now);
    TriggerStatus next =
        switch (finding) {
          case TriggerFinding.Suspended _ -> report.suspended();
          case TriggerFinding.AsBefore _ -> report.asBefore();
          case TriggerFinding.Compared(var repository, var last, var missing) ->
              report.watching(
                  repository,
                  last,
                  missing,
                  rules instanceof Outcome.Done<List<BuildRule>>(var all) ? all : List.of());
          case TriggerFinding.Failed(var problem) -> report.failed(problem);
        };
    return WebhookReport.withDelivery(next, report.previous, notices.lastDelivery());
  }

  private long generation() {
    return trigger.getMetadata().getGeneration();
  }

  /** Without {@code Ready} unless it is true, as with bindings. */
  private TriggerStatus suspended() {
    STEPS.forEach(conditions::keep);
    conditions.keepIfTrue(Ready);
    return with(Phase.Suspended, previousRepository(), previousRules());
  }

  private TriggerStatus asBefore() {
    // A request that comes too soon after another one is handled later.
    handled = previous.map(TriggerStatus::lastHandledRequestedAt);
    for (ConditionType type : ConditionType.values()) {
      conditions.keep(type);
    }
    return with(
        previous.map(TriggerStatus::phase).orElse(Phase.Pending),
        previousRepository(),
        previousRules());
  }

  private TriggerStatus watching(
      Repository repository,
      Map<String, DueCommit> last,
      Optional<Problem> missing,
      List<BuildRule> rules) {
    handledBuild = TriggerRequests.build(trigger).value().or(() -> handledBuild);
    STEPS.forEach(conditions::succeeded);
    missing.ifPresentOrElse(
        this::without,
        () ->
            conditions.set(
                Ready,
                "True",
                Reason.Watching,
                "The branches and tags of %s are compared at the interval."
                    .formatted(repository.path())));
    return with(
        missing.isPresent() ? Phase.Failed : Phase.Active,
        new TriggerStatus.Repository(
            repository.id(), repository.path(), repository.cloneUrl().toString()),
        rules.stream().flatMap(rule -> status(rule, last)).toList());
  }

  /** A person must act, and what has other builders goes on. */
  private void without(Problem builder) {
    conditions.set(BuilderReady, "False", builder.reason(), builder.message());
    conditions.set(Ready, "False", builder.reason(), builder.message());
    conditions.unfinished(builder);
  }

  private Stream<RuleStatus> status(BuildRule rule, Map<String, DueCommit> last) {
    @Nullable DueCommit due = last.get(rule.name());
    return due == null
        ? Stream.empty()
        : Stream.of(
            new RuleStatus(
                rule.name(),
                BuilderReport.asBefore(
                    new LastBuild(
                        due.ref().fullName(),
                        due.sha(),
                        images(rule, due),
                        foundBy(due),
                        Timestamp.of(due.foundAt()),
                        BuildState.Due,
                        null,
                        null,
                        null,
                        null,
                        null,
                        null),
                    rule.name(),
                    Optional.ofNullable(previousRules()).orElse(List.of())),
                BuilderReport.buildsBefore(
                    rule.name(), Optional.ofNullable(previousRules()).orElse(List.of()))));
  }

  /** As it was noticed first. */
  private FoundBy foundBy(DueCommit due) {
    return Optional.ofNullable(previousRules()).orElse(List.of()).stream()
        .filter(rule -> due.rule().equals(rule.name()))
        .flatMap(rule -> Stream.ofNullable(rule.lastBuild()))
        .filter(last -> due.sha().equals(last.sha()) && due.ref().fullName().equals(last.ref()))
        .filter(last -> Timestamp.of(due.foundAt()).equals(last.foundAt()))
        .flatMap(last -> Stream.ofNullable(last.foundBy()))
        .findFirst()
        .orElse(notices.of(due));
  }

  /** None if the name of the branch makes no usable tag. */
  private @Nullable List<String> images(BuildRule rule, DueCommit due) {
    return rule.imageTags(due.ref(), due.sha(), due.foundAt())
        .filter(Outcome.Done.class::isInstance)
        .map(tags -> ImageNames.of(trigger.getSpec(), ((Outcome.Done<List<String>>) tags).value()))
        .orElse(null);
  }

  /** An outage of the code host does not end the watching. */
  private TriggerStatus failed(Problem problem) {
    Reason reason = problem.reason();
    boolean wasActive =
        ObservedStatus.of(trigger).filter(status -> status.phase() == Phase.Active).isPresent();
    ConditionType failing = condition(reason.stage());
    for (ConditionType step : STEPS) {
      if (step == failing) {
        conditions.set(step, "False", reason, problem.message());
      } else if (step.compareTo(failing) < 0) {
        conditions.succeeded(step);
      } else {
        conditions.set(step, "Unknown", Reason.NotChecked, Reason.NotChecked.meaning());
      }
    }
    if (wasActive && reason.keepsProof()) {
      conditions.keep(Ready);
      return with(Phase.Active, previousRepository(), previousRules());
    }
    conditions.set(Ready, "False", reason, problem.message());
    conditions.unfinished(problem);
    return with(
        reason.kind() == Reason.Kind.TIME ? Phase.Pending : Phase.Failed,
        previousRepository(),
        previousRules());
  }

  /**
   * Everything that is wrong with the host or with the stored state is told of the repository. Of a
   * builder only its parameters are looked at here, with the rules whose variables they use.
   */
  private static ConditionType condition(Stage stage) {
    return switch (stage) {
      case RULES, BUILDER -> RulesValid;
      case BINDING, ADDRESS, CREDENTIAL -> BindingReady;
      case HOST, ACCESS, SCOPES, FRESHNESS, PUBLISHED, REPOSITORY, WEBHOOK, WHOLE ->
          RepositoryFound;
    };
  }

  private TriggerStatus.@Nullable Repository previousRepository() {
    return previous.map(TriggerStatus::repository).orElse(null);
  }

  private @Nullable List<RuleStatus> previousRules() {
    return previous.map(TriggerStatus::rules).orElse(null);
  }

  private TriggerStatus with(
      Phase phase,
      TriggerStatus.@Nullable Repository repository,
      @Nullable List<RuleStatus> rules) {
    Optional<Webhook> webhook = WebhookReport.next(previous, notices.webhook(), conditions);
    return new TriggerStatus(
        phase,
        generation(),
        WebhookReport.mode(webhook),
        repository,
        webhook.orElse(null),
        rules == null || rules.isEmpty() ? null : rules,
        // BuilderReport counts.
        previous.map(TriggerStatus::builds).orElse(null),
        explanation.orElse(null),
        handled.orElse(null),
        handledBuild.orElse(null),
        conditions.list());
  }
}
