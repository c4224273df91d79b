package dev.codesource.controller.binding;

import dev.codesource.api.CodeSourceBinding;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;

/** Lets through the updates of a binding that may change what is true of it: not its own status. */
public final class ReconcileFilter implements OnUpdateFilter<CodeSourceBinding> {

  @Override
  public boolean accept(CodeSourceBinding updated, CodeSourceBinding before) {
    return !Objects.equals(
            updated.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || !ReconcileRequest.of(updated).equals(ReconcileRequest.of(before))
        || updated.isMarkedForDeletion() != before.isMarkedForDeletion();
  }
}
