package dev.codesource.binding;

import dev.codesource.deploytoken.Custodian.Custody;
import dev.codesource.installation.Held;
import dev.codesource.platform.GitLogin;
import java.util.Optional;

/**
 * What consumers are handed in place of the bound credential.
 *
 * @param custody of deploy tokens
 * @param installation the token of an app's installation
 */
record Handed(Custody custody, Optional<Held> installation) {

  static final Handed NOTHING = new Handed(Custody.NONE, Optional.empty());

  /** What git sends; empty: that of the bound credential. */
  Optional<GitLogin> login() {
    return installation.map(held -> held.token().login()).or(custody::login);
  }
}
