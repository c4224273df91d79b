package dev.codesource.codehost.bitbucket;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.codesource.reason.Reason;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The repositories of Bitbucket Data Center
 * (https://developer.atlassian.com/server/bitbucket/rest/v905/api-group-repository/). A path is the
 * key of the project, or {@code ~} and a user, and the repository: {@code SHOP/app}.
 *
 * <p>No request finds a repository by its number. So an identifier here is the number and the path
 * where it was found first, such as {@code 42/SHOP/app}. If it is not there any more, it is looked
 * for in its project, where it may have been renamed, and in all projects under its name.
 */
final class DataCenterRepositories implements Repositories {

  private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

  private static final Pattern ID =
      Pattern.compile("(?<number>\\d{1,18})/(?<path>(?<key>[^/]+)/(?<name>[^/]+))");

  private static final int PAGE = 100;
  private static final int MOST_PAGES = 10;

  /** More are not compared: an administrator may have set a limit that no further page exceeds. */
  private static final int MOST_FILES = 200;

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final RepositoryAnswers answers;

  /**
   * @param api a session of {@link RepositoryAnswers#MAX_REQUESTS}
   */
  DataCenterRepositories(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new RepositoryAnswers(Platform.Bitbucket, site, api);
  }

  @Override
  public Outcome<Repository> byPath(String path) {
    return find(path, RepositoryAnswers.named(path));
  }

  @Override
  public Outcome<Repository> byId(String id) {
    String which = RepositoryAnswers.identified(id);
    Matcher known = ID.matcher(id);
    if (!known.matches() || !CloudRepositories.isPath(known.group("path"))) {
      return answers.notFound(which);
    }
    Outcome<Repository> atItsPath = find(known.group("path"), which);
    return (isElsewhere(atItsPath, known.group("number")) ? search(known, which) : atItsPath)
        .map(found -> new Repository(id, found.path(), found.cloneUrl()));
  }

  private Outcome<Repository> find(String path, String which) {
    return CloudRepositories.isPath(path)
        ? answers.read(api.send(get(address(path, ""))), which, this::repository)
        : answers.notFound(which);
  }

  private static boolean isElsewhere(Outcome<Repository> found, String number) {
    return switch (found) {
      case Outcome.Done<Repository>(var repository) -> !isThe(number, repository);
      case Outcome.Refused<Repository>(var problem) ->
          problem.reason() == Reason.RepositoryNotFound;
      case Outcome.Waiting<Repository> _ -> false;
    };
  }

  private static boolean isThe(String number, Repository repository) {
    return repository.id().startsWith(number + "/");
  }

  private Outcome<Repository> search(Matcher known, String which) {
    String number = known.group("number");
    Outcome<Optional<Repository>> inItsProject =
        search(
            "/rest/api/1.0/projects/%s/repos?"
                .formatted(RepositoryAnswers.encoded(known.group("key"))),
            number);
    return inItsProject
        .then(
            found ->
                found.isPresent()
                    ? Outcome.done(found)
                    : search(
                        "/rest/api/1.0/repos?name=%s&"
                            .formatted(RepositoryAnswers.encoded(known.group("name"))),
                        number))
        .then(found -> found.map(Outcome::done).orElseGet(() -> answers.notFound(which)));
  }

  /** Empty: it is on none of the pages, or there are more of them, or none. */
  private Outcome<Optional<Repository>> search(String list, String number) {
    Optional<Integer> start = Optional.of(0);
    for (int page = 0; page < MOST_PAGES && start.isPresent(); page++) {
      HostRequest request = get("%slimit=%d&start=%d".formatted(list, PAGE, start.get())).forList();
      Outcome<Optional<ApiResponse>> asked = api.sendInAddition(request);
      if (!(asked instanceof Outcome.Done<Optional<ApiResponse>>(var answer))) {
        return asked.map(_ -> Optional.empty());
      }
      Optional<BitbucketPage> found = answer.flatMap(BitbucketPage::of);
      Optional<ApiResponse> wanted =
          found.stream()
              .flatMap(each -> each.values().stream())
              .filter(each -> each.id("id").filter(number::equals).isPresent())
              .findFirst();
      if (wanted.isPresent()) {
        return repository(wanted.get()).map(Optional::of);
      }
      start = found.flatMap(BitbucketPage::nextStart);
    }
    return Outcome.done(Optional.empty());
  }

  /**
   * https://developer.atlassian.com/server/bitbucket/rest/ (repos); {@code name} is a part of the
   * repository's name, so only the last part of the words is sent. A page can be short without
   * being the last one.
   */
  @Override
  public Outcome<RepositorySearch.Found> search(String words) {
    String list =
        "/rest/api/1.0/repos?permission=REPO_READ&name=%s&limit=%d&start="
            .formatted(
                URLEncoder.encode(
                    words.substring(words.lastIndexOf('/') + 1), StandardCharsets.UTF_8),
                PAGE);
    return new RepositorySearch(Platform.Bitbucket, api)
        .find(
            words,
            get(list + 0),
            (answer, _) ->
                BitbucketPage.of(answer)
                    .map(
                        page ->
                            new RepositorySearch.Page(
                                page.values().stream().map(DataCenterRepositories::pathOf).toList(),
                                page.nextStart().map(start -> get(list + start)))));
  }

  private static String pathOf(ApiResponse repository) {
    return repository.json().path("project").path("key").asText()
        + "/"
        + repository.json().path("slug").asText();
  }

  /**
   * From {@code /changes}, which compares the two commits; {@code /compare/changes} would begin at
   * their common ancestor, and lack files if the history was rewritten. The list may end, though it
   * says that this is its last page, where {@code page.max.changes} says
   * (https://confluence.atlassian.com/bitbucketserver/bitbucket-config-properties-776640155.html),
   * so it must be shorter than the limit that the answer tells.
   */
  @Override
  public Outcome<Optional<Set<String>>> changedFiles(
      Repository repository, String from, String to) {
    if (!RepositoryAnswers.areCommits(from, to)) {
      return Outcome.done(Optional.empty());
    }
    String rest = "/changes?since=%s&until=%s&limit=%d".formatted(from, to, MOST_FILES);
    return api.sendInAddition(get(address(repository.path(), rest)).forList())
        .map(answer -> answer.flatMap(BitbucketPage::of).flatMap(DataCenterRepositories::files));
  }

  private static Optional<Set<String>> files(BitbucketPage page) {
    JsonNode limit = page.json().path("limit");
    if (!page.json().path("isLastPage").asBoolean(false)
        || !limit.canConvertToInt()
        || page.values().size() >= Math.min(limit.intValue(), MOST_FILES)) {
      return Optional.empty();
    }
    Set<String> files = new LinkedHashSet<>();
    for (ApiResponse change : page.values()) {
      Optional<String> file = file(change, "path");
      if (file.isEmpty()) {
        return Optional.empty();
      }
      files.add(file.get());
      file(change, "srcPath").ifPresent(files::add);
    }
    return Optional.of(files);
  }

  private static Optional<String> file(ApiResponse change, String field) {
    return RepositoryAnswers.file(change.json().path(field), "toString");
  }

  private Outcome<Repository> repository(ApiResponse answer) {
    String key = answer.json().path("project").path("key").asText();
    Optional<String> path =
        RepositoryAnswers.text(answer, "slug")
            .map(slug -> key + "/" + slug)
            .filter(CloudRepositories::isPath);
    Optional<String> id = answer.id("id").filter(number -> NUMBER.matcher(number).matches());
    return answers.repository(
        id.flatMap(number -> path.map(known -> number + "/" + known)),
        path,
        cloneUrl(answer),
        known -> "/scm/" + known.toLowerCase(Locale.ROOT) + ".git");
  }

  /** The one for HTTP or HTTPS, both of which are called http. */
  private static Optional<String> cloneUrl(ApiResponse answer) {
    return answer
        .json()
        .path("links")
        .path("clone")
        .valueStream()
        .filter(link -> List.of("http", "https").contains(link.path("name").asText()))
        .map(link -> link.path("href").asText())
        .findFirst();
  }

  private HostRequest get(String pathAndQuery) {
    return HostRequest.get(site.resolve(pathAndQuery), ApiSession.bearer(token));
  }

  static String address(String path, String rest) {
    String[] parts = path.split("/", 2);
    return "/rest/api/1.0/projects/%s/repos/%s%s"
        .formatted(RepositoryAnswers.encoded(parts[0]), RepositoryAnswers.encoded(parts[1]), rest);
  }
}
