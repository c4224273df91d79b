package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gitea and Forgejo, as routers/api/v1/repo/status.go, routers/api/v1/api.go and
 * models/git/commit_status.go have it: 500 for a commit that is not there, and texts of any length.
 */
public final class GiteaStatusWording implements CommitStatusWording {

  private static final Pattern PATH =
      Pattern.compile(".*/api/v1/repos/(?<path>[^/]+/[^/]+)/statuses/(?<sha>[^/]+)");

  private static final Pattern COMMIT =
      Pattern.compile(".*/api/v1/repos/[^/]+/[^/]+/git/commits/(?<sha>[^/]+)");

  private static final Set<String> STATES =
      Set.of("pending", "success", "error", "failure", "warning");

  @Override
  public WebhookWording repositories() {
    return new GiteaWording();
  }

  @Override
  public Optional<Place> place(String path) {
    Matcher match = PATH.matcher(path);
    return match.matches()
        ? Optional.of(new Place(Optional.of(match.group("path")), match.group("sha")))
        : Optional.empty();
  }

  @Override
  public Optional<Answer> besides(Asked asked, Predicate<String> isCommit) {
    Matcher match = COMMIT.matcher(asked.path());
    if (!match.matches()) {
      return Optional.empty();
    }
    return Optional.of(
        isCommit.test(match.group("sha"))
            ? Answer.json(200, "{\"sha\":\"%s\"}".formatted(match.group("sha")))
            : says(404, "The target couldn't be found."));
  }

  @Override
  public String keyField() {
    return "context";
  }

  @Override
  public Optional<Answer> invalid(JsonNode status, Optional<JsonNode> before) {
    return STATES.contains(status.path("state").asText())
        ? Optional.empty()
        : Optional.of(says(422, "[]: unknown state"));
  }

  @Override
  public Answer taken(JsonNode status, String sha, boolean isNew) {
    return WebhookShelf.json(
        201,
        WebhookShelf.object()
            .put("id", 1)
            .put("status", status.path("state").asText())
            .put("context", status.path("context").asText()));
  }

  @Override
  public Answer noCommit(String sha) {
    return says(500, "GetCommit[%s]: object does not exist".formatted(sha));
  }

  @Override
  public Answer notPermitted() {
    return says(403, "user should have a permission to write to a repo");
  }

  private static Answer says(int status, String message) {
    return Answer.json(
        status, "{\"message\":\"%s\",\"url\":\"http://127.0.0.1/api/swagger\"}".formatted(message));
  }
}
