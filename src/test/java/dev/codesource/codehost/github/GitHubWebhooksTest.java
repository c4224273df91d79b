package dev.codesource.codehost.github;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookContract;
import dev.codesource.codehost.Webhooks.Found;
import dev.codesource.codehost.Webhooks.Wanted;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.GitHubWording;
import dev.codesource.testhost.WebhookWording;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** An Enterprise Server, whose API lies below the site. */
class GitHubWebhooksTest extends WebhookContract {

  @Override
  protected Platform platform() {
    return Platform.GitHub;
  }

  @Override
  protected WebhookWording wording() {
    return new GitHubWording();
  }

  @Override
  protected Optional<String> secretOf(ObjectNode hook) {
    return Optional.ofNullable(hook.path("config").path("secret").textValue());
  }

  private static ObjectNode config(ObjectNode hook) {
    return (ObjectNode) hook.path("config");
  }

  @Override
  protected Stream<Alteration> alterations() {
    return Stream.of(
        new Alteration("active", hook -> hook.put("active", false)),
        new Alteration("fewer events", hook -> hook.putArray("events").add("push")),
        new Alteration("more events", hook -> hook.withArray("events").add("issues")),
        new Alteration("form", hook -> config(hook).put("content_type", "form")),
        new Alteration("certificates", hook -> config(hook).put("insecure_ssl", "1")),
        new Alteration("certificates, as a number", hook -> config(hook).put("insecure_ssl", 1)),
        new Alteration("secret", hook -> config(hook).remove("secret")));
  }

  @Override
  protected Stream<Alteration> disablings() {
    return Stream.of(new Alteration("not active", hook -> hook.put("active", false)));
  }

  /** GitHub goes on sending, whatever became of the last delivery. */
  @Test
  void aDeliveryThatFailedDoesNotDisable() {
    made();
    kept().putObject("last_response").put("code", 502).put("status", "invalid HTTP response");

    assertThat(done(webhooks().list(repository())))
        .allSatisfy(found -> assertThat(found.disabled()).isEmpty());
  }

  @Test
  void itIsAskedOnceMoreWhetherTheRepositoryIsThere() {
    shelf.refusing(true);

    assertThat(refused(webhooks().list(repository()), Reason.WebhookNotPermitted).what())
        .isEqualTo("GitHub answers 404 to listing the webhooks of team/app.");

    assertThat(host.asked())
        .extracting(Asked::path)
        .containsExactly("/api/v3/repos/team/app/hooks", "/api/v3/repos/team/app");
  }

  /** Nothing of the former path is followed, nor taken for a webhook that is gone. */
  @Test
  void theWebhooksOfARenamedRepositoryAreReachedUnderItsNewPathOnly() {
    Found made = made();
    shelf.rename(path(), otherPath());

    refused(webhooks().list(repository()), Reason.RepositoryNotFound);
    refused(webhooks().update(repository(), made.id(), wanted), Reason.RepositoryNotFound);
    refused(webhooks().delete(repository(), made.id()), Reason.RepositoryNotFound);
    assertThat(done(webhooks().delete(done(repositories().byId(repository().id())), made.id())))
        .isTrue();
    assertThat(shelf.hooks(otherPath())).isEmpty();
  }

  @Test
  void aWebhookOfARequestWhoseAnswerWasLostIsTakenOver() {
    Found made = made();
    Answer exists =
        Answer.json(
            422,
            "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"Hook\",\"code\":\"custom\",\"message\":\"Hook already exists on this repository\"}]}");
    host.answering(
        (asked, grants) -> asked.method().equals("POST") ? exists : shelf.answer(asked, grants));

    Found found = done(webhooks().create(repository(), new Wanted(ADDRESS, otherSecret)));

    assertThat(found).isEqualTo(made);
    assertThat(secretOf(kept())).hasValue(otherSecret.text());
  }
}
