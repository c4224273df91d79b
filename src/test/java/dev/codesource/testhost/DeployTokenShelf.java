package dev.codesource.testhost;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/**
 * GitLab 17 with the deploy tokens of one project or group, as lib/api/deploy_tokens.rb and
 * app/models/deploy_token.rb have them. Only who may set webhooks may make one here.
 */
public final class DeployTokenShelf implements Dialect {

  private final ObjectMapper json = new ObjectMapper();
  private final String collection;
  private final Map<Integer, Made> shelf = new ConcurrentSkipListMap<>();
  private final AtomicInteger last = new AtomicInteger();
  private volatile boolean refusing;

  /**
   * @param path such as {@code projects/team%2Fapp}
   */
  public DeployTokenShelf(String path) {
    this.collection = "/api/v4/" + path + "/deploy_tokens";
  }

  /** A deploy token. */
  public record Made(int id, String name, String token, String expiresAt, List<String> scopes) {

    public String username() {
      return "gitlab+deploy-token-" + id;
    }

    /** As git sends it. */
    public String login() {
      return username() + ":" + token;
    }
  }

  /** Those that there are, by identifier. */
  public List<Made> all() {
    return List.copyOf(shelf.values());
  }

  public boolean letsIn(String login) {
    return all().stream().anyMatch(made -> made.login().equals(login));
  }

  /** As if somebody had made it. */
  public Made put(String name) {
    return put(name, "2099-01-01", List.of("read_repository"));
  }

  public void remove(int id) {
    shelf.remove(id);
  }

  /** Whether the account is no Maintainer. */
  public void refusing(boolean now) {
    refusing = now;
  }

  private Made put(String name, String expiresAt, List<String> scopes) {
    int id = last.incrementAndGet();
    Made made = new Made(id, name, "gldt-canary-%04d-5d1c9a7e".formatted(id), expiresAt, scopes);
    shelf.put(id, made);
    return made;
  }

  @Override
  public Answer answer(Asked asked, Function<String, Optional<Grant>> grants) {
    if (!asked.path().contains("/deploy_tokens")) {
      return Dialect.gitLab().answer(asked, grants);
    }
    Optional<Grant> grant = grants.apply(asked.token());
    if (grant.isEmpty()) {
      return Answer.json(401, "{\"message\":\"401 Unauthorized\"}");
    }
    if (refusing) {
      return Answer.json(403, "{\"message\":\"403 Forbidden\"}");
    }
    if (!asked.path().startsWith(collection)) {
      return Answer.json(404, "{\"message\":\"404 Project Not Found\"}");
    }
    return switch (asked.method()) {
      case "GET" -> list();
      case "POST" -> create(asked.body());
      case "DELETE" -> delete(asked.path().substring(collection.length() + 1));
      default -> Answer.json(405, "{\"error\":\"405 Not Allowed\"}");
    };
  }

  private Answer list() {
    return Answer.json(
        200,
        "["
            + String.join(",", shelf.values().stream().map(DeployTokenShelf::shown).toList())
            + "]");
  }

  private Answer create(String body) {
    try {
      JsonNode wanted = json.readTree(body);
      List<String> scopes = new ArrayList<>();
      wanted.path("scopes").forEach(scope -> scopes.add(scope.asText()));
      Made made = put(wanted.path("name").asText(), wanted.path("expires_at").asText(), scopes);
      return Answer.json(
          201, shown(made).replaceFirst("}$", ",\"token\":\"" + made.token() + "\"}"));
    } catch (JsonProcessingException e) {
      return Answer.json(400, "{\"error\":\"name is missing\"}");
    }
  }

  private Answer delete(String id) {
    return shelf.remove(Integer.valueOf(id)) == null
        ? Answer.json(404, "{\"message\":\"404 Not found\"}")
        : new Answer(204, Map.of(), "");
  }

  private static String shown(Made made) {
    return """
        {"id":%d,"name":"%s","username":"%s","expires_at":"%s","revoked":false,"expired":false,"scopes":[%s]}"""
        .formatted(
            made.id(),
            made.name(),
            made.username(),
            made.expiresAt(),
            String.join(",", made.scopes().stream().map("\"%s\""::formatted).toList()));
  }
}
