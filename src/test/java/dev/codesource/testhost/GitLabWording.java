package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GitLab, as lib/api/project_hooks.rb, lib/api/helpers/web_hooks_helpers.rb and
 * lib/api/entities/hook.rb have it.
 */
public final class GitLabWording implements WebhookWording {

  private static final Pattern PATH =
      Pattern.compile(".*/api/v4/projects/(?<project>[^/]+)(?<hooks>/hooks)?(?:/(?<hook>[^/]+))?");

  /** What the API takes; anything else is ignored. */
  private static final Set<String> TAKEN =
      Set.of(
          "url",
          "name",
          "description",
          "push_events",
          "tag_push_events",
          "push_events_branch_filter",
          "branch_filter_strategy",
          "issues_events",
          "confidential_issues_events",
          "merge_requests_events",
          "note_events",
          "confidential_note_events",
          "job_events",
          "pipeline_events",
          "wiki_page_events",
          "deployment_events",
          "feature_flag_events",
          "releases_events",
          "milestone_events",
          "emoji_events",
          "resource_access_token_events",
          "enable_ssl_verification",
          "custom_webhook_template",
          "token");

  private final boolean signs;

  private GitLabWording(boolean signs) {
    this.signs = signs;
  }

  /** GitLab 19, which signs deliveries and tells whether secrets are set. */
  public static GitLabWording current() {
    return new GitLabWording(true);
  }

  /** GitLab before 19. */
  public static GitLabWording old() {
    return new GitLabWording(false);
  }

  @Override
  public Optional<Subject> subject(String path) {
    if (path.endsWith("/api/v4/projects")) {
      return Optional.of(new Subject.All(""));
    }
    Matcher match = PATH.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    String project = URLDecoder.decode(match.group("project"), StandardCharsets.UTF_8);
    if (match.group("hooks") == null) {
      return Optional.of(
          project.matches("\\d+") ? new Subject.ById(project) : new Subject.ByPath(project));
    }
    return Optional.of(
        match.group("hook") == null
            ? new Subject.Hooks(project)
            : new Subject.Hook(project, match.group("hook")));
  }

  @Override
  public Dialect besides() {
    return Dialect.gitLab();
  }

  @Override
  public Answer repository(WebhookShelf.Repository repository) {
    return WebhookShelf.json(200, project(repository));
  }

  @Override
  public Answer repositories(List<WebhookShelf.Repository> repositories) {
    return Answer.json(200, repositories.stream().map(GitLabWording::project).toList().toString());
  }

  private static ObjectNode project(WebhookShelf.Repository repository) {
    ObjectNode project = WebhookShelf.object();
    project.put("id", Long.parseLong(repository.id()));
    project.put("name", repository.path().replaceFirst(".*/", ""));
    project.put("path_with_namespace", repository.path());
    project.put("http_url_to_repo", repository.cloneUrlOr("/" + repository.path() + ".git"));
    return project;
  }

  /** lib/api/helpers.rb: {@code redirect!(url_with_project_id(project))}. */
  @Override
  public Optional<Answer> moved(String id) {
    return Optional.of(
        new Answer(302, Map.of("Location", "/api/v4/projects/" + id), "This resource has moved"));
  }

  @Override
  public ObjectNode request(String url) {
    return WebhookShelf.object().put("url", url).put("token", "of-somebody-else");
  }

  @Override
  public ObjectNode made(int number, ObjectNode request) {
    ObjectNode hook = WebhookShelf.object();
    hook.put("id", number).put("project_id", 1).putNull("name").putNull("description");
    TAKEN.stream()
        .filter(name -> name.endsWith("_events"))
        .sorted()
        .forEach(name -> hook.put(name, name.equals("push_events")));
    hook.put("repository_update_events", false);
    hook.put("enable_ssl_verification", true);
    hook.put("alert_status", "executable").putNull("disabled_until");
    hook.putArray("url_variables");
    hook.putNull("push_events_branch_filter").put("branch_filter_strategy", "wildcard");
    hook.putNull("custom_webhook_template");
    hook.putArray("custom_headers");
    hook.put("created_at", "2026-03-01T12:00:00.000Z");
    take(hook, request);
    return hook;
  }

  @Override
  public String methodOfChanges() {
    return "PUT";
  }

  /** "When you change the webhook URL, the secret token is reset and not retained." */
  @Override
  public void change(ObjectNode hook, ObjectNode request) {
    if (!request.path("url").equals(hook.path("url"))) {
      hook.remove(List.of("token", "signing_token"));
    }
    take(hook, request);
  }

  private void take(ObjectNode hook, ObjectNode request) {
    request
        .properties()
        .forEach(
            field -> {
              if (TAKEN.contains(field.getKey())
                  || (signs && field.getKey().equals("signing_token"))) {
                hook.set(field.getKey(), field.getValue());
              }
            });
  }

  @Override
  public ObjectNode shown(ObjectNode hook) {
    ObjectNode shown = hook.deepCopy();
    shown.remove(List.of("token", "signing_token"));
    if (signs) {
      shown.put("token_present", hook.hasNonNull("token"));
      shown.put("signing_token_present", hook.hasNonNull("signing_token"));
    }
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
    return Answer.json(200, hooks.toString())
        .with("X-Page", String.valueOf(page.number()))
        .with("X-Per-Page", String.valueOf(page.size()))
        .with("X-Total", String.valueOf(total))
        .with("X-Next-Page", page.isLast(total) ? "" : String.valueOf(page.number() + 1));
  }

  @Override
  public Answer no(Why why) {
    return switch (why) {
      case UNKNOWN_TOKEN -> Answer.json(401, "{\"message\":\"401 Unauthorized\"}");
      case NO_REPOSITORY -> Answer.json(404, "{\"message\":\"404 Project Not Found\"}");
      case REPOSITORY_FORBIDDEN, NOT_PERMITTED ->
          Answer.json(403, "{\"message\":\"403 Forbidden\"}");
      case NO_HOOK -> Answer.json(404, "{\"message\":\"404 Not found\"}");
      case LIMIT_REACHED ->
          signs
              ? Answer.json(
                  422,
                  "{\"message\":{\"base\":[\"Maximum number of project hooks (100) exceeded\"]}}")
              : Answer.json(
                  404,
                  "{\"message\":\"404 Project hook {:base=\\u003e[\\\"Maximum number of project"
                      + " hooks (100) exceeded\\\"]} Not Found\"}");
      case ADDRESS_REFUSED -> Answer.json(422, "{\"error\":\"Invalid url given\"}");
    };
  }
}
