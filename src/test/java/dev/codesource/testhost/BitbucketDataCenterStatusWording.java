package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bitbucket Data Center, as
 * https://developer.atlassian.com/server/bitbucket/how-tos/updating-build-status-for-commits/ and
 * its document of version 4.14 have it. The lengths are those that the branch source for Jenkins
 * keeps; the answer of old versions to an address that they do not have is that of their REST
 * framework.
 */
public final class BitbucketDataCenterStatusWording implements CommitStatusWording {

  private static final Pattern BUILDS =
      Pattern.compile(
          ".*/rest/api/1\\.0/projects/(?<key>[^/]+)/repos/(?<slug>[^/]+)/commits/(?<sha>[^/]+)/builds");

  private static final Pattern OLD =
      Pattern.compile(".*/rest/build-status/1\\.0/commits/(?<sha>[^/]+)");

  private static final Set<String> OLD_STATES = Set.of("INPROGRESS", "SUCCESSFUL", "FAILED");

  private final boolean hasBuilds;
  private final boolean hasCancelled;

  private BitbucketDataCenterStatusWording(boolean hasBuilds, boolean hasCancelled) {
    this.hasBuilds = hasBuilds;
    this.hasCancelled = hasCancelled;
  }

  /** Version 8.0 and later. */
  public static BitbucketDataCenterStatusWording current() {
    return new BitbucketDataCenterStatusWording(true, true);
  }

  /** Versions 7.4 to 7.21, which know no cancelled builds. */
  public static BitbucketDataCenterStatusWording of7() {
    return new BitbucketDataCenterStatusWording(true, false);
  }

  /** Versions before 7.4, which have statuses of commits in whatever repository. */
  public static BitbucketDataCenterStatusWording old() {
    return new BitbucketDataCenterStatusWording(false, false);
  }

  @Override
  public WebhookWording repositories() {
    return new BitbucketDataCenterWording();
  }

  @Override
  public Optional<Place> place(String path) {
    Matcher builds = BUILDS.matcher(path);
    if (hasBuilds && builds.matches()) {
      return Optional.of(
          new Place(
              Optional.of(builds.group("key") + "/" + builds.group("slug")), builds.group("sha")));
    }
    Matcher old = OLD.matcher(path);
    return old.matches()
        ? Optional.of(new Place(Optional.empty(), old.group("sha")))
        : Optional.empty();
  }

  @Override
  public Optional<Answer> besides(Asked asked, Predicate<String> isCommit) {
    return !hasBuilds && BUILDS.matcher(asked.path()).matches()
        ? Optional.of(Answer.json(404, "{\"message\":\"null for uri: /rest\",\"status-code\":404}"))
        : Optional.empty();
  }

  @Override
  public String keyField() {
    return "key";
  }

  @Override
  public Optional<Answer> invalid(JsonNode status, Optional<JsonNode> before) {
    String state = status.path("state").asText();
    if (!OLD_STATES.contains(state) && !(hasCancelled && state.equals("CANCELLED"))) {
      return Optional.of(error(400, "validation.ArgumentValidationException"));
    }
    for (String field : List.of("key", "name", "description")) {
      if (CommitStatusWording.isLonger(status, field, 255)) {
        return Optional.of(error(400, "validation.ArgumentValidationException"));
      }
    }
    return status.path("url").asText().matches("https?://\\S{3,442}")
        ? Optional.empty()
        : Optional.of(error(400, "validation.ArgumentValidationException"));
  }

  @Override
  public Answer taken(JsonNode status, String sha, boolean isNew) {
    return new Answer(204, Map.of(), "");
  }

  @Override
  public Answer noCommit(String sha) {
    return error(404, "commit.NoSuchCommitException");
  }

  @Override
  public Answer notPermitted() {
    return error(401, "AuthorisationException");
  }

  private static Answer error(int status, String exception) {
    return Answer.json(
        status,
        "{\"errors\":[{\"context\":null,\"message\":\"No.\",\"exceptionName\":\"com.atlassian.bitbucket.%s\"}]}"
            .formatted(exception));
  }
}
