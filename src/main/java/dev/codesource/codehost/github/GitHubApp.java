package dev.codesource.codehost.github;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.GitLogin;
import dev.codesource.codehost.HostTime;
import dev.codesource.codehost.InstallationToken;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.codehost.Scopes;
import dev.codesource.credential.Token;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * A GitHub App, as one of its installations (https://docs.github.com/rest/apps/apps).
 *
 * @param headers with the assertion that the app signed
 */
record GitHubApp(
    SiteUrl apiUrl, String installation, Map<String, String> headers, ApiSession api, Clock clock) {

  /** The user name for git with a token of an installation. */
  static final String GIT_USER = "x-access-token";

  private static final String CONTENTS = "contents";
  private static final Pattern PERMISSION = Pattern.compile("[a-z_]{1,60}");
  private static final Pattern LEVEL = Pattern.compile("read|write|admin");
  private static final int MOST_PERMISSIONS = 200;

  /** Forty characters long, or some hundreds with a JWT in it. */
  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{16,4000}");

  /** The clock difference that makes the assertion invalid. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  /** Verifies the app of the private key, the installation, and its permissions. */
  Outcome<Proof> prove() {
    return api.ask(apiUrl.resolve("/app"), headers)
        .then(this::account)
        .then(
            account ->
                api.ask(installationUri(""), headers)
                    .then(answer -> scopes(answer, account))
                    .map(scopes -> new Proof(account, scopes, Optional.empty())));
  }

  /** An app acts under the name of its bot. */
  private Outcome<Account> account(ApiResponse answer) {
    if (answer.isSuccess()) {
      return api.account(answer, "slug", "id")
          .map(app -> new Account(app.username() + "[bot]", app.id()));
    }
    if (answer.status() == 404 && answer.words("message").contains("integration not found")) {
      return Outcome.refused(
          Reason.TokenRejected, "GitHub knows no app of the app_id in the Secret.");
    }
    return answer.status() == 401 && answer.hasJson()
        ? Outcome.refused(
            Reason.TokenRejected,
            "GitHub answers 401 to the assertion that is signed with the private key: it is not a key of the app that app_id names, or no longer one%s."
                .formatted(clocksDiffer(answer) ? ", or the clocks differ" : ""))
        : api.refusal(answer);
  }

  private boolean clocksDiffer(ApiResponse answer) {
    Duration skew = Duration.between(HostTime.now(answer, clock), clock.instant()).abs();
    return skew.compareTo(SKEW) > 0;
  }

  private Outcome<Scopes> scopes(ApiResponse answer, Account account) {
    if (answer.status() == 404 && answer.hasJson()) {
      return Outcome.refused(
          Reason.TokenRejected,
          "%s has no installation %s: it was uninstalled, or the installation_id in the Secret is wrong."
              .formatted(account.username(), installation));
    }
    if (!answer.isSuccess()) {
      return api.refusal(answer);
    }
    if (!answer.hasJson()) {
      return api.notThisPlatform(answer);
    }
    if (answer.json().hasNonNull("suspended_at")) {
      return Outcome.refused(
          Reason.AccountBlocked,
          "GitHub says that the installation %s of %s is suspended."
              .formatted(installation, account.username()));
    }
    JsonNode permissions = answer.json().path("permissions");
    return permissions.isObject() && permissions.size() <= MOST_PERMISSIONS
        ? Outcome.done(scopes(permissions))
        : api.lacks("permissions");
  }

  private static Scopes scopes(JsonNode permissions) {
    SortedSet<String> granted = new TreeSet<>();
    for (Map.Entry<String, JsonNode> permission : permissions.properties()) {
      String level = permission.getValue().asText("");
      if (PERMISSION.matcher(permission.getKey()).matches() && LEVEL.matcher(level).matches()) {
        granted.add(permission.getKey() + ":" + level);
      }
    }
    SortedSet<String> missing = new TreeSet<>();
    if (granted.stream().noneMatch(each -> each.startsWith(CONTENTS + ":"))) {
      missing.add(CONTENTS + ":read");
    }
    return new Scopes.Known(granted, missing);
  }

  /** A token for an hour, with fewer permissions than the installation. */
  Outcome<InstallationToken> mint(InstallationUse use) {
    HostRequest request =
        new HostRequest(
            Method.POST,
            installationUri("/access_tokens"),
            headers,
            Optional.of(HostRequest.Body.json(use.request())));
    return api.send(request)
        .then(answer -> answer.isSuccess() ? minted(answer) : refusal(answer, use));
  }

  private <T> Outcome<T> refusal(ApiResponse answer, InstallationUse use) {
    return answer.status() >= 400 && answer.status() < 500 && answer.hasJson()
        ? new Outcome.Refused<>(use.refused(answer, installation))
        : api.notThisPlatform(answer);
  }

  private Outcome<InstallationToken> minted(ApiResponse answer) {
    JsonNode token = answer.json().path("token");
    Optional<Instant> expiresAt = answer.name("expires_at").flatMap(GitHubApp::time);
    if (expiresAt.isEmpty()) {
      return api.lacks("expires_at");
    }
    return token.isTextual() && TOKEN.matcher(token.textValue()).matches()
        ? Outcome.done(
            new InstallationToken(
                new GitLogin(GIT_USER, new Token(token.textValue())), expiresAt.get()))
        : api.lacks("token");
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  private URI installationUri(String rest) {
    return apiUrl.resolve("/app/installations/" + installation + rest);
  }

  /** Without the headers. */
  @Override
  public String toString() {
    return "the installation " + installation + " at " + apiUrl;
  }
}
