package dev.codesource.codehost.gitea;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CommitStatusAnswers;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.OAuthError;
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
import java.time.Clock;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gitea and Forgejo. The scopes of a token are reported only when one is missing
 * (https://docs.gitea.com/development/oauth2-provider#scopes), so a proof takes more requests than
 * the account's, which change nothing:
 *
 * <ol>
 *   <li>whether there are new notifications, for which a binding needs no scope: Gitea refuses that
 *       to most tokens, and reports all scopes of the token with the refusal;
 *   <li>where this reports nothing (Forgejo; a token that may read notifications), one repository
 *       of the account: this shows whether the token may read code, and not whether it may set
 *       webhooks.
 * </ol>
 */
public final class Gitea implements CodeHost {
  private static final int MAX_REQUESTS = 3;
  private static final String TO_READ_CODE_AND_SET_WEBHOOKS = "write:repository";

  private static final Pattern MISSING_SCOPE =
      Pattern.compile(
          "\\[(?<required>[\\w:, -]{1,300})\\](?:, token scope=(?<granted>[\\w:,-]{0,500}))?");

  /** For each required scope, those that include it: writing includes reading. */
  private static final Map<String, Set<String>> SUFFICIENT =
      Map.of(
          "read:user",
          Set.of("read:user", "write:user", "all"),
          TO_READ_CODE_AND_SET_WEBHOOKS,
          Set.of(TO_READ_CODE_AND_SET_WEBHOOKS, "all"));

  private final Clock clock;

  public Gitea(Clock clock) {
    this.clock = clock;
  }

  @Override
  public Platform platform() {
    return Platform.Gitea;
  }

  @Override
  public Optional<SiteUrl> publicSite() {
    return Optional.empty();
  }

  /**
   * {@code read:user} for the account, {@code write:repository} for code and its webhooks
   * (https://docs.gitea.com/development/oauth2-provider#scopes).
   */
  @Override
  public String tokenPage() {
    return "/user/settings/applications";
  }

  @Override
  public SortedSet<String> requiredScopes() {
    return new TreeSet<>(SUFFICIENT.keySet());
  }

  @Override
  public Outcome<Proof> prove(SiteUrl site, Credential credential, HostClient.Session session) {
    ApiSession api = api(credential, session, MAX_REQUESTS);
    Map<String, String> headers = ApiSession.bearer(credential.token());
    return api.ask(site.resolve("/api/v1/user"), headers)
        .then(answer -> answer.isSuccess() ? account(api, answer) : refusal(api, answer))
        .then(
            account ->
                scopes(api, site, headers)
                    .map(scopes -> new Proof(account, scopes, Optional.empty())));
  }

  private Outcome<Scopes> scopes(ApiSession api, SiteUrl site, Map<String, String> headers) {
    return api.askInAddition(site.resolve("/api/v1/notifications/new"), headers)
        .then(
            answer ->
                answer
                    .filter(Gitea::isForWantOfScope)
                    .flatMap(refused -> granted(refused.words("message")))
                    .map(granted -> Outcome.<Scopes>done(known(granted)))
                    .orElseGet(() -> scopesForCode(api, site, headers)));
  }

  private Outcome<Scopes> scopesForCode(ApiSession api, SiteUrl site, Map<String, String> headers) {
    return api.askInAddition(site.resolve("/api/v1/user/repos?limit=1"), headers)
        .then(
            answer ->
                answer.filter(Gitea::isForWantOfScope).isPresent()
                    ? api.insufficient(Set.of(TO_READ_CODE_AND_SET_WEBHOOKS), Set.of())
                    : Outcome.done(new Scopes.Unknown()));
  }

  private static Scopes known(SortedSet<String> granted) {
    return new Scopes.Known(granted, missing(granted));
  }

  /**
   * The login, with access tokens and OAuth tokens alike
   * (https://docs.gitea.com/development/api-usage#authentication).
   */
  @Override
  public GitLogin gitLogin(SiteUrl site, Credential credential, Proof.Account account) {
    return new GitLogin(account.username(), credential.token());
  }

  @Override
  public Repositories repositories(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return new GiteaRepositories(
        site, credential.token(), api(credential, session, RepositoryAnswers.MAX_REQUESTS));
  }

  @Override
  public Webhooks webhooks(SiteUrl site, Credential credential, HostClient.Session session) {
    return new GiteaWebhooks(
        site, credential.token(), api(credential, session, WebhookAnswers.MAX_REQUESTS));
  }

  @Override
  public Optional<CommitStatuses> commitStatuses(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return Optional.of(
        new GiteaCommitStatuses(
            site, credential.token(), api(credential, session, CommitStatusAnswers.MAX_REQUESTS)));
  }

  @Override
  public DeliveryCheck.Factory deliveries() {
    return new GiteaDeliveries();
  }

  private ApiSession api(Credential credential, HostClient.Session session, int maxRequests) {
    return new ApiSession(
        platform(), clock, RateLimit::usual, session, credential.token(), maxRequests);
  }

  /**
   * https://docs.gitea.com/development/oauth2-provider. A refresh token can be used more than once,
   * unless the site's administrator has set INVALIDATE_REFRESH_TOKENS; then a second use is
   * refused.
   */
  @Override
  public OAuthDialect oauth(SiteUrl site) {
    return new OAuthDialect(
        site.resolve("/login/oauth/authorize"),
        site.resolve("/login/oauth/access_token"),
        Optional.empty(),
        new OAuthDialect.Revocation.None(),
        OAuthDialect.ClientAuthentication.POST,
        true,
        requiredScopes(),
        false,
        OAuthDialect.LostRefresh.MAY_BE_REPEATED,
        Gitea::fault);
  }

  /**
   * A used code or refresh token gets {@code unauthorized_client}, like a wrong client secret; the
   * texts of Gitea's routers/web/auth/oauth2_provider.go distinguish them.
   */
  private static OAuthError fault(String error, String description) {
    boolean isGrant =
        error.equals("unauthorized_client")
            && !description.contains("client secret")
            && !description.contains("code challenge");
    return isGrant ? OAuthError.GRANT_REJECTED : OAuthError.of(error);
  }

  private static Outcome<Account> account(ApiSession api, ApiResponse answer) {
    if (answer.says("prohibit_login", true)) {
      return api.blocked("may not log on");
    }
    if (answer.says("active", false)) {
      return api.blocked("is not active");
    }
    return api.account(answer, "login", "id");
  }

  /** The texts of Gitea's routers/api/v1/api.go and modules/context/api.go. */
  private static <T> Outcome<T> refusal(ApiSession api, ApiResponse answer) {
    String message = answer.words("message");
    if (isForWantOfScope(answer)) {
      return missingScope(api, message);
    }
    if (answer.status() == 403 && message.contains("prohibited")) {
      return api.blocked("may not log on");
    }
    if (answer.status() == 403 && message.contains("not activated")) {
      return api.blocked("is not active");
    }
    if (answer.status() == 403 && message.contains("change your password")) {
      return api.blocked("must change its password first");
    }
    return api.refusal(answer);
  }

  private static boolean isForWantOfScope(ApiResponse answer) {
    return answer.status() == 403 && answer.words("message").contains("required scope");
  }

  /**
   * Gitea: {@code token does not have at least one of required scope(s), required=[read:user],
   * token scope=read:repository}; then all missing scopes are named at once. Forgejo: {@code
   * …required scope(s): [read:user]}, which does not name other missing scopes.
   */
  private static <T> Outcome<T> missingScope(ApiSession api, String message) {
    return granted(message)
        .map(granted -> api.<T>insufficient(missing(granted), granted))
        .orElseGet(() -> api.insufficient(required(message), Set.of()));
  }

  private static Optional<SortedSet<String>> granted(String message) {
    Matcher match = MISSING_SCOPE.matcher(message);
    return match.find()
        ? Optional.ofNullable(match.group("granted")).flatMap(ApiResponse::scopesIn)
        : Optional.empty();
  }

  private static SortedSet<String> required(String message) {
    Matcher match = MISSING_SCOPE.matcher(message);
    return match.find()
        ? ApiResponse.scopesIn(match.group("required")).orElseGet(TreeSet::new)
        : new TreeSet<>();
  }

  private static SortedSet<String> missing(SortedSet<String> granted) {
    SortedSet<String> missing = new TreeSet<>(SUFFICIENT.keySet());
    missing.removeIf(
        scope -> !Collections.disjoint(SUFFICIENT.getOrDefault(scope, Set.of()), granted));
    return missing;
  }
}
