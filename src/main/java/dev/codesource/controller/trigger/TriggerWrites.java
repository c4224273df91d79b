package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.api.TriggerStatus;
import dev.codesource.runtime.KubernetesFinalizerRemover;
import dev.codesource.runtime.StatusWriter;
import dev.codesource.webhook.WebhookKeeper.Mark;
import io.javaoperatorsdk.operator.api.reconciler.Context;

/** What a reconciliation writes to its trigger in the API server. */
interface TriggerWrites {

  /**
   * Applies a status.
   *
   * @return the trigger as the API server has it now
   */
  CodeSourceTrigger status(TriggerStatus next);

  /** The finalizer of a trigger that may have a webhook. */
  Mark finalizer();

  static TriggerWrites of(CodeSourceTrigger trigger, Context<CodeSourceTrigger> context) {
    return new InApiServer(trigger, context);
  }

  /** For one reconciliation. */
  record InApiServer(CodeSourceTrigger trigger, Context<CodeSourceTrigger> context)
      implements TriggerWrites {

    @Override
    public CodeSourceTrigger status(TriggerStatus next) {
      return StatusWriter.apply(trigger, new CodeSourceTrigger(), next, context);
    }

    @Override
    public Mark finalizer() {
      return new FinalizerMark(trigger, context);
    }
  }

  /** The finalizer, put on and taken off in the API server. */
  final class FinalizerMark implements Mark {
    private final CodeSourceTrigger trigger;
    private final Context<CodeSourceTrigger> context;
    private boolean isOn;

    private FinalizerMark(CodeSourceTrigger trigger, Context<CodeSourceTrigger> context) {
      this.trigger = trigger;
      this.context = context;
      this.isOn = trigger.hasFinalizer(TriggerWebhooks.FINALIZER);
    }

    @Override
    public void put() {
      if (!isOn) {
        context.resourceOperations().addFinalizer(TriggerWebhooks.FINALIZER);
        isOn = true;
      }
    }

    /** Not by the Operator SDK, which knows only the trigger that the finalizer was put on. */
    @Override
    public void take() {
      if (isOn) {
        new KubernetesFinalizerRemover<CodeSourceTrigger>(context.getClient())
            .remove(trigger, TriggerWebhooks.FINALIZER);
        isOn = false;
      }
    }
  }
}
