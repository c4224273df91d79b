package dev.codesource.codehost;

import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * The webhooks of a site's repositories, as one credential sees them.
 *
 * <p>All methods can also return {@code WebhookNotPermitted}, {@code RepositoryNotFound} and the
 * reasons of the host.
 */
public interface Webhooks {

  /** The name of every webhook of the operator, where the platform has names or descriptions. */
  String NAME = "codesource";

  /**
   * A webhook as it should be: active, for pushes of branches and tags, with the verification of
   * certificates.
   *
   * @param url where deliveries are sent; no two webhooks of the operator have the same
   */
  record Wanted(URI url, WebhookSecret secret) {

    /** Without the path of the address. */
    @Override
    public String toString() {
      return "webhook for " + url.getScheme() + "://" + url.getRawAuthority();
    }
  }

  /**
   * A webhook as the platform has it.
   *
   * @param id the platform's own identifier
   * @param url where deliveries are sent
   * @param isAsWanted whether all that can be read is as {@link Wanted} has it, but for the secret,
   *     which most platforms do not show
   * @param disabled why the platform sends nothing, in its words or those of its documents; empty:
   *     it sends deliveries
   */
  record Found(String id, String url, boolean isAsWanted, Optional<String> disabled) {

    /** Without the address: it lets in who knows it, and that of other services too. */
    @Override
    public String toString() {
      return "webhook " + id;
    }
  }

  /**
   * All webhooks of the repository. Reads every page.
   *
   * @return the webhooks; or {@code TooManyWebhooks}: there are more pages than are read
   */
  Outcome<List<Found>> list(Repository repository);

  /**
   * Makes a webhook.
   *
   * @return the webhook; or {@code WebhookLimitReached}, or {@code WebhookAddressRefused}: the
   *     platform does not send to that address
   */
  Outcome<Found> create(Repository repository, Wanted wanted);

  /**
   * Sets everything of a webhook, also the secret.
   *
   * @return the webhook; empty: it is gone; or as {@link #create}
   */
  Outcome<Optional<Found>> update(Repository repository, String id, Wanted wanted);

  /**
   * Deletes a webhook.
   *
   * @return true, also if there was none
   */
  Outcome<Boolean> delete(Repository repository, String id);
}
