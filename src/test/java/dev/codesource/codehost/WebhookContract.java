package dev.codesource.codehost;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.Webhooks.Found;
import dev.codesource.codehost.Webhooks.Wanted;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import dev.codesource.testhost.WebhookShelf;
import dev.codesource.testhost.WebhookWording;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every code host does with repositories and their webhooks, over real sockets. A subclass
 * says how its platform words it, and adds what only that platform has.
 */
public abstract class WebhookContract {

  protected static final String TOKEN = "canary-7f3a90c1d2e84b56";
  protected static final URI ADDRESS =
      URI.create("https://codesource.example.com/hooks/2f6c1b7e9d0a4c35");

  private final SecureRandom random = new SecureRandom();

  protected final WebhookSecret secret = WebhookSecret.random(random);
  protected final WebhookSecret otherSecret = WebhookSecret.random(random);
  protected final Wanted wanted = new Wanted(ADDRESS, secret);

  protected WebhookShelf shelf;
  protected LoopbackCodeHost host;
  protected SiteUrl site;
  private String id;

  /** What somebody does to a webhook by hand. */
  public record Alteration(String what, Consumer<ObjectNode> by) {}

  protected abstract Platform platform();

  protected abstract WebhookWording wording();

  /** What makes a webhook other than it is wanted. */
  protected abstract Stream<Alteration> alterations();

  /** What makes the platform send nothing. */
  protected abstract Stream<Alteration> disablings();

  /** The secret that the platform keeps. */
  protected abstract Optional<String> secretOf(ObjectNode hook);

  /** Whether the platform limits the number of webhooks. */
  protected boolean hasLimit() {
    return true;
  }

  /** Whether the platform tells who asks under a former path that there is another one. */
  protected boolean tellsMoves() {
    return true;
  }

  /** The field of a webhook that identifies it. */
  protected String idField() {
    return "id";
  }

  /** An identifier of a webhook, in JSON. */
  protected String anyHookId() {
    return String.valueOf(random.nextInt(Integer.MAX_VALUE));
  }

  /** A page of a list that says that another one follows; headers say so, too. */
  protected String notTheLast(String page) {
    return page;
  }

  /** Answers for a repository of which a field is odd. */
  protected Stream<String> oddRepositories(String good) {
    return Stream.of(
        good.replace(path(), "team/../../admin"),
        good.replace(path(), "team"),
        good.replace(path(), "team/a\\u0000b"),
        good.replace("\"id\":7", "\"id\":\"7/8\""));
  }

  /** Whether a site of the platform may be below the root of its host. */
  protected boolean mayLieUnderAPath() {
    return true;
  }

  /** The path of the repository. */
  protected String path() {
    return "team/app";
  }

  /** The path to which it moves. */
  protected String otherPath() {
    return "other/renamed";
  }

  /** The clone URL of the repository at a path, if the platform says nothing usable. */
  protected String cloneUrl(String path) {
    return host.url() + "/" + path + ".git";
  }

  /** The implementation that is asked about this site. */
  protected CodeHost codeHost(SiteUrl site) {
    return SupportedCodeHosts.all(Clock.systemUTC()).of(platform());
  }

  protected Credential credential() {
    return Credential.of(TOKEN);
  }

  @BeforeEach
  void open() {
    shelf = new WebhookShelf(wording());
    host =
        LoopbackCodeHost.http(shelf)
            .grant(TOKEN, Grant.of("alice", "api", "repo", "write:repository", "all"));
    site = new SiteUrl(new Origin(Origin.Scheme.HTTP, "127.0.0.1", host.port()), "");
    id = shelf.put(path());
  }

  @AfterEach
  void close() {
    host.close();
  }

  protected final Repositories repositories() {
    return codeHost(site).repositories(site, credential(), TestClient.open());
  }

  protected final Webhooks webhooks() {
    return codeHost(site).webhooks(site, credential(), TestClient.open());
  }

  protected final Repository repository() {
    return new Repository(id, path(), URI.create(cloneUrl(path())));
  }

  protected final Found made() {
    return done(webhooks().create(repository(), wanted));
  }

