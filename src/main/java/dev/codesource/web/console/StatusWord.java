package dev.codesource.web.console;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.reason.ConditionType;
import io.fabric8.kubernetes.api.model.Condition;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The state of a binding, a trigger or a build: a word, and how good it is, which also an icon
 * tells.
 *
 * @param look {@code good}, {@code bad}, {@code wait} or {@code off}
 */
record StatusWord(String look, String icon, String word) {

  /** With what the words of bindings begin, the worst first. */
  static final List<String> KINDS =
      List.of(
          "Failed",
          "Waiting for you",
          "Not looked at yet",
          "Pending",
          "Deleting",
          "Suspended",
          "Bound");

  /** After this time it is not usual that the operator has not looked at an object. */
  private static final Duration USUAL = Duration.ofSeconds(30);

  /** The operator tells of the end of a credential from then on, too. */
  private static final Duration SOON = Duration.ofDays(30);

  static StatusWord of(CodeSourceBinding binding, Instant now) {
    if (binding.getMetadata().getDeletionTimestamp() != null) {
      return DELETING;
    }
    BindingStatus status = binding.getStatus();
    if (status == null || status.phase() == null) {
      return notLookedAt(binding.getMetadata(), now);
    }
    if (PendingCheck.is(binding, now)) {
      return BEING_CHECKED;
    }
    Conditions conditions = Conditions.of(binding);
    return switch (status.phase()) {
      case Bound -> bound(status, conditions, now);
      case AwaitingAuthorization -> new StatusWord("wait", "!", "Waiting for you");
      case Pending -> new StatusWord("wait", "…", with("Pending", conditions));
      case Suspended -> SUSPENDED;
      case Failed -> new StatusWord("bad", "✗", with("Failed", conditions));
    };
  }

  static StatusWord of(CodeSourceTrigger trigger, Instant now) {
    if (trigger.getMetadata().getDeletionTimestamp() != null) {
      return DELETING;
    }
    TriggerStatus status = trigger.getStatus();
    if (status == null || status.phase() == null) {
      return notLookedAt(trigger.getMetadata(), now);
    }
    Conditions conditions = Conditions.of(trigger);
    return switch (status.phase()) {
      case Active ->
          conditions.is(ConditionType.BuilderReady, "False")
              ? new StatusWord("wait", "!", "Active · builds are not started")
              : conditions.is(ConditionType.WebhookReady, "False")
                  ? new StatusWord("wait", "!", "Active · the webhook does not work")
                  : new StatusWord("good", "✓", "Active");
      case Pending -> new StatusWord("wait", "…", with("Pending", conditions));
      case Suspended -> SUSPENDED;
      case Failed -> new StatusWord("bad", "✗", with("Failed", conditions));
    };
  }

  static StatusWord of(TriggerStatus.BuildState state) {
    return switch (state) {
      case Succeeded, Delivered -> new StatusWord("good", "✓", state.name());
      case Failed -> new StatusWord("bad", "✗", state.name());
      case Cancelled -> new StatusWord("off", "–", state.name());
      case Due, Pending, Running -> new StatusWord("wait", "…", state.name());
    };
  }

  private static final StatusWord DELETING = new StatusWord("wait", "…", "Deleting");
  private static final StatusWord BEING_CHECKED =
      new StatusWord("wait", "…", "Pending · being checked");
  private static final StatusWord SUSPENDED = new StatusWord("off", "–", "Suspended");

  /** How bad it is: 0 is the worst. */
  int rank() {
    for (int rank = 0; rank < KINDS.size(); rank++) {
      if (word.startsWith(KINDS.get(rank))) {
        return look.equals("wait") && word.startsWith("Bound") ? rank - 1 : rank;
      }
    }
    return KINDS.size();
  }

  private static StatusWord bound(BindingStatus status, Conditions conditions, Instant now) {
    if (conditions.is(ConditionType.Reachable, "False")) {
      return new StatusWord(
          "wait",
          "!",
          conditions
              .find(ConditionType.Reachable)
              .map(Condition::getLastTransitionTime)
              .flatMap(Times::read)
              .map(since -> "Bound · host not answering since " + Times.minute(since))
              .orElse("Bound · host not answering"));
    }
    Optional<Duration> left =
        Times.read(status.expiresAt())
            .map(end -> Duration.between(now, end))
            .filter(duration -> duration.compareTo(SOON) < 0);
    return left.map(StatusWord::expiring).orElseGet(() -> new StatusWord("good", "✓", "Bound"));
  }

  private static StatusWord expiring(Duration left) {
    String when =
        left.isNegative()
            ? "expired"
            : switch ((int) left.toDays()) {
              case 0 -> "expires within a day";
              case 1 -> "expires in 1 day";
              default -> "expires in %d days".formatted(left.toDays());
            };
    return new StatusWord("wait", "!", "Bound · " + when);
  }

  private static StatusWord notLookedAt(ObjectMeta metadata, Instant now) {
    boolean isLong =
        Times.read(metadata.getCreationTimestamp())
            .filter(made -> made.plus(USUAL).isBefore(now))
            .isPresent();
    return new StatusWord(
        "wait", "…", isLong ? "Not looked at yet · is the operator running?" : "Not looked at yet");
  }

  private static String with(String word, Conditions conditions) {
    return conditions
        .find(ConditionType.Ready)
        .map(Condition::getReason)
        .map(reason -> word + " · " + reason)
        .orElse(word);
  }
}
