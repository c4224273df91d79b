package dev.codesource.codehost.gitlab;

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
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * GitLab's project webhooks (https://docs.gitlab.com/api/project_webhooks/), which require the role
 * Maintainer. The project is named by its identifier, since only GET requests are redirected from a
 * former path, and others are refused.
 *
 * <p>The secret is sent twice: as {@code token}, which comes back in the header of every delivery,
 * and as {@code signing_token}, with which GitLab 19.0 and later signs deliveries. Older versions,
 * and those whose feature flag {@code webhook_signing_token} is off, ignore the latter: then {@code
 * token} is the only proof of a delivery, and {@code signing_token_present} stays false, which is
 * why {@link Found#isAsWanted} does not depend on it.
 *
 * <p>A webhook that GitLab has disabled is enabled by a delivery that succeeds, and not by {@link
 * #update} (app/models/concerns/web_hooks/auto_disabling.rb). A new one in its place is enabled.
 */
final class GitLabWebhooks implements Webhooks {

  private static final List<String> EVENTS = List.of("push_events", "tag_push_events");

  private static final List<String> OTHER_EVENTS =
      List.of(
          "issues_events",
          "confidential_issues_events",
          "merge_requests_events",
          "note_events",
          "confidential_note_events",
          "job_events",
          "pipeline_events",
          "wiki_page_events",
          "deployment_events",
          "feature_flag_events",
          "releases_events",
          "milestone_events",
          "emoji_events",
          "resource_access_token_events");

  private static final String ALL_BRANCHES = "all_branches";

  private final SiteUrl site;
  private final Token token;
  private final ApiSession api;
  private final WebhookAnswers answers;
  private final RepositoryAnswers repositories;

  /**
   * @param api a session of {@link WebhookAnswers#MAX_REQUESTS}
   */
  GitLabWebhooks(SiteUrl site, Token token, ApiSession api) {
    this.site = site;
    this.token = token;
    this.api = api;
    this.answers = new WebhookAnswers(Platform.GitLab, api);
    this.repositories = new RepositoryAnswers(Platform.GitLab, site, api);
  }

  @Override
  public Outcome<List<Found>> list(Repository repository) {
    return answers.all(
        repository,
        (number, before) ->
            send(
                    HostRequest.get(
                            uri(
                                repository,
                                "?per_page=%d&page=%d".formatted(WebhookAnswers.PAGE, number)),
                            headers())
                        .forList(),
                    repository)
                .then(
                    answer ->
                        answer.isSuccess()
                            ? answers.page(answer, before, WebhookAnswers.PAGE, this::found)
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
    return send(request(Method.PUT, uri(repository, "/" + id), wanted), repository)
        .then(
            answer ->
                answers.changed(
                    answer,
                    wanted,
                    this::found,
                    missing -> !isOfProject(missing),
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
   * All that can be set: what the request lacks stays as it is, but a secret is lost when the
   * address changes.
   */
  private HostRequest request(Method method, URI uri, Wanted wanted) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("url", wanted.url().toString()).put("name", NAME);
    EVENTS.forEach(event -> body.put(event, true));
    OTHER_EVENTS.forEach(event -> body.put(event, false));
    body.put("push_events_branch_filter", "")
        .put("branch_filter_strategy", ALL_BRANCHES)
        .put("custom_webhook_template", "")
        .put("enable_ssl_verification", true)
        .put("token", wanted.secret().text())
        .put("signing_token", wanted.secret().text());
    return new HostRequest(
        method, uri, headers(), Optional.of(HostRequest.Body.json(body.toString())));
  }

  private Outcome<Found> found(ApiResponse hook) {
    return answers.found(
        WebhookAnswers.number(hook), hook.json().path("url"), isAsWanted(hook), disabled(hook));
  }

  /** {@code token_present} is told since GitLab 19.0. */
  private static boolean isAsWanted(ApiResponse hook) {
    return EVENTS.stream().allMatch(event -> hook.says(event, true))
        && OTHER_EVENTS.stream().noneMatch(event -> hook.says(event, true))
        && (hook.words("push_events_branch_filter").isEmpty()
            || hook.words("branch_filter_strategy").equals(ALL_BRANCHES))
        && hook.words("custom_webhook_template").isEmpty()
        && !hook.says("enable_ssl_verification", false)
        && !hook.says("token_present", false);
  }

  /**
   * {@code alert_status}
   * (https://docs.gitlab.com/user/project/integrations/webhooks/#auto-disabled-webhooks), for which
   * GitLab has evaluated {@code disabled_until}.
   */
  private static Optional<String> disabled(ApiResponse hook) {
    return switch (hook.words("alert_status")) {
      case "disabled" -> Optional.of("disabled after failed deliveries");
      case "temporarily_disabled" -> Optional.of("temporarily disabled after failed deliveries");
      default -> Optional.empty();
    };
  }

  /**
   * The texts of lib/api/helpers/web_hooks_helpers.rb, lib/api/project_hooks.rb (until GitLab 15,
   * with 404) and app/models/concerns/limitable.rb.
   */
  private <T> Outcome<T> invalid(
      ApiResponse answer, Repository repository, Wanted wanted, Doing doing) {
    if (answer.hasJson() && answer.mentions("maximum number of project hooks")) {
      return answers.limitReached(answer, repository);
    }
    return answer.status() == 422
            && (answer.mentions("invalid url given") || answer.mentions("url is blocked"))
        ? answers.addressRefused(wanted)
        : refusal(answer, repository, doing);
  }

  /** GitLab answers 404 only if the account may not see the project, else 403. */
  private <T> Outcome<T> refusal(ApiResponse answer, Repository repository, Doing doing) {
    return answer.isMissing()
        ? repositories.notFound(RepositoryAnswers.named(repository.path()))
        : answers.refusal(answer, repository, doing);
  }

  /** Whether it is the project that is missing, and not the webhook. */
  private static boolean isOfProject(ApiResponse answer) {
    return answer.words("message").contains("project");
  }

  private Map<String, String> headers() {
    return ApiSession.bearer(token);
  }

  private URI uri(Repository repository, String rest) {
    return site.resolve(
        "/api/v4/projects/%s/hooks%s"
            .formatted(URLEncoder.encode(repository.id(), StandardCharsets.UTF_8), rest));
  }
}
