package dev.codesource.codehost.github;

import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.CommitStatusAnswers;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.DeliveryCheck;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.HostTime;
import dev.codesource.codehost.InstallationTokens;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.OAuthError;
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
import dev.codesource.reason.Reason;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** GitHub: github.com, Enterprise Cloud with data residency, Enterprise Server. */
public final class GitHub implements CodeHost {
  private static final SiteUrl SITE = https("github.com");
  private static final SiteUrl API = https("api.github.com");

  /** The oldest version, which Enterprise Server has too; its API has versions since 3.9. */
  private static final String API_VERSION = "2022-11-28";

  /** The prefix of tokens of app installations. */
  private static final String INSTALLATION_TOKEN = "ghs_";

  private static final String PRIVATE_CODE = "repo";
  private static final Set<String> REQUIRED = Set.of(PRIVATE_CODE, "admin:repo_hook");
  private static final DateTimeFormatter EXPIRATION =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss XX", Locale.ROOT);
  private static final Pattern SSO =
      Pattern.compile("required;\\s*url=(https://[^\\s?#]{1,300}).*");

  private static final String SCOPES = "X-OAuth-Scopes";
  private static final String TOKEN_EXPIRATION = "GitHub-Authentication-Token-Expiration";
  private static final int NOT_MODIFIED = 304;

  /** Each takes some hundred bytes. */
  private static final int MOST_REMEMBERED = 10_000;

  /** Of other sites. Such an answer may take 3 kB when the host wants it to. */
  private static final int MOST_OF_OTHERS = 4_000;

  private static final int MOST_OF_ONE_OTHER = MOST_OF_OTHERS / 4;

  /**
   * A token of an installation takes up to 4 kB when the host wants it to, else some hundred bytes.
   */
  private static final int MOST_INSTALLATIONS = 4_000;

  private static final int MOST_INSTALLATIONS_OF_OTHERS = 1_000;

  private final Clock clock;
  private final SiteUrl publicSite;
  private final SiteUrl publicApi;

  /** Apart from those of other sites, whose hosts may be hostile. */
  private final ETagCache publicEtags = new ETagCache(MOST_REMEMBERED, MOST_REMEMBERED);

  private final ETagCache otherEtags = new ETagCache(MOST_OF_OTHERS, MOST_OF_ONE_OTHER);

  private final InstallationTokenCache publicInstallations;
  private final InstallationTokenCache otherInstallations;

  public GitHub(Clock clock) {
    this(clock, SITE, API);
  }

  /** With a public site at another address than GitHub's. */
  public GitHub(Clock clock, SiteUrl publicSite, SiteUrl publicApi) {
    this.clock = clock;
    this.publicSite = publicSite;
    this.publicApi = publicApi;
    this.publicInstallations = new InstallationTokenCache(MOST_INSTALLATIONS, clock);
    this.otherInstallations = new InstallationTokenCache(MOST_INSTALLATIONS_OF_OTHERS, clock);
  }

  @Override
  public Platform platform() {
    return Platform.GitHub;
  }

  @Override
  public Optional<SiteUrl> publicSite() {
    return Optional.of(publicSite);
  }

  @Override
  public Optional<SiteUrl> publicApi() {
    return Optional.of(publicApi).filter(api -> !api.origin().equals(publicSite.origin()));
  }

  /**
   * https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github#githubs-token-formats
   */
  @Override
  public Set<String> tokenPrefixes() {
    return Set.of("ghp_", "gho_", "ghu_", "ghs_", "github_pat_");
  }

  /**
   * {@code repo} to read private code and {@code admin:repo_hook} to set webhooks
   * (https://docs.github.com/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps).
   */
  @Override
  public String tokenPage() {
    return "/settings/tokens";
  }

  @Override
  public SortedSet<String> requiredScopes() {
    return new TreeSet<>(REQUIRED);
  }

