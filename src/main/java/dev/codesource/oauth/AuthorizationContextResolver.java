package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.OAuth;
import dev.codesource.api.BindingSpec.SecretRef;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.credential.CaCertificates;
import dev.codesource.credential.OAuthClient;
import dev.codesource.credential.OAuthClientSecret;
import dev.codesource.reason.Outcome;
import dev.codesource.verification.Verifier;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Collects what the authorization of a binding needs. Sends no request to a code host. */
public record AuthorizationContextResolver(
    CodeHosts codeHosts, Verifier verifier, AdministratorApps apps, CaCertificates certificates) {

  /** The same for a page, which waits only shortly for a place to read certificates. */
  public AuthorizationContextResolver forPages() {
    return new AuthorizationContextResolver(
        codeHosts, verifier, apps, certificates.withShortWait());
  }

  /**
   * Resolves the context of an authorization that is to be obtained or renewed.
   *
   * @param secrets where the Secret of the OAuth application is read from, if the binding names one
   * @return the context; or a reason of the address, of the credential, or {@code OAuthNotOffered}
   */
  public Outcome<AuthorizationContext> of(
      CodeSourceBinding binding, OAuthClientSecret.Source secrets) {
    return withCertificates(binding, withoutCertificates(binding, secrets));
  }

  /** As {@link #of}, to end an authorization that exists, whatever is allowed now. */
  public Outcome<AuthorizationContext> ofExisting(
      CodeSourceBinding binding, OAuthClientSecret.Source secrets) {
    return withCertificates(binding, context(binding, site -> client(binding, site, secrets)));
  }

  /** As {@link #of}, without the host's certificates: for a page, which sends nothing. */
  public Outcome<AuthorizationContext> withoutCertificates(
      CodeSourceBinding binding, OAuthClientSecret.Source secrets) {
    return context(
        binding,
        site ->
            Optional.ofNullable(binding.getSpec().oauth())
                .filter(oauth -> oauth.clientSecretRef() == null)
                .map(oauth -> apps.of(site, oauth.wantedFlow(), scopes(oauth)))
                .orElseGet(() -> client(binding, site, secrets)));
  }

  private Outcome<AuthorizationContext> withCertificates(
      CodeSourceBinding binding, Outcome<AuthorizationContext> context) {
    return context.then(
        found ->
            certificates
                .of(binding, found.client().ca())
                .map(
                    anchors ->
                        new AuthorizationContext(
                            binding, found.codeHost(), found.site(), found.client(), anchors)));
  }

  private Outcome<AuthorizationContext> context(
      CodeSourceBinding binding, Function<SiteUrl, Outcome<OAuthClient>> clients) {
    CodeHost codeHost = codeHosts.of(binding.getSpec().platform());
    return verifier
        .site(codeHost, Optional.ofNullable(binding.getSpec().url()))
        .then(
            site ->
                clients
                    .apply(site)
                    .map(
                        client ->
                            new AuthorizationContext(
                                binding, codeHost, site, client, Optional.empty())));
  }

  private static List<String> scopes(OAuth oauth) {
    return oauth.scopes() == null ? List.of() : oauth.scopes();
  }

  private Outcome<OAuthClient> client(
      CodeSourceBinding binding, SiteUrl site, OAuthClientSecret.Source secrets) {
    return Optional.ofNullable(binding.getSpec().oauth())
        .map(OAuth::clientSecretRef)
        .map(SecretRef::name)
        .map(
            name ->
                OAuthClientSecret.read(secrets, binding.getMetadata().getNamespace(), name, site))
        .orElseGet(() -> apps.of(site));
  }
}
