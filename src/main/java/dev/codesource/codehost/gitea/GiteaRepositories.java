package dev.codesource.codehost.gitea;

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
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The repositories of Gitea and Forgejo (https://docs.gitea.com/api/#tag/repository). A former path
 * is answered with a redirect.
 */
final class GiteaRepositories implements Repositories {

  private static final Pattern ID = Pattern.compile("\\d{1,18}");

  /** On a page of a search: each has 4 kB. Gitea sends 50 at most. */
  private static final int SEARCHED = 30;

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final RepositoryAnswers answers;

  /**
   * @param api a session of {@link RepositoryAnswers#MAX_REQUESTS}
   */
  GiteaRepositories(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new RepositoryAnswers(Platform.Gitea, site, api);
  }

  @Override
  public Outcome<Repository> byPath(String path) {
    String which = RepositoryAnswers.named(path);
    return RepositoryAnswers.isPath(path)
        ? at("/api/v1/repos/" + RepositoryAnswers.encoded(path), which)
        : answers.notFound(which);
  }

  @Override
  public Outcome<Repository> byId(String id) {
    String which = RepositoryAnswers.identified(id);
    return ID.matcher(id).matches()
        ? at("/api/v1/repositories/" + id, which)
        : answers.notFound(which);
  }

  private Outcome<Repository> at(String path, String which) {
    return answers.read(
        api.ask(site.resolve(path), ApiSession.bearer(token)), which, this::repository);
  }

  private Outcome<Repository> repository(ApiResponse answer) {
    return answers.repository(
        answer.id("id").filter(id -> ID.matcher(id).matches()),
        RepositoryAnswers.text(answer, "full_name"),
        RepositoryAnswers.text(answer, "clone_url"));
  }

  /**
   * Those that the account owns or may work on; without a search of its own
   * (routers/api/v1/user/repo.go).
   */
  @Override
  public Outcome<RepositorySearch.Found> search(String words) {
    return new RepositorySearch(Platform.Gitea, api)
        .inNumberedPages(
            words,
            page ->
                HostRequest.get(
                    site.resolve("/api/v1/user/repos?limit=%d&page=%d".formatted(SEARCHED, page)),
                    ApiSession.bearer(token)),
            ApiResponse::elements,
            "full_name");
  }

  /**
   * The comparison (since Gitea 1.22) has the files of each commit that the newer one has and the
   * older one has not. These are all that differ if the older commit is a parent of one of them,
   * and so an ancestor of the newer one.
   */
  @Override
  public Outcome<Optional<Set<String>>> changedFiles(
      Repository repository, String from, String to) {
    if (!RepositoryAnswers.areCommits(from, to)) {
      return Outcome.done(Optional.empty());
    }
    String path =
        "/api/v1/repos/%s/compare/%s...%s?files=true&verification=false"
            .formatted(RepositoryAnswers.encoded(repository.path()), from, to);
    return api.sendInAddition(
            HostRequest.get(site.resolve(path), ApiSession.bearer(token)).forList())
        .map(
            answer ->
                answer.filter(ApiResponse::isSuccess).flatMap(compared -> files(compared, from)));
  }

  private static Optional<Set<String>> files(ApiResponse answer, String from) {
    JsonNode commits = answer.json().path("commits");
    if (!commits.isArray() || answer.json().path("total_commits").asInt(-1) != commits.size()) {
      return Optional.empty();
    }
    Set<String> files = new HashSet<>();
    boolean isAncestor = false;
    for (JsonNode commit : commits) {
      if (!commit.path("files").isArray()) {
        return Optional.empty();
      }
      for (JsonNode file : commit.path("files")) {
        Optional<String> name = RepositoryAnswers.file(file, "filename");
        if (name.isEmpty()) {
          return Optional.empty();
        }
        files.add(name.get());
      }
      for (JsonNode parent : commit.path("parents")) {
        isAncestor |= parent.path("sha").asText().equals(from);
      }
    }
    return isAncestor ? Optional.of(files) : Optional.empty();
  }
}
