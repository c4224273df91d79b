package dev.codesource.controller.binding;

import dev.codesource.api.ApiGroup;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.deploytoken.DeployTokenManager;
import dev.codesource.deploytoken.DeployTokenManager.DeployTokenState;
import dev.codesource.githubapp.InstallationTokenManager;
import dev.codesource.githubapp.StoredInstallationToken;
import dev.codesource.reason.ConditionType;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Finalizer;
import dev.codesource.status.Finding;
import dev.codesource.status.Publishing;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import io.fabric8.kubernetes.api.model.Secret;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.Stream;

/** Provides a read-only credential for consumers, where a binding asks for one. */
@Singleton
public final class ConsumerCredentials implements Finalizer<CodeSourceBinding> {

  /** A binding has this finalizer as long as it may have deploy tokens on the code host. */
  static final String FINALIZER = ApiGroup.NAME + "/deploy-token";

  private final CodeHosts codeHosts;
  private final Verifier verifier;
  private final DeployTokenManager deployTokenManager;
  private final InstallationTokenManager installations;
  private final BindingInputs inputs;

  ConsumerCredentials(
      CodeHosts codeHosts,
      Verifier verifier,
      DeployTokenManager deployTokenManager,
      InstallationTokenManager installations,
      BindingInputs inputs) {
    this.codeHosts = codeHosts;
    this.verifier = verifier;
    this.deployTokenManager = deployTokenManager;
    this.installations = installations;
    this.inputs = inputs;
  }

  /** Provides the credential that is to be published. Called before publishing. */
  Outcome<ConsumerCredential> provide(
      Context<CodeSourceBinding> context,
      CodeSourceBinding binding,
      Finding finding,
      Optional<Claim> claim) {
    // Nothing is made that would not be published.
    if (claim.filter(known -> known.credential().mayBePublished()).isEmpty()) {
      return Outcome.done(ConsumerCredential.NONE);
    }
    return claim.get().credential().installation().isPresent()
        ? ofInstallation(binding, finding, claim.get())
            .map(token -> new ConsumerCredential(DeployTokenState.NONE, token))
        : deployToken(context, binding, finding, claim.get())
            .map(deployTokenState -> new ConsumerCredential(deployTokenState, Optional.empty()));
  }

  private Outcome<Optional<StoredInstallationToken>> ofInstallation(
      CodeSourceBinding binding, Finding finding, Claim claim) {
    boolean isWanted =
        Optional.ofNullable(binding.getSpec().publish())
            .filter(entries -> !entries.isEmpty())
            .isPresent();
    if (!isWanted) {
      return Outcome.done(Optional.empty());
    }
    Optional<Secret> stored = inputs.installationToken(binding);
    return switch (finding) {
      case Finding.Proven _ ->
          installations
              .provide(
                  binding,
                  claim,
                  stored,
                  !wasBound(binding) || ReconcileRequest.of(binding).isOpen())
              .map(Optional::of);
      case Finding.StillProven _ ->
          installations.provide(binding, claim, stored, false).map(Optional::of);
      case Finding.NotProven _, Finding.Suspended _, Finding.Awaiting _ ->
          Outcome.done(installations.known(binding, claim, stored));
    };
  }

  private Outcome<DeployTokenState> deployToken(
      Context<CodeSourceBinding> context, CodeSourceBinding binding, Finding finding, Claim claim) {
    Optional<Secret> stored = inputs.deployToken(binding);
    return switch (finding) {
      case Finding.Proven _ -> provide(context, binding, claim, stored, true);
      case Finding.StillProven _ -> provide(context, binding, claim, stored, wasRefused(binding));
      case Finding.NotProven notProven when notProven.keepsProof() ->
          Outcome.done(deployTokenManager.known(binding, claim, stored));
      case Finding.NotProven _, Finding.Suspended _, Finding.Awaiting _ ->
          Outcome.done(DeployTokenState.NONE);
    };
  }

  private Outcome<DeployTokenState> provide(
      Context<CodeSourceBinding> context,
      CodeSourceBinding binding,
      Claim claim,
      Optional<Secret> stored,
      boolean lookAfter) {
    return deployTokenManager.provide(
        binding, claim, stored, lookAfter, () -> context.resourceOperations().addFinalizer(name()));
  }

  /**
   * Deletes replaced credentials. Called after publishing.
   *
   * @return when to call again
   */
  Optional<Instant> cleanUp(
      Context<CodeSourceBinding> context,
      CodeSourceBinding binding,
      Optional<Claim> claim,
      Outcome<ConsumerCredential> provided,
      Publishing publishing) {
    return switch (publishing) {
      case Publishing.Written _, Publishing.NotAsked _ ->
          provided instanceof Outcome.Done<ConsumerCredential>(var credential) && claim.isPresent()
              ? cleanUp(context, binding, claim.get(), credential)
              : Optional.empty();
      case Publishing.Untouched _,
          Publishing.Stale _,
          Publishing.Withdrawn _,
          Publishing.Awaited _,
          Publishing.Refused _ ->
          Optional.empty();
    };
  }

  private Optional<Instant> cleanUp(
      Context<CodeSourceBinding> context,
      CodeSourceBinding binding,
      Claim claim,
      ConsumerCredential credential) {
    if (credential.installation().isEmpty()) {
      inputs.installationToken(binding).ifPresent(left -> installations.forget(binding, left));
    }
    return Stream.concat(
            credential.installation().stream().map(held -> installations.nextLook(binding, held)),
            deployTokenManager
                .settle(
                    binding,
                    claim,
                    credential.deployToken(),
                    () -> context.resourceOperations().removeFinalizer(name()))
                .stream())
        .min(Instant::compareTo);
  }

  @Override
  public String name() {
    return FINALIZER;
  }

  @Override
  public Outcome<Boolean> attempt(CodeSourceBinding binding) {
    CodeHost codeHost = codeHosts.of(binding.getSpec().platform());
    return verifier
        .site(codeHost, Optional.ofNullable(binding.getSpec().url()))
        .then(site -> inputs.claim(binding, codeHost, site))
        .then(
            claim ->
                deployTokenManager.giveBack(binding, claim)
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

  private static boolean wasBound(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus())
        .filter(status -> status.phase() == BindingStatus.Phase.Bound)
        .isPresent();
  }

  /** A refused deploy token is requested again; otherwise the condition would alternate. */
  private static boolean wasRefused(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus())
        .flatMap(status -> Conditions.of(status, ConditionType.Published))
        .filter(condition -> Reason.DeployTokenRefused.name().equals(condition.getReason()))
        .isPresent();
  }
}