  /**
   * Sends a conditional request: a 304 "does not count against your primary rate limit"
   * (https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api#use-conditional-requests).
   * Authorization is checked first: a token that is no longer valid gets 401 nevertheless.
   */
  @Override
  public Outcome<Proof> prove(SiteUrl site, Credential credential, HostClient.Session session) {
    if (credential.installation().isPresent()) {
      return app(site, credential, session).prove();
    }
    ApiSession api = api(credential, session);
    URI question = api(site).resolve("/user");
    Map<String, String> headers = headers(credential);
    ETagCache etags = site.equals(publicSite) ? publicEtags : otherEtags;
    Optional<ETagCache.Earlier> before = etags.to(question, credential.token(), clock.instant());
    before.ifPresent(known -> headers.put("If-None-Match", known.etag()));
    return api.ask(question, headers)
        .then(
            answer -> {
              if (answer.status() == NOT_MODIFIED && before.isPresent()) {
                return Outcome.done(confirmed(before.get(), answer));
              }
              if (!answer.isSuccess()) {
                etags.forget(question, credential.token());
                return refusal(api, answer, site);
              }
              return api.account(answer, "login", "id")
                  .map(
                      account -> {
                        var granted = answer.header(SCOPES).flatMap(ApiResponse::scopesIn);
                        var expiry = expiry(answer.header(TOKEN_EXPIRATION));
                        etags.remember(
                            question,
                            credential.token(),
                            answer,
                            account,
                            granted,
                            expiry,
                            clock.instant());
                        return new Proof(account, scopes(granted), expiry);
                      });
            });
  }

  @Override
  public Optional<InstallationTokens> installationTokens() {
    return Optional.of(
        (site, credential, session) ->
            app(site, credential, session).mint(InstallationUse.CONSUMERS));
  }

  private GitHubApp app(SiteUrl site, Credential credential, HostClient.Session session) {
    return new GitHubApp(
        api(site),
        credential.installation().orElseThrow(),
        headers(credential),
        api(credential, session),
        clock);
  }

  private Installation installation(
      SiteUrl site, Credential credential, HostClient.Session session, InstallationUse use) {
    return new Installation(
        site.equals(publicSite) ? publicInstallations : otherInstallations,
        site,
        credential,
        use,
        () -> app(site, credential, session).mint(use));
  }

  @Override
  public Repositories repositories(
      SiteUrl site, Credential credential, HostClient.Session session) {
    if (credential.installation().isPresent()) {
      return new Installation.OwnRepositories(
          installation(site, credential, session, InstallationUse.CODE),
          token -> readWith(site, token, session));
    }
    return readWith(site, credential, session);
  }

  private GitHubRepositories readWith(SiteUrl site, Credential token, HostClient.Session session) {
    return new GitHubRepositories(
        site, api(site), headers(token), api(token, session, RepositoryAnswers.MAX_REQUESTS));
  }

  @Override
  public Webhooks webhooks(SiteUrl site, Credential credential, HostClient.Session session) {
    if (credential.installation().isPresent()) {
      return new Installation.OwnWebhooks(
          installation(site, credential, session, InstallationUse.WEBHOOKS),
          token -> webhooks(site, token, session));
    }
    return new GitHubWebhooks(
        api(site), headers(credential), api(credential, session, WebhookAnswers.MAX_REQUESTS));
  }

  @Override
  public Optional<CommitStatuses> commitStatuses(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return Optional.of(
        credential.installation().isPresent()
            ? new Installation.OwnCommitStatuses(
                installation(site, credential, session, InstallationUse.STATUSES),
                token -> withToken(site, token, session))
            : withToken(site, credential, session));
  }

  private CommitStatuses withToken(
      SiteUrl site, Credential credential, HostClient.Session session) {
    return new GitHubCommitStatuses(
        site,
        api(site),
        headers(credential),
        api(credential, session, CommitStatusAnswers.MAX_REQUESTS));
  }

  @Override
  public DeliveryCheck.Factory deliveries() {
    return new GitHubDeliveries();
  }

  private ApiSession api(Credential credential, HostClient.Session session) {
    return api(credential, session, ApiSession.VERIFICATION);
  }

  private ApiSession api(Credential credential, HostClient.Session session, int maxRequests) {
    return new ApiSession(
        platform(), clock, GitHub::rateLimit, session, credential.token(), maxRequests);
  }