  protected final ObjectNode kept() {
    return shelf.hook(path(), ADDRESS.toString());
  }

  private Found listed() {
    return done(webhooks().list(repository())).stream()
        .filter(found -> found.url().equals(ADDRESS.toString()))
        .findFirst()
        .orElseThrow();
  }

  protected static Problem refused(Outcome<?> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    Problem problem = ((Outcome.Refused<?>) outcome).problem();
    assertThat(problem.reason()).as(problem.what()).isEqualTo(reason);
    assertThat(problem.what()).endsWith(".").doesNotContain(TOKEN, ADDRESS.getPath());
    return problem;
  }

  // Repositories.

  @Test
  public void aRepositoryIsFoundByItsPathAndByItsIdentifier() {
    Repository found = done(repositories().byPath(path()));

    assertThat(found).isEqualTo(repository());
    assertThat(done(repositories().byId(found.id()))).isEqualTo(found);
    assertThat(host.asked()).extracting(Asked::method).containsOnly("GET");
  }

  @Test
  public void aRenamedRepositoryIsFoundByItsIdentifierAlone() {
    shelf.rename(path(), otherPath());

    Problem problem = refused(repositories().byPath(path()), Reason.RepositoryNotFound);

    assertThat(problem.what())
        .contains(path())
        .contains(tellsMoves() ? "was renamed or moved" : "has no repository");
    Repository moved = done(repositories().byId(id));
    assertThat(moved.path()).isEqualTo(otherPath());
    assertThat(moved.id()).isEqualTo(id);
    assertThat(moved.cloneUrl()).hasToString(cloneUrl(otherPath()));
  }

  @Test
  public void aRepositoryThatIsNotThereIsSaidToBeMissing() {
    shelf.remove(path());

    assertThat(refused(repositories().byPath(path()), Reason.RepositoryNotFound).what())
        .isEqualTo("%s has no repository %s that the account may see.", platform(), path());
    assertThat(refused(repositories().byId(id), Reason.RepositoryNotFound).what())
        .isEqualTo(
            "%s has no repository with the identifier %s that the account may see.",
            platform(), id);
  }

  @Test
  public void aRepositoryThatMayNotBeReadIsToldApart() {
    shelf.forbid(path());

    assertThat(refused(repositories().byPath(path()), Reason.RepositoryNotReadable).what())
        .isEqualTo("%s answers 403 to the request for the repository %s.", platform(), path());
  }

  /** The credential goes to the clone URL. */
  @TestFactory
  public Stream<DynamicTest> aCloneUrlOfAnotherSiteIsNotTaken() {
    return Stream.of(
            "https://evil.example.com/team/app.git",
            "ssh://git@127.0.0.1/team/app.git",
            "HOST.evil.example.com/team/app.git",
            "http://user@127.0.0.1:PORT/team/app.git",
            "http://127.0.0.1:PORT@evil.example.com/team/app.git",
            "https://127.0.0.1:PORT/team/app.git",
            "http://127.0.0.1:1/team/app.git",
            "HOST/team/../app.git",
            "HOST/team/app.git?x=1",
            "HOST/team/app.git#x",
            "HOST/team\\\\app.git",
            "HOST/",
            "",
            " ")
        .map(
            url ->
                dynamicTest(
                    "\"" + url + "\"",
                    () -> {
                      shelf.cloneUrl(
                          path(),
                          url.replace("HOST", host.url())
                              .replace("PORT", String.valueOf(host.port())));
                      assertThat(done(repositories().byPath(path())).cloneUrl())
                          .hasToString(cloneUrl(path()));
                    }));
  }

  /** What the platform says lies beside the site, where another one may be. */
  @Test
  public void aSiteUnderAPathKeepsIt() {
    assumeTrue(mayLieUnderAPath(), "has a host of its own");
    site = new SiteUrl(site.origin(), "/code/host");

    Repository found = done(repositories().byPath(path()));

    assertThat(found.cloneUrl()).hasToString(cloneUrl(path()).replace(host.url(), site.toString()));
    done(webhooks().create(found, wanted));
    assertThat(host.asked()).allMatch(asked -> asked.target().startsWith("/code/host/"));
  }

