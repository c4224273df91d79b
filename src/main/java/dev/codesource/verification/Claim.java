package dev.codesource.verification;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.CodeHost;
import dev.codesource.credential.Credential;
import dev.codesource.digest.Sha256;
import dev.codesource.http.TrustAnchors;
import dev.codesource.http.limit.Caller;
import java.util.Optional;

/**
 * The statement to be proven: that a credential belongs to an account on a site.
 *
 * @param tenant the namespace of whoever claims it; limits are shared fairly among tenants
 * @param codeHost the kind of site
 * @param username the account that the user named
 * @param anchors the certificates to trust instead of the public authorities
 */
public record Claim(
    String tenant,
    CodeHost codeHost,
    SiteUrl site,
    String username,
    Credential credential,
    Optional<TrustAnchors> anchors) {

  /** Of the 64 of a digest: enough to tell one from another. */
  private static final int DIGITS = 32;

  /** Who asks the site. */
  public Caller caller() {
    return new Caller(tenant, site);
  }

  /**
   * Identifies the claim, in 32 hexadecimal digits. It is computed from names and versions only, so
   * it reveals nothing about a token.
   */
  public String digest() {
    // No part contains a NUL, so two different claims never have the same text.
    String parts =
        String.join(
            "\0",
            codeHost.platform().name(),
            site.toString(),
            username,
            credential.version(),
            anchors.map(TrustAnchors::version).orElse(""));
    return Sha256.hex(parts).substring(0, DIGITS);
  }
}
