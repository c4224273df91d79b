package dev.codesource.oauth;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.reason.Problem;
import java.time.Instant;
import java.util.Optional;

/** The state of a binding's authorization. */
public sealed interface AuthorizationState {

  /**
   * There is a grant, which is verified like any token.
   *
   * @param nextStep when the next step is due that keeps the grant valid; empty: none is needed
   */
  record Granted(StoredGrant grant, Optional<Instant> nextStep) implements AuthorizationState {}

  /**
   * There is a grant whose token no longer works, and which is too young to be renewed.
   *
   * @param problem why it does not work
   * @param nextStep when it can be renewed
   */
  record TooYoung(Problem problem, Instant nextStep) implements AuthorizationState {}

  /**
   * A person has to authorize.
   *
   * @param problem why
   * @param authorization what the person has to do
   * @param nextStep when to poll the code host; empty: the callback in the browser changes the
   *     Secret, which starts a reconciliation
   */
  record Awaiting(Problem problem, Authorization authorization, Optional<Instant> nextStep)
      implements AuthorizationState {}
}
