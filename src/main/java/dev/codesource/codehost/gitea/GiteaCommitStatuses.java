package dev.codesource.codehost.gitea;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.CommitStatus;
import dev.codesource.codehost.CommitStatusAnswers;
import dev.codesource.codehost.CommitStatuses;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The commit statuses of Gitea and Forgejo
 * (https://docs.gitea.com/api/#tag/repository/operation/repoCreateStatus). Texts may have any
 * length (models/git/commit_status.go); they are as long here as elsewhere.
 *
 * <p>If there is no such commit, Gitea answers 500 (routers/api/v1/repo/status.go). So after a 500
 * it is asked whether the commit is there.
 */
final class GiteaCommitStatuses implements CommitStatuses {

  private static final int LONGEST = CommitStatusAnswers.USUAL_LENGTH;

  private final SiteUrl site;
  private final ApiSession api;
  private final Map<String, String> headers;
  private final CommitStatusAnswers answers;

  /**
   * @param api a session of {@link CommitStatusAnswers#MAX_REQUESTS}
   */
  GiteaCommitStatuses(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.api = api;
    this.headers = ApiSession.bearer(token);
    this.answers =
        new CommitStatusAnswers(
            Platform.Gitea,
            site,
            api,
            "write access to the code of the repository, and a token with the scope write:repository");
  }

  @Override
  public Outcome<Boolean> report(Repository repository, CommitStatus status) {
    if (!CommitStatusAnswers.isCommit(status)) {
      return Outcome.done(false);
    }
    Outcome<ApiResponse> sent =
        answers.post(
            uri(repository, "statuses/" + status.sha()), headers, body(status), repository);
    return sent instanceof Outcome.Waiting<ApiResponse>(var problem, var _, var _)
            && problem.reason() == Reason.ServerError
            && isMissing(repository, status)
        ? Outcome.done(false)
        : sent.then(
            answer -> answer.isSuccess() ? answers.shown(answer) : otherwise(answer, repository));
  }

  private static ObjectNode body(CommitStatus status) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("state", state(status.state()))
        .put("context", CommitStatusAnswers.context(status, LONGEST))
        .put("description", CommitStatusAnswers.description(status, LONGEST));
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

  /** Without the files, which newer versions leave out when asked to. */
  private boolean isMissing(Repository repository, CommitStatus status) {
    URI commit =
        uri(
            repository,
            "git/commits/%s?stat=false&verification=false&files=false".formatted(status.sha()));
    return api.askInAddition(commit, headers)
            instanceof Outcome.Done<Optional<ApiResponse>>(var answer)
        && answer.filter(ApiResponse::isMissing).isPresent();
  }

  /** 404 is for a repository that the account may not see, else 403. */
  private Outcome<Boolean> otherwise(ApiResponse answer, Repository repository) {
    return answer.isMissing()
        ? answers.noRepository(repository)
        : answers.refusal(answer, repository);
  }

  private URI uri(Repository repository, String rest) {
    return site.resolve(
        "/api/v1/repos/%s/%s".formatted(RepositoryAnswers.encoded(repository.path()), rest));
  }
}
