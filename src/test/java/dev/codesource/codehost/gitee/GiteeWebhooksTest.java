package dev.codesource.codehost.gitee;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookContract;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.GiteeWording;
import dev.codesource.testhost.WebhookWording;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GiteeWebhooksTest extends WebhookContract {

  @Override
  protected Platform platform() {
    return Platform.Gitee;
  }

  @Override
  protected WebhookWording wording() {
    return new GiteeWording();
  }

  @Override
  protected Optional<String> secretOf(ObjectNode hook) {
    return Optional.ofNullable(hook.path("password").textValue());
  }

  @Override
  protected boolean tellsMoves() {
    return false;
  }

  @Override
  protected Stream<Alteration> alterations() {
    return Stream.of(
        new Alteration("no pushes", hook -> hook.put("push_events", false)),
        new Alteration("no tags", hook -> hook.put("tag_push_events", false)),
        new Alteration("issues", hook -> hook.put("issues_events", true)),
        new Alteration("notes", hook -> hook.put("note_events", true)),
        new Alteration("merge requests", hook -> hook.put("merge_requests_events", true)));
  }

  /** Gitee switches no webhook off. */
  @Override
  protected Stream<Alteration> disablings() {
    return Stream.empty();
  }

  /** Its number alone does not find it. */
  @Override
  @Test
  public void aRenamedRepositoryIsFoundByItsIdentifierAlone() {
    shelf.rename(path(), otherPath());

    refused(repositories().byPath(path()), Reason.RepositoryNotFound);
    refused(repositories().byId(repository().id()), Reason.RepositoryNotFound);
  }

  @Test
  void anotherRepositoryAtTheFormerPathIsNotMistakenForIt() {
    shelf.rename(path(), otherPath());
    shelf.put(path());

    refused(repositories().byId(repository().id()), Reason.RepositoryNotFound);
    assertThat(done(repositories().byPath(path())).id()).isNotEqualTo(repository().id());
  }

  @Test
  void aWebhookSignsAndDoesNotSendItsSecret() {
    made();

    assertThat(kept().path("encryption_type").asInt()).isEqualTo(1);
    for (int type : List.of(0, 1)) {
      host.answering(
          (_, _) -> Answer.json(200, "[" + kept().deepCopy().put("encryption_type", type) + "]"));
      assertThat(done(webhooks().list(repository())).getFirst().isAsWanted()).isEqualTo(type == 1);
    }
  }

  @Test
  void aRepositoryThatIsGoneIsToldApartFromAWebhookThatIs() {
    shelf.remove(path());

    refused(webhooks().update(repository(), "7", wanted), Reason.RepositoryNotFound);
  }

  /** Its comparison does not tell the former path of a file that was renamed. */
  @Test
  void noListOfChangedFilesIsTakenForComplete() {
    assertThat(done(repositories().changedFiles(repository(), "1".repeat(40), "2".repeat(40))))
        .isEmpty();
    assertThat(host.count()).isZero();
  }
}
