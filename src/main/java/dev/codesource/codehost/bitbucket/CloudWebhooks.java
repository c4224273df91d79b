package dev.codesource.codehost.bitbucket;

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
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The webhooks of Bitbucket Cloud
 * (https://developer.atlassian.com/cloud/bitbucket/rest/api-group-repositories/#api-repositories-workspace-repo-slug-hooks-get).
 * A change without {@code secret} would keep the former one.
 */
final class CloudWebhooks implements Webhooks {

  /** Of branches and tags. */
  private static final Set<String> EVENTS = Set.of("repo:push");

  private final SiteUrl apiUrl;
  private final Map<String, String> headers;
  private final ApiSession api;
  private final WebhookAnswers answers;
  private final RepositoryAnswers repositories;

  /**
   * @param headers with the credential
   * @param api a session of {@link WebhookAnswers#MAX_REQUESTS}
   */
  CloudWebhooks(SiteUrl site, SiteUrl apiUrl, Map<String, String> headers, ApiSession api) {
    this.apiUrl = apiUrl;
    this.headers = headers;
    this.api = api;
    this.answers = new WebhookAnswers(Platform.Bitbucket, api);
    this.repositories = new RepositoryAnswers(Platform.Bitbucket, site, api);
  }

  @Override
  public Outcome<List<Found>> list(Repository repository) {
    return answers.all(repository, (number, _) -> page(repository, number));
  }

  private Outcome<WebhookAnswers.Page> page(Repository repository, int number) {
    URI uri = uri(repository, "?pagelen=%d&page=%d".formatted(WebhookAnswers.PAGE, number));
    return api.send(HostRequest.get(uri, headers).forList())
        .then(
            answer -> {
              if (!answer.isSuccess()) {
                return refusal(answer, repository, Doing.LISTING);
              }
              Optional<BitbucketPage> page = BitbucketPage.of(answer);
              return page.isEmpty()
                  ? api.notThisPlatform(answer)
                  : answers.page(page.get().values(), page.get().hasNext(), this::found);
            });
  }

  @Override
  public Outcome<Found> create(Repository repository, Wanted wanted) {
    return api.send(request(Method.POST, uri(repository, ""), body(wanted)))
        .then(
            answer ->
                answers.made(
                    answer,
                    wanted,
                    this::found,
                    failed -> refusal(failed, repository, Doing.MAKING, wanted)));
  }

  @Override
  public Outcome<Optional<Found>> update(Repository repository, String id, Wanted wanted) {
    if (!CloudRepositories.isUuid(id)) {
      return Outcome.done(Optional.empty());
    }
    return api.send(request(Method.PUT, uri(repository, id(id)), body(wanted)))
        .then(
            answer ->
                answers.changed(
                    answer,
                    wanted,
                    this::found,
                    _ -> true,
                    failed -> refusal(failed, repository, Doing.CHANGING, wanted)));
  }

  @Override
  public Outcome<Boolean> delete(Repository repository, String id) {
    if (!CloudRepositories.isUuid(id)) {
      return Outcome.done(true);
    }
    return api.send(request(Method.DELETE, uri(repository, id(id)), Optional.empty()))
        .then(
            answer ->
                WebhookAnswers.deleted(
                    answer, failed -> refusal(failed, repository, Doing.DELETING)));
  }

  private static Optional<HostRequest.Body> body(Wanted wanted) {
    ObjectNode hook = JsonNodeFactory.instance.objectNode();
    hook.put("description", NAME).put("url", wanted.url().toString()).put("active", true);
    hook.put("skip_cert_verification", false).put("secret", wanted.secret().text());
    EVENTS.stream().sorted().forEach(hook.putArray("events")::add);
    return Optional.of(HostRequest.Body.json(hook.toString()));
  }

  /** Answers of older webhooks have no {@code secret_set}. */
  private Outcome<Found> found(ApiResponse answer) {
    JsonNode hook = answer.json();
    boolean isAsWanted =
        answer.says("active", true)
            && answer.says("skip_cert_verification", false)
            && !answer.says("secret_set", false)
            && WebhookAnswers.areExactly(EVENTS, hook.path("events"));
    return answers.found(
        Optional.of(hook.path("uuid").asText()).filter(CloudRepositories::isUuid),
        hook.path("url"),
        isAsWanted,
        answer.says("active", false) ? Optional.of("not active") : Optional.empty());
  }

  private <T> Outcome<T> refusal(
      ApiResponse answer, Repository repository, Doing doing, Wanted wanted) {
    if (answer.status() == 400 && answer.hasJson()) {
      return doing == Doing.MAKING && isForTheirNumber(answer)
          ? answers.limitReached(answer, repository)
          : answers.addressRefused(wanted);
    }
    return refusal(answer, repository, doing);
  }

  private <T> Outcome<T> refusal(ApiResponse answer, Repository repository, Doing doing) {
    return answer.isMissing()
        ? repositories.notFound(RepositoryAnswers.named(repository.path()))
        : answers.refusal(answer, repository, doing);
  }

  /** Bitbucket does not document the text; the limit is 50. */
  private static boolean isForTheirNumber(ApiResponse answer) {
    String error = answer.json().path("error").toString().toLowerCase(Locale.ROOT);
    return Stream.of("limit", "too many", "maximum", "exceed").anyMatch(error::contains);
  }

  private HostRequest request(Method method, URI uri, Optional<HostRequest.Body> body) {
    return new HostRequest(method, uri, headers, body);
  }

  /** In braces, which a path cannot have. */
  private static String id(String id) {
    return "/" + URLEncoder.encode(id, StandardCharsets.UTF_8);
  }

  private URI uri(Repository repository, String rest) {
    return apiUrl.resolve(CloudRepositories.address(repository, "/hooks" + rest));
  }
}
