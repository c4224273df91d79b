package dev.codesource.controller.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import java.util.Objects;
import java.util.Optional;

/** The status of a binding, if it is of the binding's current generation. */
final class ObservedStatus {

  private ObservedStatus() {}

  /** Empty: there is no status yet, or the spec was changed since. */
  static Optional<BindingStatus> of(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus())
        .filter(
            status ->
                Objects.equals(status.observedGeneration(), binding.getMetadata().getGeneration()));
  }
}
