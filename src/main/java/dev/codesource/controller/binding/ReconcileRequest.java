package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import java.util.Map;
import java.util.Optional;

/** The annotation by which a user requests a verification now. */
final class ReconcileRequest {

  private ReconcileRequest() {}

  static Optional<String> of(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getMetadata().getAnnotations())
        .map((Map<String, String> annotations) -> annotations.get(CodeSourceBinding.REQUESTED_AT));
  }

  /** Whether there is a request that has not been handled. */
  static boolean isOpen(CodeSourceBinding binding) {
    Optional<String> handled =
        Optional.ofNullable(binding.getStatus()).map(BindingStatus::lastHandledRequestedAt);
    return of(binding).isPresent() && !of(binding).equals(handled);
  }
}
