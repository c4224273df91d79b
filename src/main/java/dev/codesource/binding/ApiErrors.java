package dev.codesource.binding;

import dev.codesource.api.CodeSourceBinding;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;

/** What the API server answers to a write for something that is gone, or is about to be. */
final class ApiErrors {

  /** {@code NamespaceTerminatingCause} of k8s.io/api/core/v1. */
  private static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

  private ApiErrors() {}

  /**
   * Whether it says that the binding, its namespace or what was to be changed is gone. There is
   * nothing to try again: where the binding is still there, the deletion is an event that leads to
   * it.
   */
  static boolean isGone(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND
        || isOtherBinding(answer)
        || isEndingNamespace(answer);
  }

  /** The UID in a patch of status is not that of the binding which has the name now. */
  private static boolean isOtherBinding(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_CONFLICT
        && details(answer)
            .filter(details -> CodeSourceBinding.GROUP.equals(details.getGroup()))
            .isPresent();
  }

  /** Nothing new may be made in a namespace that is being deleted. */
  private static boolean isEndingNamespace(KubernetesClientException answer) {
    return details(answer).map(StatusDetails::getCauses).orElse(List.of()).stream()
        .anyMatch(cause -> NAMESPACE_TERMINATING.equals(cause.getReason()));
  }

  private static Optional<StatusDetails> details(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus()).map(status -> status.getDetails());
  }
}