  private static Map<String, String> headers(Credential credential) {
    Map<String, String> headers = new LinkedHashMap<>(ApiSession.bearer(credential.token()));
    headers.put("X-GitHub-Api-Version", API_VERSION);
    return headers;
  }

  /** What an answer has itself replaces what was said before (RFC 9111 section 3.2). */
  private static Proof confirmed(ETagCache.Earlier before, ApiResponse answer) {
    Optional<String> granted = answer.header(SCOPES);
    Optional<String> expiry = answer.header(TOKEN_EXPIRATION);
    return new Proof(
        before.account(),
        scopes(granted.isPresent() ? granted.flatMap(ApiResponse::scopesIn) : before.scopes()),
        expiry.isPresent() ? expiry(expiry) : before.expiresAt());
  }

  /**
   * The login; with an app's installation token, which has no account, {@code x-access-token}
   * (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/authenticating-as-a-github-app-installation#about-authentication-as-a-github-app-installation).
   */
  @Override
  public GitLogin gitLogin(SiteUrl site, Credential credential, Proof.Account account) {
    return new GitLogin(
        credential.token().reveal().startsWith(INSTALLATION_TOKEN)
            ? "x-access-token"
            : account.username(),
        credential.token());
  }

  /** Git is given a token of the app's installation, since it cannot send what the app signs. */
  @Override
  public <T> Outcome<T> asGit(
      SiteUrl site,
      Credential credential,
      Proof.Account account,
      HostClient.Session session,
      Function<GitLogin, Outcome<T>> work) {
    return credential.installation().isPresent()
        ? installation(site, credential, session, InstallationUse.CODE).asGit(work)
        : work.apply(gitLogin(site, credential, account));
  }

  /**
   * https://docs.github.com/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps. Tokens of
   * GitHub Apps expire, and a refresh invalidates both old tokens
   * (https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app/refreshing-user-access-tokens).
   */
  @Override
  public OAuthDialect oauth(SiteUrl site) {
    return new OAuthDialect(
        site.resolve("/login/oauth/authorize"),
        site.resolve("/login/oauth/access_token"),
        Optional.of(site.resolve("/login/device/code")),
        new OAuthDialect.Revocation.OfApplication(api(site)),
        OAuthDialect.ClientAuthentication.POST,
        true,
        requiredScopes(),
        false,
        OAuthDialect.LostRefresh.SHOWS_IN_OLD_TOKEN,
        GitHub::fault);
  }

  /**
   * Errors come with status 200
   * (https://docs.github.com/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors).
   */
  private static OAuthError fault(String error, String description) {
    return switch (error) {
      case "bad_verification_code", "bad_refresh_token", "incorrect_device_code" ->
          OAuthError.GRANT_REJECTED;
      case "incorrect_client_credentials",
          "redirect_uri_mismatch",
          "application_suspended",
          "device_flow_disabled" ->
          OAuthError.CLIENT_REJECTED;
      case "unverified_user_email" -> OAuthError.DENIED;
      default -> OAuthError.of(error);
    };
  }

  /**
   * The base URL of the API: beside the public site; beside a site with data residency
   * (https://docs.github.com/enterprise-cloud@latest/admin/data-residency/network-details-for-ghecom);
   * under an Enterprise Server (https://docs.github.com/enterprise-server@latest/rest).
   */
  private SiteUrl api(SiteUrl site) {
    if (site.equals(publicSite)) {
      return publicApi;
    }
    Origin origin = site.origin();
    if (origin.host().endsWith(".ghe.com")) {
      return new SiteUrl(
          new Origin(origin.scheme(), "api." + origin.host(), origin.port()), site.path());
    }
    return new SiteUrl(origin, site.path() + "/api/v3");
  }

