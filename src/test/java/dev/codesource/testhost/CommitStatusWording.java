package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.function.Predicate;

/** How one platform words requests and answers about the statuses of commits. */
public interface CommitStatusWording {

  /**
   * What a status is set for.
   *
   * @param repository its path or its identifier; empty: of all repositories
   */
  record Place(Optional<String> repository, String sha) {}

  /** How the platform words what is about repositories. */
  WebhookWording repositories();

  /** What a POST request sets a status for, by its path without query; empty: something else. */
  Optional<Place> place(String path);

  /** Answers a request that is about a commit and not about its status; empty: it is not. */
  default Optional<Answer> besides(Asked asked, Predicate<String> isCommit) {
    return Optional.empty();
  }

  /** The field with the name that distinguishes statuses. */
  String keyField();

  /**
   * Why the platform does not take a status; empty: it takes it.
   *
   * @param before the status of the same name; empty: there is none
   */
  Optional<Answer> invalid(JsonNode status, Optional<JsonNode> before);

  /** The answer to a status that is taken. */
  Answer taken(JsonNode status, String sha, boolean isNew);

  Answer noCommit(String sha);

  Answer notPermitted();

  /** Whether a field is longer than the platform takes. */
  static boolean isLonger(JsonNode status, String field, int most) {
    return status.path(field).asText().length() > most;
  }
}
