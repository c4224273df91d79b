package dev.codesource.controller.trigger;

import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.LastBuild;
import dev.codesource.api.TriggerStatus.RuleStatus;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.ConditionSet;
import io.fabric8.kubernetes.api.model.Condition;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Adds to a status what builders were told. A builder that takes nothing does not make the trigger
 * less ready: pushes are noticed, and nothing is lost meanwhile.
 */
final class BuilderReport {

  /** The state of a commit that nobody was told of. */
  static final String DUE = "Due";

  private static final String DELIVERED = "Delivered";

  private BuilderReport() {}

  /** The next status: equal to the present one when nothing changed. */
  static TriggerStatus next(TriggerStatus present, Handover.Result told, Instant now) {
    return new TriggerStatus(
        present.phase(),
        present.observedGeneration(),
        present.mode(),
        present.repository(),
        present.webhook(),
        rules(present.rules(), told.outbox().delivered()),
        present.explanation(),
        present.lastHandledRequestedAt(),
        present.lastHandledBuild(),
        conditions(present, told, now));
  }

  private static List<Condition> conditions(
      TriggerStatus present, Handover.Result told, Instant now) {
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
    } else if (told.outbox().pending().isEmpty() || isMissing(present)) {
      conditions.succeeded(ConditionType.BuilderReady);
    }
    return conditions.list();
  }

  /** There was a builder missing, and there is none missing now, or there would be a problem. */
  private static boolean isMissing(TriggerStatus present) {
    return Optional.ofNullable(present.conditions())
        .flatMap(conditions -> ConditionSet.find(conditions, ConditionType.BuilderReady))
        .filter(ready -> Reason.SinkNotFound.name().equals(ready.getReason()))
        .isPresent();
  }

  private static @Nullable List<RuleStatus> rules(
      @Nullable List<RuleStatus> rules, Map<String, Instant> delivered) {
    return rules == null ? null : rules.stream().map(rule -> delivered(rule, delivered)).toList();
  }

  private static RuleStatus delivered(RuleStatus rule, Map<String, Instant> delivered) {
    @Nullable LastBuild last = rule.lastBuild();
    @Nullable Instant at = rule.name() == null ? null : delivered.get(rule.name());
    return last == null
        ? rule
        : new RuleStatus(
            rule.name(),
            with(
                last,
                at == null ? DUE : DELIVERED,
                at == null ? null : at.truncatedTo(ChronoUnit.SECONDS).toString()));
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
        .map(each -> with(last, each.state(), each.deliveredAt()))
        .orElse(last);
  }

  private static LastBuild with(
      LastBuild last, @Nullable String state, @Nullable String deliveredAt) {
    return new LastBuild(
        last.ref(), last.sha(), last.images(), last.foundBy(), last.foundAt(), state, deliveredAt);
  }
}
