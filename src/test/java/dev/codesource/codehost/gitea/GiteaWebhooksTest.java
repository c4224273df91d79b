package dev.codesource.codehost.gitea;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookContract;
import dev.codesource.codehost.Webhooks.Found;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.GiteaWording;
import dev.codesource.testhost.WebhookWording;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GiteaWebhooksTest extends WebhookContract {

  @Override
  protected Platform platform() {
    return Platform.Gitea;
  }

  @Override
  protected WebhookWording wording() {
    return new GiteaWording();
  }

  @Override
  protected boolean hasLimit() {
    return false;
  }

  @Override
  protected Optional<String> secretOf(ObjectNode hook) {
    return Optional.ofNullable(hook.path("config").path("secret").textValue());
  }

  @Override
  protected Stream<Alteration> alterations() {
    return Stream.of(
        new Alteration("active", hook -> hook.put("active", false)),
        new Alteration("other events", hook -> hook.putArray("events").add("issues")),
        new Alteration("more events", hook -> hook.withArray("events").add("create")),
        new Alteration("no events", hook -> hook.putArray("events")),
        new Alteration("branch filter", hook -> hook.put("branch_filter", "main")),
        new Alteration("header", hook -> hook.put("authorization_header", "Bearer x")),
        new Alteration(
            "form", hook -> ((ObjectNode) hook.path("config")).put("content_type", "form")));
  }

  @Override
  protected Stream<Alteration> disablings() {
    return Stream.of(new Alteration("not active", hook -> hook.put("active", false)));
  }

  @Test
  void theWebhooksOfARenamedRepositoryAreReachedUnderItsNewPathOnly() {
    Found made = made();
    shelf.rename(path(), otherPath());

    refused(webhooks().list(repository()), Reason.RepositoryNotFound);
    refused(webhooks().update(repository(), made.id(), wanted), Reason.RepositoryNotFound);
    refused(webhooks().delete(repository(), made.id()), Reason.RepositoryNotFound);
    assertThat(done(webhooks().delete(done(repositories().byId(repository().id())), made.id())))
        .isTrue();
  }

  /** What a change does not send, Gitea sets to its own defaults. */
  @Test
  void allThatGiteaWouldResetIsSentWithEachChange() {
    done(webhooks().update(repository(), made().id(), wanted));

    assertThat(host.asked().getLast().method()).isEqualTo("PATCH");
    assertThat(host.asked().getLast().body())
        .contains(
            "\"active\":true",
            "\"events\":[\"push\"]",
            "\"branch_filter\":\"*\"",
            "\"authorization_header\":\"\"",
            "\"content_type\":\"json\"");
  }

  /** Versions that know no pages send all webhooks each time. */
  @Test
  void aListThatComesWholeEachTimeIsReadOnce() {
    shelf.putHooks(path(), 50);
    host.answering(
        (asked, grants) -> {
          Answer answer = shelf.answer(asked, grants);
          return asked.method().equals("GET")
              ? new Answer(
                  answer.status(), Map.of("Content-Type", "application/json"), firstPage(answer))
              : answer;
        });

    assertThat(done(webhooks().list(repository()))).hasSize(50);
    assertThat(host.count()).isEqualTo(2);
  }

  private String firstPage = "";

  private String firstPage(Answer answer) {
    if (firstPage.isEmpty()) {
      firstPage = answer.body();
    }
    return firstPage;
  }
}
