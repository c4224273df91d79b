package dev.codesource.verification;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.CodeHost;
import dev.codesource.credential.Credential;
import dev.codesource.http.TrustAnchors;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * The statement to be proven: that a credential belongs to an account on a site.
 *
 * @param codeHost the kind of site
 * @param username the account that the user named
 * @param anchors the certificates to trust instead of the public authorities
 */
public record Claim(
    CodeHost codeHost,
    SiteUrl site,
    String username,
    Credential credential,
    Optional<TrustAnchors> anchors) {

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
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(parts.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
