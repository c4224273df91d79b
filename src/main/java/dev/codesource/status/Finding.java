package dev.codesource.status;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.codehost.Proof;
import dev.codesource.reason.Problem;
import java.time.Instant;

/** The result of the verification in one reconciliation. */
public sealed interface Finding {

  /** The user suspended the verification. */
  record Suspended() implements Finding {}

  /**
   * The access was proven now.
   *
   * @param digest of the inputs that it was proven for
   */
  record Proven(Proof proof, Instant at, String digest) implements Finding {}

  /** The proof in the previous status has the same inputs and is still valid. */
  record StillProven() implements Finding {}

  /**
   * The access is not proven now.
   *
   * @param provenBefore whether the previous status has a proof of the same inputs
   */
  record NotProven(Problem problem, boolean provenBefore) implements Finding {

    /** Whether the earlier proof stays valid: an outage does not invalidate it. */
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
