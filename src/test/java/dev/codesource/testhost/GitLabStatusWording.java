package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GitLab, as doc/api/commits.md, app/services/ci/create_commit_status_service.rb and
 * spec/requests/api/commit_statuses_spec.rb have it.
 */
public final class GitLabStatusWording implements CommitStatusWording {

  private static final Pattern PATH =
      Pattern.compile(".*/api/v4/projects/(?<project>[^/]+)/statuses/(?<sha>[^/]+)");

  private static final Set<String> STATES =
      Set.of("pending", "running", "success", "failed", "canceled", "skipped");

  @Override
  public WebhookWording repositories() {
    return GitLabWording.current();
  }

  @Override
  public Optional<Place> place(String path) {
    Matcher match = PATH.matcher(path);
    return match.matches()
        ? Optional.of(new Place(Optional.of(match.group("project")), match.group("sha")))
        : Optional.empty();
  }

  @Override
  public String keyField() {
    return "name";
  }

  /** A status that has not ended is changed; after one that has ended a new one is made. */
  @Override
  public Optional<Answer> invalid(JsonNode status, Optional<JsonNode> before) {
    String state = status.path("state").asText();
    if (!STATES.contains(state)) {
      return Optional.of(Answer.json(400, "{\"error\":\"state does not have a valid value\"}"));
    }
    for (String field : List.of("name", "description", "target_url")) {
      if (CommitStatusWording.isLonger(status, field, 255)) {
        return Optional.of(
            Answer.json(
                400,
                "{\"message\":{\"%s\":[\"is too long (maximum is 255 characters)\"]}}"
                    .formatted(field)));
      }
    }
    String now = before.map(each -> each.path("state").asText()).orElse("");
    boolean isUnderWay = now.equals("pending") || now.equals("running");
    if (isUnderWay && state.equals("pending")) {
      return Optional.of(cannot("enqueue", now));
    }
    return now.equals("running") && state.equals("running")
        ? Optional.of(cannot("run", now))
        : Optional.empty();
  }

  private static Answer cannot(String event, String from) {
    return Answer.json(
        400,
        "{\"message\":\"Cannot transition status via :%1$s from :%2$s (Reason(s): Status cannot transition via \\\"%1$s\\\")\"}"
            .formatted(event, from));
  }

  @Override
  public Answer taken(JsonNode status, String sha, boolean isNew) {
    return WebhookShelf.json(
        201,
        WebhookShelf.object()
            .put("id", 93)
            .put("sha", sha)
            .put("ref", "main")
            .put("status", status.path("state").asText())
            .put("name", status.path("name").asText()));
  }

  @Override
  public Answer noCommit(String sha) {
    return Answer.json(404, "{\"message\":\"404 Commit Not Found\"}");
  }

  @Override
  public Answer notPermitted() {
    return Answer.json(403, "{\"message\":\"403 Forbidden\"}");
  }
}
