package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/** Accepts updates of a trigger that need a reconciliation: all but those of its status. */
public final class TriggerFilter implements OnUpdateFilter<CodeSourceTrigger> {

  @Override
  public boolean accept(CodeSourceTrigger updated, CodeSourceTrigger before) {
    return !Objects.equals(
            updated.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Explainer.asked(updated).equals(Explainer.asked(before))
        || (!RotationRequest.of(updated).equals(RotationRequest.of(before))
            && RotationRequest.isOpen(updated))
        || (!BuildRequest.of(updated).equals(BuildRequest.of(before))
            && BuildRequest.isOpen(updated))
        // One that is withdrawn, or was handled already, is none.
        || (!TriggerRequest.of(updated).equals(TriggerRequest.of(before))
            && TriggerRequest.isOpen(updated));
  }
}
