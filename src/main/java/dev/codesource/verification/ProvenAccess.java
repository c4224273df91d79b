package dev.codesource.verification;

import dev.codesource.api.BindingSpec.Publication;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.Proof;
import dev.codesource.http.HostClient;
import dev.codesource.reason.Outcome;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The access that bindings have proven, for what is built on it. */
public interface ProvenAccess {

  /**
   * An access to a site.
   *
   * @param claim with the credential
   * @param account as the site reports it
   */
  record Access(Claim claim, Proof.Account account) {

    /**
     * Does work with what git sends to the site.
     *
     * @param session of the claim
     * @param work may be done twice, if it is refused
     */
    public <T> Outcome<T> asGit(HostClient.Session session, Function<GitLogin, Outcome<T>> work) {
      return claim.codeHost().asGit(claim.site(), claim.credential(), account, session, work);
    }
  }

  /**
   * The access of a binding. Sends no request to the site.
   *
   * @return the access; or {@code BindingNotFound}; or {@code BindingNotBound}, also while the
   *     binding's credential is newer than its proof; or what else is wrong with the credential
   */
  Outcome<Access> of(String namespace, String binding);

  /**
   * The name of the Secret that a binding publishes for a kind of consumer.
   *
   * @return the name; or {@code BindingNotFound} or {@code SecretNotPublished}
   */
  Outcome<String> published(String namespace, String binding, Publication consumer);

  /**
   * Calls a listener with the namespace and the name of each binding that changes. The listener
   * must not block.
   */
  void onChange(BiConsumer<String, String> listener);
}
