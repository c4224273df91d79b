package dev.codesource.codehost.gitee;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.codehost.RepositorySearch;
import dev.codesource.credential.Token;
import dev.codesource.http.HostRequest;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gitee's repositories (https://gitee.com/api/v5/swagger).
 *
 * <p>No request finds a repository by its number. So an identifier here is the number and the path,
 * such as {@code 42/group/shop}: the repository is looked for at that path, and is found if it has
 * that number, so that another one that takes the path later is not mistaken for it. One that was
 * renamed is not found.
 */
final class GiteeRepositories implements Repositories {

  /** On a page of a search: each has all members and testers. */
  private static final int SEARCHED = 20;

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");
  private static final Pattern ID = Pattern.compile("(?<number>\\d{1,18})/(?<path>.+)");

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final RepositoryAnswers answers;

  /**
   * @param api a session of {@link RepositoryAnswers#MAX_REQUESTS}
   */
  GiteeRepositories(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new RepositoryAnswers(Platform.Gitee, site, api);
  }

  @Override
  public Outcome<Repository> byPath(String path) {
    return find(path, RepositoryAnswers.named(path));
  }

  @Override
  public Outcome<Repository> byId(String id) {
    String which = RepositoryAnswers.identified(id);
    Matcher known = ID.matcher(id);
    if (!known.matches()) {
      return answers.notFound(which);
    }
    return find(known.group("path"), which)
        .then(
            found ->
                found.id().startsWith(known.group("number") + "/")
                    ? Outcome.done(new Repository(id, found.path(), found.cloneUrl()))
                    : answers.notFound(which));
  }

  /** Allows a longer answer, which has all members and testers. */
  private Outcome<Repository> find(String path, String which) {
    if (!isPath(path)) {
      return answers.notFound(which);
    }
    URI uri = site.resolve("/api/v5/repos/" + RepositoryAnswers.encoded(path));
    return answers.read(
        api.send(HostRequest.get(uri, ApiSession.bearer(token)).forList()),
        which,
        this::repository);
  }

  /** https://gitee.com/api/v5/swagger#/getV5UserRepos; {@code q} are words. */
  @Override
  public Outcome<RepositorySearch.Found> search(String words) {
    String list =
        "/api/v5/user/repos?sort=pushed&q=" + URLEncoder.encode(words, StandardCharsets.UTF_8);
    return new RepositorySearch(Platform.Gitee, api)
        .inNumberedPages(
            words,
            page ->
                HostRequest.get(
                    site.resolve("%s&per_page=%d&page=%d".formatted(list, SEARCHED, page)),
                    ApiSession.bearer(token)),
            ApiResponse::elements,
            "full_name");
  }

  /**
   * Gitee's comparison tells a file that was renamed as one that was modified, without its former
   * path (https://github.com/drone/go-scm/blob/65473142bffd/scm/driver/gitee/testdata/changes.json
   * is the answer for a commit that renames a file). So no list of files is known to be complete,
   * and nothing is asked.
   */
  @Override
  public Outcome<Optional<Set<String>>> changedFiles(
      Repository repository, String from, String to) {
    return Outcome.done(Optional.empty());
  }

  /** The owner, and the name. */
  static boolean isPath(String path) {
    return RepositoryAnswers.isPath(path) && path.indexOf('/') == path.lastIndexOf('/');
  }

  /** {@code html_url} is the address for git, where it ends so, and not that of the page. */
  private Outcome<Repository> repository(ApiResponse answer) {
    Optional<String> path =
        RepositoryAnswers.text(answer, "full_name").filter(GiteeRepositories::isPath);
    Optional<String> id = answer.id("id").filter(number -> NUMBER.matcher(number).matches());
    return answers.repository(
        id.flatMap(number -> path.map(known -> number + "/" + known)),
        path,
        RepositoryAnswers.text(answer, "html_url").filter(url -> url.endsWith(".git")));
  }
}
