package dev.codesource.web.authorize;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.Attempt;
import dev.codesource.oauth.CodeFlow.Ending;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.Optional;
import org.jboss.logging.Logger;

/**
 * Notes on a binding how an attempt ended, for those who look at its status and not at the page.
 */
record AttemptNotes(KubernetesClient client) {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.authorize");

  /**
   * Notes the end of a flow. Writes nothing if the binding says so already, so that repeated
   * attempts cost nothing; a failure is logged only, since the page has its result.
   */
  void note(CodeSourceBinding binding, Ending ending) {
    switch (ending) {
      case Ending.Failed(var problem) ->
          set(binding, Optional.of(new Attempt(problem.reason()).note(binding)));
      case Ending.Stored _ -> set(binding, Optional.empty());
      // Said about the browser, and not about the authorization.
      case Ending.OtherBrowser _,
          Ending.Over _,
          Ending.Gone _,
          Ending.Forged _,
          Ending.OtherSite _ -> {}
    }
  }

  private void set(CodeSourceBinding binding, Optional<String> note) {
    if (note.equals(Attempt.noted(binding))) {
      return;
    }
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
