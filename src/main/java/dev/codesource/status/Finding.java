package dev.codesource.status;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.codehost.Proof;
import dev.codesource.reason.Problem;
import java.time.Instant;

/** What one reconciliation found. */
public sealed interface Finding {

  /** The user asked not to look. */
  record Suspended() implements Finding {}

  /**
   * The access was proven now.
   *
   * @param digest of the inputs that it was proven for
   */
  record Proven(Proof proof, Instant at, String digest) implements Finding {}

  /** The proof in the previous status is of the same inputs and still good. */
  record StillProven() implements Finding {}

  /**
   * The access is not proven now.
   *
   * @param provenBefore whether the previous status has a proof of the same inputs
   */
  record NotProven(Problem problem, boolean provenBefore) implements Finding {

    /** An outage says nothing against the proof that there is. */
    public boolean keepsProof() {
      return provenBefore && problem.reason().keepsProof();
    }
  }

  /**
   * A person has to authorize the binding.
   *
   * @param authorization what the person has to do
   */
  record Awaiting(Problem problem, Authorization authorization) implements Finding {}
}
