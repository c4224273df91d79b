package dev.codesource.codehost;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the answers of all platforms about a repository have in common. */
public final class RepositoryAnswers {

  /** Enough to find a repository and to compare two commits for each rule and branch. */
  public static final int MAX_REQUESTS = 1_000;

  private static final int LONGEST_PATH = 512;
  private static final int LONGEST_FILE = 4_096;

  /**
   * The characters that all platforms allow, and {@code ~} of a personal project on Bitbucket Data
   * Center.
   */
  private static final Pattern PATH = Pattern.compile("[A-Za-z0-9_.~-]+(?:/[A-Za-z0-9_.~-]+)+");

  /** What a commit is called, with SHA-1 and with SHA-256. */
  private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{40}|[0-9a-f]{64}");

  private final Platform platform;
  private final SiteUrl site;
  private final ApiSession api;

  public RepositoryAnswers(Platform platform, SiteUrl site, ApiSession api) {
    this.platform = platform;
    this.site = site;
    this.api = api;
  }

  /** Whether a text can be the path of a repository, with at least one slash in it. */
  public static boolean isPath(String text) {
    return text.length() <= LONGEST_PATH
        && PATH.matcher(text).matches()
        && Arrays.stream(text.split("/")).noneMatch(part -> part.equals(".") || part.equals(".."));
  }

  /** The path for the path of a URL, with its slashes. */
  public static String encoded(String path) {
    return Arrays.stream(path.split("/"))
        .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8))
        .collect(Collectors.joining("/"));
  }

  /** Whether both texts name commits, and not branches, tags or anything else. */
  public static boolean areCommits(String from, String to) {
    return COMMIT.matcher(from).matches() && COMMIT.matcher(to).matches();
  }

  /** The path of a file; empty: the field has none. */
  public static Optional<String> file(JsonNode json, String field) {
    return Optional.ofNullable(json.path(field).textValue())
        .filter(path -> !path.isEmpty() && path.length() <= LONGEST_FILE);
  }

  /** A text that is checked later; empty: the field has none. */
  public static Optional<String> text(ApiResponse answer, String field) {
    return Optional.ofNullable(answer.json().path(field).textValue());
  }

  /** A repository as a sentence names it. */
  public static String named(String path) {
    return "repository " + path;
  }

  /** A repository of which only the identifier is known. */
  public static String identified(String id) {
    return "repository with the identifier " + id;
  }

  /**
   * What was answered, as the beginning of a sentence.
   *
   * @param doing what was asked for, such as "making a webhook"
   */
  static String answered(
      Platform platform, ApiResponse answer, String doing, Repository repository) {
    return "%s answers %d to %s of %s"
        .formatted(platform, answer.status(), doing, repository.path());
  }

  /**
   * Reads the answer to the request for a repository.
   *
   * @param which {@link #named} or {@link #identified}
   * @param found reads a success
   */
  public Outcome<Repository> read(
      Outcome<ApiResponse> asked, String which, Function<ApiResponse, Outcome<Repository>> found) {
    return orMoved(asked, which)
        .then(
            answer ->
                answer.isSuccess() && answer.hasJson()
                    ? found.apply(answer)
                    : refusal(answer, which));
  }

  /**
   * GitHub, GitLab and Gitea redirect from the former path of a repository. Redirects are not
   * followed: the user is to write the new path, and hooks of a former path are not to be lost.
   */
  public <T> Outcome<T> orMoved(Outcome<T> asked, String which) {
    return asked instanceof Outcome.Refused<T>(var problem) && problem.reason() == Reason.Redirected
        ? Outcome.refused(
            Reason.RepositoryNotFound,
            "The %s was renamed or moved on %s.".formatted(which, platform))
        : asked;
  }

  private <T> Outcome<T> refusal(ApiResponse answer, String which) {
    if (answer.isHtml() || answer.isSuccess() || answer.status() < 400) {
      return api.notThisPlatform(answer);
    }
    return answer.status() == 404 || answer.status() == 410
        ? notFound(which)
        : Outcome.refused(
            Reason.RepositoryNotReadable,
            "%s answers %d to the request for the %s.".formatted(platform, answer.status(), which));
  }

  /** The refusal for a repository that is not there, or is not shown to the account. */
  public <T> Outcome<T> notFound(String which) {
    return Outcome.refused(
        Reason.RepositoryNotFound,
        "%s has no %s that the account may see.".formatted(platform, which));
  }

  /**
   * The repository with these values of an answer.
   *
   * @param id checked for the platform's form; empty: there is none
   * @param path as the platform has it, after renames
   * @param cloneUrl taken only if a credential may go there
   */
  public Outcome<Repository> repository(
      Optional<String> id, Optional<String> path, Optional<String> cloneUrl) {
    return repository(id, path, cloneUrl, known -> "/" + known + ".git");
  }

  /**
   * As {@link #repository(Optional, Optional, Optional)}, on a platform with other clone URLs.
   *
   * @param otherwise the path of the clone URL below the site, if the given one is not taken
   */
  public Outcome<Repository> repository(
      Optional<String> id,
      Optional<String> path,
      Optional<String> cloneUrl,
      UnaryOperator<String> otherwise) {
    if (id.isEmpty()) {
      return api.lacks("id");
    }
    return path.filter(RepositoryAnswers::isPath)
        .map(
            known ->
                Outcome.done(
                    new Repository(
                        id.get(),
                        known,
                        cloneUrl
                            .flatMap(this::ofThisSite)
                            .orElseGet(() -> site.resolve(otherwise.apply(known))))))
        .orElseGet(() -> api.lacks("path"));
  }

  /** A clone URL below the site; with the same origin, without user, query and fragment. */
  private Optional<URI> ofThisSite(String text) {
    String start = site + "/";
    if (!text.startsWith(start) || !isPath(text.substring(site.origin().toString().length() + 1))) {
      return Optional.empty();
    }
    return Optional.of(URI.create(text)).filter(RepositoryAnswers::hasHost);
  }

  private static boolean hasHost(URI uri) {
    @Nullable String host = uri.getHost();
    return host != null;
  }
}
