package dev.codesource.binding;

import dev.codesource.codehost.GitLogin;
import dev.codesource.deploytoken.DeployTokenManager.DeployTokenState;
import dev.codesource.githubapp.StoredInstallationToken;
import java.util.Optional;

/**
 * What consumers are handed in place of the bound credential.
 *
 * @param deployTokenState of deploy tokens
 * @param installation the token of an app's installation
 */
record ConsumerCredential(
    DeployTokenState deployTokenState, Optional<StoredInstallationToken> installation) {

  static final ConsumerCredential NOTHING =
      new ConsumerCredential(DeployTokenState.NONE, Optional.empty());

  /** What git sends; empty: that of the bound credential. */
  Optional<GitLogin> login() {
    return installation.map(held -> held.token().login()).or(deployTokenState::login);
  }
}
