package dev.codesource.codehost.github;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
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
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * GitHub's repository webhooks (https://docs.github.com/rest/repos/webhooks), which require an
 * administrator of the repository. GitHub does not switch a webhook off when deliveries fail, so
 * {@code last_response} says nothing about the next one.
 *
 * <p>To who may not administer webhooks GitHub answers 404, as if the repository or the webhook did
 * not exist. Further requests tell which it is.
 */
final class GitHubWebhooks implements Webhooks {

  /**
   * {@code push} for branches and tags; {@code repository} when it is renamed or transferred;
   * {@code meta} when the webhook is deleted.
   */
  private static final Set<String> EVENTS = Set.of("push", "repository", "meta");

  private final SiteUrl apiUrl;
  private final Map<String, String> headers;
  private final ApiSession api;
  private final WebhookAnswers answers;
  private final RepositoryAnswers repositories;

  /**
   * @param api a session of {@link WebhookAnswers#MAX_REQUESTS}
   */
  GitHubWebhooks(SiteUrl apiUrl, Map<String, String> headers, ApiSession api) {
    this.apiUrl = apiUrl;
    this.headers = headers;
    this.api = api;
    this.answers = new WebhookAnswers(Platform.GitHub, api);
    this.repositories = new RepositoryAnswers(Platform.GitHub, apiUrl, api);
  }

  @Override
  public Outcome<List<Found>> list(Repository repository) {
    return answers.all(
        repository,
        (number, before) ->
            page(repository, WebhookAnswers.PAGE, number)
                .then(
                    answer ->
                        answer.isSuccess()
                            ? answers.page(answer, before, WebhookAnswers.PAGE, this::found)
                            : refusal(answer, repository, Doing.LISTING)));
  }

  private Outcome<ApiResponse> page(Repository repository, int size, int number) {
    URI uri = hooks(repository, "?per_page=%d&page=%d".formatted(size, number));
    return send(HostRequest.get(uri, headers).forList(), repository);
  }

  @Override
  public Outcome<Found> create(Repository repository, Wanted wanted) {
    return send(request(Method.POST, hooks(repository, ""), wanted), repository)
        .then(
            answer -> {
              if (answer.isSuccess()) {
                return answers.made(answer, wanted, this::found);
              }
              return answer.status() == 422 && answer.mentions("hook already exists")
                  ? adopt(answer, repository, wanted)
                  : invalid(answer, repository, wanted, Doing.MAKING);
            });
  }

  /** One with this address is there: the answer to an earlier request was lost. */
  private Outcome<Found> adopt(ApiResponse refused, Repository repository, Wanted wanted) {
    return list(repository)
        .then(
            all ->
                all.stream()
                    .filter(each -> each.url().equals(wanted.url().toString()))
                    .findFirst()
                    .map(each -> update(repository, each.id(), wanted))
                    .orElseGet(() -> Outcome.done(Optional.empty())))
        .then(
            found ->
                found
                    .map(Outcome::done)
                    .orElseGet(() -> answers.refusal(refused, repository, Doing.MAKING)));
  }

  @Override
  public Outcome<Optional<Found>> update(Repository repository, String id, Wanted wanted) {
    if (!WebhookAnswers.isNumber(id)) {
      return Outcome.done(Optional.empty());
    }
    return send(request(Method.PATCH, hooks(repository, "/" + id), wanted), repository)
        .then(
            answer -> {
              if (answer.isSuccess()) {
                return answers.made(answer, wanted, this::found).map(Optional::of);
              }
              return answer.isMissing()
                  ? onlyTheWebhookIsMissing(repository, Doing.CHANGING)
                      .map(gone -> Optional.<Found>empty())
                  : invalid(answer, repository, wanted, Doing.CHANGING);
            });
  }

