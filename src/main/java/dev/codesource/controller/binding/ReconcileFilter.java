package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.Attempt;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.Objects;
import java.util.Optional;

/** Accepts updates of a binding that need a reconciliation: all but those of its status. */
public final class ReconcileFilter implements OnUpdateFilter<CodeSourceBinding> {

  @Override
  public boolean accept(CodeSourceBinding updated, CodeSourceBinding before) {
    return !Objects.equals(
            updated.getMetadata().getGeneration(), before.getMetadata().getGeneration())
        || isNewRequest(updated, before)
        || isNewAttempt(updated, before)
        || isNewSearch(updated, before)
        || updated.isMarkedForDeletion() != before.isMarkedForDeletion();
  }

  /**
   * One that is withdrawn, or was handled already, is none: with two values in turn it would get
   * around the pause between two requests.
   */
  private static boolean isNewRequest(CodeSourceBinding updated, CodeSourceBinding before) {
    return ReconcileRequest.of(updated).isNewAfter(ReconcileRequest.of(before));
  }

  /** A binding that fails would be verified instead, each time. */
  private static boolean isNewSearch(CodeSourceBinding updated, CodeSourceBinding before) {
    return Optional.ofNullable(updated.getStatus())
            .filter(status -> status.phase() == BindingStatus.Phase.Bound)
            .isPresent()
        && RepositoryFinder.request(updated).isPresent()
        && !RepositoryFinder.request(updated).equals(RepositoryFinder.request(before));
  }

  /** Other values of the annotation say nothing, and neither does one on a binding with a token. */
  private static boolean isNewAttempt(CodeSourceBinding updated, CodeSourceBinding before) {
    return updated.getSpec().oauth() != null
        && !Attempt.lastOf(updated).equals(Attempt.lastOf(before));
  }
}
