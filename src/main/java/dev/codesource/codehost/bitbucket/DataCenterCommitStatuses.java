package dev.codesource.codehost.bitbucket;

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
import java.net.URI;
import java.util.Map;

/**
 * The build statuses of Bitbucket Data Center
 * (https://developer.atlassian.com/server/bitbucket/how-tos/updating-build-status-for-commits/),
 * which require the right to read the repository. A status with the same key is overwritten. Key,
 * state and link are required.
 *
 * <p>Versions before 7.4 have statuses of commits, in whatever repository they are
 * (https://docs.atlassian.com/bitbucket-server/docs/4.14.4/how-tos/updating-build-status-for-commits.html),
 * and versions before 8.0 have no state for a build that was cancelled
 * (https://developer.atlassian.com/server/bitbucket/reference/api-changelog/#bitbucket-server-8-0):
 * there it has failed.
 */
final class DataCenterCommitStatuses implements CommitStatuses {

  private static final int LONGEST = CommitStatusAnswers.USUAL_LENGTH;

  private static final String CANCELLED = "CANCELLED";
  private static final String FAILED = "FAILED";

  private final SiteUrl site;
  private final Map<String, String> headers;
  private final CommitStatusAnswers answers;

  /**
   * @param api a session of {@link CommitStatusAnswers#MAX_REQUESTS}
   */
  DataCenterCommitStatuses(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.headers = ApiSession.bearer(token);
    this.answers =
        new CommitStatusAnswers(
            Platform.Bitbucket,
            site,
            api,
            "the right to read the repository, of the account and of the token");
  }

  @Override
  public Outcome<Boolean> report(Repository repository, CommitStatus status) {
    if (!CommitStatusAnswers.isCommit(status)) {
      return Outcome.done(false);
    }
    String builds = DataCenterRepositories.address(repository.path(), "/commits/%s/builds");
    String state = state(status.state());
    return post(builds, repository, status, state)
        .then(
            answer ->
                answer.status() == 400 && state.equals(CANCELLED)
                    ? post(builds, repository, status, FAILED)
                    : Outcome.done(answer))
        .then(
            answer ->
                isUnknownAddress(answer)
                    ? post(
                        "/rest/build-status/1.0/commits/%s",
                        repository, status, state.equals(CANCELLED) ? FAILED : state)
                    : Outcome.done(answer))
        .then(
            answer ->
                answer.isSuccess()
                    ? answers.shownWithoutBody(answer)
                    : otherwise(answer, repository));
  }

  private Outcome<ApiResponse> post(
      String address, Repository repository, CommitStatus status, String state) {
    return answers.post(
        site.resolve(address.formatted(status.sha())),
        headers,
        body(repository, status).put("state", state),
        repository);
  }

  private ObjectNode body(Repository repository, CommitStatus status) {
    String[] parts = repository.path().split("/", 2);
    URI commit =
        site.resolve(
            "/projects/%s/repos/%s/commits/%s"
                .formatted(
                    RepositoryAnswers.encoded(parts[0]),
                    RepositoryAnswers.encoded(parts[1]),
                    status.sha()));
    return JsonNodeFactory.instance
        .objectNode()
        .put("key", CommitStatusAnswers.context(status, LONGEST))
        .put("name", CommitStatusAnswers.context(status, LONGEST))
        .put("description", CommitStatusAnswers.description(status, LONGEST))
        .put(
            "url",
            CommitStatusAnswers.link(status, CloudCommitStatuses.LONGEST_LINK)
                .orElseGet(commit::toASCIIString));
  }

  private static String state(CommitStatus.State state) {
    return switch (state) {
      case Pending, Running -> "INPROGRESS";
      case Succeeded -> "SUCCESSFUL";
      case Failed -> FAILED;
      case Cancelled -> CANCELLED;
    };
  }

  /** Bitbucket names an exception in each error of its own, but not in that for an address. */
  private static boolean isUnknownAddress(ApiResponse answer) {
    return answer.isMissing() && DataCenterWebhooks.exception(answer).isEmpty();
  }

  /** {@code NoSuchCommitException}, or else {@code NoSuchRepositoryException} and the like. */
  private Outcome<Boolean> otherwise(ApiResponse answer, Repository repository) {
    if (!answer.isMissing()) {
      return answers.refusal(answer, repository);
    }
    return DataCenterWebhooks.exception(answer).endsWith("nosuchcommitexception")
        ? Outcome.done(false)
        : answers.noRepository(repository);
  }
}
