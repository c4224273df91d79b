package dev.codesource.oauth;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec.OAuth;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.credential.Credential;
import dev.codesource.credential.OAuthClient;
import dev.codesource.http.TrustAnchors;
import dev.codesource.verification.Claim;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** The inputs of the authorization of a binding. */
public record AuthorizationContext(
    CodeSourceBinding binding,
    CodeHost codeHost,
    SiteUrl site,
    OAuthClient client,
    Optional<TrustAnchors> anchors) {

  public OAuthDialect dialect() {
    return codeHost.oauth(site);
  }

  public String username() {
    return binding.getSpec().username();
  }

  public String namespace() {
    return binding.getMetadata().getNamespace();
  }

  public String name() {
    return binding.getMetadata().getName();
  }

  /** The scopes to request: those of the binding, or those that the platform needs. */
  public SortedSet<String> scopes() {
    List<String> wanted =
        Optional.ofNullable(binding.getSpec().oauth()).map(OAuth::scopes).orElse(List.of());
    return wanted.isEmpty() ? dialect().scopes() : new TreeSet<>(wanted);
  }

  public Claim claim(Credential credential) {
    return new Claim(codeHost, site, username(), credential, anchors);
  }
}
