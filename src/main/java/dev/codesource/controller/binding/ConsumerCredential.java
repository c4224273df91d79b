package dev.codesource.controller.binding;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.DeployTokens;
import dev.codesource.deploytoken.DeployTokenManager;
import dev.codesource.deploytoken.DeployTokenManager.DeployTokenState;
import dev.codesource.githubapp.StoredInstallationToken;
import dev.codesource.publish.ConsumerLogin;
import dev.codesource.verification.Claim;
import java.util.Optional;

/**
 * The credential for consumers that replaces the bound one, if there is one.
 *
 * @param deployToken the state of the binding's deploy tokens
 * @param installation the token of a GitHub App's installation
 */
record ConsumerCredential(
    DeployTokenState deployToken, Optional<StoredInstallationToken> installation) {

  static final ConsumerCredential NONE =
      new ConsumerCredential(DeployTokenState.NONE, Optional.empty());

  /** What consumers send to the code host. */
  ConsumerLogin login(CodeSourceBinding binding, Claim claim) {
    Optional<String> app = claim.credential().installation();
    if (app.isPresent()) {
      return new ConsumerLogin.ReadOnly(
          installation.map(stored -> stored.token().login()),
          "a read-only token of the app's installation " + app.get());
    }
    Optional<DeployTokens.Target> target = DeployTokenManager.target(binding);
    return target.isPresent()
        ? new ConsumerLogin.ReadOnly(deployToken.login(), "a deploy token of the " + target.get())
        : new ConsumerLogin.BoundCredential();
  }
}
