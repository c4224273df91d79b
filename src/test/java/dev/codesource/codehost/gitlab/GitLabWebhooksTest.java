package dev.codesource.codehost.gitlab;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookContract;
import dev.codesource.codehost.Webhooks;
import dev.codesource.codehost.Webhooks.Found;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.reason.Troubleshooting;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.WebhookWording;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** GitLab 19 and later. */
class GitLabWebhooksTest extends WebhookContract {

  @Override
  protected Platform platform() {
    return Platform.GitLab;
  }

  @Override
  protected WebhookWording wording() {
    return GitLabWording.current();
  }

  @Override
  protected Optional<String> secretOf(ObjectNode hook) {
    return Optional.ofNullable(hook.path("token").textValue());
  }

  @Override
  protected Stream<Alteration> alterations() {
    return Stream.concat(
        Stream.of(new Alteration("token", hook -> hook.remove("token"))), altered());
  }

  /** What all versions tell. */
  static Stream<Alteration> altered() {
    return Stream.concat(
        Stream.of(
                "issues_events",
                "confidential_issues_events",
                "merge_requests_events",
                "note_events",
                "confidential_note_events",
                "job_events",
                "pipeline_events",
                "wiki_page_events",
                "deployment_events",
                "feature_flag_events",
                "releases_events",
                "milestone_events",
                "emoji_events",
                "resource_access_token_events")
            .map(event -> new Alteration(event, hook -> hook.put(event, true))),
        Stream.of(
            new Alteration("push_events", hook -> hook.put("push_events", false)),
            new Alteration("tag_push_events", hook -> hook.put("tag_push_events", false)),
            new Alteration(
                "branch filter",
                hook ->
                    hook.put("push_events_branch_filter", "main")
                        .put("branch_filter_strategy", "wildcard")),
            new Alteration("certificates", hook -> hook.put("enable_ssl_verification", false)),
            new Alteration("template", hook -> hook.put("custom_webhook_template", "{}"))));
  }

  @Override
  protected Stream<Alteration> disablings() {
    return disabled();
  }

  static Stream<Alteration> disabled() {
    return Stream.of(
        new Alteration(
            "disabled after failed deliveries", hook -> hook.put("alert_status", "disabled")),
        new Alteration(
            "temporarily disabled after failed deliveries",
            hook ->
                hook.put("alert_status", "temporarily_disabled")
                    .put("disabled_until", "2099-01-01T00:00:00Z")));
  }

  @Test
  void theSecretIsBothTheTokenAndTheKeyOfSignatures() {
    made();

    assertThat(kept().path("signing_token").asText()).isEqualTo(secret.text());
    assertThat(kept().path("token").asText()).isEqualTo(secret.text());
    assertThat(kept().path("name").asText()).isEqualTo(Webhooks.NAME);
  }

  /** Else a GitLab whose feature flag is off would be changed at each interval. */
  @Test
  void aWebhookThatIsNotSignedIsAsWantedAllTheSame() {
    made();
    kept().remove("signing_token");

    assertThat(done(webhooks().list(repository())))
        .extracting(Found::isAsWanted)
        .containsOnly(true);
  }

  /** With the path, requests other than GET would be refused after the project has moved. */
  @Test
  void theWebhooksOfARenamedProjectAreStillReached() {
    Found made = made();
    shelf.rename(path(), otherPath());

    assertThat(done(webhooks().list(repository()))).hasSize(1);
    assertThat(done(webhooks().update(repository(), made.id(), wanted))).isPresent();
    assertThat(done(webhooks().delete(repository(), made.id()))).isTrue();
  }

  @Test
  void theMessagesAreThoseOfTheTroubleshootingPage() {
    Troubleshooting page = Troubleshooting.page();
    shelf.putHooks(path(), 1_001);
    shows(page, Reason.TooManyWebhooks, webhooks().list(repository()));
    shelf.allowing(3);
    shows(page, Reason.WebhookLimitReached, webhooks().create(repository(), wanted));
    shelf.refusingAddresses(true);
    shows(page, Reason.WebhookAddressRefused, webhooks().create(repository(), wanted));
    shelf.refusing(true);
    shows(page, Reason.WebhookNotPermitted, webhooks().list(repository()));
  }

  private static void shows(Troubleshooting page, Reason reason, Outcome<?> outcome) {
    assertThat(page.messages(reason)).contains(refused(outcome, reason).message());
  }

  @Test
  void aProjectThatIsGoneIsNotTakenForAWebhookThatIs() {
    Found made = made();
    shelf.remove(path());

    refused(webhooks().update(repository(), made.id(), wanted), Reason.RepositoryNotFound);
  }
}
