package dev.codesource.codehost;

import dev.codesource.address.SiteUrl;
import dev.codesource.credential.Credential;
import dev.codesource.http.HostClient;
import dev.codesource.reason.Outcome;

/** Tokens of an app's installation. */
public interface InstallationTokens {

  /**
   * Creates a token that can only read code.
   *
   * @param credential of an app, proven before
   */
  Outcome<InstallationToken> mint(SiteUrl site, Credential credential, HostClient.Session session);
}
