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
import dev.codesource.credential.Token;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.reason.Outcome;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The webhooks of Bitbucket Data Center
 * (https://developer.atlassian.com/server/bitbucket/rest/v905/api-group-repository/#api-api-latest-projects-projectkey-repos-repositoryslug-webhooks-get).
 * Its answers have the secret in {@code configuration}, so nothing of them but the fields read here
 * is passed on.
 */
final class DataCenterWebhooks implements Webhooks {

  /** Of branches and tags; the second when the repository is renamed or moved. */
  private static final Set<String> EVENTS =
      Set.of("repo:refs_changed", "repo:modified", "mirror:repo_synchronized");

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final WebhookAnswers answers;
  private final RepositoryAnswers repositories;

  /**
   * @param api a session of {@link WebhookAnswers#MAX_REQUESTS}
   */
  DataCenterWebhooks(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new WebhookAnswers(Platform.Bitbucket, api);
    this.repositories = new RepositoryAnswers(Platform.Bitbucket, site, api);
  }

  /**
   * Versions before 7.14 send webhooks of a page again on the next one
   * (https://jira.atlassian.com/browse/BSERV-12818), so the start of a page is what the page before
   * said, and not how many webhooks there were.
   */
  @Override
  public Outcome<List<Found>> list(Repository repository) {
    int[] start = {0};
    return answers.all(repository, (_, _) -> page(repository, start));
  }

  private Outcome<WebhookAnswers.Page> page(Repository repository, int[] start) {
    URI uri = uri(repository, "?limit=%d&start=%d".formatted(WebhookAnswers.PAGE, start[0]));
    return api.send(HostRequest.get(uri, ApiSession.bearer(token)).forList())
        .then(
            answer -> {
              if (!answer.isSuccess()) {
                return refusal(answer, repository, Doing.LISTING);
              }
              Optional<BitbucketPage> page = BitbucketPage.of(answer);
              if (page.isEmpty()) {
                return api.notThisPlatform(answer);
              }
              Optional<Integer> next = page.get().nextStart().filter(at -> at > start[0]);
              start[0] = next.orElse(0);
              return answers.page(page.get().values(), next.isPresent(), this::found);
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
    if (!WebhookAnswers.isNumber(id)) {
      return Outcome.done(Optional.empty());
    }
    return api.send(request(Method.PUT, uri(repository, "/" + id), body(wanted)))
        .then(
            answer ->
                answers.changed(
                    answer,
                    wanted,
                    this::found,
                    missing -> !isRepositoryMissing(missing),
                    failed -> refusal(failed, repository, Doing.CHANGING, wanted)));
  }

  @Override
  public Outcome<Boolean> delete(Repository repository, String id) {
    if (!WebhookAnswers.isNumber(id)) {
      return Outcome.done(true);
    }
    return api.send(request(Method.DELETE, uri(repository, "/" + id), Optional.empty()))
        .then(
            answer ->
                WebhookAnswers.deleted(
                    answer, failed -> refusal(failed, repository, Doing.DELETING)));
  }

  private static Optional<HostRequest.Body> body(Wanted wanted) {
    ObjectNode hook = JsonNodeFactory.instance.objectNode();
    hook.put("name", NAME).put("url", wanted.url().toString()).put("active", true);
    hook.put("sslVerificationRequired", true);
    hook.putObject("configuration").put("secret", wanted.secret().text());
    EVENTS.stream().sorted().forEach(hook.putArray("events")::add);
    return Optional.of(HostRequest.Body.json(hook.toString()));
  }

  /** Older versions always verify certificates, and have no field for that. */
  private Outcome<Found> found(ApiResponse answer) {
    JsonNode hook = answer.json();
    boolean isAsWanted =
        answer.says("active", true)
            && !answer.says("sslVerificationRequired", false)
            && WebhookAnswers.areExactly(EVENTS, hook.path("events"));
    return answers.found(
        WebhookAnswers.number(answer),
        hook.path("url"),
        isAsWanted,
        answer.says("active", false) ? Optional.of("not active") : Optional.empty());
  }

  private <T> Outcome<T> refusal(
      ApiResponse answer, Repository repository, Doing doing, Wanted wanted) {
    return answer.status() == 400 && answer.hasJson()
        ? answers.addressRefused(wanted)
        : refusal(answer, repository, doing);
  }

  private <T> Outcome<T> refusal(ApiResponse answer, Repository repository, Doing doing) {
    return answer.isMissing()
        ? repositories.notFound(RepositoryAnswers.named(repository.path()))
        : answers.refusal(answer, repository, doing);
  }

  /** {@code NoSuchRepositoryException}, {@code NoSuchProjectException}. */
  private static boolean isRepositoryMissing(ApiResponse answer) {
    String why = exception(answer);
    return why.endsWith("nosuchrepositoryexception") || why.endsWith("nosuchprojectexception");
  }

  /** The name of the exception that an error tells, in lower case; empty: it tells none. */
  static String exception(ApiResponse answer) {
    return answer
        .json()
        .path("errors")
        .path(0)
        .path("exceptionName")
        .asText()
        .toLowerCase(Locale.ROOT);
  }

  private HostRequest request(Method method, URI uri, Optional<HostRequest.Body> body) {
    return new HostRequest(method, uri, ApiSession.bearer(token), body);
  }

  private URI uri(Repository repository, String rest) {
    return site.resolve(DataCenterRepositories.address(repository.path(), "/webhooks" + rest));
  }
}
