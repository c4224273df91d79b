package dev.codesource.codehost.github;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.codehost.CommitStatusContract;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CommitStatusWording;
import dev.codesource.testhost.GitHubStatusWording;
import dev.codesource.testhost.GitHubWording;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** An Enterprise Server, whose API lies below the site. */
class GitHubCommitStatusesTest extends CommitStatusContract {

  @Override
  protected Platform platform() {
    return Platform.GitHub;
  }

  @Override
  protected CommitStatusWording wording() {
    return new GitHubStatusWording(new GitHubWording());
  }

  @Override
  protected Map<State, String> words() {
    return Map.of(
        State.Pending, "pending",
        State.Running, "pending",
        State.Succeeded, "success",
        State.Failed, "failure",
        State.Cancelled, "error");
  }

  @Override
  protected String linkField() {
    return "target_url";
  }

  @Override
  protected Optional<String> linkOfNone() {
    return Optional.empty();
  }

  @Override
  protected String needs() {
    return "write access to the repository, and a token with the scope repo or repo:status, or with the permission Commit statuses (read and write)";
  }

  @Override
  protected int longestKey() {
    return 255;
  }

  @Override
  protected int longestDescription() {
    return 140;
  }

  @Test
  void itIsAskedOnceMoreWhetherTheRepositoryIsThere() {
    shelf.refusing(true);

    refused(report(status(State.Running)), Reason.CommitStatusForbidden);

    assertThat(host.asked())
        .extracting(Asked::path)
        .containsExactly("/api/v3/repos/team/app/statuses/" + SHA, "/api/v3/repos/team/app");
  }

  /** A fine-grained token without the permission. */
  @Test
  void aTokenWithoutThePermissionIsToldToo() {
    host.answering(
        (_, _) ->
            Answer.json(403, "{\"message\":\"Resource not accessible by personal access token\"}"));

    assertThat(refused(report(status(State.Running)), Reason.CommitStatusForbidden).what())
        .startsWith("GitHub answers 403 to setting the status of a commit of team/app: it needs ");
  }

  @Test
  void aCommitWithTooManyStatusesGetsNoMore() {
    host.answering(
        (_, _) ->
            Answer.json(
                422,
                "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"Status\",\"code\":\"custom\",\"message\":\"This SHA and context has reached the maximum number of statuses.\"}]}"));

    refused(report(status(State.Running)), Reason.CommitStatusRefused);
  }
}
