package dev.codesource.codehost.bitbucket;

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
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.RateLimit;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositoryAnswers;
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
 * Bitbucket, two products with different APIs: Cloud is at bitbucket.org; any other site is treated
 * as a Data Center, and as a Cloud only if it answers as one.
 */
public final class Bitbucket implements CodeHost {
  private static final SiteUrl SITE = https("bitbucket.org", "");
  private static final SiteUrl API = https("api.bitbucket.org", "/2.0");

  private final Clock clock;
  private final SiteUrl publicSite;
  private final SiteUrl publicApi;

  public Bitbucket(Clock clock) {
    this(clock, SITE, API);
  }

  /** With a public site at another address than Atlassian's. */
  public Bitbucket(Clock clock, SiteUrl publicSite, SiteUrl publicApi) {
    this.clock = clock;
    this.publicSite = publicSite;
    this.publicApi = publicApi;
  }

  @Override
  public Platform platform() {
    return Platform.Bitbucket;
  }

  @Override
  public Optional<SiteUrl> publicSite() {
    return Optional.of(publicSite);
  }

  @Override
  public Optional<SiteUrl> publicApi() {
    return Optional.of(publicApi).filter(api -> !api.origin().equals(publicSite.origin()));
  }

  /** Access tokens and API tokens of Bitbucket Cloud. */
  @Override
  public Set<String> tokenPrefixes() {
    return Set.of("ATCTT", "ATATT");
  }

  /** That of API tokens, of the Cloud only. */
  @Override
  public String tokenPage() {
    return "https://id.atlassian.com/manage-profile/security/api-tokens";
  }

  @Override
  public SortedSet<String> tokenPageScopes() {
    return new TreeSet<>(
        Set.of(
            "read:user:bitbucket",
            "read:repository:bitbucket",
            "read:webhook:bitbucket",
            "write:webhook:bitbucket",
            "delete:webhook:bitbucket"));
  }

  /** The names for OAuth and access tokens; API tokens have other names for the same scopes. */
  @Override
  public SortedSet<String> requiredScopes() {
    return new TreeSet<>(Set.of("account", "repository", "webhook"));
  }

  @Override
  public Outcome<Proof> prove(SiteUrl site, Credential credential, HostClient.Session session) {
    ApiSession api =
        new ApiSession(platform(), clock, RateLimit::usual, session, credential.token());
    if (site.equals(publicSite)) {
      return new BitbucketCloud(api, credential).prove(publicApi);
    }
    BitbucketDataCenter dataCenter = new BitbucketDataCenter(api, credential, site);
    return dataCenter
        .properties()
        .then(
            answer ->
                dataCenter.recognizes(answer)
                    ? dataCenter.prove(answer)
                    : cloudElsewhere(api, credential, site, answer));
  }

  /**
   * On a Data Center the user's name
   * (https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html): its
   * project and repository tokens are accepted as Bearer only, which a git login cannot express.
   */
  @Override
  public GitLogin gitLogin(SiteUrl site, Credential credential, Proof.Account account) {
    // Only the Cloud's tokens come with an e-mail address.
    return site.equals(publicSite) || credential.email().isPresent()
        ? BitbucketCloud.gitLogin(credential, account)
        : new GitLogin(account.username(), credential.token());
  }

  @Override
  public Repositories repositories(
      SiteUrl site, Credential credential, HostClient.Session session) {
    ApiSession api = api(credential, session, RepositoryAnswers.MAX_REQUESTS);
    Map<String, String> headers = BitbucketCloud.headers(credential);
    return site.equals(publicSite)
        ? new CloudRepositories(site, publicApi, headers, api)
        : new RepositoriesElsewhere(
            new DataCenterRepositories(site, credential.token(), api),
            new CloudRepositories(site, apiElsewhere(site), headers, api));
  }

  @Override
  public Webhooks webhooks(SiteUrl site, Credential credential, HostClient.Session session) {
    ApiSession api = api(credential, session, WebhookAnswers.MAX_REQUESTS);
    Map<String, String> headers = BitbucketCloud.headers(credential);
    return site.equals(publicSite)
        ? new CloudWebhooks(site, publicApi, headers, api)
        : new WebhooksElsewhere(
            new DataCenterWebhooks(site, credential.token(), api),
            new CloudWebhooks(site, apiElsewhere(site), headers, api));
  }

  @Override
  public Optional<CommitStatuses> commitStatuses(
      SiteUrl site, Credential credential, HostClient.Session session) {
    ApiSession api = api(credential, session, CommitStatusAnswers.MAX_REQUESTS);
    Map<String, String> headers = BitbucketCloud.headers(credential);
    return Optional.of(
        site.equals(publicSite)
            ? new CloudCommitStatuses(site, publicApi, headers, api)
            : new CommitStatusesElsewhere(
                new DataCenterCommitStatuses(site, credential.token(), api),
                new CloudCommitStatuses(site, apiElsewhere(site), headers, api)));
  }

  @Override
  public DeliveryCheck.Factory deliveries() {
    return new BitbucketDeliveries();
  }

  @Override
  public OAuthDialect oauth(SiteUrl site) {
    return site.equals(publicSite)
        ? BitbucketCloud.oauth(site, requiredScopes())
        : BitbucketDataCenter.oauth(site);
  }

  /** For example, a company's proxy for the Cloud's API. */
  private static Outcome<Proof> cloudElsewhere(
      ApiSession api, Credential credential, SiteUrl site, ApiResponse noDataCenter) {
    BitbucketCloud cloud = new BitbucketCloud(api, credential);
    return cloud
        .ask(apiElsewhere(site))
        .then(
            answer ->
                cloud.recognizes(answer)
                    ? cloud.conclude(answer)
                    : api.notThisPlatform(noDataCenter));
  }

  private static SiteUrl apiElsewhere(SiteUrl site) {
    return new SiteUrl(site.origin(), site.path() + "/2.0");
  }

  private ApiSession api(Credential credential, HostClient.Session session, int maxRequests) {
    return new ApiSession(
        platform(), clock, RateLimit::usual, session, credential.token(), maxRequests);
  }

  private static SiteUrl https(String host, String path) {
    return new SiteUrl(new Origin(Origin.Scheme.HTTPS, host, 443), path);
  }
}
