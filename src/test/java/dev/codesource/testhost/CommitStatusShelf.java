package dev.codesource.testhost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * A code host with repositories, and statuses of their commits. What all platforms have in common
 * is here; a {@link CommitStatusWording} has the paths, the JSON and the errors of one platform.
 *
 * <p>Everybody whose token is known may set statuses in all repositories, until {@link #refusing}.
 */
public final class CommitStatusShelf implements Dialect {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final CommitStatusWording wording;
  private final WebhookShelf repositories;
  private final Set<String> commits = new HashSet<>();
  private final Map<String, JsonNode> statuses = new LinkedHashMap<>();
  private boolean refusing;

  public CommitStatusShelf(CommitStatusWording wording) {
    this.wording = wording;
    this.repositories = new WebhookShelf(wording.repositories());
  }

  /** The repositories, which a test may make, rename and remove. */
  public WebhookShelf repositories() {
    return repositories;
  }

  /** Makes a commit, in all repositories. */
  public synchronized void put(String sha) {
    commits.add(sha);
  }

  /** Nobody may set statuses, until this is taken back. */
  public synchronized void refusing(boolean now) {
    refusing = now;
  }

  /** What was taken, the last status of each commit and name. */
  public synchronized List<JsonNode> statuses() {
    return List.copyOf(statuses.values());
  }

  @Override
  public synchronized Answer answer(Asked asked, Function<String, Optional<Grant>> grants) {
    Optional<Answer> besides = wording.besides(asked, commits::contains);
    if (besides.isPresent()) {
      return besides.get();
    }
    Optional<CommitStatusWording.Place> place = wording.place(asked.path());
    if (place.isEmpty()) {
      return repositories.answer(asked, grants);
    }
    if (grants.apply(asked.token()).isEmpty()) {
      return wording.repositories().no(WebhookWording.Why.UNKNOWN_TOKEN);
    }
    return place
        .get()
        .repository()
        .flatMap(repositories::without)
        .orElseGet(() -> set(asked, place.get()));
  }

  private Answer set(Asked asked, CommitStatusWording.Place place) {
    String sha = place.sha();
    if (!asked.method().equals("POST")
        || !asked.header("Content-Type").orElse("").startsWith("application/json")) {
      return Answer.json(405, "{}");
    }
    if (refusing) {
      return wording.notPermitted();
    }
    if (place.repository().isPresent() && !commits.contains(sha)) {
      return wording.noCommit(sha);
    }
    JsonNode status = body(asked);
    String name = sha + " " + status.path(wording.keyField()).asText();
    Optional<JsonNode> before = Optional.ofNullable(statuses.get(name));
    Optional<Answer> invalid = wording.invalid(status, before);
    if (invalid.isPresent()) {
      return invalid.get();
    }
    statuses.put(name, status);
    return wording.taken(status, sha, before.isEmpty());
  }

  private static JsonNode body(Asked asked) {
    try {
      return JSON.readTree(asked.body());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON", e);
    }
  }
}
