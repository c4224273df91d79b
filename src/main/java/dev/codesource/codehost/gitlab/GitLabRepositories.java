package dev.codesource.codehost.gitlab;

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
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * GitLab's projects (https://docs.gitlab.com/api/projects/). A GET for a former path is answered
 * with a redirect to the new one.
 */
final class GitLabRepositories implements Repositories {

  private static final int SHORTEST_SEARCH = 3;

  /** On a page of a search. */
  private static final int SEARCHED = 50;

  private static final Pattern ID = Pattern.compile("\\d{1,18}");

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final RepositoryAnswers answers;

  /**
   * @param api a session of {@link RepositoryAnswers#MAX_REQUESTS}
   */
  GitLabRepositories(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new RepositoryAnswers(Platform.GitLab, site, api);
  }

  /** A path with encoded slashes is accepted instead of an identifier. */
  @Override
  public Outcome<Repository> byPath(String path) {
    String which = RepositoryAnswers.named(path);
    return RepositoryAnswers.isPath(path)
        ? project(URLEncoder.encode(path, StandardCharsets.UTF_8), which)
        : answers.notFound(which);
  }

  @Override
  public Outcome<Repository> byId(String id) {
    String which = RepositoryAnswers.identified(id);
    return ID.matcher(id).matches() ? project(id, which) : answers.notFound(which);
  }

  private Outcome<Repository> project(String pathOrId, String which) {
    URI uri = site.resolve("/api/v4/projects/" + pathOrId);
    return answers.read(api.ask(uri, ApiSession.bearer(token)), which, this::repository);
  }

  private Outcome<Repository> repository(ApiResponse answer) {
    return answers.repository(
        answer.id("id").filter(id -> ID.matcher(id).matches()),
        RepositoryAnswers.text(answer, "path_with_namespace"),
        RepositoryAnswers.text(answer, "http_url_to_repo"));
  }

  /**
   * https://docs.gitlab.com/api/projects/#list-all-projects; {@code simple} leaves out most fields.
   * Of fewer than three characters GitLab finds whole names only (lib/gitlab/sql/pattern.rb), which
   * looks as if there were no others.
   */
  @Override
  public Outcome<RepositorySearch.Found> search(String words) {
    if (words.length() < SHORTEST_SEARCH) {
      return Outcome.refused(
          new Problem(
              Reason.RepositoryNotReadable,
              "GitLab does not look for a part of a path that has fewer than %d characters."
                  .formatted(SHORTEST_SEARCH),
              "Write a longer part, as in team/ui."));
    }
    String list =
        "/api/v4/projects?membership=true&simple=true&order_by=last_activity_at&search_namespaces=true&search="
            + URLEncoder.encode(words, StandardCharsets.UTF_8);
    return new RepositorySearch(Platform.GitLab, api)
        .inNumberedPages(
            words,
            page ->
                HostRequest.get(
                    site.resolve("%s&per_page=%d&page=%d".formatted(list, SEARCHED, page)),
                    ApiSession.bearer(token)),
            ApiResponse::elements,
            "path_with_namespace");
  }

  /**
   * {@code straight} compares the commits themselves; without it, what the older one has and the
   * newer one lacks is left out
   * (https://docs.gitlab.com/api/repositories/#compare-branches-tags-or-commits). {@code
   * compare_timeout} says that files were left out because of a limit
   * (lib/api/entities/compare.rb).
   */
  @Override
  public Outcome<Optional<Set<String>>> changedFiles(
      Repository repository, String from, String to) {
    if (!ID.matcher(repository.id()).matches() || !RepositoryAnswers.areCommits(from, to)) {
      return Outcome.done(Optional.empty());
    }
    URI uri =
        site.resolve(
            "/api/v4/projects/%s/repository/compare?from=%s&to=%s&straight=true"
                .formatted(repository.id(), from, to));
    return api.sendInAddition(HostRequest.get(uri, ApiSession.bearer(token)).forList())
        .map(answer -> answer.filter(ApiResponse::isSuccess).flatMap(GitLabRepositories::files));
  }

  private static Optional<Set<String>> files(ApiResponse answer) {
    JsonNode diffs = answer.json().path("diffs");
    if (!diffs.isArray() || !answer.says("compare_timeout", false)) {
      return Optional.empty();
    }
    Set<String> files = new HashSet<>();
    for (JsonNode diff : diffs) {
      Optional<String> before = RepositoryAnswers.file(diff, "old_path");
      Optional<String> after = RepositoryAnswers.file(diff, "new_path");
      if (before.isEmpty() || after.isEmpty()) {
        return Optional.empty();
      }
      files.add(before.get());
      files.add(after.get());
    }
    return Optional.of(files);
  }
}
