package dev.codesource.codehost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingSpec;
import dev.codesource.credential.Token;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * GitLab's deploy tokens, which belong to a project or a group and to no account
 * (https://docs.gitlab.com/user/project/deploy_tokens/), by their API
 * (https://docs.gitlab.com/api/deploy_tokens/). Asking takes the role Maintainer in a project and
 * Owner in a group.
 */
public final class GitLabDeployTokens {

  /** To read code, and nothing else. */
  private static final String SCOPE = "read_repository";

  private static final int PAGE = 100;

  /** More deploy tokens than these are not looked through. */
  private static final int MOST_PAGES = 10;

  private static final Pattern ID = Pattern.compile("\\d{1,18}");

  /** GitLab's app/models/deploy_token.rb. */
  private static final Pattern USERNAME = Pattern.compile("[a-zA-Z0-9.+_-]{1,255}");

  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{8,1000}");

  private final SiteUrl site;
  private final Token token;
  private final Supplier<ApiSession> conversations;

  /**
   * @param token by which they are made
   * @param conversations one for each request
   */
  GitLabDeployTokens(SiteUrl site, Token token, Supplier<ApiSession> conversations) {
    this.site = site;
    this.token = token;
    this.conversations = conversations;
  }

  /** What a deploy token reads. */
  public record Target(Kind kind, String path) {

    /** Projects, or groups with all of theirs. */
    public enum Kind {
      PROJECT("project", "projects"),
      GROUP("group", "groups");

      private final String word;
      private final String collection;

      Kind(String word, String collection) {
        this.word = word;
        this.collection = collection;
      }
    }

    /** What a binding asks for; empty: nothing. */
    public static Optional<Target> of(BindingSpec spec) {
      BindingSpec.DeployToken wanted = spec.deployToken();
      if (wanted == null) {
        return Optional.empty();
      }
      return wanted.project() != null
          ? Optional.of(new Target(Kind.PROJECT, wanted.project()))
          : Optional.ofNullable(wanted.group()).map(path -> new Target(Kind.GROUP, path));
    }

    /** Reads what {@link #toString} wrote. */
    public static Optional<Target> parse(String text) {
      for (Kind kind : Kind.values()) {
        if (text.startsWith(kind.word + " ")) {
          return Optional.of(new Target(kind, text.substring(kind.word.length() + 1)));
        }
      }
      return Optional.empty();
    }

    /** As a sentence names it, after "the". */
    @Override
    public String toString() {
      return kind.word + " " + path;
    }
  }

  /**
   * A deploy token that was made.
   *
   * @param id by which it is deleted
   * @param login what git sends
   */
  public record Minted(String id, GitLogin login, Instant expiresAt) {}

  /** The identifiers of those that are good, and whose names begin so. */
  public Outcome<List<String>> named(Target target, String prefix) {
    return named(target, prefix, 1);
  }

  private Outcome<List<String>> named(Target target, String prefix, int page) {
    URI uri = uri(target, "?active=true&per_page=%d&page=%d".formatted(PAGE, page));
    return ask(HostRequest.get(uri, headers()), target, "listing the deploy tokens")
        .then(
            answer ->
                answer
                    .elements()
                    .map(found -> named(target, prefix, page, answer, found))
                    .orElseGet(() -> conversations.get().notThisPlatform(answer)));
  }

  private Outcome<List<String>> named(
      Target target, String prefix, int page, ApiResponse answer, List<ApiResponse> found) {
    List<String> ids = new ArrayList<>();
    for (ApiResponse each : found) {
      if (each.name("name").filter(name -> name.startsWith(prefix)).isPresent()
          && !each.says("revoked", true)
          && !each.says("expired", true)) {
        each.id("id").filter(id -> ID.matcher(id).matches()).ifPresent(ids::add);
      }
    }
    boolean more = answer.header("X-Next-Page").filter(next -> !next.isBlank()).isPresent();
    return more && page < MOST_PAGES
        ? named(target, prefix, page + 1)
            .map(
                others -> {
                  ids.addAll(others);
                  return ids;
                })
        : Outcome.done(ids);
  }

  /**
   * Makes one. What is answered is to be had this once.
   *
   * @param name as people see it, at most 255 characters
   */
  public Outcome<Minted> mint(Target target, String name, Instant expiresAt) {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    wanted.put("name", name).put("expires_at", expiresAt.toString());
    wanted.putArray("scopes").add(SCOPE);
    HostRequest request =
        new HostRequest(
            Method.POST,
            uri(target, ""),
            headers(),
            Optional.empty(),
            Optional.of(wanted.toString()));
    return ask(request, target, "making a deploy token").then(answer -> minted(answer, expiresAt));
  }

  private Outcome<Minted> minted(ApiResponse answer, Instant asked) {
    Optional<String> id = answer.id("id").filter(value -> ID.matcher(value).matches());
    Optional<String> username =
        answer.name("username").filter(value -> USERNAME.matcher(value).matches());
    JsonNode secret = answer.json().path("token");
    if (id.isEmpty() || username.isEmpty()) {
      return conversations.get().lacks(id.isEmpty() ? "id" : "username");
    }
    if (!secret.isTextual() || !TOKEN.matcher(secret.textValue()).matches()) {
      return conversations.get().lacks("token");
    }
    return Outcome.done(
        new Minted(
            id.get(),
            new GitLogin(username.get(), new Token(secret.textValue())),
            answer.name("expires_at").flatMap(GitLabDeployTokens::time).orElse(asked)));
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(OffsetDateTime.parse(text).toInstant());
    } catch (DateTimeException notATime) {
      return Optional.empty();
    }
  }

  /** Deletes one, and whoever holds it reads no more; one that is gone is as good as deleted. */
  public Outcome<Boolean> delete(Target target, String id) {
    HostRequest request =
        new HostRequest(Method.DELETE, uri(target, "/" + id), headers(), Optional.empty());
    return conversations
        .get()
        .send(request)
        .then(
            answer ->
                answer.isSuccess() || answer.status() == 404
                    ? Outcome.done(true)
                    : refusal(answer, target, "deleting a deploy token"));
  }

  private Outcome<ApiResponse> ask(HostRequest request, Target target, String what) {
    return conversations
        .get()
        .send(request)
        .then(answer -> answer.isSuccess() ? Outcome.done(answer) : refusal(answer, target, what));
  }

  /** Who may not know of a project is told that there is none: 404. */
  private <T> Outcome<T> refusal(ApiResponse answer, Target target, String what) {
    return answer.status() >= 400 && answer.status() < 500 && answer.hasJson()
        ? Outcome.refused(
            Reason.DeployTokenRefused,
            "GitLab answers %d to %s of the %s.".formatted(answer.status(), what, target))
        : conversations.get().notThisPlatform(answer);
  }

  private Map<String, String> headers() {
    return ApiSession.bearer(token);
  }

  /** A path stands in place of an identifier when its slashes are encoded. */
  private URI uri(Target target, String rest) {
    return site.resolve(
        "/api/v4/%s/%s/deploy_tokens%s"
            .formatted(
                target.kind().collection,
                URLEncoder.encode(target.path(), StandardCharsets.UTF_8),
                rest));
  }
}
