package dev.codesource.codehost.bitbucket;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.TestClient;
import dev.codesource.codehost.WebhookContract;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.BitbucketCloudWording;
import dev.codesource.testhost.WebhookWording;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CloudWebhooksTest extends WebhookContract {
  private static final String FROM = "1".repeat(40);
  private static final String TO = "2".repeat(40);

  private final AtomicInteger others = new AtomicInteger(1_000_000);

  @Override
  protected Platform platform() {
    return Platform.Bitbucket;
  }

  @Override
  protected CodeHost codeHost(SiteUrl site) {
    return new Bitbucket(Clock.systemUTC(), site, new SiteUrl(site.origin(), "/2.0"));
  }

  @Override
  protected boolean mayLieUnderAPath() {
    return false;
  }

  @Override
  protected WebhookWording wording() {
    return new BitbucketCloudWording();
  }

  @Override
  protected Optional<String> secretOf(ObjectNode hook) {
    return Optional.ofNullable(hook.path("secret").textValue());
  }

  @Override
  protected boolean tellsMoves() {
    return false;
  }

  @Override
  protected String idField() {
    return "uuid";
  }

  @Override
  protected String anyHookId() {
    return '"' + BitbucketCloudWording.uuid(others.incrementAndGet()) + '"';
  }

  @Override
  protected String notTheLast(String page) {
    return page.replaceFirst("\\{", "{\"next\":\"https://evil.example.com/?page=2\",");
  }

  @Override
  protected Stream<String> oddRepositories(String good) {
    return Stream.of(
        good.replace(path(), "team/../../admin"),
        good.replace(path(), "team"),
        good.replace(path(), "team/a/b"),
        good.replace(path(), "team/a\\u0000b"),
        good.replace("\"uuid\":\"{", "\"uuid\":\"{/"),
        good.replace("\"workspace\"", "\"space\""));
  }

  @Override
  protected Stream<Alteration> alterations() {
    return Stream.of(
        new Alteration("active", hook -> hook.put("active", false)),
        new Alteration("other events", hook -> hook.putArray("events").add("issue:created")),
        new Alteration("more events", hook -> hook.withArray("events").add("issue:created")),
        new Alteration("doubled", hook -> hook.withArray("events").add("repo:push")),
        new Alteration("no events", hook -> hook.putArray("events")),
        new Alteration("no secret", hook -> hook.putNull("secret")),
        new Alteration("any certificate", hook -> hook.put("skip_cert_verification", true)));
  }

  @Override
  protected Stream<Alteration> disablings() {
    return Stream.of(new Alteration("not active", hook -> hook.put("active", false)));
  }

  @Test
  void theWebhooksOfARenamedRepositoryAreStillReached() {
    Repository before = repository();
    String id = made().id();
    shelf.rename(path(), otherPath());

    assertThat(done(webhooks().list(before))).hasSize(1);
    assertThat(done(webhooks().update(before, id, wanted))).isPresent();
    assertThat(done(webhooks().delete(before, id))).isTrue();
    assertThat(shelf.hooks(otherPath())).isEmpty();
  }

  @Test
  void anApiTokenIsSentWithTheEmailOfItsAccount() {
    Credential credential =
        new Credential(
            new Token(TOKEN), Optional.of("alice@example.com"), Credential.Source.PERSON, "");
    done(codeHost(site).repositories(site, credential, TestClient.open()).byPath(path()));
    done(codeHost(site).webhooks(site, credential, TestClient.open()).list(repository()));
    assertThat(host.asked())
        .allMatch(asked -> asked.header("Authorization").orElse("").startsWith("Basic "));
  }

  /** A company's proxy for the Cloud's API. */
  @Test
  void theCloudIsFoundAtAnAddressThatDoesNotTell() {
    CodeHost elsewhere = new Bitbucket(Clock.systemUTC());
    host.answering(
        (asked, grants) ->
            asked.path().startsWith("/2.0/")
                ? shelf.answer(asked, grants)
                : Answer.html(404, "<html><title>Not found</title></html>"));

    Repository found =
        done(elsewhere.repositories(site, credential(), TestClient.open()).byPath(path()));

    assertThat(found).isEqualTo(repository());
    assertThat(done(elsewhere.repositories(site, credential(), TestClient.open()).byId(found.id())))
        .isEqualTo(found);
    assertThat(
            done(elsewhere.webhooks(site, credential(), TestClient.open()).create(found, wanted)))
        .extracting(made -> made.url())
        .isEqualTo(ADDRESS.toString());
    assertThat(done(elsewhere.webhooks(site, credential(), TestClient.open()).list(found)))
        .hasSize(1);
  }

  // Changed files.

  private Optional<Set<String>> changed(String... pages) {
    host.answering(
        (asked, _) -> {
          int page = Integer.parseInt(asked.target().replaceFirst(".*&page=", ""));
          String next = page < pages.length ? "\"next\":\"x\"," : "";
          return Answer.json(200, "{%s\"values\":[%s]}".formatted(next, pages[page - 1]));
        });
    return done(repositories().changedFiles(repository(), FROM, TO));
  }

  @Test
  void bothPathsOfAFileThatMovedHaveChanged() {
    assertThat(
            changed(
                """
                {"type":"diffstat","status":"modified","old":{"path":"a"},"new":{"path":"a"}},
                {"status":"renamed","old":{"path":"b/old"},"new":{"path":"c/new"}}""",
                """
                {"status":"added","old":null,"new":{"path":"d"}},
                {"status":"removed","old":{"path":"e"},"new":null}"""))
        .hasValue(Set.of("a", "b/old", "c/new", "d", "e"));
    assertThat(host.asked().getFirst().target())
        .isEqualTo(
            "/2.0/repositories/%s/diffstat/%s..%s?topic=false&pagelen=100&page=1"
                .formatted(repository().id().replace("{", "%7B").replace("}", "%7D"), TO, FROM));
  }

  @Test
  void noChangeIsAlsoAnAnswer() {
    assertThat(changed("")).hasValue(Set.of());
  }

  @Test
  void aListThatIsNotCompleteIsNone() {
    assertThat(changed("{\"status\":\"added\",\"old\":null,\"new\":null}")).isEmpty();
    assertThat(changed("{\"status\":\"added\",\"new\":{\"path\":7}}")).isEmpty();
    String[] many = new String[11];
    for (int i = 0; i < many.length; i++) {
      many[i] = "{\"new\":{\"path\":\"%d\"}}".formatted(i);
    }
    int before = host.count();
    assertThat(changed(many)).isEmpty();
    assertThat(host.count() - before).isEqualTo(10);
    for (Answer answer :
        List.of(
            Answer.json(404, "{\"type\":\"error\"}"),
            Answer.json(200, "{}"),
            Answer.json(200, "[]"),
            Answer.json(200, "{\"values\":[7]}"),
            Answer.json(500, "{}"))) {
      host.answering((_, _) -> answer);
      assertThat(done(repositories().changedFiles(repository(), FROM, TO))).isEmpty();
    }
  }

  @Test
  void onlyCommitsAreCompared() {
    for (String odd : List.of("main", "", "../x", FROM.substring(1), "HEAD")) {
      assertThat(done(repositories().changedFiles(repository(), odd, TO))).isEmpty();
      assertThat(done(repositories().changedFiles(repository(), FROM, odd))).isEmpty();
    }
    assertThat(host.count()).isZero();
  }

  @Test
  void anIdentifierOfADataCenterIsNone() {
    refused(repositories().byId("42/TEAM/app"), Reason.RepositoryNotFound);
    assertThat(host.count()).isZero();
  }
}
