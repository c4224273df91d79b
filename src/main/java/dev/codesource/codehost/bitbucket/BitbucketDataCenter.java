package dev.codesource.codehost.bitbucket;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.codehost.Scopes;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bitbucket Data Center. It has no resource for the current user: the header {@code X-AUSERNAME} of
 * its answers names the user, and a second request finds the user by that name.
 *
 * <p>HTTP access tokens of a project or repository are service users of their own
 * (https://confluence.atlassian.com/bitbucketserver/http-access-tokens-939515499.html).
 */
final class BitbucketDataCenter {
  private static final Pattern PERCENT = Pattern.compile("(?:%[0-9A-Fa-f]{2})+");

  private static final Pattern USERNAME = Pattern.compile("[\\p{L}\\p{N}@._/+-]{1,255}");

  private final ApiSession api;
  private final Credential credential;
  private final SiteUrl site;

  BitbucketDataCenter(ApiSession api, Credential credential, SiteUrl site) {
    this.api = api;
    this.credential = credential;
    this.site = site;
  }

  /**
   * https://confluence.atlassian.com/bitbucketserver/bitbucket-oauth-2-0-provider-api-1108483661.html.
   * {@code REPO_ADMIN} includes reading and writing, and is required for webhooks.
   */
  static OAuthDialect oauth(SiteUrl site) {
    return new OAuthDialect(
        site.resolve("/rest/oauth2/latest/authorize"),
        site.resolve("/rest/oauth2/latest/token"),
        Optional.empty(),
        new OAuthDialect.Revocation.Endpoint(site.resolve("/rest/oauth2/latest/revoke")),
        OAuthDialect.ClientAuthentication.POST,
        true,
        new TreeSet<>(Set.of("REPO_ADMIN")),
        false,
        OAuthDialect.LostRefresh.UNKNOWN,
        OAuthDialect.FaultReader.STANDARD);
  }

  /** These need no credential: an answer alone does not show that the token was accepted. */
  Outcome<ApiResponse> properties() {
    return ask("/rest/api/1.0/application-properties");
  }

  /** Whether the answer is recognized as a Data Center's. */
  boolean recognizes(ApiResponse answer) {
    return answer.header("X-AREQUESTID").isPresent()
        || user(answer).isPresent()
        || answer.words("displayName").contains("bitbucket")
        || answer.json().path("errors").isArray()
        || (isRefusal(answer) && !isTheCloud(answer));
  }

  private static boolean isRefusal(ApiResponse answer) {
    return (answer.status() == 401 || answer.status() == 403) && !answer.isHtml();
  }

  private static boolean isTheCloud(ApiResponse answer) {
    return answer.header("WWW-Authenticate").orElse("").contains("Bitbucket.org");
  }

  Outcome<Proof> prove(ApiResponse properties) {
    if (!properties.isSuccess()) {
      return api.refusal(properties);
    }
    if (!properties.hasJson()) {
      return api.notThisPlatform(properties);
    }
    if (properties.name("version").isEmpty()) {
      return api.lacks("version");
    }
    return user(properties)
        .map(name -> named(name, properties))
        .orElseGet(this::whoAmI)
        .map(account -> new Proof(account, new Scopes.Unknown(), Optional.empty()));
  }

  /** Requests the user that the header names, for its state and its identifier. */
  private Outcome<Account> named(String name, ApiResponse properties) {
    return ask("/rest/api/1.0/users/" + slug(name))
        .then(
            answer -> {
              if (!answer.isSuccess() || !answer.words("name").equals(lowerCase(name))) {
                return Outcome.done(
                    new Account(
                        name,
                        properties.header("X-AUSERID").filter(ApiResponse::isName).orElse(name)));
              }
              return answer.says("active", false)
                  ? api.blocked("is not active")
                  : api.account(answer, "name", "id");
            });
  }

  /**
   * Where a proxy removes the header, this servlet of Application Links returns the name, or
   * nothing without a login.
   */
  private Outcome<Account> whoAmI() {
    return ask("/plugins/servlet/applinks/whoami")
        .then(
            answer -> {
              Optional<String> name = user(answer).or(() -> said(answer));
              return name.isPresent()
                  ? Outcome.done(new Account(name.get(), name.get()))
                  : Outcome.refused(
                      Reason.TokenRejected,
                      "Bitbucket answers as it does without a login: it does not know the token.");
            });
  }

  private static Optional<String> said(ApiResponse answer) {
    boolean isText = answer.header("Content-Type").orElse("text/plain").startsWith("text/plain");
    return Optional.of(answer.response().body().strip())
        .filter(text -> answer.isSuccess() && isText && USERNAME.matcher(text).matches());
  }

  private Outcome<ApiResponse> ask(String path) {
    return api.ask(site.resolve(path), ApiSession.bearer(credential.token()));
  }

  /** In the header's value, characters beyond ASCII are percent-encoded. */
  private static Optional<String> user(ApiResponse answer) {
    return answer
        .header("X-AUSERNAME")
        .map(BitbucketDataCenter::decode)
        .filter(ApiResponse::isName)
        .filter(name -> !name.equals("anonymous"));
  }

  private static String decode(String encoded) {
    return PERCENT
        .matcher(encoded)
        .replaceAll(
            octets -> {
              byte[] bytes = new byte[octets.group().length() / 3];
              for (int i = 0; i < bytes.length; i++) {
                bytes[i] =
                    (byte) Integer.parseInt(octets.group().substring(3 * i + 1, 3 * i + 3), 16);
              }
              return Matcher.quoteReplacement(new String(bytes, StandardCharsets.UTF_8));
            });
  }

  /** The user's slug, which is used in URLs: in lower case, with all other characters replaced. */
  private static String slug(String name) {
    return lowerCase(name).replaceAll("[^a-z0-9._-]", "_");
  }

  private static String lowerCase(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
