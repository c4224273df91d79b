package dev.codesource.controller.trigger;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.Platform;
import dev.codesource.api.TriggerStatus;
import dev.codesource.api.TriggerStatus.Mode;
import dev.codesource.api.TriggerStatus.WebhookState;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Finalizer;
import dev.codesource.verification.ProvenAccess;
import dev.codesource.verification.ProvenAccess.Access;
import dev.codesource.webhook.WebhookAddress;
import dev.codesource.webhook.WebhookKeeper;
import dev.codesource.webhook.WebhookKeeper.Kept;
import dev.codesource.webhook.WebhookKeeper.Mark;
import dev.codesource.webhook.WebhookKeeper.Wish;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/**
 * The webhook of a trigger: whether there is to be one, and what becomes of it when the trigger
 * changes or is deleted.
 */
@Singleton
final class TriggerWebhooks implements Finalizer<CodeSourceTrigger> {

  /** A trigger has this finalizer as long as it may have a webhook at the code host. */
  static final String FINALIZER = ApiGroup.NAME + "/webhook";

  private final WebhookKeeper keeper;
  private final WebhookAddress address;
  private final ProvenAccess bindings;
  private final SharedWebhooks shared;
  private final RefStore refs;
  private final DeliveryLog deliveries;
  private final TriggerEvents events;
  private final Clock clock;

  TriggerWebhooks(
      WebhookKeeper keeper,
      WebhookAddress address,
      ProvenAccess bindings,
      SharedWebhooks shared,
      RefStore refs,
      DeliveryLog deliveries,
      TriggerEvents events,
      Clock clock) {
    this.keeper = keeper;
    this.address = address;
    this.bindings = bindings;
    this.shared = shared;
    this.refs = refs;
    this.deliveries = deliveries;
    this.events = events;
    this.clock = clock;
  }

  /**
   * What became of the webhook.
   *
   * @param again when the trigger is to be reconciled because of it; empty: not before the next
   *     comparison
   */
  record Result(WebhookFinding finding, Optional<Instant> again) {

    /** Nobody looked at it, since a delivery came. */
    static final Result AS_BEFORE = of(new WebhookFinding.AsBefore(true));

    private static Result of(WebhookFinding finding) {
      return new Result(finding, Optional.empty());
    }
  }

  /**
   * Keeps the webhook, if there is to be one; deletes another one that the trigger had.
   *
   * @param mark the finalizer
   * @param repository as it was found a moment ago
   */
  Result keep(CodeSourceTrigger trigger, Mark mark, Repository repository, Access access) {
    boolean isWanted = trigger.getSpec().mode() != Mode.Poll && address.origin().isPresent();
    String name =
        WebhookKeeper.secretName(
            trigger.getSpec().bindingRef().name(), access.claim().site(), repository.id());
    Optional<Problem> kept =
        SharedWebhooks.secretName(trigger)
            .or(() -> Optional.of(name).filter(_ -> trigger.hasFinalizer(FINALIZER)))
            .filter(had -> !isWanted || !had.equals(name))
            .flatMap(had -> release(trigger, had));
    if (kept.isPresent()) {
      return Result.of(new WebhookFinding.Failed(kept.get()));
    }
    if (isWanted) {
      return kept(trigger, mark, repository, access);
    }
    mark.take();
    return Result.of(
        trigger.getSpec().mode() == Mode.Webhook
            ? new WebhookFinding.Failed(
                new Problem(
                    Reason.WebhookAddressMissing, "The operator has no address for deliveries."))
            : new WebhookFinding.None());
  }

  private Result kept(CodeSourceTrigger trigger, Mark mark, Repository repository, Access access) {
    Wish wish =
        new Wish(
            TriggerRequests.comparison(trigger).isOpen() || ObservedStatus.of(trigger).isEmpty(),
            TriggerRequests.rotation(trigger).isOpen());
    return switch (keeper.keep(trigger, repository, access, wish, mark)) {
      case Outcome.Done<Kept>(var kept) -> found(trigger, kept, repository, access);
      case Outcome.Refused<Kept>(var problem) -> Result.of(new WebhookFinding.Failed(problem));
      case Outcome.Waiting<Kept>(var problem, var until, var _) ->
          // What it was is perhaps what it is: an outage ends by itself.
          problem.reason() == Reason.Conflict || isKept(trigger)
              ? new Result(new WebhookFinding.AsBefore(false), until)
              : Result.of(new WebhookFinding.Failed(problem));
    };
  }

