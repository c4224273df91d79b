package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Gitee, as https://gitee.com/api/v5/swagger and recorded answers have it: the answer has the
 * secret of a webhook, and what was answered to the last delivery. The texts of the refusals of a
 * webhook are made up, since nobody has recorded one.
 */
public final class GiteeWording implements WebhookWording {

  private static final Pattern PATH =
      Pattern.compile(".*/api/v5/repos/(?<path>[^/]+/[^/]+)(?<hooks>/hooks)?(?:/(?<hook>[^/]+))?");

  @Override
  public Optional<Subject> subject(String path) {
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
    return Dialect.gitee();
  }

  @Override
  public String repositoryId(int number, String path) {
    return number + "/" + path;
  }

  @Override
  public Answer repository(WebhookShelf.Repository repository) {
    ObjectNode json = WebhookShelf.object();
    json.put("id", Long.parseLong(repository.id().split("/", 2)[0]));
    json.put("full_name", repository.path()).put("human_name", "The Team / The App");
    json.put("html_url", repository.cloneUrlOr("/" + repository.path() + ".git"));
    json.put("ssh_url", "git@gitee.com:" + repository.path() + ".git");
    json.put("stared", false).put("watched", true);
    return WebhookShelf.json(200, json);
  }

  @Override
  public Optional<Answer> moved(String id) {
    return Optional.empty();
  }

  @Override
  public ObjectNode request(String url) {
    return WebhookShelf.object().put("url", url).put("push_events", true);
  }

  @Override
  public ObjectNode made(int number, ObjectNode request) {
    ObjectNode hook = WebhookShelf.object().put("id", number).put("encryption_type", 0);
    hook.put("created_at", "2026-03-01T12:00:00+08:00").put("password", "").put("project_id", 42);
    hook.putNull("result").put("result_code", 0);
    List.of("push", "tag_push", "issues", "note", "merge_requests")
        .forEach(event -> hook.put(event + "_events", false));
    change(hook, request);
    return hook;
  }

  @Override
  public String methodOfChanges() {
    return "PATCH";
  }

  @Override
  public void change(ObjectNode hook, ObjectNode request) {
    hook.setAll(request);
  }

  /** As recorded: with the secret, and without saying what it is for. */
  @Override
  public ObjectNode shown(ObjectNode hook) {
    ObjectNode shown = hook.deepCopy();
    shown.remove("encryption_type");
    return shown;
  }

  @Override
  public String url(ObjectNode hook) {
    return hook.path("url").asText();
  }

  @Override
  public Page page(Map<String, String> parameters) {
    return Page.of(
        parameters.getOrDefault("page", "1"), parameters.getOrDefault("per_page", "20"), 100);
  }

  @Override
  public Answer list(List<JsonNode> hooks, Page page, int total) {
    return Answer.json(200, hooks.toString()).with("total_count", String.valueOf(total));
  }

  @Override
  public Answer no(Why why) {
    return switch (why) {
      case UNKNOWN_TOKEN -> says(401, "401 Unauthorized: Access token does not exist");
      case NO_REPOSITORY -> says(404, "404 Project Not Found");
      case NO_HOOK -> says(404, "404 Not Found");
      case REPOSITORY_FORBIDDEN, NOT_PERMITTED -> says(403, "403 Forbidden");
      case LIMIT_REACHED -> says(400, "WebHook \u6570\u91cf\u5df2\u8fbe\u4e0a\u9650");
      case ADDRESS_REFUSED -> says(400, "URL \u4e0d\u5408\u6cd5");
    };
  }

  private static Answer says(int status, String message) {
    return Answer.json(status, "{\"message\":\"%s\"}".formatted(message));
  }
}
