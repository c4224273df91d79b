package dev.codesource.codehost.bitbucket;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.WebhookContract;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.BitbucketDataCenterWording;
import dev.codesource.testhost.WebhookWording;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DataCenterWebhooksTest extends WebhookContract {
  private static final String FROM = "1".repeat(40);
  private static final String TO = "2".repeat(40);

  private final AtomicInteger start = new AtomicInteger();

  @Override
  protected Platform platform() {
    return Platform.Bitbucket;
  }

  @Override
  protected WebhookWording wording() {
    return new BitbucketDataCenterWording();
  }

  @Override
  protected String path() {
    return "TEAM/app";
  }

  /** Moved to another project. */
  @Override
  protected String otherPath() {
    return "~alice/app";
  }

  @Override
  protected String cloneUrl(String path) {
    return host.url() + "/scm/" + path.toLowerCase(Locale.ROOT) + ".git";
  }

  @Override
  protected boolean hasLimit() {
    return false;
  }

  @Override
  protected Optional<String> secretOf(ObjectNode hook) {
    return Optional.ofNullable(hook.path("configuration").path("secret").textValue());
  }

  @Override
  protected String notTheLast(String page) {
    return page.replace(
        "\"isLastPage\":true", "\"isLastPage\":false,\"nextPageStart\":" + start.addAndGet(25));
  }

  @Override
  protected Stream<String> oddRepositories(String good) {
    return Stream.of(
        good.replace("\"slug\":\"app\"", "\"slug\":\"../admin\""),
        good.replace("\"slug\":\"app\"", "\"slug\":null"),
        good.replace("\"slug\":\"app\"", "\"slug\":\"..\""),
        good.replace("\"key\":\"TEAM\"", "\"key\":\"TEAM/a\""),
        good.replace("\"key\":\"TEAM\"", "\"key\":\"a\\u0000b\""),
        good.replace("\"project\"", "\"subject\""),
        good.replace("\"id\":7", "\"id\":\"7/8\""),
        good.replace("\"id\":7", "\"id\":null"));
  }

  @Override
  protected Stream<Alteration> alterations() {
    return Stream.of(
        new Alteration("active", hook -> hook.put("active", false)),
        new Alteration("other events", hook -> hook.putArray("events").add("pr:opened")),
        new Alteration("more events", hook -> hook.withArray("events").add("pr:opened")),
        new Alteration(
            "one event twice",
            hook -> {
              hook.withArray("events").remove(0);
              hook.withArray("events").add(hook.withArray("events").get(0));
            }),
        new Alteration("fewer events", hook -> hook.withArray("events").remove(0)),
        new Alteration("any certificate", hook -> hook.put("sslVerificationRequired", false)));
  }

  @Override
  protected Stream<Alteration> disablings() {
    return Stream.of(new Alteration("not active", hook -> hook.put("active", false)));
  }

  @Test
  void aRepositoryThatWasRenamedInItsProjectIsFound() {
    shelf.rename(path(), "TEAM/renamed");

    assertThat(done(repositories().byId(repository().id())))
        .isEqualTo(new Repository(repository().id(), "TEAM/renamed", uri("TEAM/renamed")));
  }

  private URI uri(String path) {
    return URI.create(cloneUrl(path));
  }

  @Test
  void anotherRepositoryAtTheFormerPathIsNotMistakenForIt() {
    shelf.rename(path(), "TEAM/renamed");
    shelf.put(path());

    assertThat(done(repositories().byId(repository().id())).path()).isEqualTo("TEAM/renamed");
    shelf.remove("TEAM/renamed");
    refused(repositories().byId(repository().id()), Reason.RepositoryNotFound);
  }

  @Test
  void aSearchWithoutEndEnds() {
    host.answering(
        (asked, _) ->
            asked.target().contains("?")
                ? Answer.json(
                    200,
                    "{\"values\":[],\"isLastPage\":false,\"nextPageStart\":%d}"
                        .formatted(start.addAndGet(100)))
                : Answer.json(404, "{\"errors\":[]}"));

    refused(repositories().byId(repository().id()), Reason.RepositoryNotFound);
    assertThat(host.count()).isEqualTo(1 + 2 * 10);
  }

  @Test
  void anOutageWhileItIsSearchedForIsNotItsEnd() {
    host.answering(
        (asked, _) ->
            asked.target().contains("?")
                ? Answer.text(429, "").with("Retry-After", "5")
                : Answer.json(404, "{\"errors\":[]}"));

    assertThat(repositories().byId(repository().id())).isInstanceOf(Outcome.Waiting.class);
  }

  /** The answer to who may not do something, with a token that is good. */
  @Test
  void aRefusalOfTheRepositoryIsTold() {
    host.answering(
        (_, _) ->
            Answer.json(
                401,
                "{\"errors\":[{\"context\":null,\"message\":\"You are not permitted to access this resource\",\"exceptionName\":\"com.atlassian.bitbucket.AuthorisationException\"}]}"));

    refused(repositories().byPath(path()), Reason.RepositoryNotReadable);
  }

  @Test
  void aRepositoryThatIsGoneIsToldApartFromAWebhookThatIs() {
    shelf.remove(path());

    refused(webhooks().update(repository(), "7", wanted), Reason.RepositoryNotFound);
  }

  /** BSERV-12818. */
  @Test
  void aPageThatBeginsWithWebhooksOfTheLastOneIsRead() {
    shelf.putHooks(path(), 26);
    host.answering(
        (asked, grants) -> {
          Answer answer =
              shelf.answer(
                  new Asked(
                      asked.method(),
                      asked.target().replace("start=20", "start=25"),
                      asked.headers(),
                      asked.body()),
                  grants);
          return new Answer(
              answer.status(),
              answer.headers(),
              answer.body().replace("\"nextPageStart\":25", "\"nextPageStart\":20"));
        });

    assertThat(done(webhooks().list(repository()))).hasSize(26).doesNotHaveDuplicates();
    assertThat(host.asked())
        .extracting(Asked::target)
        .containsExactly(
            "/rest/api/1.0/projects/TEAM/repos/app/webhooks?limit=100&start=0",
            "/rest/api/1.0/projects/TEAM/repos/app/webhooks?limit=100&start=20");
  }

  // Changed files.

  private Optional<Set<String>> changed(String body) {
    host.answering((_, _) -> Answer.json(200, body));
    return done(repositories().changedFiles(repository(), FROM, TO));
  }

  @Test
  void bothPathsOfAFileThatMovedHaveChanged() {
    assertThat(
            changed(
                """
                {"values":[
                  {"path":{"toString":"README.md","name":"README.md"},"srcPath":{"toString":"docs/README"},"type":"MOVE"},
                  {"path":{"toString":"main.go"},"type":"ADD"}],
                 "size":2,"isLastPage":true,"start":0,"limit":200,"nextPageStart":null}"""))
        .hasValue(Set.of("README.md", "docs/README", "main.go"));
    assertThat(host.asked().getFirst().target())
        .isEqualTo(
            "/rest/api/1.0/projects/TEAM/repos/app/changes?since=%s&until=%s&limit=200"
                .formatted(FROM, TO));
  }

  @Test
  void aListThatMayBeCutOffIsNone() {
    String file = "{\"path\":{\"toString\":\"f%d\"}}";
    String two = file.formatted(1) + "," + file.formatted(2);
    String many =
        IntStream.range(0, 200).mapToObj(file::formatted).collect(Collectors.joining(","));
    String page = "{\"values\":[%s],\"isLastPage\":%s,\"limit\":%s}";

    assertThat(changed(page.formatted(two, true, 200))).isPresent();
    assertThat(changed(page.formatted("", true, 200))).hasValue(Set.of());
    assertThat(changed(page.formatted(two, false, 200))).isEmpty();
    assertThat(changed(page.formatted(two, true, 2))).as("the administrator's limit").isEmpty();
    assertThat(changed(page.formatted(many, true, 1000))).as("more than is asked for").isEmpty();
    assertThat(changed(page.formatted(two, true, "\"x\""))).isEmpty();
    assertThat(changed(page.formatted("{\"path\":{}}", true, 200))).isEmpty();
    assertThat(changed("{}")).isEmpty();
    for (int status : List.of(401, 404, 500)) {
      host.answering((_, _) -> Answer.json(status, "{\"errors\":[]}"));
      assertThat(done(repositories().changedFiles(repository(), FROM, TO))).isEmpty();
    }
  }
}
