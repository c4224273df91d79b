package dev.codesource.testhost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Bitbucket Data Center, as https://developer.atlassian.com/server/bitbucket/rest/ and recorded
 * answers have it: the secret of a webhook is shown, a page has 25 webhooks however many are asked
 * for, and 401 is also the answer to who may not do something.
 */
public final class BitbucketDataCenterWording implements WebhookWording {

  private static final int LARGEST_PAGE = 25;

  private static final Pattern PATH =
      Pattern.compile(
          ".*/rest/api/1\\.0/projects/(?<key>[^/]+)/repos/(?<slug>[^/]+)(?<hooks>/webhooks)?(?:/(?<hook>[^/]+))?");

  private static final Pattern ALL =
      Pattern.compile(".*/rest/api/1\\.0(?:/projects/(?<key>[^/]+))?/repos");

  @Override
  public Optional<Subject> subject(String path) {
    Matcher all = ALL.matcher(path);
    if (all.matches()) {
      return Optional.of(new Subject.All(all.group("key") == null ? "" : all.group("key") + "/"));
    }
    Matcher match = PATH.matcher(path);
    if (!match.matches()) {
      return Optional.empty();
    }
    String repository = match.group("key") + "/" + match.group("slug");
    if (match.group("hooks") == null) {
      return match.group("hook") == null
          ? Optional.of(new Subject.ByPath(repository))
          : Optional.empty();
    }
    return Optional.of(
        match.group("hook") == null
            ? new Subject.Hooks(repository)
            : new Subject.Hook(repository, match.group("hook")));
  }

  @Override
  public Dialect besides() {
    return Dialect.bitbucketDataCenter();
  }

  @Override
  public String repositoryId(int number, String path) {
    return number + "/" + path;
  }

  @Override
  public Answer repository(WebhookShelf.Repository repository) {
    return WebhookShelf.json(200, json(repository));
  }

  private static ObjectNode json(WebhookShelf.Repository repository) {
    String[] path = repository.path().split("/", 2);
    ObjectNode json = WebhookShelf.object();
    json.put("slug", path[1]).put("id", Long.parseLong(repository.id().split("/", 2)[0]));
    json.put("name", path[1]).put("scmId", "git").put("state", "AVAILABLE");
    json.putObject("project").put("key", path[0]).put("id", 1).put("type", "NORMAL");
    var clone = json.putObject("links").putArray("clone");
    clone
        .addObject()
        .put("href", "ssh://git@127.0.0.1:7999/" + repository.path() + ".git")
        .put("name", "ssh");
    clone
        .addObject()
        .put(
            "href",
            repository.cloneUrlOr("/scm/" + repository.path().toLowerCase(Locale.ROOT) + ".git"))
        .put("name", "http");
    return json;
  }

  @Override
  public Answer repositories(List<WebhookShelf.Repository> repositories) {
    ObjectNode json = WebhookShelf.object().put("isLastPage", true).put("limit", 100);
    json.putArray("values")
        .addAll(repositories.stream().map(BitbucketDataCenterWording::json).toList());
    return WebhookShelf.json(200, json);
  }

  @Override
  public Optional<Answer> moved(String id) {
    return Optional.of(
        new Answer(302, Map.of("Location", "/rest/api/1.0/projects/OTHER/repos/app"), ""));
  }

  @Override
  public ObjectNode request(String url) {
    ObjectNode request = WebhookShelf.object().put("name", "Other").put("url", url);
    request.put("active", true).putArray("events").add("repo:refs_changed");
    return request;
  }

  @Override
  public ObjectNode made(int number, ObjectNode request) {
    ObjectNode hook = WebhookShelf.object().put("id", number).put("createdDate", 1747578077061L);
    hook.put("updatedDate", 1747578077061L).put("scopeType", "repository");
    hook.put("sslVerificationRequired", true).putObject("configuration");
    change(hook, request);
    return hook;
  }

  @Override
  public String methodOfChanges() {
    return "PUT";
  }

  @Override
  public void change(ObjectNode hook, ObjectNode request) {
    hook.setAll(request);
  }

  @Override
  public ObjectNode shown(ObjectNode hook) {
    return hook.deepCopy();
  }

  @Override
  public String url(ObjectNode hook) {
    return hook.path("url").asText();
  }

  /** Pages begin where they are asked to, which is at a multiple of their size here. */
  @Override
  public Page page(Map<String, String> parameters) {
    int start = Integer.parseInt(parameters.getOrDefault("start", "0"));
    return new Page(start / LARGEST_PAGE + 1, LARGEST_PAGE);
  }

  @Override
  public Answer list(List<JsonNode> hooks, Page page, int total) {
    ObjectNode json = WebhookShelf.object().put("limit", LARGEST_PAGE).put("size", hooks.size());
    json.put("start", (page.number() - 1) * LARGEST_PAGE);
    json.put("isLastPage", page.isLast(total)).putArray("values").addAll(hooks);
    if (!page.isLast(total)) {
      json.put("nextPageStart", page.number() * LARGEST_PAGE);
    }
    return WebhookShelf.json(200, json);
  }

  @Override
  public Answer deleted() {
    return new Answer(200, Map.of("Content-Type", "application/json"), "");
  }

  @Override
  public Answer no(Why why) {
    return switch (why) {
      case UNKNOWN_TOKEN -> error(401, "auth.IncorrectPasswordAuthenticationException", null);
      case NO_REPOSITORY -> error(404, "repository.NoSuchRepositoryException", null);
      case NO_HOOK -> error(404, "webhook.NoSuchWebhookException", null);
      case REPOSITORY_FORBIDDEN -> error(403, "AuthorisationException", null);
      case NOT_PERMITTED -> error(401, "AuthorisationException", null);
      case LIMIT_REACHED -> throw new IllegalStateException("there is no limit for webhooks");
      case ADDRESS_REFUSED -> error(400, "validation.ArgumentValidationException", "url");
    };
  }

  private static Answer error(int status, String exception, @Nullable String context) {
    ObjectNode json = WebhookShelf.object();
    json.putArray("errors")
        .addObject()
        .put("context", context)
        .put("message", "No.")
        .put("exceptionName", "com.atlassian.bitbucket." + exception);
    return WebhookShelf.json(status, json);
  }
}