  @Test
  public void whatIsNoPathOrIdentifierIsNotAskedFor() {
    for (String odd : List.of("", "app", "/team/app", "team/app/", "team/..", "team/a b", "a//b")) {
      refused(repositories().byPath(odd), Reason.RepositoryNotFound);
    }
    for (String odd : List.of("", "../user", "7/../8", "7?x", "-1")) {
      refused(repositories().byId(odd), Reason.RepositoryNotFound);
    }
    assertThat(host.count()).isZero();
  }

  // Webhooks.

  @Test
  public void aWebhookIsFoundAgainAmongPagesOfOthers() {
    shelf.putHooks(path(), 130);
    Found made = made();
    shelf.putHooks(path(), 60);

    List<Found> all = done(webhooks().list(repository()));

    assertThat(made.isAsWanted()).isTrue();
    assertThat(made.disabled()).isEmpty();
    assertThat(made.url()).isEqualTo(ADDRESS.toString());
    assertThat(all).hasSize(191).doesNotHaveDuplicates();
    assertThat(all).filteredOn(each -> each.url().equals(ADDRESS.toString())).containsExactly(made);
  }

  @TestFactory
  public Stream<DynamicTest> whatSomebodyAltersIsSeenAndRepaired() {
    return alterations()
        .map(
            alteration ->
                dynamicTest(
                    alteration.what(),
                    () -> {
                      shelf.removeHook(path(), ADDRESS.toString());
                      Found made = made();
                      alteration.by().accept(kept());
                      assertThat(listed().isAsWanted()).isFalse();

                      Found repaired =
                          done(webhooks().update(repository(), made.id(), wanted)).orElseThrow();

                      assertThat(repaired.isAsWanted()).isTrue();
                      assertThat(repaired.id()).isEqualTo(made.id());
                      assertThat(listed().isAsWanted()).isTrue();
                      assertThat(secretOf(kept())).hasValue(secret.text());
                    }));
  }

  @TestFactory
  public Stream<DynamicTest> aWebhookThatThePlatformDisabledIsToldSo() {
    return disablings()
        .map(
            disabling ->
                dynamicTest(
                    disabling.what(),
                    () -> {
                      shelf.removeHook(path(), ADDRESS.toString());
                      made();
                      disabling.by().accept(kept());
                      assertThat(listed().disabled()).hasValue(disabling.what());
                    }));
  }

  @Test
  public void anotherAddressAndAnotherSecretAreSetTogether() {
    Found made = made();
    URI other = URI.create("https://codesource.example.com/hooks/other");

    Found changed =
        done(webhooks().update(repository(), made.id(), new Wanted(other, otherSecret)))
            .orElseThrow();

    assertThat(changed.isAsWanted()).isTrue();
    assertThat(changed.url()).isEqualTo(other.toString());
    assertThat(secretOf(shelf.hook(path(), other.toString()))).hasValue(otherSecret.text());
  }

  @Test
  public void aWebhookThatGotAnotherAddressIsNotAsWanted() {
    host.answering(
        (asked, grants) -> {
          Answer answer = shelf.answer(asked, grants);
          return new Answer(
              answer.status(),
              answer.headers(),
              answer.body().replace(ADDRESS.toString(), "https://other.example.com/"));
        });

    Found made = made();

    assertThat(made.isAsWanted()).isFalse();
    assertThat(done(webhooks().update(repository(), made.id(), wanted)).orElseThrow().isAsWanted())
        .isFalse();
  }

  @Test
  public void aWebhookThatSomebodyDeletedIsGone() {
    Found made = made();
    shelf.removeHook(path(), ADDRESS.toString());

    assertThat(done(webhooks().update(repository(), made.id(), wanted))).isEmpty();
    assertThat(done(webhooks().delete(repository(), made.id()))).isTrue();
    assertThat(shelf.hooks(path())).isEmpty();
  }

  @Test
  public void aWebhookIsDeletedAndNoOther() {
    shelf.putHooks(path(), 3);
    Found made = made();

    assertThat(done(webhooks().delete(repository(), made.id()))).isTrue();

    assertThat(done(webhooks().list(repository())))
        .hasSize(3)
        .noneMatch(each -> each.url().equals(ADDRESS.toString()));
  }

