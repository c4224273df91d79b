package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Webhook;
import dev.codesource.runtime.UserRequest;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What users ask of a trigger by annotations. */
final class TriggerRequests {

  private TriggerRequests() {}

  /** To compare the repository now. */
  static UserRequest comparison(CodeSourceTrigger trigger) {
    return UserRequest.of(
        trigger,
        CodeSourceTrigger.REQUESTED_AT,
        handled(trigger, TriggerStatus::lastHandledRequestedAt));
  }

  /** To build the newest commit of a branch or tag; {@link BuildRequest} reads which. */
  static UserRequest build(CodeSourceTrigger trigger) {
    return UserRequest.of(
        trigger, CodeSourceTrigger.BUILD, handled(trigger, TriggerStatus::lastHandledBuild));
  }

  /**
   * To change the secret of the webhook. A request that is as old as the webhook is handled with
   * it: its secret is new.
   */
  static UserRequest rotation(CodeSourceTrigger trigger) {
    UserRequest asked =
        UserRequest.of(
            trigger,
            CodeSourceTrigger.ROTATE_SECRET,
            webhook(trigger).map(Webhook::lastHandledRotation));
    return webhook(trigger).map(Webhook::id).isPresent()
        ? asked
        : new UserRequest(asked.value(), asked.value());
  }

  private static Optional<Webhook> webhook(CodeSourceTrigger trigger) {
    return Optional.ofNullable(trigger.getStatus()).map(TriggerStatus::webhook);
  }

  private static Optional<String> handled(
      CodeSourceTrigger trigger, Function<TriggerStatus, @Nullable String> field) {
    return Optional.ofNullable(trigger.getStatus())
        .flatMap(status -> Optional.ofNullable(field.apply(status)));
  }
}
