package dev.codesource.testhost;

import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * How a platform answers, as its documents and recorded answers have it. The accounts have no
 * repositories; {@link WebhookShelf} has some.
 */
@FunctionalInterface
public interface Dialect {

  Answer answer(Asked asked, Function<String, Optional<Grant>> grants);

  /**
   * A site without a path: below any other path than the API's there is a page that says so. The
   * dialects themselves answer below any path, as sites with one do.
   */
  static Dialect atRoot(Dialect dialect) {
    return (asked, grants) ->
        asked.path().startsWith("/api/") || asked.path().startsWith("/rest/")
            ? dialect.answer(asked, grants)
            : Answer.html(404, "<h1>404: Page not found</h1>");
  }

  /** GitLab 17: personal access token introspection and the current user. */
  static Dialect gitLab() {
    return (asked, grants) -> {
      Optional<Grant> grant = grants.apply(asked.token());
      if (grant.isEmpty()) {
        return Answer.json(401, "{\"message\":\"401 Unauthorized\"}");
      }
      return switch (asked.path().replaceFirst("^.*/api/v4", "")) {
        case "/personal_access_tokens/self" ->
            Answer.json(
                200,
                """
                {"id":17,"name":"build","revoked":false,"active":true,"user_id":%s,"scopes":%s,"expires_at":%s}"""
                    .formatted(
                        grant.get().id(),
                        strings(grant.get()),
                        grant.get().expiresAt().map("\"%s\""::formatted).orElse("null")));
        case "/user" ->
            !grant.get().may("api", "read_api", "read_user")
                ? Answer.json(
                    403,
                    """
                    {"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token.","scope":"api read_user read_api"}""")
                : grant.get().state().equals("active")
                    ? Answer.json(
                        200,
                        "{\"id\":%s,\"username\":\"%s\",\"state\":\"active\"}"
                            .formatted(grant.get().id(), grant.get().username()))
                    : Answer.json(
                        403, "{\"message\":\"403 Forbidden - Your account has been blocked.\"}");
        case "/projects" -> Answer.json(200, "[]");
        default -> Answer.json(404, "{\"error\":\"404 Not Found\"}");
      };
    };
  }

  /** GitHub's REST API: scopes and expiry in headers. */
  static Dialect gitHub() {
    return (asked, grants) -> {
      Optional<Grant> grant = grants.apply(asked.token());
      if (asked.header("User-Agent").isEmpty()) {
        return Answer.text(403, "Request forbidden by administrative rules.");
      }
      if (grant.isEmpty()) {
        return Answer.json(401, "{\"message\":\"Bad credentials\",\"status\":\"401\"}");
      }
      Answer user =
          Answer.json(
                  200,
                  "{\"login\":\"%s\",\"id\":%s,\"type\":\"User\"}"
                      .formatted(grant.get().username(), grant.get().id()))
              .with("X-OAuth-Scopes", String.join(", ", grant.get().scopes()))
              .with("X-GitHub-Request-Id", "0001:0002")
              .with("ETag", "W/\"%08x\"".formatted((asked.token() + grant.get()).hashCode()));
      if (asked.path().endsWith("/user/repos")) {
        return Answer.json(200, "[]");
      }
      if (!asked.path().endsWith("/user")) {
        return Answer.json(404, "{\"message\":\"Not Found\"}");
      }
      if (asked.header("If-None-Match").equals(Optional.ofNullable(user.headers().get("ETag")))) {
        return new Answer(304, Map.of("X-GitHub-Request-Id", "0001:0002"), "");
      }
      return grant
          .get()
          .expiresAt()
          .map(date -> user.with("GitHub-Authentication-Token-Expiration", date + " 00:00:00 UTC"))
          .orElse(user);
    };
  }