  @Override
  public Outcome<Boolean> delete(Repository repository, String id) {
    if (!WebhookAnswers.isNumber(id)) {
      return Outcome.done(true);
    }
    HostRequest request =
        new HostRequest(Method.DELETE, hooks(repository, "/" + id), headers, Optional.empty());
    return send(request, repository)
        .then(
            answer -> {
              if (answer.isSuccess()) {
                return Outcome.done(true);
              }
              return answer.isMissing()
                  ? orWithTheRepository(onlyTheWebhookIsMissing(repository, Doing.DELETING))
                  : answers.refusal(answer, repository, Doing.DELETING);
            });
  }

  /** The webhooks of a repository that is gone are gone. */
  private static Outcome<Boolean> orWithTheRepository(Outcome<Boolean> missing) {
    return missing instanceof Outcome.Refused<Boolean>(var problem)
            && problem.reason() == Reason.RepositoryNotFound
        ? Outcome.done(true)
        : missing;
  }

  /**
   * Finds out why the webhook is missing.
   *
   * @return true: the account may list webhooks, so this one is gone; or the refusal
   */
  private Outcome<Boolean> onlyTheWebhookIsMissing(Repository repository, Doing doing) {
    return page(repository, 1, 1)
        .then(
            answer -> answer.isSuccess() ? Outcome.done(true) : refusal(answer, repository, doing));
  }

  private Outcome<ApiResponse> send(HostRequest request, Repository repository) {
    return repositories.orMoved(api.send(request), RepositoryAnswers.named(repository.path()));
  }

  /** All that can be set: a {@code config} without the secret would remove it. */
  private HostRequest request(Method method, URI uri, Wanted wanted) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    if (method == Method.POST) {
      body.put("name", "web"); // the only name that there is
    }
    body.put("active", true);
    ArrayNode events = body.putArray("events");
    EVENTS.stream().sorted().forEach(events::add);
    body.putObject("config")
        .put("url", wanted.url().toString())
        .put("content_type", "json")
        .put("insecure_ssl", "0")
        .put("secret", wanted.secret().text());
    return new HostRequest(
        method, uri, headers, Optional.of(HostRequest.Body.json(body.toString())));
  }

  private Outcome<Found> found(ApiResponse hook) {
    return answers.found(
        WebhookAnswers.number(hook),
        hook.json().path("config").path("url"),
        isAsWanted(hook),
        hook.says("active", false) ? Optional.of("not active") : Optional.empty());
  }

  /** A secret is shown as asterisks. */
  private static boolean isAsWanted(ApiResponse hook) {
    JsonNode config = hook.json().path("config");
    Set<String> events = new HashSet<>();
    hook.json().path("events").forEach(event -> events.add(event.asText()));
    return hook.says("active", true)
        && events.equals(EVENTS)
        && hook.words("config", "content_type").equals("json")
        && config.path("insecure_ssl").asText("0").equals("0")
        && !hook.words("config", "secret").isEmpty();
  }

  private <T> Outcome<T> invalid(
      ApiResponse answer, Repository repository, Wanted wanted, Doing doing) {
    if (answer.status() == 422 && answer.mentions("event cannot have more than")) {
      return answers.limitReached(answer, repository);
    }
    return answer.status() == 422 && answer.mentions("url is not supported")
        ? answers.addressRefused(wanted)
        : refusal(answer, repository, doing);
  }

  /** The refusal; after 404 it depends on whether the account can see the repository. */
  private <T> Outcome<T> refusal(ApiResponse answer, Repository repository, Doing doing) {
    if (!answer.isMissing()) {
      return answers.refusal(answer, repository, doing);
    }
    URI uri = apiUrl.resolve("/repos/" + RepositoryAnswers.encoded(repository.path()));
    return send(HostRequest.get(uri, headers), repository)
        .then(
            seen ->
                seen.isMissing()
                    ? repositories.notFound(RepositoryAnswers.named(repository.path()))
                    : answers.refusal(answer, repository, doing));
  }

  private URI hooks(Repository repository, String rest) {
    return apiUrl.resolve(
        "/repos/%s/hooks%s".formatted(RepositoryAnswers.encoded(repository.path()), rest));
  }
}
