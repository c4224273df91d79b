package dev.codesource.controller.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.reason.Outcome;
import dev.codesource.runtime.Pauses;
import dev.codesource.status.Finding;
import dev.codesource.verification.Claim;
import dev.codesource.verification.Verifier;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Verifies the access of a binding, by a token or by OAuth. */
@Singleton
final class BindingAccess {

  private final CodeHosts codeHosts;
  private final Verifier verifier;
  private final BindingInputs inputs;
  private final BindingVerifier tokens;
  private final OAuthAccess oauth;
  private final Clock clock;

  /**
   * Each request of a user sends requests to a code host, and an annotation can be changed in a
   * loop.
   */
  private final Pauses requests = new Pauses(Duration.ofSeconds(5));

  BindingAccess(
      CodeHosts codeHosts,
      Verifier verifier,
      BindingInputs inputs,
      BindingVerifier tokens,
      OAuthAccess oauth,
      Clock clock) {
    this.codeHosts = codeHosts;
    this.verifier = verifier;
    this.inputs = inputs;
    this.tokens = tokens;
    this.oauth = oauth;
    this.clock = clock;
  }

  /** When the binding may be verified, if a user asks for it too often; empty: now. */
  Optional<Instant> notBefore(CodeSourceBinding binding) {
    return ReconcileRequest.of(binding).isOpen()
        ? requests.take(binding.getMetadata().getUid(), clock.instant())
        : Optional.empty();
  }

  /** The site of the binding; or a reason of its address. Sends no request. */
  Outcome<SiteUrl> site(CodeSourceBinding binding) {
    return verifier.site(codeHost(binding), Optional.ofNullable(binding.getSpec().url()));
  }

  VerificationResult verify(CodeSourceBinding binding, Outcome<SiteUrl> site) {
    BindingSpec spec = binding.getSpec();
    if (Boolean.TRUE.equals(spec.suspend())) {
      return VerificationResult.of(binding, site, new Finding.Suspended());
    }
    return spec.oauth() == null ? byToken(binding, site) : oauth.verify(binding, site);
  }

  /** What the stored credential is to prove, whether it is proven or not. Sends no request. */
  Outcome<Claim> claim(CodeSourceBinding binding, SiteUrl site) {
    return binding.getSpec().oauth() == null
        ? inputs.claim(binding, codeHost(binding), site)
        : oauth.claim(binding);
  }

  private VerificationResult byToken(CodeSourceBinding binding, Outcome<SiteUrl> site) {
    Outcome<Claim> claim = site.then(address -> inputs.claim(binding, codeHost(binding), address));
    return switch (claim) {
      case Outcome.Done<Claim>(var known) -> tokens.verify(binding, site, known);
      case Outcome.Refused<Claim>(var problem) ->
          VerificationResult.refused(binding, site, problem);
      case Outcome.Waiting<Claim>(var problem, var until, var _) ->
          VerificationResult.of(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  private CodeHost codeHost(CodeSourceBinding binding) {
    return codeHosts.of(binding.getSpec().platform());
  }
}
