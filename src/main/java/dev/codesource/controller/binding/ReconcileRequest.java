package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.runtime.Annotations;
import java.util.Optional;

/** The annotation by which a user requests a verification now. */
final class ReconcileRequest {

  private ReconcileRequest() {}

  static Optional<String> of(CodeSourceBinding binding) {
    return Annotations.of(binding, CodeSourceBinding.REQUESTED_AT);
  }

  /** Whether there is a request that has not been handled. */
  static boolean isOpen(CodeSourceBinding binding) {
    Optional<String> handled =
        Optional.ofNullable(binding.getStatus()).map(BindingStatus::lastHandledRequestedAt);
    return of(binding).isPresent() && !of(binding).equals(handled);
  }
}
