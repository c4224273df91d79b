package dev.codesource.codehost.gitlab;

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
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * GitLab's commit statuses (https://docs.gitlab.com/api/commits/#set-commit-pipeline-status). A
 * commit without a pipeline of this {@code ref} gets one, with the status as its only job. Without
 * {@code ref} GitLab would take that of the newest pipeline of the commit, or else a branch that
 * contains it, and refuse a commit that only a tag names
 * (app/services/ci/create_commit_status_service.rb). The project is named by its identifier, since
 * only GET requests are redirected from a former path.
 */
final class GitLabCommitStatuses implements CommitStatuses {

  /**
   * "Must be 255 characters or fewer": of the ref, the description and the link, and so of the
   * name.
   */
  private static final int LONGEST = 255;

  private final SiteUrl site;
  private final Token token;
  private final CommitStatusAnswers answers;

  /**
   * @param api a session of {@link CommitStatusAnswers#MAX_REQUESTS}
   */
  GitLabCommitStatuses(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.answers =
        new CommitStatusAnswers(
            Platform.GitLab,
            site,
            api,
            "the role Developer, the right to push to the branch if it is protected, and a token with the scope api");
  }

  @Override
  public Outcome<Boolean> report(Repository repository, CommitStatus status) {
    if (!CommitStatusAnswers.isCommit(status)) {
      return Outcome.done(false);
    }
    URI uri =
        site.resolve(
            "/api/v4/projects/%s/statuses/%s"
                .formatted(
                    URLEncoder.encode(repository.id(), StandardCharsets.UTF_8), status.sha()));
    return answers
        .post(uri, ApiSession.bearer(token), body(status), repository)
        .then(answer -> answer.isSuccess() ? answers.shown(answer) : otherwise(answer, repository));
  }

  private static ObjectNode body(CommitStatus status) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("state", state(status.state()))
        .put("name", CommitStatusAnswers.context(status, LONGEST))
        .put("description", CommitStatusAnswers.description(status, LONGEST));
    status
        .ref()
        .filter(ref -> ref.codePointCount(0, ref.length()) <= LONGEST)
        .ifPresent(ref -> body.put("ref", ref));
    CommitStatusAnswers.link(status, LONGEST).ifPresent(link -> body.put("target_url", link));
    return body;
  }

  private static String state(CommitStatus.State state) {
    return switch (state) {
      case Pending -> "pending";
      case Running -> "running";
      case Succeeded -> "success";
      case Failed -> "failed";
      case Cancelled -> "canceled";
    };
  }

  /**
   * 400 with "Cannot transition status via :run from :running": the status has this state already,
   * or it runs and is to be pending again, which would say less. GitLab creates another status
   * after one that has ended, so there is no other such refusal.
   *
   * <p>404 with "404 Commit Not Found", or "404 References for commit Not Found" if no {@code ref}
   * is sent and no branch contains the commit.
   */
  private Outcome<Boolean> otherwise(ApiResponse answer, Repository repository) {
    String message = answer.words("message");
    if (answer.status() == 400 && message.startsWith("cannot transition status via")) {
      return Outcome.done(true);
    }
    if (!answer.isMissing()) {
      return answers.refusal(answer, repository);
    }
    return message.contains("commit") ? Outcome.done(false) : answers.noRepository(repository);
  }
}
