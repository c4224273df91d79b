package dev.codesource.codehost;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.credential.Credential;
import dev.codesource.http.HostClient;
import dev.codesource.reason.Outcome;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;

/**
 * A kind of code host. An implementation knows the addresses, headers and answers of its platform;
 * the {@link HostClient} handles connections, limits and time-outs. It may cache answers to save
 * requests, but does not depend on the cache.
 */
public interface CodeHost {

  Platform platform();

  /** The log-on URL of the platform's public site; empty where there is none. */
  Optional<SiteUrl> publicSite();

  /** The scopes, in the platform's notation, that a token needs to read code and set webhooks. */
  SortedSet<String> requiredScopes();

  /** Where people make tokens: a path of the site, or a whole address. */
  String tokenPage();

  /** What {@link #tokenPage} calls {@link #requiredScopes}. */
  default SortedSet<String> tokenPageScopes() {
    return requiredScopes();
  }

  /** How tokens begin that the platform makes, so far as it says; none: they tell nothing. */
  default Set<String> tokenPrefixes() {
    return Set.of();
  }

  /** The address of the public site's API, if that is on a host of its own. */
  default Optional<SiteUrl> publicApi() {
    return Optional.empty();
  }

  /**
   * Refuses the address of the public site's API, and that of a repository on the platform's public
   * sites, where a path can only be that of a repository.
   */
  default Outcome<SiteUrl> withoutRepository(SiteUrl site) {
    Optional<Origin> api =
        publicApi().map(SiteUrl::origin).filter(origin -> origin.equals(site.origin()));
    if (api.isPresent()) {
      return publicSite().orElseThrow().refusedAsApi();
    }
    return publicSite()
        .map(known -> site.withoutPathOn(Set.of(known.origin().host())))
        .orElseGet(() -> Outcome.done(site));
  }

  /**
   * Requests the account, the scopes and the expiry of a token from the site, in at most two
   * requests; in three where the platform does not report scopes. No request changes anything.
   *
   * @return the proof; or the reason why there is none: that of {@link HostClient}, {@code
   *     NotThisPlatform}, {@code RateLimited}, {@code ServerError}, or one of the access reasons.
   *     The account's name is not compared here.
   */
  Outcome<Proof> prove(SiteUrl site, Credential credential, HostClient.Session session);

  /**
   * The user name and password that git sends to this site to read code with a proven credential.
   * The password is always the token; the user name depends on the platform and on the kind of
   * token.
   */
  GitLogin gitLogin(SiteUrl site, Credential credential, Proof.Account account);

  /**
   * Does work with what git sends, as {@link #gitLogin} says. If git cannot send the credential, as
   * that of an app, the site is asked for a token that git can send, unless there is one already.
   *
   * @param work may be done twice, if it is refused
   * @return the outcome of the work; or why there is no such token
   */
  default <T> Outcome<T> asGit(
      SiteUrl site,
      Credential credential,
      Proof.Account account,
      HostClient.Session session,
      Function<GitLogin, Outcome<T>> work) {
    return work.apply(gitLogin(site, credential, account));
  }

  /**
   * Deploy tokens, which can only read code.
   *
   * @param credential with which they are created
   * @return empty: the platform has none that can be created with a credential
   */
  default Optional<DeployTokens> deployTokens(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return Optional.empty();
  }

  /** Tokens of app installations; empty: the platform has none. */
  default Optional<InstallationTokens> installationTokens() {
    return Optional.empty();
  }

  /** The repositories of the site, with a proven credential, also that of an app. */
  Repositories repositories(SiteUrl site, Credential credential, HostClient.Session session);

  /** The webhooks of the site's repositories, with a proven credential, also that of an app. */
  Webhooks webhooks(SiteUrl site, Credential credential, HostClient.Session session);

  /**
   * The statuses of commits, with a proven credential, also that of an app; empty: the platform has
   * none that others can set.
   */
  default Optional<CommitStatuses> commitStatuses(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return Optional.empty();
  }

  /** How the platform proves that a delivery comes from it. */
  DeliveryCheck.Factory deliveries();

  /** The OAuth endpoints of the site and its deviations from the standard. */
  OAuthDialect oauth(SiteUrl site);
}
