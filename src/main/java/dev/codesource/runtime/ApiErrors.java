package dev.codesource.runtime;

import dev.codesource.api.ApiGroup;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Classifies errors of the API server. */
public final class ApiErrors {

  /** {@code NamespaceTerminatingCause} of k8s.io/api/core/v1. */
  private static final String NAMESPACE_TERMINATING = "NamespaceTerminating";

  private ApiErrors() {}

  /** Whether an object of this name exists already, or has another version or UID than was sent. */
  public static boolean isConflict(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_CONFLICT || isAboutUid(answer);
  }

  /** How the API server answers when it is to apply to an object that was made anew: with 422. */
  private static boolean isAboutUid(KubernetesClientException answer) {
    return causes(answer).anyMatch(cause -> "metadata.uid".equals(cause.getField()));
  }

  /**
   * Whether the resource, its namespace or the changed object is gone. No retry is needed: if the
   * resource still exists, its deletion is an event that starts a reconciliation.
   */
  public static boolean isGone(KubernetesClientException answer) {
    return answer.getCode() == HttpURLConnection.HTTP_NOT_FOUND
        || isOtherObject(answer)
        || isEndingNamespace(answer);
  }

  /** The UID in a patch of status belongs to a deleted object; another object has its name now. */
  private static boolean isOtherObject(KubernetesClientException answer) {
    return isConflict(answer)
        && details(answer).filter(details -> ApiGroup.NAME.equals(details.getGroup())).isPresent();
  }

  /** No object can be created in a namespace that is being deleted. */
  private static boolean isEndingNamespace(KubernetesClientException answer) {
    return causes(answer).anyMatch(cause -> NAMESPACE_TERMINATING.equals(cause.getReason()));
  }

  /** What the API server says of it. */
  public static Optional<String> message(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus()).map(Status::getMessage);
  }

  private static Stream<StatusCause> causes(KubernetesClientException answer) {
    return details(answer).map(StatusDetails::getCauses).stream().flatMap(List::stream);
  }

  private static Optional<StatusDetails> details(KubernetesClientException answer) {
    return Optional.ofNullable(answer.getStatus()).map(status -> status.getDetails());
  }
}
