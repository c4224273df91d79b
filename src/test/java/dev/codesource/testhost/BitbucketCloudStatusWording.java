package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bitbucket Cloud, as
 * https://developer.atlassian.com/cloud/bitbucket/rest/api-group-commit-statuses/ and the errors in
 * public issues have it. The text for a commit that is not there is made up.
 */
public final class BitbucketCloudStatusWording implements CommitStatusWording {

  private static final Pattern PATH =
      Pattern.compile(
          ".*/2\\.0/repositories/(?<path>[^/]+/[^/]+)/commit/(?<sha>[^/]+)/statuses/build");

  private static final Set<String> STATES = Set.of("INPROGRESS", "SUCCESSFUL", "FAILED", "STOPPED");

  @Override
  public WebhookWording repositories() {
    return new BitbucketCloudWording();
  }

  @Override
  public Optional<Place> place(String encoded) {
    Matcher match = PATH.matcher(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
    return match.matches()
        ? Optional.of(new Place(Optional.of(match.group("path")), match.group("sha")))
        : Optional.empty();
  }

  @Override
  public String keyField() {
    return "key";
  }

  @Override
  public Optional<Answer> invalid(JsonNode status, Optional<JsonNode> before) {
    if (!STATES.contains(status.path("state").asText())) {
      return Optional.of(invalid("state", "Not a valid choice."));
    }
    if (CommitStatusWording.isLonger(status, "key", 40)) {
      return Optional.of(invalid("key", "Ensure this value has at most 40 characters."));
    }
    for (String field : List.of("name", "description")) {
      if (CommitStatusWording.isLonger(status, field, 255)) {
        return Optional.of(invalid(field, "Ensure this value has at most 255 characters."));
      }
    }
    return status.path("url").asText().matches("https?://\\S{3,442}")
        ? Optional.empty()
        : Optional.of(invalid("url", "Enter a valid URL."));
  }

  private static Answer invalid(String field, String message) {
    return Answer.json(
        400,
        "{\"type\":\"error\",\"error\":{\"message\":\"%1$s: %2$s\",\"fields\":{\"%1$s\":[\"%2$s\"]}}}"
            .formatted(field, message));
  }

  @Override
  public Answer taken(JsonNode status, String sha, boolean isNew) {
    return WebhookShelf.json(
        isNew ? 201 : 200,
        WebhookShelf.object()
            .put("type", "build")
            .put("key", status.path("key").asText())
            .put("state", status.path("state").asText()));
  }

  @Override
  public Answer noCommit(String sha) {
    return error(404, "Commit not found");
  }

  @Override
  public Answer notPermitted() {
    return error(403, "Your credentials lack one or more required privilege scopes.");
  }

  private static Answer error(int status, String message) {
    return Answer.json(
        status, "{\"type\":\"error\",\"error\":{\"message\":\"%s\"}}".formatted(message));
  }
}
