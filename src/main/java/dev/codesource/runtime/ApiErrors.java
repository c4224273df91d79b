package dev.codesource.runtime;

import dev.codesource.api.ApiGroup;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;

/** What the errors of the API server mean. */
public final class ApiErrors {

  /** {@code NamespaceTerminatingCause} of k8s.io/api/core/v1. */
  private static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

  private ApiErrors() {}

  /** Whether an object of this name exists already, or has another version than was sent. */
  public static boolean isConflict(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  /**
   * Whether the resource, its namespace or the changed object is gone. Nothing has to be tried
   * again: if the resource still exists, its deletion is an event that starts a reconciliation.
   */
  public static boolean isGone(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND
        || isOtherObject(answer)
        || isEndingNamespace(answer);
  }

  /** The UID in a patch of status belongs to a deleted object; another one has its name now. */
  private static boolean isOtherObject(KubernetesClientException answer) {
    return isConflict(answer)
        && details(answer).filter(details -> ApiGroup.NAME.equals(details.getGroup())).isPresent();
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
