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
import java.util.Optional;

/** Collects what the authorization of a binding needs. Sends no request to a code host. */
public record AuthorizationContextResolver(
    CodeHosts codeHosts, Verifier verifier, AdministratorApps apps, CaCertificates certificates) {

  /**
   * Resolves the context.
   *
   * @param secrets where the Secret of the OAuth application is read from, if the binding names one
   * @return the context; or a reason of the address, of the credential, or {@code OAuthNotOffered}
   */
  public Outcome<AuthorizationContext> of(
      CodeSourceBinding binding, OAuthClientSecret.Source secrets) {
    CodeHost codeHost = codeHosts.of(binding.getSpec().platform());
    return verifier
        .site(codeHost, Optional.ofNullable(binding.getSpec().url()))
        .then(
            site ->
                client(binding, site, secrets)
                    .then(
                        client ->
                            certificates
                                .of(binding)
                                .map(
                                    anchors ->
                                        new AuthorizationContext(
                                            binding, codeHost, site, client, anchors))));
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
