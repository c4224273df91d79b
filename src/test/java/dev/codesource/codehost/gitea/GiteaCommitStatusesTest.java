package dev.codesource.codehost.gitea;

import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.api.Platform;
import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.codehost.CommitStatusContract;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.CommitStatusWording;
import dev.codesource.testhost.GiteaStatusWording;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GiteaCommitStatusesTest extends CommitStatusContract {

  @Override
  protected Platform platform() {
    return Platform.Gitea;
  }

  @Override
  protected CommitStatusWording wording() {
    return new GiteaStatusWording();
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
    return "write access to the code of the repository, and a token with the scope write:repository";
  }

  @Override
  protected int longestKey() {
    return 255;
  }

  /** Gitea answers 500 for a commit that is gone, too. */
  @Test
  void anErrorWithACommitThatIsThereIsOne() {
    host.answering(
        (asked, grants) ->
            asked.method().equals("POST")
                ? Answer.json(500, "{\"message\":\"\"}")
                : shelf.answer(asked, grants));

    assertThat(report(status(State.Running)))
        .isInstanceOfSatisfying(
            Outcome.Waiting.class,
            waiting -> assertThat(waiting.problem().reason()).isEqualTo(Reason.ServerError));
    assertThat(host.asked().getLast().path())
        .isEqualTo("/api/v1/repos/team/app/git/commits/" + SHA);
  }

  @Test
  void aTokenWithoutTheScopeIsToldToo() {
    host.answering(
        (_, _) ->
            Answer.json(
                403,
                "{\"message\":\"token does not have at least one of required scope(s), required=[write:repository], token scope=read:repository\"}"));

    refused(report(status(State.Running)), Reason.CommitStatusForbidden);
  }
}
