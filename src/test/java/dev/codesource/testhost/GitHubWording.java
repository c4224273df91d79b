package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GitHub, as https://docs.github.com/rest/repos/webhooks and recorded answers have it. It answers
 * 404 to who may not administer webhooks.
 */
public final class GitHubWording implements WebhookWording {

  private static final String PREFIX = "(?:.*/api/v3)?";

  private static final Pattern PATH =
      Pattern.compile(PREFIX + "/repos/(?<path>[^/]+/[^/]+)(?<hooks>/hooks)?(?:/(?<hook>[^/]+))?");

  private static final Pattern ID = Pattern.compile(PREFIX + "/repositories/(?<id>\\d+)");

  private final Dialect besides;

  public GitHubWording() {
    this(Dialect.gitHub());
  }

  /**
   * @param besides answers all that is not about repositories
   */
  public GitHubWording(Dialect besides) {
    this.besides = besides;
  }

  @Override
  public Optional<Subject> subject(String path) {
    Matcher id = ID.matcher(path);
    if (id.matches()) {
      return Optional.of(new Subject.ById(id.group("id")));
    }
    Matcher match = PATH.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    if (match.group("hooks") == null) {
      return match.group("hook") == null
          ? Optional.of(new Subject.ByPath(match.group("path")))
          : Optional.empty();
    }
    return Optional.of(
        match.group("hook") == null
            ? new Subject.Hooks(match.group("path"))
            : new Subject.Hook(match.group("path"), match.group("hook")));
  }

  @Override
  public Dialect besides() {
    return besides;
  }

  @Override
  public Answer repository(WebhookShelf.Repository repository) {
    ObjectNode json = WebhookShelf.object();
    json.put("id", Long.parseLong(repository.id()));
    json.put("name", repository.path().replaceFirst(".*/", ""));
    json.put("full_name", repository.path());
    json.put("clone_url", repository.cloneUrlOr("/" + repository.path() + ".git"));
    return WebhookShelf.json(200, json);
  }

  /** As recorded. */
  @Override
  public Optional<Answer> moved(String id) {
    return Optional.of(
        Answer.json(301, "{\"message\":\"Moved Permanently\"}")
            .with("Location", "/api/v3/repositories/" + id));
  }

  @Override
  public ObjectNode request(String url) {
    ObjectNode request = WebhookShelf.object().put("name", "web");
    request.putObject("config").put("url", url);
    return request;
  }

  @Override
  public ObjectNode made(int number, ObjectNode request) {
    ObjectNode hook = WebhookShelf.object();
    hook.put("type", "Repository").put("id", number).put("name", "web");
    hook.put("active", request.path("active").asBoolean(true));
    hook.set("events", request.has("events") ? request.path("events") : push(hook));
    hook.set("config", config(request.path("config")));
    hook.putObject("last_response").putNull("code").put("status", "unused").putNull("message");
    return hook;
  }

  private static ArrayNode push(ObjectNode hook) {
    return hook.arrayNode().add("push");
  }

  private static ObjectNode config(JsonNode request) {
    ObjectNode config = WebhookShelf.object();
    config.put("content_type", "form").put("insecure_ssl", "0");
    request.properties().forEach(field -> config.set(field.getKey(), field.getValue()));
    return config;
  }

  @Override
  public String methodOfChanges() {
    return "PATCH";
  }

  /** A config takes the place of the former one, with its secret. */
  @Override
  public void change(ObjectNode hook, ObjectNode request) {
    for (String field : List.of("active", "events")) {
      if (request.has(field)) {
        hook.set(field, request.path(field));
      }
    }
    if (request.has("config")) {
      hook.set("config", config(request.path("config")));
    }
  }

  @Override
  public ObjectNode shown(ObjectNode hook) {
    ObjectNode shown = hook.deepCopy();
    if (shown.path("config").has("secret")) {
      ((ObjectNode) shown.path("config")).put("secret", "********");
    }
    return shown;
  }

  @Override
  public String url(ObjectNode hook) {
    return hook.path("config").path("url").asText();
  }

  @Override
  public Page page(Map<String, String> parameters) {
    return Page.of(
        parameters.getOrDefault("page", "1"), parameters.getOrDefault("per_page", "30"), 100);
  }

  @Override
  public Answer list(List<JsonNode> hooks, Page page, int total) {
    Answer answer = Answer.json(200, hooks.toString());
    return page.isLast(total)
        ? answer
        : answer.with(
            "Link",
            "<https://api.github.com/repositories/1/hooks?page=%1$d>; rel=\"next\", <https://api.github.com/repositories/1/hooks?page=9>; rel=\"last\""
                .formatted(page.number() + 1));
  }

  @Override
  public Answer no(Why why) {
    return switch (why) {
      case UNKNOWN_TOKEN ->
          Answer.json(401, "{\"message\":\"Bad credentials\",\"status\":\"401\"}");
      case NO_REPOSITORY, NO_HOOK, NOT_PERMITTED ->
          Answer.json(404, "{\"message\":\"Not Found\",\"status\":\"404\"}");
      case REPOSITORY_FORBIDDEN ->
          Answer.json(403, "{\"message\":\"Repository access blocked\",\"status\":\"403\"}");
      case LIMIT_REACHED -> invalid("The \\\"push\\\" event cannot have more than 20 hooks");
      case ADDRESS_REFUSED ->
          invalid(
              "url is not supported because it isn't reachable over the public Internet (localhost)");
    };
  }

  private static Answer invalid(String message) {
    return Answer.json(
        422,
        "{\"message\":\"Validation Failed\",\"errors\":[{\"resource\":\"Hook\",\"code\":\"custom\",\"message\":\"%s\"}],\"status\":\"422\"}"
            .formatted(message));
  }
}