  /**
   * {@code X-OAuth-Scopes} is present for classic and OAuth tokens, and empty for one without
   * scopes. Fine-grained tokens have permissions, which no header reports.
   *
   * <p>{@code repo} includes the webhooks of repositories: GitHub's own {@code
   * X-Accepted-OAuth-Scopes} of their endpoints lists it beside {@code admin:repo_hook}.
   */
  private static Scopes scopes(Optional<SortedSet<String>> granted) {
    if (granted.isEmpty()) {
      return new Scopes.Unknown();
    }
    SortedSet<String> missing = new TreeSet<>();
    if (!granted.get().contains(PRIVATE_CODE)) {
      missing.addAll(REQUIRED);
      missing.removeAll(granted.get());
    }
    return new Scopes.Known(granted.get(), missing);
  }

  /** In two forms: {@code 2022-09-29 09:53:54 UTC} and {@code 2026-02-06 07:42:23 +0100}. */
  private static Optional<Instant> expiry(Optional<String> header) {
    try {
      return header
          .map(text -> text.strip().replaceFirst(" UTC$", " +0000"))
          .map(text -> Instant.from(EXPIRATION.parse(text)));
    } catch (DateTimeException unknownForm) {
      return Optional.empty();
    }
  }

  private static Outcome<Proof> refusal(ApiSession api, ApiResponse answer, SiteUrl site) {
    Optional<String> sso =
        answer.header("X-GitHub-SSO").filter(value -> value.startsWith("required"));
    if (sso.isPresent()) {
      return api.blocked(
          "must sign on to an organization that demands SAML single sign-on"
              + signOnPage(sso.get(), site)
                  .map(page -> ", and authorize the token at " + page)
                  .orElse(""));
    }
    String message = answer.words("message");
    if (answer.status() != 403) {
      return api.refusal(answer);
    }
    if (message.contains("suspended")) {
      return api.blocked("is suspended");
    }
    if (message.contains("resource not accessible by integration")) {
      return Outcome.refused(
          Reason.TokenRejected,
          "GitHub says that the token is an app's, which has no account of its own.");
    }
    return message.contains("resource not accessible by personal access token")
        ? api.insufficient(Set.of(), Set.of())
        : api.refusal(answer);
  }

  /**
   * The page without its query, which differs each time and is valid for an hour
   * (https://docs.github.com/rest/authentication/authenticating-to-the-rest-api).
   */
  private static Optional<String> signOnPage(String header, SiteUrl site) {
    Matcher required = SSO.matcher(header);
    if (!required.matches()) {
      return Optional.empty();
    }
    try {
      URI page = URI.create(required.group(1));
      return Optional.of(page)
          .filter(p -> site.origin().host().equals(p.getAuthority()))
          .map(URI::toASCIIString);
    } catch (IllegalArgumentException notAnAddress) {
      return Optional.empty();
    }
  }

  /**
   * Primary limits belong to the account, secondary ones to the way the host is used
   * (https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit):
   * the wait is that of Retry-After, or else until the reset of an exhausted limit, or else a
   * minute.
   */
  private static Optional<RateLimit> rateLimit(ApiResponse answer, Clock clock) {
    if (answer.status() != 403 && answer.status() != 429) {
      return Optional.empty();
    }
    Optional<Instant> retryAfter = HostTime.retryAfter(answer, clock);
    if (retryAfter.isPresent()) {
      return Optional.of(new RateLimit(retryAfter, Outcome.Scope.HOST));
    }
    Optional<Instant> reset = HostTime.reset("X-RateLimit-Reset", answer, clock);
    Optional<Instant> aMinute = Optional.of(clock.instant().plus(Duration.ofMinutes(1)));
    if (RateLimit.nothingRemains(answer)) {
      return Optional.of(new RateLimit(reset.or(() -> aMinute), Outcome.Scope.CREDENTIAL));
    }
    String message = answer.words("message");
    boolean secondary =
        answer.status() == 429
            || answer.header("gh-limited-by").isPresent()
            || message.contains("secondary rate limit")
            || message.contains("abuse detection")
            // After many invalid tokens even valid ones are refused for a while.
            || message.contains("maximum number of login attempts");
    return secondary ? Optional.of(new RateLimit(aMinute, Outcome.Scope.HOST)) : Optional.empty();
  }

  private static SiteUrl https(String host) {
    return new SiteUrl(new Origin(Origin.Scheme.HTTPS, host, 443), "");
  }
}
