package dev.codesource.oauth;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.reason.Problem;
import java.time.Instant;
import java.util.Optional;

/** How it stands with a binding's authorization. */
public sealed interface AuthorizationState {

  /**
   * There is a grant, to be verified as any token is.
   *
   * @param lookAgain when something has to be done to keep it
   */
  record Granted(StoredGrant grant, Optional<Instant> lookAgain) implements AuthorizationState {}

  /**
   * A person is asked.
   *
   * @param problem why
   * @param authorization what the person has to do
   * @param lookAgain when the code host is to be asked; empty: the page's answer wakes the operator
   */
  record Awaiting(Problem problem, Authorization authorization, Optional<Instant> lookAgain)
      implements AuthorizationState {}
}
