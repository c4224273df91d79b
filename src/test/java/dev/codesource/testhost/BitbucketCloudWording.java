package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Bitbucket Cloud, as https://developer.atlassian.com/cloud/bitbucket/rest/ and recorded answers
 * have it. The text for too many webhooks is made up, since nobody has recorded it.
 */
public final class BitbucketCloudWording implements WebhookWording {

  private static final Pattern PATH =
      Pattern.compile(
          ".*/2\\.0/repositories/(?<path>[^/]+/[^/]+)(?<hooks>/hooks)?(?:/(?<hook>[^/]+))?");

  @Override
  public Optional<Subject> subject(String encoded) {
    if (encoded.contains("{")) {
      throw new IllegalArgumentException("a path has no braces (RFC 3986 section 3.3): " + encoded);
    }
    Matcher match = PATH.matcher(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
    if (!match.matches()) {
      return Optional.empty();
    }
    if (match.group("hooks") == null) {
      return match.group("hook") == null
          ? Optional.of(repository(match.group("path")))
          : Optional.empty();
    }
    return Optional.of(
        match.group("hook") == null
            ? new Subject.Hooks(match.group("path"))
            : new Subject.Hook(match.group("path"), match.group("hook")));
  }

  private static Subject repository(String pathOrId) {
    return pathOrId.startsWith("{") ? new Subject.ById(pathOrId) : new Subject.ByPath(pathOrId);
  }

  @Override
  public Dialect besides() {
    return (_, _) -> error(404, "Resource not found");
  }

  @Override
  public String repositoryId(int number, String path) {
    return uuid(0) + "/" + uuid(number);
  }

  /** The identifier with this number. */
  public static String uuid(int number) {
    return "{7d3a178a-a087-4756-b2da-%012x}".formatted(number);
  }

  /** With a user in the clone URL, as recorded. */
  @Override
  public Answer repository(WebhookShelf.Repository repository) {
    String[] ids = repository.id().split("/", 2);
    ObjectNode json = WebhookShelf.object().put("type", "repository").put("scm", "git");
    json.put("uuid", ids[1]).put("full_name", repository.path());
    json.putObject("workspace").put("type", "workspace").put("uuid", ids[0]);
    String clone = repository.cloneUrlOr("/" + repository.path() + ".git");
    json.putObject("links")
        .putArray("clone")
        .addObject()
        .put("name", "https")
        .put("href", clone.replace("://", "://alice@"));
    return WebhookShelf.json(200, json);
  }

  @Override
  public Optional<Answer> moved(String id) {
    return Optional.empty();
  }

  @Override
  public ObjectNode request(String url) {
    ObjectNode request = WebhookShelf.object().put("url", url).put("active", true);
    request.putArray("events").add("repo:push");
    return request;
  }

  @Override
  public ObjectNode made(int number, ObjectNode request) {
    ObjectNode hook = WebhookShelf.object().put("type", "webhook_subscription");
    hook.put("uuid", uuid(number)).put("description", "").put("active", false);
    hook.put("skip_cert_verification", false).put("history_enabled", false).putNull("source");
    hook.putObject("subject").put("type", "repository").put("uuid", uuid(0));
    change(hook, request);
    return hook;
  }

  @Override
  public String methodOfChanges() {
    return "PUT";
  }

  /** What the request lacks stays, also the secret. */
  @Override
  public void change(ObjectNode hook, ObjectNode request) {
    hook.setAll(request);
  }

  @Override
  public ObjectNode shown(ObjectNode hook) {
    ObjectNode shown = hook.deepCopy();
    shown.remove("secret");
    return shown.put("secret_set", hook.hasNonNull("secret"));
  }

  @Override
  public String id(ObjectNode hook) {
    return hook.path("uuid").asText();
  }

  @Override
  public String url(ObjectNode hook) {
    return hook.path("url").asText();
  }

  @Override
  public Page page(Map<String, String> parameters) {
    return Page.of(
        parameters.getOrDefault("page", "1"), parameters.getOrDefault("pagelen", "10"), 100);
  }

  @Override
  public Answer list(List<JsonNode> hooks, Page page, int total) {
    ObjectNode json = WebhookShelf.object().put("pagelen", page.size()).put("page", page.number());
    json.put("size", total).putArray("values").addAll(hooks);
    if (!page.isLast(total)) {
      json.put("next", "https://api.bitbucket.org/2.0/next?page=" + (page.number() + 1));
    }
    return WebhookShelf.json(200, json);
  }

  @Override
  public Answer no(Why why) {
    return switch (why) {
      case UNKNOWN_TOKEN -> Answer.text(401, "");
      case NO_REPOSITORY -> error(404, "Repository team/app not found");
      case NO_HOOK -> error(404, "Webhook not found");
      case REPOSITORY_FORBIDDEN, NOT_PERMITTED ->
          error(403, "Your credentials lack one or more required privilege scopes.");
      case LIMIT_REACHED -> error(400, "The maximum number of webhooks is 50");
      case ADDRESS_REFUSED ->
          Answer.json(
              400,
              "{\"type\":\"error\",\"error\":{\"message\":\"Bad request\",\"fields\":{\"url\":[\"Enter a valid URL.\"]}}}");
    };
  }

  private static Answer error(int status, String message) {
    return Answer.json(
        status, "{\"type\":\"error\",\"error\":{\"message\":\"%s\"}}".formatted(message));
  }
}
