package dev.codesource.controller.trigger;

import dev.codesource.api.CodeSourceTrigger;
import dev.codesource.runtime.UserRequest;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;
import java.util.function.Function;

/** Accepts updates of a trigger that need a reconciliation: all but those of its status. */
public final class TriggerFilter implements OnUpdateFilter<CodeSourceTrigger> {

  @Override
  public boolean accept(CodeSourceTrigger updated, CodeSourceTrigger before) {
    return !Objects.equals(
            updated.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !Explainer.asked(updated).equals(Explainer.asked(before))
        // One that is withdrawn, or was handled already, is none.
        || isNew(TriggerRequests::comparison, updated, before)
        || isNew(TriggerRequests::build, updated, before)
        || isNew(TriggerRequests::rotation, updated, before);
  }

  private static boolean isNew(
      Function<CodeSourceTrigger, UserRequest> request,
      CodeSourceTrigger updated,
      CodeSourceTrigger before) {
    return request.apply(updated).isNewAfter(request.apply(before));
  }
}
