package dev.codesource.controller.binding;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.status.Observation;
import dev.codesource.status.Patience;
import dev.codesource.verification.Claim;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The result of the verification in one reconciliation.
 *
 * @param until when the code host allows the next request
 * @param claim that was verified; empty: there was none
 * @param wake when the binding's authorization needs the next step
 */
record VerificationResult(
    Observation observation,
    Optional<Instant> until,
    Optional<Claim> claim,
    Optional<Instant> wake) {

  static VerificationResult of(
      CodeSourceBinding binding, Outcome<SiteUrl> site, Finding finding, Optional<Instant> until) {
    return new VerificationResult(
        new Observation(
            binding.getMetadata().getGeneration(),
            site instanceof Outcome.Done<SiteUrl>(var url)
                ? Optional.of(url.toString())
                : Optional.empty(),
            ReconcileRequest.of(binding).value(),
            finding),
        until,
        Optional.empty(),
        Optional.empty());
  }

  static VerificationResult of(CodeSourceBinding binding, Outcome<SiteUrl> site, Finding finding) {
    return of(binding, site, finding, Optional.empty());
  }

  /** A problem that prevents a proof. */
  static VerificationResult refused(
      CodeSourceBinding binding, Outcome<SiteUrl> site, Problem problem) {
    return of(binding, site, new Finding.NotProven(problem, false));
  }

  /** The binding waits in the queue of its host. */
  static VerificationResult queued(
      CodeSourceBinding binding, Outcome<SiteUrl> site, int ahead, Origin host) {
    Problem problem =
        new Problem(
            Reason.Queued, "%d other bindings wait for %s before this one.".formatted(ahead, host));
    return of(binding, site, new Finding.NotProven(problem, false));
  }

  Finding finding() {
    return observation.finding();
  }

  VerificationResult withClaim(Claim proven) {
    return new VerificationResult(observation, until, Optional.of(proven), wake);
  }

  VerificationResult withWake(Optional<Instant> at) {
    return new VerificationResult(observation, until, claim, at);
  }

  VerificationResult withFinding(Finding other) {
    return new VerificationResult(
        new Observation(
            observation.generation(), observation.url(), observation.requestedAt(), other),
        until,
        claim,
        wake);
  }

  /** When to reconcile again; empty: when something changes. */
  Optional<Instant> next(Schedule schedule, BindingStatus next, Instant now) {
    return Stream.concat(wake.stream(), regularly(schedule, next, now).stream())
        .min(Instant::compareTo);
  }

  private Optional<Instant> regularly(Schedule schedule, BindingStatus next, Instant now) {
    return switch (observation.finding()) {
      case Finding.Proven _, Finding.StillProven _ -> Optional.of(schedule.afterProof(next, now));
      case Finding.NotProven(var problem, var _) ->
          schedule.afterProblem(problem, until, next, now);
      case Finding.Suspended _ -> Optional.empty();
      case Finding.Awaiting _ -> Patience.end(next.conditions());
    };
  }
}
