package dev.codesource.codehost.gitee;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.RateLimit;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.WebhookAnswers;
import dev.codesource.codehost.Webhooks;
import dev.codesource.credential.Credential;
import dev.codesource.http.HostClient;
import dev.codesource.reason.Outcome;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Gitee, public and self-hosted (https://gitee.com/api/v5/swagger). It reports the account of a
 * token, but neither its scopes nor its expiry. A second request, for one repository of the
 * account, shows whether the token may read code; whether it may set webhooks, no request shows
 * that changes nothing.
 */
public final class Gitee implements CodeHost {
  private final Clock clock;

  public Gitee(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Platform platform() {
    return Platform.Gitee;
  }

  @Override
  public Optional<SiteUrl> publicSite() {
    return Optional.of(new SiteUrl(new Origin(Origin.Scheme.HTTPS, "gitee.com", 443), ""));
  }

  /**
   * {@code user_info} for the account, {@code projects} for code, {@code hook} for webhooks
   * (https://gitee.com/api/v5/oauth_doc).
   */
  @Override
  public String tokenPage() {
    return "/profile/personal_access_tokens";
  }

  @Override
  public SortedSet<String> requiredScopes() {
    return new TreeSet<>(Set.of("user_info", "projects", "hook"));
  }

  @Override
  public Outcome<Proof> prove(SiteUrl site, Credential credential, HostClient.Session session) {
    ApiSession api =
        new ApiSession(platform(), clock, RateLimit::usual, session, credential.token());
    Map<String, String> headers = ApiSession.bearer(credential.token());
    return api.ask(site.resolve("/api/v5/user"), headers)
        .then(
            answer ->
                answer.isSuccess()
                    ? api.account(answer, "login", "id")
                    : Gitee.<Proof.Account>refusal(api, answer))
        .then(
            account ->
                scopes(api, site, headers)
                    .map(scopes -> new Proof(account, scopes, Optional.empty())));
  }

  /** The token was accepted just before, so a refusal is for want of a scope. */
  private static Outcome<Scopes> scopes(ApiSession api, SiteUrl site, Map<String, String> headers) {
    return api.askInAddition(site.resolve("/api/v5/user/repos?per_page=1"), headers)
        .then(
            answer ->
                answer.filter(listing -> listing.status() == 403 && !listing.isHtml()).isPresent()
                    ? api.insufficient(Set.of("projects"), Set.of())
                    : Outcome.done(new Scopes.Unknown()));
  }

  /**
   * The login with a personal token, which replaces the password; {@code oauth2} with an OAuth
   * token, as with GitLab.
   */
  @Override
  public GitLogin gitLogin(SiteUrl site, Credential credential, Proof.Account account) {
    return new GitLogin(
        credential.source() == Credential.Source.OAUTH ? "oauth2" : account.username(),
        credential.token());
  }

  @Override
  public Repositories repositories(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return new GiteeRepositories(
        site, credential.token(), api(credential, session, RepositoryAnswers.MAX_REQUESTS));
  }

  @Override
  public Webhooks webhooks(SiteUrl site, Credential credential, HostClient.Session session) {
    return new GiteeWebhooks(
        site, credential.token(), api(credential, session, WebhookAnswers.MAX_REQUESTS));
  }

  @Override
  public DeliveryCheck.Factory deliveries() {
    return new GiteeDeliveries(clock);
  }

  private ApiSession api(Credential credential, HostClient.Session session, int maxRequests) {
    return new ApiSession(
        platform(), clock, RateLimit::usual, session, credential.token(), maxRequests);
  }

  /** https://gitee.com/api/v5/oauth_doc. */
  @Override
  public OAuthDialect oauth(SiteUrl site) {
    return new OAuthDialect(
        site.resolve("/oauth/authorize"),
        site.resolve("/oauth/token"),
        Optional.empty(),
        new OAuthDialect.Revocation.None(),
        OAuthDialect.ClientAuthentication.POST,
        false,
        requiredScopes(),
        false,
        OAuthDialect.LostRefresh.UNKNOWN,
        OAuthDialect.FaultReader.STANDARD);
  }

  private static <T> Outcome<T> refusal(ApiSession api, ApiResponse answer) {
    String message = answer.words("message");
    if (answer.status() == 401 && message.contains("expired")) {
      return api.expired();
    }
    if (answer.status() == 401 && message.contains("revoked")) {
      return api.revoked();
    }
    if (answer.status() == 403 && message.contains("scope")) {
      return api.insufficient(Set.of("user_info"), Set.of());
    }
    if (answer.status() == 403 && (message.contains("blocked") || message.contains("banned"))) {
      return api.blocked("is blocked");
    }
    return api.refusal(answer);
  }
}
