package dev.codesource.codehost.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CommitStatusAnswers;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.DeployTokens;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.HostTime;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.codehost.RateLimit;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.codehost.Scopes;
import dev.codesource.codehost.WebhookAnswers;
import dev.codesource.codehost.Webhooks;
import dev.codesource.credential.Credential;
import dev.codesource.http.HostClient;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * GitLab, public and self-managed. One request is for the token, one for its account.
 *
 * <p>Project and group access tokens are accounts of their own ({@code project_7_bot_1f…}:
 * https://docs.gitlab.com/user/project/settings/project_access_tokens/#bot-users-for-projects).
 */
public final class GitLab implements CodeHost {
  /** The tokens of Doorkeeper: 32 random bytes in hexadecimal. */
  private static final Pattern OAUTH_TOKEN = Pattern.compile("[0-9a-f]{64}");

  private static final Set<String> REQUIRED = Set.of("api");

  private final Clock clock;

  public GitLab(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Platform platform() {
    return Platform.GitLab;
  }

  @Override
  public Optional<SiteUrl> publicSite() {
    return Optional.of(new SiteUrl(new Origin(Origin.Scheme.HTTPS, "gitlab.com", 443), ""));
  }

  /**
   * https://docs.gitlab.com/security/tokens/#token-prefixes; an administrator can set another one.
   */
  @Override
  public Set<String> tokenPrefixes() {
    return Set.of("glpat-", "gldt-", "gloas-");
  }

  /**
   * {@code api}: no lesser scope allows webhooks to be set
   * (https://docs.gitlab.com/user/profile/personal_access_tokens/#personal-access-token-scopes).
   */
  @Override
  public String tokenPage() {
    return "/-/user_settings/personal_access_tokens";
  }

  @Override
  public SortedSet<String> requiredScopes() {
    return new TreeSet<>(REQUIRED);
  }

  @Override
  public Outcome<Proof> prove(SiteUrl site, Credential credential, HostClient.Session session) {
    ApiSession api =
        new ApiSession(platform(), clock, GitLab::rateLimit, session, credential.token());
    Map<String, String> headers = ApiSession.bearer(credential.token());
    Outcome<Grant> grant =
        isOAuth(credential)
            ? api.ask(site.resolve("/oauth/token/info"), headers)
                .then(answer -> oauthGrant(api, answer))
            : api.ask(site.resolve("/api/v4/personal_access_tokens/self"), headers)
                .then(answer -> personalGrant(api, answer));
    return grant.then(
        found ->
            api.ask(site.resolve("/api/v4/user"), headers)
                .then(answer -> account(api, answer, found))
                .map(account -> new Proof(account, found.scopes(), found.expiresAt())));
  }

  /**
   * {@code oauth2} with an OAuth token
   * (https://docs.gitlab.com/api/oauth2/#access-git-over-https-with-access-token); with others "any
   * non-blank value"
   * (https://docs.gitlab.com/user/profile/personal_access_tokens/#clone-repository-using-personal-access-token),
   * so this is the account's name, which is useful in logs.
   */
  @Override
  public GitLogin gitLogin(SiteUrl site, Credential credential, Account account) {
    return new GitLogin(isOAuth(credential) ? "oauth2" : account.username(), credential.token());
  }

  @Override
  public Optional<DeployTokens> deployTokens(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return Optional.of(
        new GitLabDeployTokens(
            site, credential.token(), api(credential, session, GitLabDeployTokens.MAX_REQUESTS)));
  }

  @Override
  public Repositories repositories(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return new GitLabRepositories(
        site, credential.token(), api(credential, session, RepositoryAnswers.MAX_REQUESTS));
  }

  @Override
  public Webhooks webhooks(SiteUrl site, Credential credential, HostClient.Session session) {
    return new GitLabWebhooks(
        site, credential.token(), api(credential, session, WebhookAnswers.MAX_REQUESTS));
  }

  @Override
  public Optional<CommitStatuses> commitStatuses(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return Optional.of(
        new GitLabCommitStatuses(
            site, credential.token(), api(credential, session, CommitStatusAnswers.MAX_REQUESTS)));
  }

  @Override
  public DeliveryCheck.Factory deliveries() {
    return new GitLabDeliveries(clock);
  }

  private ApiSession api(Credential credential, HostClient.Session session, int maxRequests) {
    return new ApiSession(
        platform(), clock, GitLab::rateLimit, session, credential.token(), maxRequests);
  }

  /**
   * https://docs.gitlab.com/api/oauth2/. A refresh needs the redirect URI of the authorization, and
   * invalidates the old access token along with the old refresh token.
   */
  @Override
  public OAuthDialect oauth(SiteUrl site) {
    return new OAuthDialect(
        site.resolve("/oauth/authorize"),
        site.resolve("/oauth/token"),
        Optional.of(site.resolve("/oauth/authorize_device")),
        new OAuthDialect.Revocation.Endpoint(site.resolve("/oauth/revoke")),
        OAuthDialect.ClientAuthentication.POST,
        true,
        requiredScopes(),
        true,
        OAuthDialect.LostRefresh.SHOWS_IN_OLD_TOKEN,
        OAuthDialect.FaultReader.STANDARD);
  }

  private static boolean isOAuth(Credential credential) {
    return credential.source() == Credential.Source.OAUTH
        || OAUTH_TOKEN.matcher(credential.token().reveal()).matches();
  }

  /** The scopes and the expiry of a token. */
  private record Grant(Scopes scopes, Optional<Instant> expiresAt) {
    static final Grant UNKNOWN = new Grant(new Scopes.Unknown(), Optional.empty());
  }

  /**
   * GET /personal_access_tokens/self, since 15.5, with any scope
   * (https://docs.gitlab.com/api/personal_access_tokens/#self-inform). Older versions, and tokens
   * that are not personal, project or group tokens, get 400 or 404.
   */
  private Outcome<Grant> personalGrant(ApiSession api, ApiResponse answer) {
    if (answer.status() == 400 || answer.status() == 404) {
      return Outcome.done(Grant.UNKNOWN);
    }
    if (!answer.isSuccess()) {
      return refusal(api, answer);
    }
    if (!answer.hasJson()) {
      return api.notThisPlatform(answer);
    }
    Optional<SortedSet<String>> granted = answer.scopes("scopes");
    Optional<Instant> expiresAt = expiryDate(answer);
    if (granted.isEmpty()) {
      return api.lacks("scopes");
    }
    if (answer.json().hasNonNull("expires_at") && expiresAt.isEmpty()) {
      return api.lacks("expires_at");
    }
    if (answer.says("revoked", true)) {
      return api.revoked();
    }
    if (expiresAt.isPresent() && !HostTime.now(answer, clock).isBefore(expiresAt.get())) {
      return api.expired();
    }
    if (answer.says("active", false)) {
      return Outcome.refused(Reason.TokenRejected, "GitLab says that the token is not active.");
    }
    return Outcome.done(new Grant(known(granted.get()), expiresAt));
  }

  /**
   * A date: tokens "expire at midnight UTC on the expiry date"
   * (https://docs.gitlab.com/user/profile/personal_access_tokens/#access-token-expiration).
   */
  private static Optional<Instant> expiryDate(ApiResponse answer) {
    try {
      return answer
          .name("expires_at")
          .map(LocalDate::parse)
          .map(date -> date.atStartOfDay(ZoneOffset.UTC).toInstant());
    } catch (DateTimeException notADate) {
      return Optional.empty();
    }
  }

  /**
   * GET /oauth/token/info (https://docs.gitlab.com/api/oauth2/#retrieve-the-token-information). A
   * token that is not an OAuth token is refused here and may still be valid: the request for the
   * account decides.
   */
  private Outcome<Grant> oauthGrant(ApiSession api, ApiResponse answer) {
    if (answer.status() == 401 && answer.words("error_description").contains("expired")) {
      return api.expired();
    }
    if (answer.status() == 401 && answer.words("error_description").contains("revoked")) {
      return api.revoked();
    }
    if (!answer.isSuccess() && !answer.isHtml()) {
      return Outcome.done(Grant.UNKNOWN);
    }
    if (!answer.hasJson()) {
      return api.notThisPlatform(answer);
    }
    Optional<SortedSet<String>> granted = answer.scopes("scope");
    return granted.isEmpty()
        ? api.lacks("scope")
        : Outcome.done(new Grant(known(granted.get()), oauthExpiry(answer)));
  }

  /**
   * {@code expires_in} is the remaining time in seconds. Computed from now, the expiry would differ
   * by a second each time; lifetimes are whole minutes, so it is computed from the token's
   * creation.
   */
  private Optional<Instant> oauthExpiry(ApiResponse answer) {
    if (!answer.json().path("expires_in").isIntegralNumber()
        || !answer.json().path("expires_in").canConvertToInt()) {
      return Optional.empty();
    }
    Instant now = HostTime.now(answer, clock);
    Instant expiry = now.plusSeconds(answer.json().path("expires_in").intValue());
    JsonNode createdAt = answer.json().path("created_at");
    Instant created =
        createdAt.canConvertToInt() ? Instant.ofEpochSecond(createdAt.longValue()) : now;
    Duration lifetime = Duration.between(created, expiry);
    return Optional.of(created.plus(Duration.ofMinutes(lifetime.plusSeconds(30).toMinutes())));
  }

  private Scopes known(SortedSet<String> granted) {
    SortedSet<String> missing = requiredScopes();
    missing.removeAll(granted);
    return new Scopes.Known(granted, missing);
  }

  private Outcome<Account> account(ApiSession api, ApiResponse answer, Grant grant) {
    if (!answer.isSuccess()) {
      return answer.words("error").equals("insufficient_scope")
              && grant.scopes() instanceof Scopes.Known(var granted, var missing)
          ? api.insufficient(missing, granted)
          : refusal(api, answer);
    }
    String state = answer.words("state");
    if (!state.isEmpty() && !state.equals("active")) {
      return api.blocked(blockage(state.replace('_', ' ')).orElse("is not active"));
    }
    return api.account(answer, "username", "id");
  }

  /**
   * The texts of GitLab's lib/api/api_guard.rb and lib/gitlab/auth/user_access_denied_reason.rb.
   */
  private static <T> Outcome<T> refusal(ApiSession api, ApiResponse answer) {
    String why = answer.words("error_description");
    if (answer.status() == 401 && why.contains("expired")) {
      return api.expired();
    }
    if (answer.status() == 401 && why.contains("revoked")) {
      return api.revoked();
    }
    if (answer.status() != 403) {
      return api.refusal(answer);
    }
    if (answer.words("error").equals("insufficient_scope")) {
      // Its "scope" lists those that suffice for this request; api suffices for every request.
      return api.insufficient(REQUIRED, Set.of());
    }
    Optional<String> blockage = blockage(answer.words("message"));
    if (blockage.isPresent()) {
      return api.blocked(blockage.get());
    }
    return api.refusal(answer);
  }

  /** The state of the account, from a field or the text of a refusal. */
  private static Optional<String> blockage(String words) {
    if (words.contains("pending approval")) {
      return Optional.of("waits for the approval of an administrator");
    }
    if (words.contains("blocked") || words.contains("banned")) {
      return Optional.of("is blocked");
    }
    if (words.contains("deactivated")) {
      return Optional.of("is deactivated");
    }
    if (words.contains("terms of service")) {
      return Optional.of("has not accepted the terms of service");
    }
    return words.contains("password expired")
        ? Optional.of("has a password that expired")
        : Optional.empty();
  }

  /**
   * Besides 429: after many invalid tokens from one address, all its requests are answered with 403
   * in plain text for a while (https://docs.gitlab.com/security/tokens/token_troubleshooting/).
   */
  private static Optional<RateLimit> rateLimit(ApiResponse answer, Clock clock) {
    boolean banned =
        answer.status() == 403
            && answer.header("Content-Type").orElse("").startsWith("text/plain")
            && answer.response().body().strip().equals("Forbidden");
    return banned
        ? Optional.of(new RateLimit(HostTime.retryAfter(answer, clock), Outcome.Scope.HOST))
        : RateLimit.usual(answer, clock);
  }
}
