package dev.codesource.publish;

import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.Proof;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.verification.Claim;
import java.util.Optional;

/** The credential that consumers send to the code host: the bound one, or a read-only one. */
public sealed interface ConsumerLogin {

  /** The bound credential itself. */
  record BoundCredential() implements ConsumerLogin {}

  /**
   * A read-only credential. While there is none, nothing is published, not even the bound one.
   *
   * @param login empty: there is none at present
   * @param title as a sentence names it: "a deploy token of the project team/app"
   */
  record ReadOnly(Optional<GitLogin> login, String title) implements ConsumerLogin {}

  /** The user name and password for git; or {@code DeployTokenRefused}. */
  default Outcome<GitLogin> of(Claim claim, Proof.Account account) {
    return switch (this) {
      case BoundCredential() ->
          Outcome.done(claim.codeHost().gitLogin(claim.site(), claim.credential(), account));
      case ReadOnly(var login, var title) ->
          login
              .map(Outcome::done)
              .orElseGet(
                  () ->
                      Outcome.refused(
                          Reason.DeployTokenRefused,
                          "There is no %s to be published."
                              .formatted(title.replaceFirst("^an? ", ""))));
    };
  }

  /** As a sentence names it; empty: it is the bound credential. */
  default Optional<String> replacement() {
    return this instanceof ReadOnly readOnly ? Optional.of(readOnly.title()) : Optional.empty();
  }
}
