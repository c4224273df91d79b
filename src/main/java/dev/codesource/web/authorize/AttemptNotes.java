package dev.codesource.web.authorize;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.Attempt;
import dev.codesource.oauth.CodeFlow.Ending;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Pauses;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Notes on a binding how an attempt ended, for those who look at its status and not at the page.
 *
 * @param pauses between two notes of a binding: each costs a write, and a reconciliation, and
 *     strangers can cause them
 */
record AttemptNotes(KubernetesClient client, Pauses pauses, Clock clock) {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.authorize");

  /** The pause between two notes of a binding. */
  static final Duration PAUSE = Duration.ofMinutes(1);

  AttemptNotes(KubernetesClient client, Clock clock) {
    this(client, new Pauses(PAUSE), clock);
  }

  /**
   * Notes the end of a flow. A failure of the API server is logged only, since the page has its
   * result.
   */
  void note(CodeSourceBinding binding, Ending ending) {
    switch (ending) {
      case Ending.Failed(var problem) -> failed(binding, problem.reason());
      case Ending.Stored _ -> {
        if (Attempt.noted(binding).isPresent()) {
          set(binding, Optional.empty());
        }
      }
      // Said about the browser, and not about the authorization.
      case Ending.OtherBrowser _,
          Ending.Over _,
          Ending.Gone _,
          Ending.Forged _,
          Ending.OtherSite _ -> {}
    }
  }

  private void failed(CodeSourceBinding binding, Reason reason) {
    Instant now = clock.instant();
    Optional<Attempt> attempt = Attempt.failed(reason, now);
    if (attempt.isPresent() && pauses.take(binding.getMetadata().getUid(), now).isEmpty()) {
      set(binding, Optional.of(attempt.get().note(binding)));
    }
  }

  private void set(CodeSourceBinding binding, Optional<String> note) {
    ObjectNode patch = JsonNodeFactory.instance.objectNode();
    ObjectNode metadata = patch.putObject("metadata");
    metadata.put("uid", binding.getMetadata().getUid());
    metadata.putObject("annotations").put(Attempt.ANNOTATION, note.orElse(null));
    try {
      client.resource(binding).patch(PatchContext.of(PatchType.JSON_MERGE), patch.toString());
    } catch (KubernetesClientException e) {
      LOG.warnf(
          "%s/%s: how the authorization ended could not be noted: the API server answers %d",
          binding.getMetadata().getNamespace(), binding.getMetadata().getName(), e.getCode());
    }
  }
}
