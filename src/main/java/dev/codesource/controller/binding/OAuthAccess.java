package dev.codesource.controller.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.Proof;
import dev.codesource.oauth.AuthorizationContext;
import dev.codesource.oauth.AuthorizationContextResolver;
import dev.codesource.oauth.AuthorizationState;
import dev.codesource.oauth.GrantManager;
import dev.codesource.oauth.StoredGrant;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.status.Finding;
import dev.codesource.verification.Claim;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Verifies the access of a binding that uses OAuth: requests, renews and proves the grant. */
@Singleton
final class OAuthAccess {

  private final AuthorizationContextResolver contexts;
  private final GrantManager authorizations;
  private final BindingInputs inputs;
  private final BindingVerifier verifier;

  OAuthAccess(
      AuthorizationContextResolver contexts,
      GrantManager authorizations,
      BindingInputs inputs,
      BindingVerifier verifier) {
    this.contexts = contexts;
    this.authorizations = authorizations;
    this.inputs = inputs;
    this.verifier = verifier;
  }

  VerificationResult verify(CodeSourceBinding binding, Outcome<SiteUrl> site) {
    return switch (site.then(_ -> contexts.of(binding, inputs.clientSecrets(binding)))) {
      case Outcome.Done<AuthorizationContext>(var authorization) ->
          result(
              authorization, site, authorizations.look(authorization, inputs.grant(binding)), true);
      case Outcome.Refused<AuthorizationContext>(var problem) ->
          VerificationResult.refused(binding, site, problem);
      case Outcome.Waiting<AuthorizationContext>(var problem, var until, var _) ->
          VerificationResult.of(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  /** What the stored grant is to prove. */
  Outcome<Claim> claim(CodeSourceBinding binding) {
    return contexts
        .of(binding, inputs.clientSecrets(binding))
        .then(
            authorization ->
                inputs
                    .grant(binding)
                    .flatMap(StoredGrant::of)
                    .map(grant -> grant.credential(authorization.site()).map(authorization::claim))
                    .orElseGet(
                        () ->
                            Outcome.refused(
                                Reason.AwaitingAuthorization,
                                "Nobody has authorized the CodeSourceBinding yet.")));
  }

  /**
   * @param mayRenew whether a refused token may be refreshed, which is tried once
   */
  private VerificationResult result(
      AuthorizationContext authorization,
      Outcome<SiteUrl> site,
      Outcome<AuthorizationState> state,
      boolean mayRenew) {
    CodeSourceBinding binding = authorization.binding();
    return switch (state) {
      case Outcome.Done<AuthorizationState>(AuthorizationState.Granted granted) ->
          granted(authorization, site, granted, mayRenew);
      case Outcome.Done<AuthorizationState>(
              AuthorizationState.Awaiting(var problem, var asked, var again)) ->
          VerificationResult.of(binding, site, new Finding.Awaiting(problem, asked))
              .withWake(again);
      case Outcome.Done<AuthorizationState>(AuthorizationState.TooYoung(var problem, var until)) ->
          VerificationResult.of(
              binding, site, new Finding.NotProven(problem, false), Optional.of(until));
      case Outcome.Refused<AuthorizationState>(var problem) ->
          VerificationResult.refused(binding, site, problem);
      case Outcome.Waiting<AuthorizationState>(var problem, var until, var _) ->
          VerificationResult.of(
              binding, site, new Finding.NotProven(problem, wasBound(binding)), until);
    };
  }

  private VerificationResult granted(
      AuthorizationContext authorization,
      Outcome<SiteUrl> site,
      AuthorizationState.Granted granted,
      boolean mayRenew) {
    CodeSourceBinding binding = authorization.binding();
    StoredGrant grant = granted.grant();
    return switch (grant.credential(authorization.site()).map(authorization::claim)) {
      case Outcome.Done<Claim>(var claim) -> {
        VerificationResult result = verifier.verify(binding, site, claim);
        yield switch (result.finding()) {
          case Finding.Proven(var proof, var at, var digest) ->
              result
                  .withFinding(new Finding.Proven(lasting(proof, grant), at, digest))
                  .withWake(granted.nextStep());
          case Finding.NotProven(var problem, var _)
              when mayRenew && !problem.reason().keepsProof() ->
              result(
                  authorization,
                  site,
                  authorizations.afterRefusal(authorization, grant, problem),
                  false);
          case Finding.NotProven _,
              Finding.StillProven _,
              Finding.Suspended _,
              Finding.Awaiting _ ->
              result.withWake(granted.nextStep());
        };
      }
      case Outcome.Refused<Claim>(var problem) ->
          VerificationResult.refused(binding, site, problem);
      case Outcome.Waiting<Claim>(var problem, var until, var _) ->
          VerificationResult.of(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  /** A grant that the operator renews does not expire for the user. */
  private static Proof lasting(Proof proof, StoredGrant grant) {
    return new Proof(
        proof.account(),
        proof.scopes(),
        grant.isRenewable()
            ? Optional.empty()
            : proof.expiresAt().or(() -> grant.tokens().expiresAt()));
  }

  private static boolean wasBound(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus()).map(BindingStatus::proofDigest).isPresent();
  }
}
