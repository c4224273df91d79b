package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GitHub, as https://docs.github.com/rest/commits/statuses and the errors in public issues have it.
 * It answers 404 to who may not write to the repository.
 */
public final class GitHubStatusWording implements CommitStatusWording {

  private static final Pattern PATH =
      Pattern.compile("(?:.*/api/v3)?/repos/(?<path>[^/]+/[^/]+)/statuses/(?<sha>[^/]+)");

  private static final Set<String> STATES = Set.of("error", "failure", "pending", "success");

  private final WebhookWording repositories;

  /** With what answers all that is not about statuses. */
  public GitHubStatusWording(WebhookWording repositories) {
    this.repositories = repositories;
  }

  @Override
  public WebhookWording repositories() {
    return repositories;
  }

  @Override
  public Optional<Place> place(String path) {
    Matcher match = PATH.matcher(path);
    return match.matches()
        ? Optional.of(new Place(Optional.of(match.group("path")), match.group("sha")))
        : Optional.empty();
  }

  @Override
  public String keyField() {
    return "context";
  }

  @Override
  public Optional<Answer> invalid(JsonNode status, Optional<JsonNode> before) {
    if (!STATES.contains(status.path("state").asText())) {
      return Optional.of(invalid("state", "is not included in the list"));
    }
    if (CommitStatusWording.isLonger(status, "description", 140)) {
      return Optional.of(
          invalid("description", "description is too long (maximum is 140 characters)"));
    }
    return status.toString().codePoints().allMatch(Character::isBmpCodePoint)
        ? Optional.empty()
        : Optional.of(invalid("description", "description doesn't accept 4-byte Unicode"));
  }

  private static Answer invalid(String field, String message) {
    return Answer.json(
        422,
        "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"Status\",\"code\":\"custom\",\"field\":\"%s\",\"message\":\"%s\"}],\"status\":\"422\"}"
            .formatted(field, message));
  }

  @Override
  public Answer taken(JsonNode status, String sha, boolean isNew) {
    return WebhookShelf.json(
        201,
        WebhookShelf.object()
            .put("id", 1)
            .put("state", status.path("state").asText())
            .put("context", status.path("context").asText()));
  }

  @Override
  public Answer noCommit(String sha) {
    return Answer.json(
        422, "{\"message\":\"No commit found for SHA: %s\",\"status\":\"422\"}".formatted(sha));
  }

  @Override
  public Answer notPermitted() {
    return Answer.json(404, "{\"message\":\"Not Found\",\"status\":\"404\"}");
  }
}
