package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.OAuth;
import dev.codesource.api.BindingSpec.SecretRef;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CodeHosts;
import dev.codesource.credential.CaCertificates;
import dev.codesource.credential.OAuthClient;
import dev.codesource.reason.Outcome;
import dev.codesource.verification.Verifier;
import java.util.Optional;

/** Finds who has a part in the authorization of a binding. Asks no code host. */
public record AuthorizationContextResolver(
    CodeHosts codeHosts, Verifier verifier, AdministratorApps apps, CaCertificates certificates) {

  /** Where the Secrets of OAuth applications are read from. */
  @FunctionalInterface
  public interface ClientSecrets {

    /** The application in that Secret, for that site; or a reason of the credential. */
    Outcome<OAuthClient> read(String namespace, String name, SiteUrl site);
  }

  /** The parties; or a reason of the address, of the credential, or {@code OAuthNotOffered}. */
  public Outcome<AuthorizationContext> of(CodeSourceBinding binding, ClientSecrets secrets) {
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
      CodeSourceBinding binding, SiteUrl site, ClientSecrets secrets) {
    return Optional.ofNullable(binding.getSpec().oauth())
        .map(OAuth::clientSecretRef)
        .map(SecretRef::name)
        .map(name -> secrets.read(binding.getMetadata().getNamespace(), name, site))
        .orElseGet(() -> apps.of(site));
  }
}
