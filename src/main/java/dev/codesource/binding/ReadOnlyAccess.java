package dev.codesource.binding;

import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.deploytoken.Custodian;
import dev.codesource.deploytoken.Custodian.Custody;
import dev.codesource.platform.CodeHost;
import dev.codesource.platform.CodeHosts;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.status.Publishing;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Sees to it that consumers are given a credential that can only read, where a binding says so. */
@Singleton
final class ReadOnlyAccess implements Farewell {

  private final CodeHosts codeHosts;
  private final Verifier verifier;
  private final Custodian custodian;
  private final Sources sources;

  ReadOnlyAccess(CodeHosts codeHosts, Verifier verifier, Custodian custodian, Sources sources) {
    this.codeHosts = codeHosts;
    this.verifier = verifier;
    this.custodian = custodian;
    this.sources = sources;
  }

  /** Before anything is published: what is to be. */
  Outcome<Custody> provide(
      Context<CodeSourceBinding> context,
      CodeSourceBinding binding,
      Finding finding,
      Optional<Claim> claim) {
    if (claim.isEmpty()) {
      return Outcome.done(Custody.NONE);
    }
    Optional<Secret> stored = sources.deployToken(binding);
    return switch (finding) {
      case Finding.Proven _ -> provide(context, binding, claim.get(), stored, true);
      case Finding.StillProven _ ->
          provide(context, binding, claim.get(), stored, wasRefused(binding));
      case Finding.NotProven notProven when notProven.keepsProof() ->
          Outcome.done(custodian.known(binding, claim.get(), stored));
      case Finding.NotProven _, Finding.Suspended _, Finding.Awaiting _ ->
          Outcome.done(Custody.NONE);
    };
  }

  private Outcome<Custody> provide(
      Context<CodeSourceBinding> context,
      CodeSourceBinding binding,
      Claim claim,
      Optional<Secret> stored,
      boolean lookAfter) {
    return custodian.provide(
        binding,
        claim,
        stored,
        lookAfter,
        () -> context.resourceOperations().addFinalizer(finalizer()));
  }

  /** After all is published: what is replaced may go. Returns when to look again. */
  Optional<Instant> settle(
      Context<CodeSourceBinding> context,
      CodeSourceBinding binding,
      Optional<Claim> claim,
      Outcome<Custody> provided,
      Publishing publishing) {
    return switch (publishing) {
      case Publishing.Written _, Publishing.NotAsked _ ->
          provided instanceof Outcome.Done<Custody>(var custody) && claim.isPresent()
              ? custodian.settle(
                  binding,
                  claim.get(),
                  custody,
                  () -> context.resourceOperations().removeFinalizer(finalizer()))
              : Optional.empty();
      case Publishing.Untouched _,
          Publishing.Stale _,
          Publishing.Withdrawn _,
          Publishing.Awaited _,
          Publishing.Refused _ ->
          Optional.empty();
    };
  }

  @Override
  public String finalizer() {
    return CodeSourceBinding.GROUP + "/deploy-token";
  }

  @Override
  public Outcome<Boolean> attempt(CodeSourceBinding binding) {
    CodeHost codeHost = codeHosts.of(binding.getSpec().platform());
    return verifier
        .site(codeHost, Optional.ofNullable(binding.getSpec().url()))
        .then(site -> sources.claim(binding, codeHost, site))
        .then(
            claim ->
                custodian.giveBack(binding, claim)
                    ? Outcome.done(true)
                    : Outcome.waiting(
                        Reason.ServerError, "%s does not answer.".formatted(claim.site())));
  }

  @Override
  public Problem undone(CodeSourceBinding binding, String why) {
    return new Problem(
        Reason.NotRevoked,
        "The binding is deleted, and its deploy tokens stay until they expire: %s".formatted(why));
  }

  /** What was refused is asked for again; else the condition would come and go. */
  private static boolean wasRefused(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus()).map(BindingStatus::conditions).stream()
        .flatMap(List::stream)
        .filter(condition -> ConditionType.Published.name().equals(condition.getType()))
        .anyMatch(condition -> Reason.DeployTokenRefused.name().equals(condition.getReason()));
  }
}
