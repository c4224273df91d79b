package dev.codesource.codehost.gitea;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.ApiResponse;
import dev.codesource.codehost.ApiSession;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.RepositoryAnswers;
import dev.codesource.codehost.WebhookAnswers;
import dev.codesource.codehost.WebhookAnswers.Doing;
import dev.codesource.codehost.Webhooks;
import dev.codesource.credential.Token;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The repository webhooks of Gitea and Forgejo (https://docs.gitea.com/api/#tag/repository), which
 * require an administrator of the repository. They have no name, no limit of their number, and
 * certificates are verified as the site's administrator has set it for all.
 *
 * <p>An address that {@code ALLOWED_HOST_LIST} does not allow is accepted here; its deliveries
 * fail.
 */
final class GiteaWebhooks implements Webhooks {

  /** Of branches and tags; {@code create} and {@code delete} would repeat it. */
  private static final String EVENT = "push";

  /** Gitea's default of {@code MAX_RESPONSE_ITEMS}. */
  private static final int PAGE = 50;

  private static final String ALL_BRANCHES = "*";

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final WebhookAnswers answers;
  private final RepositoryAnswers repositories;

  /**
   * @param api a session of {@link WebhookAnswers#MAX_REQUESTS}
   */
  GiteaWebhooks(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new WebhookAnswers(Platform.Gitea, api);
    this.repositories = new RepositoryAnswers(Platform.Gitea, site, api);
  }

  @Override
  public Outcome<List<Found>> list(Repository repository) {
    return answers.all(
        repository,
        (number, before) ->
            send(
                    HostRequest.get(
                            uri(repository, "?limit=%d&page=%d".formatted(PAGE, number)), headers())
                        .forList(),
                    repository)
                .then(
                    answer ->
                        answer.isSuccess()
                            ? answers.page(answer, before, PAGE, this::found)
                            : refusal(answer, repository, Doing.LISTING)));
  }

  @Override
  public Outcome<Found> create(Repository repository, Wanted wanted) {
    return send(request(Method.POST, uri(repository, ""), wanted), repository)
        .then(
            answer ->
                answers.made(
                    answer,
                    wanted,
                    this::found,
                    failed -> invalid(failed, repository, wanted, Doing.MAKING)));
  }

  @Override
  public Outcome<Optional<Found>> update(Repository repository, String id, Wanted wanted) {
    if (!WebhookAnswers.isNumber(id)) {
      return Outcome.done(Optional.empty());
    }
    return send(request(Method.PATCH, uri(repository, "/" + id), wanted), repository)
        .then(
            answer ->
                answers.changed(
                    answer,
                    wanted,
                    this::found,
                    _ -> true,
                    failed -> invalid(failed, repository, wanted, Doing.CHANGING)));
  }

  @Override
  public Outcome<Boolean> delete(Repository repository, String id) {
    if (!WebhookAnswers.isNumber(id)) {
      return Outcome.done(true);
    }
    HostRequest request =
        new HostRequest(Method.DELETE, uri(repository, "/" + id), headers(), Optional.empty());
    return send(request, repository)
        .then(
            answer ->
                WebhookAnswers.deleted(
                    answer, failed -> refusal(failed, repository, Doing.DELETING)));
  }

  private Outcome<ApiResponse> send(HostRequest request, Repository repository) {
    return repositories.orMoved(api.send(request), RepositoryAnswers.named(repository.path()));
  }

  /**
   * All that can be set: what the request lacks of events, branch filter and header is reset
   * (routers/api/v1/utils/hook.go).
   */
  private HostRequest request(Method method, URI uri, Wanted wanted) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("type", "gitea").put("active", true);
    body.putArray("events").add(EVENT);
    body.put("branch_filter", ALL_BRANCHES).put("authorization_header", "");
    body.putObject("config")
        .put("url", wanted.url().toString())
        .put("content_type", "json")
        .put("secret", wanted.secret().text());
    return new HostRequest(
        method, uri, headers(), Optional.of(HostRequest.Body.json(body.toString())));
  }

  private Outcome<Found> found(ApiResponse hook) {
    return answers.found(
        WebhookAnswers.number(hook),
        hook.json().path("config").path("url"),
        isAsWanted(hook),
        hook.says("active", false) ? Optional.of("not active") : Optional.empty());
  }

  private static boolean isAsWanted(ApiResponse hook) {
    JsonNode events = hook.json().path("events");
    String branches = hook.words("branch_filter");
    return hook.says("active", true)
        && events.size() == 1
        && events.path(0).asText().equals(EVENT)
        && (branches.isEmpty() || branches.equals(ALL_BRANCHES))
        && hook.words("authorization_header").isEmpty()
        && hook.words("config", "content_type").equals("json");
  }

  private <T> Outcome<T> invalid(
      ApiResponse answer, Repository repository, Wanted wanted, Doing doing) {
    return answer.status() == 422 && answer.words("message").contains("url")
        ? answers.addressRefused(wanted)
        : refusal(answer, repository, doing);
  }

  /** Gitea answers 404 only if the account may not see the repository, else 403. */
  private <T> Outcome<T> refusal(ApiResponse answer, Repository repository, Doing doing) {
    return answer.isMissing()
        ? repositories.notFound(RepositoryAnswers.named(repository.path()))
        : answers.refusal(answer, repository, doing);
  }

  private Map<String, String> headers() {
    return ApiSession.bearer(token);
  }

  private URI uri(Repository repository, String rest) {
    return site.resolve(
        "/api/v1/repos/%s/hooks%s".formatted(RepositoryAnswers.encoded(repository.path()), rest));
  }
}
