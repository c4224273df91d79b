package dev.codesource.codehost.gitlab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.DeployTokens;
import dev.codesource.codehost.GitLogin;
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
import java.util.regex.Pattern;

/**
 * GitLab's deploy tokens, which belong to a project or a group and to no account
 * (https://docs.gitlab.com/user/project/deploy_tokens/), with their API
 * (https://docs.gitlab.com/api/deploy_tokens/), which requires the role Maintainer in a project and
 * Owner in a group.
 */
final class GitLabDeployTokens implements DeployTokens {

  /** The scope that allows only to read code. */
  private static final String SCOPE = "read_repository";

  private static final int PAGE = 100;

  /** The maximum number of pages that are read. */
  private static final int MOST_PAGES = 10;

  /** Enough to list all pages and delete what is found. */
  static final int MAX_REQUESTS = 2 * MOST_PAGES + MOST_PAGES * PAGE;

  private static final Pattern ID = Pattern.compile("\\d{1,18}");

  /** GitLab's app/models/deploy_token.rb. */
  private static final Pattern USERNAME = Pattern.compile("[a-zA-Z0-9.+_-]{1,255}");

  private static final Pattern TOKEN = Pattern.compile("[\\x21-\\x7e]{8,1000}");

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;

  /**
   * @param token with which they are created
   * @param api a session of {@link #MAX_REQUESTS}
   */
  GitLabDeployTokens(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
  }

  @Override
  public Outcome<List<String>> named(Target target, String prefix) {
    List<String> ids = new ArrayList<>();
    for (int number = 1; number <= MOST_PAGES; number++) {
      Outcome<Page> read = page(target, prefix, number);
      if (!(read instanceof Outcome.Done<Page>(var page))) {
        return read.map(Page::ids);
      }
      ids.addAll(page.ids());
      if (!page.hasNext()) {
        break;
      }
    }
    return Outcome.done(ids);
  }

  /** What is needed of a page of the list; the answer itself, which is long, is not kept. */
  private record Page(List<String> ids, boolean hasNext) {}

  private Outcome<Page> page(Target target, String prefix, int page) {
    URI uri = uri(target, "?active=true&per_page=%d&page=%d".formatted(PAGE, page));
    return ask(HostRequest.get(uri, headers()).forList(), target, "listing the deploy tokens")
        .then(
            answer ->
                answer
                    .elements()
                    .map(found -> Outcome.done(page(prefix, answer, found)))
                    .orElseGet(() -> api.notThisPlatform(answer)));
  }

  private static Page page(String prefix, ApiResponse answer, List<ApiResponse> found) {
    List<String> ids = new ArrayList<>();
    for (ApiResponse each : found) {
      if (each.name("name").filter(name -> name.startsWith(prefix)).isPresent()
          && !each.says("revoked", true)
          && !each.says("expired", true)) {
        each.id("id").filter(id -> ID.matcher(id).matches()).ifPresent(ids::add);
      }
    }
    return new Page(ids, answer.header("X-Next-Page").filter(next -> !next.isBlank()).isPresent());
  }

  @Override
  public Outcome<Minted> mint(Target target, String name, Instant expiresAt) {
    ObjectNode wanted = JsonNodeFactory.instance.objectNode();
    wanted.put("name", name).put("expires_at", expiresAt.toString());
    wanted.putArray("scopes").add(SCOPE);
    HostRequest request =
        new HostRequest(
            Method.POST,
            uri(target, ""),
            headers(),
            Optional.of(HostRequest.Body.json(wanted.toString())));
    return ask(request, target, "making a deploy token").then(answer -> minted(answer, expiresAt));
  }

  private Outcome<Minted> minted(ApiResponse answer, Instant asked) {
    Optional<String> id = answer.id("id").filter(value -> ID.matcher(value).matches());
    Optional<String> username =
        answer.name("username").filter(value -> USERNAME.matcher(value).matches());
    JsonNode secret = answer.json().path("token");
    if (id.isEmpty() || username.isEmpty()) {
      return api.lacks(id.isEmpty() ? "id" : "username");
    }
    if (!secret.isTextual() || !TOKEN.matcher(secret.textValue()).matches()) {
      return api.lacks("token");
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

  @Override
  public Outcome<Boolean> delete(Target target, String id) {
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("This is not the identifier of a deploy token.");
    }
    HostRequest request =
        new HostRequest(Method.DELETE, uri(target, "/" + id), headers(), Optional.empty());
    return api.send(request)
        .then(
            answer ->
                answer.isSuccess() || answer.status() == 404
                    ? Outcome.done(true)
                    : refusal(answer, target, "deleting a deploy token"));
  }

  private Outcome<ApiResponse> ask(HostRequest request, Target target, String what) {
    return api.send(request)
        .then(answer -> answer.isSuccess() ? Outcome.done(answer) : refusal(answer, target, what));
  }

  /** GitLab also answers 404 if the account may not see the project. */
  private <T> Outcome<T> refusal(ApiResponse answer, Target target, String what) {
    return answer.status() >= 400 && answer.status() < 500 && answer.hasJson()
        ? Outcome.refused(
            Reason.DeployTokenRefused,
            "GitLab answers %d to %s of the %s.".formatted(answer.status(), what, target))
        : api.notThisPlatform(answer);
  }

  private Map<String, String> headers() {
    return ApiSession.bearer(token);
  }

  /** A path with encoded slashes is accepted instead of an identifier. */
  private URI uri(Target target, String rest) {
    return site.resolve(
        "/api/v4/%s/%s/deploy_tokens%s"
            .formatted(
                collection(target.kind()),
                URLEncoder.encode(target.path(), StandardCharsets.UTF_8),
                rest));
  }

  private static String collection(Target.Kind kind) {
    return switch (kind) {
      case PROJECT -> "projects";
      case GROUP -> "groups";
    };
  }
}