  @Test
  public void theSecretIsSentWithEachChangeAndIsShownNowhere() {
    Found made = made();
    assertThat(secretOf(kept())).hasValue(secret.text());

    Outcome<Optional<Found>> changed =
        webhooks().update(repository(), made.id(), new Wanted(ADDRESS, otherSecret));

    assertThat(secretOf(kept())).hasValue(otherSecret.text());
    assertThat(List.of(made, changed, wanted, webhooks().list(repository())).toString())
        .doesNotContain(secret.text(), otherSecret.text(), ADDRESS.getPath());
    assertThat(host.asked())
        .allSatisfy(
            asked ->
                assertThat(asked.target() + asked.headers())
                    .doesNotContain(secret.text(), otherSecret.text()));
  }

  @Test
  public void theTokenIsSentInOneHeaderAndNowhereElse() {
    Found made = made();
    done(webhooks().update(repository(), made.id(), wanted));
    done(webhooks().list(repository()));
    done(webhooks().delete(repository(), made.id()));

    assertThat(host.asked())
        .hasSizeGreaterThan(3)
        .allSatisfy(
            asked -> {
              assertThat(asked.token()).isEqualTo(TOKEN);
              assertThat(asked.target() + asked.body()).doesNotContain(TOKEN);
            });
  }

  // What the platform says no with.

  @Test
  public void theLimitOfTheRepositoryIsToldApart() {
    assumeTrue(hasLimit(), "has no limit");
    shelf.putHooks(path(), 3);
    shelf.allowing(3);

    Problem problem = refused(webhooks().create(repository(), wanted), Reason.WebhookLimitReached);

    assertThat(problem.what()).contains("making a webhook of " + path(), "as many as it may have");
  }

  @Test
  public void whoMayNotSetWebhooksIsToldWhateverIsAsked() {
    Found made = made();
    shelf.refusing(true);

    for (Outcome<?> outcome :
        List.of(
            webhooks().list(repository()),
            webhooks().create(repository(), wanted),
            webhooks().update(repository(), made.id(), wanted),
            webhooks().delete(repository(), made.id()))) {
      assertThat(refused(outcome, Reason.WebhookNotPermitted).what()).contains(path());
    }
    assertThat(shelf.hooks(path())).hasSize(1);
  }

  @Test
  public void anAddressThatThePlatformDoesNotSendToIsToldApart() {
    Found made = made();
    shelf.refusingAddresses(true);

    for (Outcome<?> outcome :
        List.of(
            webhooks().create(repository(), wanted),
            webhooks().update(repository(), made.id(), wanted))) {
      assertThat(refused(outcome, Reason.WebhookAddressRefused).what())
          .isEqualTo("%s does not send to https://codesource.example.com.", platform());
    }
  }

  @Test
  public void moreWebhooksThanAreReadAreNotTakenForAll() {
    shelf.putHooks(path(), 1_001);

    Problem problem = refused(webhooks().list(repository()), Reason.TooManyWebhooks);

    assertThat(problem.what()).matches("\\Q" + path() + "\\E has more than \\d+ webhooks\\.");
    assertThat(host.count()).isLessThanOrEqualTo(WebhookAnswers.MOST_PAGES);
  }

  @Test
  public void theWebhooksOfARepositoryThatIsGoneAreGone() {
    Found made = made();
    shelf.remove(path());

    refused(webhooks().list(repository()), Reason.RepositoryNotFound);
    refused(webhooks().create(repository(), wanted), Reason.RepositoryNotFound);
    assertThat(done(webhooks().delete(repository(), made.id()))).isTrue();
  }

  // What is no answer of the platform.

  @Test
  public void anIdentifierThatIsNoneIsNotAskedFor() {
    for (String odd : List.of("", "../../../user", "7/../8", "7?x=1", "%2e%2e", "{}/")) {
      assertThat(done(webhooks().update(repository(), odd, wanted))).isEmpty();
      assertThat(done(webhooks().delete(repository(), odd))).isTrue();
    }
    assertThat(host.count()).isZero();
  }

