package dev.codesource.codehost.gitlab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.WebhookContract;
import dev.codesource.testhost.GitLabWording;
import dev.codesource.testhost.WebhookWording;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** GitLab before 19, which ignores signing tokens and tells nothing of secrets. */
class OldGitLabWebhooksTest extends WebhookContract {

  @Override
  protected Platform platform() {
    return Platform.GitLab;
  }

  @Override
  protected WebhookWording wording() {
    return GitLabWording.old();
  }

  @Override
  protected Optional<String> secretOf(ObjectNode hook) {
    return Optional.ofNullable(hook.path("token").textValue());
  }

  @Override
  protected Stream<Alteration> alterations() {
    return GitLabWebhooksTest.altered();
  }

  @Override
  protected Stream<Alteration> disablings() {
    return GitLabWebhooksTest.disabled();
  }

  @Test
  void theTokenIsTheOnlyProof() {
    assertThat(made().isAsWanted()).isTrue();
    assertThat(kept().has("signing_token")).isFalse();
  }
}