  /** Gitee's API v5. */
  static Dialect gitee() {
    return (asked, grants) ->
        !asked.path().matches(".*/api/v5/user(/repos)?")
            ? Answer.json(404, "{\"message\":\"404 Not Found\"}")
            : grants
                .apply(asked.token())
                .map(
                    grant ->
                        Answer.json(
                            200,
                            asked.path().endsWith("/repos")
                                ? "[]"
                                : "{\"id\":%s,\"login\":\"%s\",\"type\":\"User\"}"
                                    .formatted(grant.id(), grant.username())))
                .orElse(
                    Answer.json(
                        401, "{\"message\":\"401 Unauthorized: Access token does not exist\"}"));
  }

  /** Bitbucket Data Center: the account stands in a header of every answer. */
  static Dialect bitbucketDataCenter() {
    return (asked, grants) -> {
      Optional<Grant> grant = grants.apply(asked.token());
      if (!asked.token().isEmpty() && grant.isEmpty()) {
        return Answer.json(
            401,
            "{\"errors\":[{\"context\":null,\"message\":\"Authentication failed. Please check your credentials and try again.\",\"exceptionName\":\"com.atlassian.bitbucket.auth.IncorrectPasswordAuthenticationException\"}]}");
      }
      Answer answer =
          asked.path().endsWith("/rest/api/1.0/application-properties")
              ? Answer.json(
                  200,
                  "{\"version\":\"8.19.1\",\"buildNumber\":\"8019001\",\"displayName\":\"Bitbucket\"}")
              : grant.isPresent() && asked.path().contains("/rest/api/1.0/users/")
                  ? Answer.json(
                      200,
                      "{\"name\":\"%s\",\"id\":%s,\"active\":true,\"slug\":\"%s\",\"type\":\"NORMAL\"}"
                          .formatted(
                              grant.get().username(), grant.get().id(), grant.get().username()))
                  : grant.isPresent() && asked.path().endsWith("/rest/api/1.0/repos")
                      ? Answer.json(200, "{\"isLastPage\":true,\"values\":[]}")
                      : Answer.json(404, "{\"errors\":[]}");
      return grant.map(known -> answer.with("X-AUSERNAME", known.username())).orElse(answer);
    };
  }

  /** Gitea: a missing scope shows in the text of a 403, with those that the token has. */
  static Dialect gitea() {
    return gitea(true);
  }

  /** Forgejo: a missing scope shows in the text of a 403, without those that the token has. */
  static Dialect forgejo() {
    return gitea(false);
  }

  private static Dialect gitea(boolean tellsGranted) {
    return (asked, grants) -> {
      Optional<Grant> grant = grants.apply(asked.token());
      if (grant.isEmpty()) {
        return Answer.json(401, "{\"message\":\"invalid username, password or token\"}");
      }
      return switch (asked.path().replaceFirst("^.*/api/v1", "")) {
        case "/user" ->
            needing(
                "user",
                grant.get(),
                tellsGranted,
                "{\"id\":%s,\"login\":\"%s\",\"active\":true,\"prohibit_login\":false}"
                    .formatted(grant.get().id(), grant.get().username()));
        case "/notifications/new" ->
            needing("notification", grant.get(), tellsGranted, "{\"new\":0}");
        case "/user/repos" -> needing("repository", grant.get(), tellsGranted, "[]");
        default -> Answer.json(404, "{\"message\":\"The target couldn't be found.\"}");
      };
    };
  }

  private static Answer needing(String what, Grant grant, boolean tellsGranted, String body) {
    if (grant.may("read:" + what, "write:" + what, "all")) {
      return Answer.json(200, body);
    }
    return Answer.json(
        403,
        tellsGranted
            ? "{\"message\":\"token does not have at least one of required scope(s), required=[read:%s], token scope=%s\"}"
                .formatted(what, String.join(",", grant.scopes()))
            : "{\"message\":\"token does not have at least one of required scope(s): [read:%s]\"}"
                .formatted(what));
  }

  private static String strings(Grant grant) {
    return grant.scopes().stream()
        .map("\"%s\""::formatted)
        .collect(java.util.stream.Collectors.joining(",", "[", "]"));
  }
}
