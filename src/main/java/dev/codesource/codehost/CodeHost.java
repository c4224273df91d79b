package dev.codesource.codehost;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.credential.Credential;
import dev.codesource.http.HostClient;
import dev.codesource.reason.Outcome;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/**
 * A kind of code host. An implementation knows its platform's addresses, headers and answers;
 * connecting, limits and time-outs are the {@link HostClient}'s. It may remember what spares the
 * host a question, and gives the same answers without.
 */
public interface CodeHost {

  Platform platform();

  /** The log-on URL of the platform's public site; empty where there is none. */
  Optional<SiteUrl> publicSite();

  /**
   * The scopes, in the platform's own words, that a token is to be made with, so that code can be
   * read and webhooks set.
   */
  SortedSet<String> requiredScopes();

  /**
   * Refuses the address of a repository on the platform's public sites, where a path can be nothing
   * else.
   */
  default Outcome<SiteUrl> withoutRepository(SiteUrl site) {
    return publicSite()
        .map(known -> site.withoutPathOn(Set.of(known.origin().host())))
        .orElseGet(() -> Outcome.done(site));
  }

  /**
   * Asks the site whose token this is, what it may do and until when, in at most two requests.
   *
   * @return the proof; or the reason why there is none: what {@link HostClient} found, {@code
   *     NotThisPlatform}, {@code RateLimited}, {@code ServerError}, or one of the access reasons.
   *     The account's name is not compared here.
   */
  Outcome<Proof> prove(SiteUrl site, Credential credential, HostClient.Session session);

  /**
   * What git sends to this site to read code with a proven credential. The password is the token
   * everywhere; the user name depends on the platform and on the kind of token.
   */
  GitLogin gitLogin(SiteUrl site, Credential credential, Proof.Account account);

  /**
   * Deploy tokens, by which code can be read and nothing else.
   *
   * @param credential by which they are made
   * @return empty: the platform has none that a credential can make
   */
  default Optional<DeployTokens> deployTokens(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return Optional.empty();
  }

  /** Access of apps, in accounts where they are installed; empty: the platform has none. */
  default Optional<InstallationTokens> installationTokens() {
    return Optional.empty();
  }

  /** How the site speaks OAuth. */
  OAuthDialect oauth(SiteUrl site);
}