  private Result found(CodeSourceTrigger trigger, Kept kept, Repository repository, Access access) {
    String uid = trigger.getMetadata().getUid();
    Platform platform = access.claim().codeHost().platform();
    Instant now = clock.instant();
    if (kept.isNew()) {
      deliveries.restart(uid, now);
    }
    kept.disabled().ifPresent(why -> events.disabled(trigger, platform, repository, why));
    events.left(trigger, repository, kept.left());
    boolean wasSilent =
        WebhookReport.has(WebhookState.Silent, Optional.ofNullable(trigger.getStatus()));
    Optional<Problem> silence =
        !kept.isNew() && deliveries.isSilent(uid, wasSilent, now)
            ? Optional.of(
                new Problem(
                    Reason.WebhookSilent,
                    "A branch or tag of %s was pushed, and %s sent no delivery."
                        .formatted(repository.path(), platform)))
            : Optional.empty();
    return new Result(
        new WebhookFinding.Kept(
            kept.secretName(),
            kept.id(),
            kept.rotatedAt(),
            silence,
            TriggerRequests.rotation(trigger).value()),
        // What was pushed before there was a webhook, and after the comparison, was not told.
        kept.isNew() ? Optional.of(now.plus(DeliveryLog.FIRST_PAUSE)) : kept.again());
  }

  private static boolean isKept(CodeSourceTrigger trigger) {
    return WebhookReport.in(Optional.ofNullable(trigger.getStatus()))
        .filter(webhook -> webhook.state() != WebhookState.Failed)
        .isPresent();
  }

  /**
   * Does what is left to do with a webhook that the trigger had.
   *
   * @return why it is not done, if a later try may do it
   */
  private Optional<Problem> release(CodeSourceTrigger trigger, String secretName) {
    return switch (released(trigger, secretName)) {
      case Outcome.Done<Boolean> _ -> Optional.empty();
      case Outcome.Refused<Boolean>(var problem) -> {
        events.left(trigger, left(trigger, problem.what()));
        yield Optional.empty();
      }
      case Outcome.Waiting<Boolean>(var problem, var _, var _) -> Optional.of(problem);
    };
  }

  private Outcome<Boolean> released(CodeSourceTrigger trigger, String secretName) {
    return keeper.release(
        trigger,
        secretName,
        shared.successor(trigger, secretName),
        binding -> bindings.of(trigger.getMetadata().getNamespace(), binding));
  }

  private Problem left(CodeSourceTrigger trigger, String why) {
    Optional<TriggerStatus> status = Optional.ofNullable(trigger.getStatus());
    return new Problem(
        Reason.WebhookLeft,
        "The webhook%s of %s, which sends to %s, is left: %s"
            .formatted(
                WebhookReport.in(status)
                    .flatMap(webhook -> Optional.ofNullable(webhook.id()))
                    .map(id -> " " + id)
                    .orElse(""),
                status
                    .map(TriggerStatus::repository)
                    .flatMap(repository -> Optional.ofNullable(repository.path()))
                    .orElse(trigger.getSpec().repository()),
                address.origin().map(Object::toString).orElse("the operator"),
                why));
  }

  @Override
  public String name() {
    return FINALIZER;
  }

  @Override
  public Outcome<Boolean> attempt(CodeSourceTrigger trigger) {
    keeper.ends(trigger);
    return SharedWebhooks.secretName(trigger)
        .map(Outcome::done)
        .orElseGet(() -> secretName(trigger))
        .then(name -> released(trigger, name));
  }

  /** As the status would name it, if it was not written yet, or somebody has emptied it. */
  private Outcome<String> secretName(CodeSourceTrigger trigger) {
    String binding = trigger.getSpec().bindingRef().name();
    return bindings
        .of(trigger.getMetadata().getNamespace(), binding)
        .then(
            access ->
                refs.read(trigger)
                    .map(stored -> stored.state().id())
                    .map(
                        id ->
                            Outcome.done(
                                WebhookKeeper.secretName(binding, access.claim().site(), id)))
                    .orElseGet(
                        () -> Outcome.refused(Reason.WebhookLeft, "Nothing names its Secret.")));
  }

  @Override
  public Problem undone(CodeSourceTrigger trigger, String why) {
    return left(trigger, why);
  }
}
