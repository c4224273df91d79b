package dev.codesource.codehost.gitee;

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
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Gitee's webhooks (https://gitee.com/api/v5/swagger), which have neither a name nor a switch. Its
 * answers have the secret in {@code password}, so nothing of them but the fields read here is
 * passed on.
 */
final class GiteeWebhooks implements Webhooks {

  /** The secret signs, and is not sent. */
  private static final int SIGNATURE = 1;

  private static final List<String> EVENTS = List.of("push_events", "tag_push_events");

  private static final List<String> OTHER_EVENTS =
      List.of("issues_events", "note_events", "merge_requests_events");

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final WebhookAnswers answers;
  private final RepositoryAnswers repositories;

  /**
   * @param api a session of {@link WebhookAnswers#MAX_REQUESTS}
   */
  GiteeWebhooks(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new WebhookAnswers(Platform.Gitee, api);
    this.repositories = new RepositoryAnswers(Platform.Gitee, site, api);
  }

  @Override
  public Outcome<List<Found>> list(Repository repository) {
    return answers.all(
        repository,
        (number, before) ->
            api.send(
                    HostRequest.get(
                            uri(
                                repository,
                                "?page=%d&per_page=%d".formatted(number, WebhookAnswers.PAGE)),
                            ApiSession.bearer(token))
                        .forList())
                .then(
                    answer ->
                        answer.isSuccess()
                            ? answers.page(answer, before, WebhookAnswers.PAGE, this::found)
                            : refusal(answer, repository, Doing.LISTING)));
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
    return api.send(request(Method.PATCH, uri(repository, "/" + id), body(wanted)))
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
    hook.put("url", wanted.url().toString());
    hook.put("encryption_type", SIGNATURE).put("password", wanted.secret().text());
    EVENTS.forEach(event -> hook.put(event, true));
    OTHER_EVENTS.forEach(event -> hook.put(event, false));
    return Optional.of(HostRequest.Body.json(hook.toString()));
  }

  /** An answer does not always have {@code encryption_type}. */
  private Outcome<Found> found(ApiResponse answer) {
    JsonNode encryption = answer.json().path("encryption_type");
    boolean isAsWanted =
        EVENTS.stream().allMatch(event -> answer.says(event, true))
            && OTHER_EVENTS.stream().noneMatch(event -> answer.says(event, true))
            && (!encryption.isNumber() || encryption.intValue() == SIGNATURE);
    return answers.found(
        WebhookAnswers.number(answer), answer.json().path("url"), isAsWanted, Optional.empty());
  }

  private <T> Outcome<T> refusal(
      ApiResponse answer, Repository repository, Doing doing, Wanted wanted) {
    if ((answer.status() == 400 || answer.status() == 422) && answer.hasJson()) {
      if (doing == Doing.MAKING && isForTheirNumber(answer)) {
        return answers.limitReached(answer, repository);
      }
      return answers.addressRefused(wanted);
    }
    return refusal(answer, repository, doing);
  }

  private <T> Outcome<T> refusal(ApiResponse answer, Repository repository, Doing doing) {
    return answer.isMissing()
        ? repositories.notFound(RepositoryAnswers.named(repository.path()))
        : answers.refusal(answer, repository, doing);
  }

  /** {@code 404 Project Not Found}. */
  private static boolean isRepositoryMissing(ApiResponse answer) {
    return answer.words("message").contains("project");
  }

  /** Gitee documents neither a limit nor its text. */
  private static boolean isForTheirNumber(ApiResponse answer) {
    String message = answer.words("message");
    return Stream.of("limit", "exceed", "too many", "maximum", "\u4e0a\u9650", "\u6700\u591a")
        .anyMatch(message::contains);
  }

  private HostRequest request(Method method, URI uri, Optional<HostRequest.Body> body) {
    return new HostRequest(method, uri, ApiSession.bearer(token), body);
  }

  private URI uri(Repository repository, String rest) {
    return site.resolve(
        "/api/v5/repos/%s/hooks%s".formatted(RepositoryAnswers.encoded(repository.path()), rest));
  }
}
