package dev.codesource.codehost.gitlab;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CommitStatus;
import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.codehost.CommitStatusContract;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Troubleshooting;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.CommitStatusWording;
import dev.codesource.testhost.GitLabStatusWording;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GitLabCommitStatusesTest extends CommitStatusContract {

  @Override
  protected Platform platform() {
    return Platform.GitLab;
  }

  @Override
  protected CommitStatusWording wording() {
    return new GitLabStatusWording();
  }

  @Override
  protected Map<State, String> words() {
    return Map.of(
        State.Pending, "pending",
        State.Running, "running",
        State.Succeeded, "success",
        State.Failed, "failed",
        State.Cancelled, "canceled");
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
    return "the role Developer, the right to push to the branch if it is protected, and a token with the scope api";
  }

  @Override
  protected int longestKey() {
    return 255;
  }

  @Override
  protected boolean reachesRenamed() {
    return true;
  }

  @Test
  void aBuildThatRunsIsNotSetBackAndThatIsNoFailure() {
    done(report(status(State.Running)));

    assertThat(done(report(status(State.Pending)))).isTrue();
    assertThat(kept().path("state").asText()).isEqualTo("running");
  }

  @Test
  void aBuildThatHasEndedCanBeginAnew() {
    for (State state : new State[] {State.Running, State.Failed, State.Pending, State.Succeeded}) {
      assertThat(done(report(status(state)))).isTrue();
      assertThat(kept().path("state").asText()).isEqualTo(words().get(state));
    }
  }

  /** Else GitLab has no status for a commit that only a tag names. */
  @Test
  void theBranchOrTagIsNamedByItsShortName() {
    done(report(of(Optional.of("v1.0"))));
    assertThat(kept().path("ref").asText()).isEqualTo("v1.0");
  }

  @Test
  void aNameThatIsTooLongForGitLabIsNotSent() {
    done(report(of(Optional.of("é".repeat(255)))));
    assertThat(kept().path("ref").asText()).hasSize(255);
    done(report(of(Optional.of("é".repeat(256)))));
    assertThat(kept().has("ref")).isFalse();
  }

  private static CommitStatus of(Optional<String> ref) {
    return new CommitStatus(SHA, ref, State.Succeeded, CONTEXT, "Done.", Optional.empty());
  }

  /** As one that no branch contains, if it is not known what names it. */
  @Test
  void aCommitOfWhichNoBranchIsFoundHasNoStatus() {
    host.answering(
        (_, _) -> Answer.json(404, "{\"message\":\"404 References for commit Not Found\"}"));

    assertThat(done(report(status(State.Running)))).isFalse();
  }

  @Test
  void theMessagesAreThoseOfTheTroubleshootingPage() {
    Troubleshooting page = Troubleshooting.page();
    shelf.refusing(true);
    shows(page, Reason.CommitStatusForbidden, report(status(State.Running)));
    host.answering(
        (_, _) -> Answer.json(400, "{\"message\":{\"name\":[\"has already been taken\"]}}"));
    shows(page, Reason.CommitStatusRefused, report(status(State.Running)));
  }

  private static void shows(Troubleshooting page, Reason reason, Outcome<?> outcome) {
    assertThat(page.messages(reason)).contains(refused(outcome, reason).message());
  }
}
