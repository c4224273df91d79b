package dev.codesource.codehost.github;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.CommitStatus;
import dev.codesource.codehost.CommitStatusAnswers;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.util.Map;

/**
 * GitHub's commit statuses (https://docs.github.com/rest/commits/statuses#create-a-commit-status),
 * of which a commit can have 1000 with one name. To who may not set them GitHub answers 403, or 404
 * as if the repository did not exist; a further request tells which it is.
 */
final class GitHubCommitStatuses implements CommitStatuses {

  /**
   * "description is too long (maximum is 140 characters)"
   * (https://github.com/tektoncd/experimental/pull/773).
   */
  private static final int LONGEST_DESCRIPTION = 140;

  private final SiteUrl apiUrl;
  private final Map<String, String> headers;
  private final Repositories repositories;
  private final CommitStatusAnswers answers;

  /**
   * @param api a session of {@link CommitStatusAnswers#MAX_REQUESTS}
   */
  GitHubCommitStatuses(SiteUrl site, SiteUrl apiUrl, Map<String, String> headers, ApiSession api) {
    this.apiUrl = apiUrl;
    this.headers = headers;
    this.repositories = new GitHubRepositories(site, apiUrl, headers, api);
    this.answers =
        new CommitStatusAnswers(
            Platform.GitHub,
            site,
            api,
            "write access to the repository, and a token with the scope repo or repo:status, or with the permission Commit statuses (read and write)");
  }

  @Override
  public Outcome<Boolean> report(Repository repository, CommitStatus status) {
    if (!CommitStatusAnswers.isCommit(status)) {
      return Outcome.done(false);
    }
    URI uri =
        apiUrl.resolve(
            "/repos/%s/statuses/%s"
                .formatted(RepositoryAnswers.encoded(repository.path()), status.sha()));
    return answers
        .post(uri, headers, body(status), repository)
        .then(answer -> answer.isSuccess() ? answers.shown(answer) : otherwise(answer, repository));
  }

  private static ObjectNode body(CommitStatus status) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("state", state(status.state()))
        .put("context", CommitStatusAnswers.context(status, CommitStatusAnswers.USUAL_LENGTH))
        .put("description", CommitStatusAnswers.description(status, LONGEST_DESCRIPTION));
    CommitStatusAnswers.link(status, CommitStatusAnswers.LONGEST_LINK)
        .ifPresent(link -> body.put("target_url", link));
    return body;
  }

  private static String state(CommitStatus.State state) {
    return switch (state) {
      case Pending, Running -> "pending";
      case Succeeded -> "success";
      case Failed -> "failure";
      case Cancelled -> "error";
    };
  }

  /**
   * 422 with "No commit found for SHA: …" (https://github.com/rust-lang/homu/issues/141). Others
   * are such as "This SHA and context has reached the maximum number of statuses."
   */
  private Outcome<Boolean> otherwise(ApiResponse answer, Repository repository) {
    if (answer.status() == 422 && answer.words("message").startsWith("no commit found")) {
      return Outcome.done(false);
    }
    return answer.isMissing()
        ? repositories.byPath(repository.path()).then(_ -> answers.forbidden(answer, repository))
        : answers.refusal(answer, repository);
  }
}
