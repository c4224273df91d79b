package dev.codesource.codehost.bitbucket;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Bitbucket Cloud, with one of three credentials: an OAuth token; an API token with its account's
 * e-mail address (https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/); an access
 * token of a repository, project or workspace, which is an account of its own
 * (https://developer.atlassian.com/cloud/bitbucket/rest/intro/#access-tokens).
 */
final class BitbucketCloud {
  /** The prefix of Atlassian's API tokens. */
  private static final String API_TOKEN = "ATATT";

  /**
   * For each required scope, those that include it
   * (https://developer.atlassian.com/cloud/bitbucket/rest/intro/#authentication, where an API
   * token's scopes include no other). The answer itself shows that the account can be read.
   */
  private static final Map<String, Set<String>> SUFFICIENT =
      Map.of(
          "repository",
          Set.of(
              "repository",
              "repository:write",
              "project",
              "pullrequest",
              "pullrequest:write",
              "read:repository:bitbucket-legacy",
              "write:repository:bitbucket-legacy"),
          "webhook",
          Set.of(
              "webhook",
              "read:webhook:bitbucket-legacy",
              "write:webhook:bitbucket-legacy",
              "admin:webhook:bitbucket-legacy"));

  private static final Set<String> API_TOKEN_SCOPES =
      Set.of("read:repository:bitbucket", "read:webhook:bitbucket", "write:webhook:bitbucket");

  private final ApiSession api;
  private final Credential credential;

  BitbucketCloud(ApiSession api, Credential credential) {
    this.api = api;
    this.credential = credential;
  }

  /**
   * https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/. A refresh
   * token can be used once.
   */
  static OAuthDialect oauth(SiteUrl site, SortedSet<String> scopes) {
    return new OAuthDialect(
        site.resolve("/site/oauth2/authorize"),
        site.resolve("/site/oauth2/access_token"),
        Optional.empty(),
        new OAuthDialect.Revocation.None(),
        OAuthDialect.ClientAuthentication.BASIC,
        false,
        scopes,
        false,
        OAuthDialect.LostRefresh.UNKNOWN,
        OAuthDialect.FaultReader.STANDARD);
  }

  Outcome<Proof> prove(SiteUrl apiUrl) {
    return ask(apiUrl).then(this::conclude);
  }

  Outcome<ApiResponse> ask(SiteUrl apiUrl) {
    return api.ask(apiUrl.resolve("/user"), headers(credential));
  }

  static Map<String, String> headers(Credential credential) {
    return credential
        .email()
        .map(email -> ApiSession.basic(email, credential.token()))
        .orElseGet(() -> ApiSession.bearer(credential.token()));
  }

  /** Whether the answer is recognized as the Cloud's. */
  boolean recognizes(ApiResponse answer) {
    return answer.header("WWW-Authenticate").orElse("").contains("Bitbucket.org")
        || (answer.hasJson()
            && (answer.json().has("uuid") || answer.words("type").equals("error")));
  }

  Outcome<Proof> conclude(ApiResponse answer) {
    if (!answer.isSuccess()) {
      return refusal(answer);
    }
    String state = answer.words("account_status");
    if (!state.isEmpty() && !state.equals("active")) {
      return api.blocked("is not active");
    }
    return api.account(answer, nameField(answer), idField(answer))
        .map(account -> new Proof(account, scopes(answer), Optional.empty()));
  }

  /**
   * Fixed names for all tokens except an app password, which belongs to its user: with API tokens
   * (https://support.atlassian.com/bitbucket-cloud/docs/using-api-tokens/), and with access and
   * OAuth tokens (https://support.atlassian.com/bitbucket-cloud/docs/using-access-tokens/,
   * https://support.atlassian.com/bitbucket-cloud/docs/use-oauth-on-bitbucket-cloud/).
   */
  static GitLogin gitLogin(Credential credential, Proof.Account account) {
    String username =
        credential.token().reveal().startsWith(API_TOKEN)
            ? "x-bitbucket-api-token-auth"
            : credential.email().isPresent() ? account.username() : "x-token-auth";
    return new GitLogin(username, credential.token());
  }

  /**
   * An access token does not always have a username. Its identifier is used then, and never its
   * display name: people choose it, and can choose another account's name.
   */
  private static String nameField(ApiResponse answer) {
    return answer.json().has("username") ? "username" : idField(answer);
  }

  /**
   * Every kind of account has a uuid; Atlassian's own identifier replaces it where it is omitted.
   */
  private static String idField(ApiResponse answer) {
    return answer.json().has("uuid") || !answer.json().has("account_id") ? "uuid" : "account_id";
  }

  private static Scopes scopes(ApiResponse answer) {
    Optional<SortedSet<String>> granted =
        answer.header("X-OAuth-Scopes").flatMap(ApiResponse::scopesIn);
    return granted.isEmpty()
        ? new Scopes.Unknown()
        : new Scopes.Known(granted.get(), missing(granted.get()));
  }

  private static SortedSet<String> missing(SortedSet<String> granted) {
    SortedSet<String> missing = new TreeSet<>();
    if (granted.stream().anyMatch(scope -> scope.endsWith(":bitbucket"))) {
      missing.addAll(API_TOKEN_SCOPES);
      missing.removeAll(granted);
    } else {
      for (Map.Entry<String, Set<String>> need : SUFFICIENT.entrySet()) {
        if (Collections.disjoint(need.getValue(), granted)) {
          missing.add(need.getKey());
        }
      }
    }
    return missing;
  }

  /** {@code {"type":"error","error":{"message":…,"detail":{"required":[…],"granted":[…]}}}}. */
  private Outcome<Proof> refusal(ApiResponse answer) {
    Optional<SortedSet<String>> required = answer.scopes("error", "detail", "required");
    if (answer.status() == 403 && required.isPresent()) {
      SortedSet<String> granted =
          answer.scopes("error", "detail", "granted").orElseGet(TreeSet::new);
      SortedSet<String> lacking = new TreeSet<>(required.get());
      lacking.addAll(missing(granted));
      lacking.removeAll(granted);
      return api.insufficient(lacking, granted);
    }
    boolean withoutEmail =
        credential.email().isEmpty() && credential.token().reveal().startsWith(API_TOKEN);
    if (answer.status() == 401 && withoutEmail && !answer.isHtml()) {
      return Outcome.refused(
          Reason.TokenRejected,
          "Bitbucket does not accept the token, which is an API token without its account's e-mail address: add the key email to the Secret.");
    }
    return api.refusal(answer);
  }
}
