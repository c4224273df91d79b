package dev.codesource.codehost;

import dev.codesource.api.Platform;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A product that is recognized by its answers, so that the message can name the product that
 * answers instead of the expected one.
 *
 * @param platform of the product in {@code spec.platform}
 * @param title as a sentence names it, and as its pages name themselves
 * @param headers that no other product sends
 * @param cookies that no other product sets; only their names count
 * @param shape whether an answer's headers or JSON look like this product's
 */
record ServerFingerprint(
    Platform platform,
    String title,
    List<String> headers,
    Set<String> cookies,
    Predicate<ApiResponse> shape) {

  private static final List<ServerFingerprint> KNOWN =
      List.of(
          new ServerFingerprint(
              Platform.GitHub,
              "GitHub",
              List.of("X-GitHub-Request-Id", "X-GitHub-Media-Type"),
              Set.of("_gh_sess", "_octo"),
              answer ->
                  answer.words("documentation_url").contains("github.com/")
                      || has(answer, "login", "node_id")),
          new ServerFingerprint(
              Platform.GitLab,
              "GitLab",
              List.of("X-GitLab-Meta", "GitLab-LB", "GitLab-SV"),
              Set.of("_gitlab_session"),
              answer -> has(answer, "username", "state", "web_url")),
          // Before Gitea: a page of Forgejo may name both.
          new ServerFingerprint(
              Platform.Gitea, "Forgejo", List.of(), Set.of("i_like_forgejo"), answer -> false),
          new ServerFingerprint(
              Platform.Gitea,
              "Gitea",
              List.of(),
              // The default of its setting COOKIE_NAME, which Forgejo had too.
              Set.of("i_like_gitea"),
              answer ->
                  answer.words("url").endsWith("/api/swagger")
                      || has(answer, "login", "login_name", "is_admin")),
          new ServerFingerprint(
              Platform.Gitee,
              "Gitee",
              List.of(),
              Set.of("gitee-session-n"),
              answer -> has(answer, "login", "stared", "watched")),
          new ServerFingerprint(
              Platform.Bitbucket,
              "Bitbucket",
              List.of(),
              Set.of("BITBUCKETSESSIONID"),
              answer -> isBitbucketCloud(answer) || isBitbucketDataCenter(answer)),
          new ServerFingerprint(
              Platform.Bitbucket,
              "a server product of Atlassian",
              List.of("X-AREQUESTID", "X-AUSERNAME"),
              Set.of(),
              answer -> false));

  private static final int HEAD = 20_000;
  private static final Pattern SELF_DESCRIPTION =
      Pattern.compile(
          "<title[^>]{0,100}>[^<]{0,300}"
              + "|<meta[^>]{0,300}(?:og:site_name|application-name|generator|author)[^>]{0,300}>",
          Pattern.CASE_INSENSITIVE);

  /** The product of an answer: by its headers, its JSON, or the title of its page. */
  static Optional<ServerFingerprint> of(ApiResponse answer) {
    return first(
            fingerprint -> fingerprint.headers.stream().anyMatch(h -> answer.header(h).isPresent()))
        .or(() -> first(fingerprint -> fingerprint.shape.test(answer)))
        .or(() -> answer.isHtml() ? named(answer.response().body()) : Optional.empty());
  }

  /**
   * The product of an answer that is not the expected product's: also by its cookies. These only
   * name it, and do not refuse an answer: a proxy, or a product that was made from another one, may
   * set another product's cookies.
   */
  static Optional<ServerFingerprint> ofForeign(ApiResponse answer) {
    Set<String> set = answer.cookies();
    return of(answer)
        .or(() -> first(fingerprint -> !Collections.disjoint(fingerprint.cookies, set)));
  }

  private static Optional<ServerFingerprint> named(String page) {
    StringBuilder names = new StringBuilder();
    Matcher description =
        SELF_DESCRIPTION.matcher(page.substring(0, Math.min(page.length(), HEAD)));
    while (description.find()) {
      names.append(description.group()).append('\n');
    }
    return first(fingerprint -> names.indexOf(fingerprint.title) >= 0);
  }

  private static Optional<ServerFingerprint> first(Predicate<ServerFingerprint> which) {
    return KNOWN.stream().filter(which).findFirst();
  }

  private static boolean isBitbucketCloud(ApiResponse answer) {
    return answer.header("WWW-Authenticate").orElse("").contains("Bitbucket.org")
        || has(answer, "uuid", "display_name", "account_id");
  }

  private static boolean isBitbucketDataCenter(ApiResponse answer) {
    return answer
        .json()
        .path("errors")
        .path(0)
        .path("exceptionName")
        .asText("")
        .startsWith("com.atlassian.bitbucket.");
  }

  private static boolean has(ApiResponse answer, String... fields) {
    return Arrays.stream(fields).allMatch(answer.json()::has);
  }
}
