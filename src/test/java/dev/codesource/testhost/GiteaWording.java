package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gitea and Forgejo, as routers/api/v1/utils/hook.go and services/webhook/general.go have it. There
 * is no limit for webhooks, and addresses are judged when something is delivered.
 */
public final class GiteaWording implements WebhookWording {

  /** MAX_RESPONSE_ITEMS. */
  private static final int LARGEST_PAGE = 50;

  private static final Pattern PATH =
      Pattern.compile(".*/api/v1/repos/(?<path>[^/]+/[^/]+)(?<hooks>/hooks)?(?:/(?<hook>[^/]+))?");

  private static final Pattern ID = Pattern.compile(".*/api/v1/repositories/(?<id>\\d+)");

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
    return Dialect.gitea();
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

  @Override
  public Optional<Answer> moved(String id) {
    return Optional.of(new Answer(307, Map.of("Location", "/api/v1/repos/team/moved"), ""));
  }

  @Override
  public ObjectNode request(String url) {
    ObjectNode request = WebhookShelf.object().put("type", "gitea").put("active", true);
    request.putObject("config").put("url", url).put("content_type", "json");
    return request;
  }

  @Override
  public ObjectNode made(int number, ObjectNode request) {
    ObjectNode hook = WebhookShelf.object();
    hook.put("id", number).put("type", request.path("type").asText());
    hook.put("active", request.path("active").asBoolean(false));
    hook.put("created_at", "2026-03-01T12:00:00Z").put("updated_at", "2026-03-01T12:00:00Z");
    hook.putObject("config");
    change(hook, request);
    return hook;
  }

  @Override
  public String methodOfChanges() {
    return "PATCH";
  }

  /** Events, branch filter and header are set to what the request has, or to their defaults. */
  @Override
  public void change(ObjectNode hook, ObjectNode request) {
    ((ObjectNode) hook.path("config")).setAll((ObjectNode) request.path("config"));
    hook.set(
        "events",
        request.path("events").isEmpty() ? hook.arrayNode().add("push") : request.path("events"));
    hook.put("branch_filter", request.path("branch_filter").asText(""));
    hook.put("authorization_header", request.path("authorization_header").asText(""));
    if (request.has("active")) {
      hook.set("active", request.path("active"));
    }
  }

  @Override
  public ObjectNode shown(ObjectNode hook) {
    ObjectNode shown = hook.deepCopy();
    ((ObjectNode) shown.path("config")).remove("secret");
    return shown;
  }

  @Override
  public String url(ObjectNode hook) {
    return hook.path("config").path("url").asText();
  }

  @Override
  public Page page(Map<String, String> parameters) {
    return Page.of(
        parameters.getOrDefault("page", "1"), parameters.getOrDefault("limit", "30"), LARGEST_PAGE);
  }

  @Override
  public Answer list(List<JsonNode> hooks, Page page, int total) {
    return Answer.json(200, hooks.toString()).with("X-Total-Count", String.valueOf(total));
  }

  @Override
  public Answer no(Why why) {
    return switch (why) {
      case UNKNOWN_TOKEN -> says(401, "invalid username, password or token");
      case NO_REPOSITORY, NO_HOOK -> says(404, "The target couldn't be found.");
      case REPOSITORY_FORBIDDEN -> says(403, "must have permission to read code");
      case NOT_PERMITTED ->
          says(403, "user should be an owner or a collaborator with admin write of a repository");
      case LIMIT_REACHED -> throw new IllegalStateException("Gitea has no limit for webhooks");
      case ADDRESS_REFUSED -> says(422, "Invalid url");
    };
  }

  private static Answer says(int status, String message) {
    return Answer.json(
        status, "{\"message\":\"%s\",\"url\":\"http://127.0.0.1/api/swagger\"}".formatted(message));
  }
}
