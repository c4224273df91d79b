package dev.codesource.testhost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A code host with repositories and their webhooks. What all platforms have in common is here; a
 * {@link WebhookWording} has the paths, the JSON and the errors of one platform. Webhooks are kept
 * as the platform has them, with their secrets, so that a test can look at them and alter them.
 *
 * <p>Everybody whose token is known is an administrator of all repositories, until {@link
 * #refusing}.
 */
public final class WebhookShelf implements Dialect {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final WebhookWording wording;
  private final Map<String, Kept> byId = new LinkedHashMap<>();
  private final Map<String, String> formerPaths = new HashMap<>();
  private int last = 41;
  private int most = Integer.MAX_VALUE;
  private boolean refusing;
  private boolean refusingAddresses;

  public WebhookShelf(WebhookWording wording) {
    this.wording = wording;
  }

  /**
   * A repository.
   *
   * @param cloneUrl what the platform says; null: at the address that it was asked at
   */
  public record Repository(String id, String path, @Nullable String cloneUrl, String asked) {

    /** What the platform says, if nobody has set something else. */
    public String cloneUrlOr(String path) {
      return Objects.requireNonNullElse(cloneUrl, asked + path);
    }
  }

  private static final class Kept {
    private final String id;
    private String path;
    private @Nullable String cloneUrl;
    private boolean forbidden;
    private final List<ObjectNode> hooks = new ArrayList<>();

    private Kept(String id, String path) {
      this.id = id;
      this.path = path;
    }
  }

  /**
   * Makes a repository.
   *
   * @return its identifier
   */
  public synchronized String put(String path) {
    Kept made = new Kept(wording.repositoryId(++last, path), path);
    byId.put(made.id, made);
    return made.id;
  }

  public synchronized void rename(String path, String other) {
    Kept kept = at(path).orElseThrow();
    formerPaths.put(path, kept.id);
    kept.path = other;
  }

  public synchronized void remove(String path) {
    byId.remove(at(path).orElseThrow().id);
  }

  /** Nobody may read the repository from now on, and everybody may know that it exists. */
  public synchronized void forbid(String path) {
    at(path).orElseThrow().forbidden = true;
  }

  /** The clone URL that the platform gives from now on. */
  public synchronized void cloneUrl(String path, String url) {
    at(path).orElseThrow().cloneUrl = url;
  }

  /** Nobody may administer webhooks, until this is taken back. */
  public synchronized void refusing(boolean now) {
    refusing = now;
  }

  /** How many webhooks a repository may have. */
  public synchronized void allowing(int number) {
    most = number;
  }

  /** Whether the platform sends to no address at all. */
  public synchronized void refusingAddresses(boolean now) {
    refusingAddresses = now;
  }

  /** Webhooks of somebody else. */
  public synchronized void putHooks(String path, int number) {
    for (int i = 0; i < number; i++) {
      ObjectNode hook = wording.made(++last, wording.request("https://other.example.com/" + i));
      at(path).orElseThrow().hooks.add(hook);
    }
  }

  /** The webhooks, as the platform keeps them; a test may alter them. */
  public synchronized List<ObjectNode> hooks(String path) {
    return List.copyOf(at(path).orElseThrow().hooks);
  }

  /** The webhook with this address. */
  public synchronized ObjectNode hook(String path, String url) {
    return at(path).orElseThrow().hooks.stream()
        .filter(hook -> wording.url(hook).equals(url))
        .findFirst()
        .orElseThrow();
  }

  /** As if somebody had deleted it by hand. */
  public synchronized void removeHook(String path, String url) {
    at(path).orElseThrow().hooks.removeIf(hook -> wording.url(hook).equals(url));
  }

  private Optional<Kept> at(String path) {
    return byId.values().stream().filter(kept -> kept.path.equals(path)).findFirst();
  }

  @Override
  public synchronized Answer answer(Asked asked, Function<String, Optional<Grant>> grants) {
    Optional<WebhookWording.Subject> subject = wording.subject(asked.path());
    if (subject.isEmpty()) {
      return wording.besides().answer(asked, grants);
    }
    if (grants.apply(asked.token()).isEmpty()) {
      return wording.no(WebhookWording.Why.UNKNOWN_TOKEN);
    }
    return switch (subject.get()) {
      case WebhookWording.Subject.ById(var id) ->
          Optional.ofNullable(byId.get(id))
              .map(kept -> repository(kept, asked))
              .orElseGet(() -> wording.no(WebhookWording.Why.NO_REPOSITORY));
      case WebhookWording.Subject.ByPath(var path) ->
          at(path).map(kept -> repository(kept, asked)).orElseGet(() -> notAt(path));
      case WebhookWording.Subject.All(var owner) -> repositories(owner, parameters(asked), asked);
      case WebhookWording.Subject.Hooks(var where) ->
          found(where).map(kept -> hooks(kept, asked)).orElseGet(() -> notAt(where));
      case WebhookWording.Subject.Hook(var where, var id) ->
          found(where).map(kept -> hook(kept, id, asked)).orElseGet(() -> notAt(where));
    };
  }

  /** The answer to who asks for something in a repository that is not there; empty: it is there. */
  synchronized Optional<Answer> without(String pathOrId) {
    return found(pathOrId).isPresent() ? Optional.empty() : Optional.of(notAt(pathOrId));
  }

  private Optional<Kept> found(String pathOrId) {
    return at(pathOrId).or(() -> Optional.ofNullable(byId.get(pathOrId)));
  }

  private Answer notAt(String path) {
    return Optional.ofNullable(formerPaths.get(path))
        .flatMap(wording::moved)
        .orElseGet(() -> wording.no(WebhookWording.Why.NO_REPOSITORY));
  }

  private Answer repository(Kept kept, Asked asked) {
    return kept.forbidden
        ? wording.no(WebhookWording.Why.REPOSITORY_FORBIDDEN)
        : wording.repository(shown(kept, asked));
  }

  /** A search is for a part of the path, without regard to case. */
  private Answer repositories(String owner, Map<String, String> parameters, Asked asked) {
    WebhookWording.Page page = wording.page(parameters);
    String words =
        URLDecoder.decode(parameters.getOrDefault("search", ""), StandardCharsets.UTF_8)
            .toLowerCase(Locale.ROOT);
    return wording.repositories(
        byId.values().stream()
            .filter(kept -> kept.path.startsWith(owner))
            .filter(kept -> kept.path.endsWith(parameters.getOrDefault("name", "")))
            .filter(kept -> kept.path.toLowerCase(Locale.ROOT).contains(words))
            .skip((long) (page.number() - 1) * page.size())
            .limit(page.size())
            .map(kept -> shown(kept, asked))
            .toList());
  }

  private static Repository shown(Kept kept, Asked asked) {
    return new Repository(
        kept.id, kept.path, kept.cloneUrl, "http://" + asked.header("Host").orElse(""));
  }

  private Answer hooks(Kept kept, Asked asked) {
    if (refusing) {
      return wording.no(WebhookWording.Why.NOT_PERMITTED);
    }
    if (asked.method().equals("GET")) {
      return page(kept, asked);
    }
    if (!asked.method().equals("POST")) {
      return Answer.json(405, "{}");
    }
    if (refusingAddresses) {
      return wording.no(WebhookWording.Why.ADDRESS_REFUSED);
    }
    if (kept.hooks.size() >= most) {
      return wording.no(WebhookWording.Why.LIMIT_REACHED);
    }
    ObjectNode hook = wording.made(++last, body(asked));
    kept.hooks.add(hook);
    return Answer.json(201, wording.shown(hook).toString());
  }

  private Answer page(Kept kept, Asked asked) {
    WebhookWording.Page page = wording.page(parameters(asked));
    List<JsonNode> shown =
        kept.hooks.stream()
            .skip((long) (page.number() - 1) * page.size())
            .limit(page.size())
            .map(wording::shown)
            .map(JsonNode.class::cast)
            .toList();
    return wording.list(shown, page, kept.hooks.size());
  }

  private Answer hook(Kept kept, String id, Asked asked) {
    if (refusing) {
      return wording.no(WebhookWording.Why.NOT_PERMITTED);
    }
    Optional<ObjectNode> hook =
        kept.hooks.stream().filter(each -> wording.id(each).equals(id)).findFirst();
    if (hook.isEmpty()) {
      return wording.no(WebhookWording.Why.NO_HOOK);
    }
    if (asked.method().equals("DELETE")) {
      kept.hooks.remove(hook.get());
      return wording.deleted();
    }
    if (asked.method().equals("GET")) {
      return Answer.json(200, wording.shown(hook.get()).toString());
    }
    if (!asked.method().equals(wording.methodOfChanges())) {
      return Answer.json(405, "{}");
    }
    if (refusingAddresses) {
      return wording.no(WebhookWording.Why.ADDRESS_REFUSED);
    }
    wording.change(hook.get(), body(asked));
    return Answer.json(200, wording.shown(hook.get()).toString());
  }

  private static ObjectNode body(Asked asked) {
    try {
      return (ObjectNode) JSON.readTree(asked.body());
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("no JSON", e);
    }
  }

  private static Map<String, String> parameters(Asked asked) {
    Map<String, String> parameters = new HashMap<>();
    String[] parts = asked.target().split("\\?", 2);
    if (parts.length == 2) {
      for (String parameter : parts[1].split("&", -1)) {
        String[] pair = parameter.split("=", 2);
        parameters.put(pair[0], pair.length == 2 ? pair[1] : "");
      }
    }
    return parameters;
  }

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static Answer json(int status, JsonNode body) {
    return Answer.json(status, body.toString());
  }
}
