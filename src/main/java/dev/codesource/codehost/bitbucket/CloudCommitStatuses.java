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
import dev.codesource.codehost.Repositories;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.util.Map;

/**
 * The build statuses of Bitbucket Cloud
 * (https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/#api-repositories-workspace-repo-slug-commit-commit-statuses-build-post).
 * A status with the same key is overwritten. A link is required: "url: Enter a valid URL."
 * (https://github.com/runatlantis/atlantis/issues/710).
 */
final class CloudCommitStatuses implements CommitStatuses {

  /**
   * "key: Ensure this value has at most 40 characters"
   * (https://github.com/buildbot/buildbot/issues/7049).
   */
  private static final int LONGEST_KEY = 40;

  private static final int LONGEST = CommitStatusAnswers.USUAL_LENGTH;

  /**
   * Of Cloud and of Data Center, as their branch source for Jenkins has it
   * (https://github.com/jenkinsci/bitbucket-branch-source-plugin/pull/928).
   */
  static final int LONGEST_LINK = 450;

  private final SiteUrl site;
  private final SiteUrl apiUrl;
  private final Map<String, String> headers;
  private final Repositories repositories;
  private final CommitStatusAnswers answers;

  /**
   * @param headers with the credential
   * @param api a session of {@link CommitStatusAnswers#MAX_REQUESTS}
   */
  CloudCommitStatuses(SiteUrl site, SiteUrl apiUrl, Map<String, String> headers, ApiSession api) {
    this.site = site;
    this.apiUrl = apiUrl;
    this.headers = headers;
    this.repositories = new CloudRepositories(site, apiUrl, headers, api);
    this.answers =
        new CommitStatusAnswers(
            Platform.Bitbucket,
            site,
            api,
            "a token with the scope repository, or read:repository:bitbucket");
  }

  @Override
  public Outcome<Boolean> report(Repository repository, CommitStatus status) {
    if (!CommitStatusAnswers.isCommit(status)) {
      return Outcome.done(false);
    }
    URI uri =
        apiUrl.resolve(
            CloudRepositories.address(
                repository, "/commit/%s/statuses/build".formatted(status.sha())));
    return answers
        .post(uri, headers, body(repository, status), repository)
        .then(answer -> answer.isSuccess() ? answers.shown(answer) : otherwise(answer, repository));
  }

  private ObjectNode body(Repository repository, CommitStatus status) {
    URI commit =
        site.resolve(
            "/%s/commits/%s".formatted(RepositoryAnswers.encoded(repository.path()), status.sha()));
    return JsonNodeFactory.instance
        .objectNode()
        .put("state", state(status.state()))
        .put("key", CommitStatusAnswers.context(status, LONGEST_KEY))
        .put("name", CommitStatusAnswers.context(status, LONGEST))
        .put("description", CommitStatusAnswers.description(status, LONGEST))
        .put(
            "url", CommitStatusAnswers.link(status, LONGEST_LINK).orElseGet(commit::toASCIIString));
  }

  private static String state(CommitStatus.State state) {
    return switch (state) {
      case Pending, Running -> "INPROGRESS";
      case Succeeded -> "SUCCESSFUL";
      case Failed -> "FAILED";
      case Cancelled -> "STOPPED";
    };
  }

  /** 404 is for the repository as well as for the commit; a further request tells which it is. */
  private Outcome<Boolean> otherwise(ApiResponse answer, Repository repository) {
    return answer.isMissing()
        ? repositories.byId(repository.id()).map(_ -> false)
        : answers.refusal(answer, repository);
  }
}
