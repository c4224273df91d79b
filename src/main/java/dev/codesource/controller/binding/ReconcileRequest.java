package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.runtime.UserRequest;
import java.util.Optional;

/** The annotation by which a user requests a verification now. */
final class ReconcileRequest {

  private ReconcileRequest() {}

  static UserRequest of(CodeSourceBinding binding) {
    return UserRequest.of(
        binding,
        CodeSourceBinding.REQUESTED_AT,
        Optional.ofNullable(binding.getStatus()).map(BindingStatus::lastHandledRequestedAt));
  }
}
