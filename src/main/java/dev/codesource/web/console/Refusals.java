package dev.codesource.web.console;

import dev.codesource.web.console.FormPage.Wrong;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.api.model.StatusCause;
import io.fabric8.kubernetes.api.model.StatusDetails;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Turns what the API server does not accept into what is wrong with a form. */
final class Refusals {

  private Refusals() {}

  /**
   * What is wrong.
   *
   * @param fields the fields of the form, by the path of a field of the object with which theirs
   *     begins
   * @throws KubernetesClientException the same, if it says nothing about what was sent
   */
  static List<Wrong> of(KubernetesClientException refusal, Map<String, String> fields) {
    return switch (refusal.getCode()) {
      case 400, 409, 422 -> {
        if (isTaken(refusal)) {
          yield List.of(
              new Wrong(
                  fields.get("metadata.name"),
                  "%s. Choose another name.".formatted(Problem.message(refusal))));
        }
        List<Wrong> wrongs = causes(refusal, fields);
        yield wrongs.isEmpty() ? List.of(new Wrong(null, Problem.message(refusal))) : wrongs;
      }
      case 403 ->
          List.of(new Wrong(null, "The cluster does not allow it: " + Problem.message(refusal)));
      default -> throw refusal;
    };
  }

  private static boolean isTaken(KubernetesClientException refusal) {
    return Optional.ofNullable(refusal.getStatus())
        .map(Status::getReason)
        .filter("AlreadyExists"::equals)
        .isPresent();
  }

  private static List<Wrong> causes(KubernetesClientException refusal, Map<String, String> fields) {
    return Optional.ofNullable(refusal.getStatus())
        .map(Status::getDetails)
        .map(StatusDetails::getCauses)
        .orElse(List.of())
        .stream()
        .map(cause -> wrong(cause, fields))
        .distinct()
        .toList();
  }

  private static Wrong wrong(StatusCause cause, Map<String, String> fields) {
    String path = Objects.requireNonNullElse(cause.getField(), "");
    return new Wrong(
        fields.entrySet().stream()
            .filter(entry -> path.startsWith(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElse(null),
        words(path, Objects.requireNonNullElse(cause.getMessage(), "")));
  }

  /** A refused patch is repeated whole by the API server, before what it says about it. */
  private static String words(String path, String message) {
    int strict = message.indexOf("strict decoding error");
    return strict >= 0
        ? message.substring(strict)
        : path.isEmpty() ? message : path + ": " + message;
  }
}
