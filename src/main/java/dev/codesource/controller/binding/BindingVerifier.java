package dev.codesource.controller.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.Proof;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;

/** Proves the claim of a binding, unless its status has a fresh proof of the same claim. */
@Singleton
final class BindingVerifier {

  private final Verifier verifier;
  private final BindingMetrics metrics;
  private final Clock clock;

  BindingVerifier(Verifier verifier, BindingMetrics metrics, Clock clock) {
    this.verifier = verifier;
    this.metrics = metrics;
    this.clock = clock;
  }

  VerificationResult verify(CodeSourceBinding binding, Outcome<SiteUrl> site, Claim claim) {
    Optional<BindingStatus> proven =
        Optional.ofNullable(binding.getStatus())
            .filter(status -> claim.digest().equals(status.proofDigest()));
    if (proven.isPresent()
        && isFresh(proven.get(), Schedule.of(binding))
        && !ReconcileRequest.of(binding).isOpen()) {
      return VerificationResult.of(binding, site, new Finding.StillProven()).withClaim(claim);
    }
    Outcome<Proof> answer =
        metrics.timed(binding.getSpec().platform(), () -> verifier.prove(claim));
    VerificationResult result =
        switch (answer) {
          case Outcome.Done<Proof>(var proof) ->
              VerificationResult.of(
                  binding, site, new Finding.Proven(proof, clock.instant(), claim.digest()));
          case Outcome.Refused<Proof>(var problem) ->
              VerificationResult.of(binding, site, notProven(problem, proven));
          case Outcome.Waiting<Proof>(var problem, var until, var _) ->
              VerificationResult.of(binding, site, notProven(problem, proven), until);
        };
    return result.withClaim(claim);
  }

  private boolean isFresh(BindingStatus status, Schedule schedule) {
    Instant now = clock.instant();
    return status.lastVerifiedAt() != null
        && wasReachable(status)
        && now.isBefore(schedule.proofDue(Instant.parse(status.lastVerifiedAt())))
        && !isExpired(status);
  }

  /** During an outage the proof is not fresh: only an answer of the host ends the outage. */
  private static boolean wasReachable(BindingStatus status) {
    return Conditions.of(status, ConditionType.Reachable)
        .filter(condition -> "True".equals(condition.getStatus()))
        .isPresent();
  }

  private boolean isExpired(BindingStatus status) {
    return status.expiresAt() != null
        && !clock.instant().isBefore(Instant.parse(status.expiresAt()));
  }

  /** During an outage a proof stays valid, but not longer than its credential. */
  private Finding notProven(Problem problem, Optional<BindingStatus> proven) {
    return problem.reason().keepsProof() && proven.filter(this::isExpired).isPresent()
        ? new Finding.NotProven(
            new Problem(
                Reason.TokenExpired,
                "The token expired at %s.".formatted(proven.get().expiresAt())),
            false)
        : new Finding.NotProven(problem, proven.isPresent());
  }
}
