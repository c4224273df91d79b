package dev.codesource.codehost.github;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.codehost.RepositorySearch;
import dev.codesource.http.HostRequest;
import dev.codesource.reason.Outcome;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * GitHub's repositories (https://docs.github.com/rest/repos/repos#get-a-repository). A former path
 * is answered with 301 and the address by identifier, {@code /repositories/:id}.
 */
final class GitHubRepositories implements Repositories {

  /**
   * "up to 300 changed files for the entire comparison"
   * (https://docs.github.com/rest/commits/commits#compare-two-commits).
   */
  private static final int MOST_FILES = 300;

  /** On a page of a search: each has 6 kB. */
  private static final int SEARCHED = 30;

  private static final Pattern ID = Pattern.compile("\\d{1,18}");

  private final SiteUrl apiUrl;
  private final Map<String, String> headers;
  private final ApiSession api;
  private final RepositoryAnswers answers;

  /**
   * @param site to which clone URLs lead
   * @param api a session of {@link RepositoryAnswers#MAX_REQUESTS}
   */
  GitHubRepositories(SiteUrl site, SiteUrl apiUrl, Map<String, String> headers, ApiSession api) {
    this.apiUrl = apiUrl;
    this.headers = headers;
    this.api = api;
    this.answers = new RepositoryAnswers(Platform.GitHub, site, api);
  }

  @Override
  public Outcome<Repository> byPath(String path) {
    String which = RepositoryAnswers.named(path);
    return RepositoryAnswers.isPath(path)
        ? at("/repos/" + RepositoryAnswers.encoded(path), which)
        : answers.notFound(which);
  }

  @Override
  public Outcome<Repository> byId(String id) {
    String which = RepositoryAnswers.identified(id);
    return ID.matcher(id).matches() ? at("/repositories/" + id, which) : answers.notFound(which);
  }

  private Outcome<Repository> at(String path, String which) {
    return answers.read(api.ask(apiUrl.resolve(path), headers), which, this::repository);
  }

  private Outcome<Repository> repository(ApiResponse answer) {
    return answers.repository(
        answer.id("id").filter(id -> ID.matcher(id).matches()),
        RepositoryAnswers.text(answer, "full_name"),
        RepositoryAnswers.text(answer, "clone_url"));
  }

  /**
   * Without a search of its own
   * (https://docs.github.com/rest/repos/repos#list-repositories-for-the-authenticated-user): those
   * with the latest pushes come first.
   */
  @Override
  public Outcome<RepositorySearch.Found> search(String words) {
    return search(words, "/user/repos?sort=pushed&", ApiResponse::elements);
  }

  /**
   * Those that an installation may read
   * (https://docs.github.com/rest/apps/installations#list-repositories-accessible-to-the-app-installation).
   */
  Outcome<RepositorySearch.Found> searchInstallation(String words) {
    return search(words, "/installation/repositories?", answer -> answer.elements("repositories"));
  }

  private Outcome<RepositorySearch.Found> search(
      String words, String list, Function<ApiResponse, Optional<List<ApiResponse>>> entries) {
    return new RepositorySearch(Platform.GitHub, api)
        .inNumberedPages(
            words,
            page ->
                HostRequest.get(
                    apiUrl.resolve("%sper_page=%d&page=%d".formatted(list, SEARCHED, page)),
                    headers),
            entries,
            "full_name");
  }

  /**
   * Files are compared with the common ancestor, which is the older commit only if the newer one is
   * {@code ahead} of it. All files are on the first page, whatever the number of commits on it.
   */
  @Override
  public Outcome<Optional<Set<String>>> changedFiles(
      Repository repository, String from, String to) {
    if (!RepositoryAnswers.areCommits(from, to)) {
      return Outcome.done(Optional.empty());
    }
    String path =
        "/repos/%s/compare/%s...%s?per_page=1"
            .formatted(RepositoryAnswers.encoded(repository.path()), from, to);
    return api.sendInAddition(HostRequest.get(apiUrl.resolve(path), headers).forList())
        .map(answer -> answer.filter(ApiResponse::isSuccess).flatMap(GitHubRepositories::files));
  }

  private static Optional<Set<String>> files(ApiResponse answer) {
    String status = answer.words("status");
    JsonNode told = answer.json().path("files");
    if (!(status.equals("ahead") || status.equals("identical"))
        || !told.isArray()
        || told.size() >= MOST_FILES) {
      return Optional.empty();
    }
    Set<String> files = new HashSet<>();
    for (JsonNode file : told) {
      Optional<String> name = RepositoryAnswers.file(file, "filename");
      if (name.isEmpty()) {
        return Optional.empty();
      }
      files.add(name.get());
      RepositoryAnswers.file(file, "previous_filename").ifPresent(files::add);
    }
    return Optional.of(files);
  }
}