  private List<Outcome<?>> everything() {
    return List.of(
        repositories().byPath(path()),
        repositories().byId(id),
        webhooks().list(repository()),
        webhooks().create(repository(), wanted),
        webhooks().update(repository(), anyHookId().replace("\"", ""), wanted),
        webhooks().delete(repository(), anyHookId().replace("\"", "")));
  }

  @Test
  public void aPageIsNoAnswer() {
    for (int status : List.of(200, 401, 403, 404, 422)) {
      host.answering((_, _) -> Answer.html(status, "<html><title>Sign in</title></html>"));
      for (Outcome<?> outcome : everything()) {
        if (status == 200 && outcome.equals(Outcome.done(true))) {
          continue; // deleting is answered without a body that could be looked at
        }
        assertThat(refused(outcome, Reason.NotThisPlatform).what()).contains("HTML");
      }
    }
  }

  @Test
  public void anOutageIsNoRefusal() {
    host.answering((_, _) -> Answer.text(502, "Bad Gateway"));
    for (Outcome<?> outcome : everything()) {
      assertThat(outcome).isInstanceOf(Outcome.Waiting.class);
    }
  }

  @Test
  public void whatAHostSaysInItsOwnWordsIsNotRepeated() {
    for (int status : List.of(200, 201, 400, 401, 403, 404, 409, 422)) {
      host.answering(
          (_, _) ->
              Answer.json(
                      status,
                      "{\"message\":\"words-of-a-stranger\",\"error\":\"words-of-a-stranger\"}")
                  .with("X-Remark", "words-of-a-stranger"));
      assertThat(everything().toString()).doesNotContain("words-of-a-stranger");
    }
  }

  /** A made-up answer in which a field of every webhook and repository is missing or odd. */
  @TestFactory
  public Stream<DynamicTest> aHostileAnswerIsNotTaken() {
    Answer repository =
        wording()
            .repository(
                new WebhookShelf.Repository(wording().repositoryId(7, path()), path(), null, ""));
    return Stream.concat(
            Stream.of(
                "{}", "[]", "null", "{\"id\":\"../7\"}", "{\"id\":7,\"config\":{},\"url\":null}"),
            oddRepositories(repository.body()))
        .map(
            body ->
                dynamicTest(
                    body,
                    () -> {
                      host.answering((_, _) -> Answer.json(200, body));
                      refused(repositories().byPath(path()), Reason.NotThisPlatform);
                      refused(webhooks().create(repository(), wanted), Reason.NotThisPlatform);
                    }));
  }

  @Test
  public void aWebhookWithoutIdentifierMakesTheListNoList() {
    made();
    String page = lastAnswerOfList();
    for (String hostile :
        List.of(
            withId(page, "\"../../user\""),
            withId(page, "null"),
            page.replace('"' + ADDRESS.toString() + '"', "null"),
            page.replace(ADDRESS.toString(), "x".repeat(9_000)))) {
      host.answering((_, _) -> Answer.json(200, hostile));
      refused(webhooks().list(repository()), Reason.NotThisPlatform);
    }
  }

  private String withId(String page, String id) {
    return page.replaceAll(
        "\"" + idField() + "\":(?:\\d+|\"[^\"]*\")", "\"" + idField() + "\":" + id);
  }

  /** What the platform answers to the first page of the list. */
  private String lastAnswerOfList() {
    done(webhooks().list(repository()));
    Asked asked = host.asked().getLast();
    return shelf.answer(asked, _ -> Optional.of(Grant.of("alice"))).body();
  }

  @Test
  public void aListWithoutEndEnds() {
    made();
    String page = lastAnswerOfList();
    int before = host.count();
    host.answering(
        (_, _) ->
            Answer.json(200, notTheLast(withId(page, anyHookId())))
                .with("X-Next-Page", "2")
                .with("X-Total-Count", "99999")
                .with("Link", "<https://evil.example.com/?page=2>; rel=\"next\""));

    refused(webhooks().list(repository()), Reason.TooManyWebhooks);

    assertThat(host.count() - before).isEqualTo(WebhookAnswers.MOST_PAGES);
  }
}
