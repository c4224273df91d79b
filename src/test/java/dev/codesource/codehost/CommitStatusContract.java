package dev.codesource.codehost;

import static dev.codesource.reason.Outcomes.done;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.address.Origin;
import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.CommitStatus.State;
import dev.codesource.codehost.Repositories.Repository;
import dev.codesource.codehost.all.SupportedCodeHosts;
import dev.codesource.credential.Credential;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Answer;
import dev.codesource.testhost.CommitStatusShelf;
import dev.codesource.testhost.CommitStatusWording;
import dev.codesource.testhost.Grant;
import dev.codesource.testhost.LoopbackCodeHost;
import java.net.URI;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * What every code host does with the statuses of commits, over real sockets. A subclass says how
 * its platform words it. No answer about statuses has been recorded: all of them are as the
 * platforms' documents, their source or the errors quoted in public issues have them.
 */
public abstract class CommitStatusContract {

  protected static final String TOKEN = "canary-7f3a90c1d2e84b56";
  protected static final String SHA = "18f3e63d05582537db6d183d9d557be09e1f90c8";
  protected static final String GONE = "9".repeat(40);
  protected static final String CONTEXT = "codesource/shop/main";
  protected static final URI LINK = URI.create("https://tekton.example.com/runs/shop-1?tab=log#2");

  protected CommitStatusShelf shelf;
  protected LoopbackCodeHost host;
  protected SiteUrl site;
  private String id;

  protected abstract Platform platform();

  protected abstract CommitStatusWording wording();

  /** What the platform calls each state. */
  protected abstract Map<State, String> words();

  /** The field with the link. */
  protected abstract String linkField();

  /** The link of a status that has none. */
  protected abstract Optional<String> linkOfNone();

  /** What a message says that the account and its token need. */
  protected abstract String needs();

  protected abstract int longestKey();

  protected int longestDescription() {
    return 255;
  }

  /** Whether a repository that was renamed is reached by what is known of it. */
  protected boolean reachesRenamed() {
    return false;
  }

  /** Whether the platform has statuses of one repository. */
  protected boolean knowsRepositories() {
    return true;
  }

  /** Whether there is something in the answer to a status that is taken. */
  protected boolean answersWithJson() {
    return true;
  }

  protected String path() {
    return "team/app";
  }

  protected String otherPath() {
    return "other/renamed";
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
    shelf = new CommitStatusShelf(wording());
    host = LoopbackCodeHost.http(shelf).grant(TOKEN, Grant.of("alice", "api", "repo"));
    site = new SiteUrl(new Origin(Origin.Scheme.HTTP, "127.0.0.1", host.port()), "");
    id = shelf.repositories().put(path());
    shelf.put(SHA);
  }

  @AfterEach
  void close() {
    host.close();
  }

  protected final Repository repository() {
    return new Repository(id, path(), URI.create(host.url() + "/" + path() + ".git"));
  }

  protected final CommitStatuses statuses() {
    return codeHost(site).commitStatuses(site, credential(), TestClient.open()).orElseThrow();
  }

  protected final Outcome<Boolean> report(CommitStatus status) {
    return statuses().report(repository(), status);
  }

  protected static CommitStatus status(State state) {
    return new CommitStatus(
        SHA, Optional.of("main"), state, CONTEXT, "The build runs.", Optional.of(LINK));
  }

  private static CommitStatus described(String context, String description) {
    return new CommitStatus(
        SHA, Optional.of("main"), State.Succeeded, context, description, Optional.empty());
  }

  /** The one status that the platform has. */
  protected final JsonNode kept() {
    assertThat(shelf.statuses()).hasSize(1);
    return shelf.statuses().getFirst();
  }

  protected static Problem refused(Outcome<?> outcome, Reason reason) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    Problem problem = ((Outcome.Refused<?>) outcome).problem();
    assertThat(problem.reason()).as(problem.what()).isEqualTo(reason);
    assertThat(problem.what()).endsWith(".").doesNotContain(TOKEN);
    return problem;
  }

  // What is shown.

  @TestFactory
  public Stream<DynamicTest> eachStateIsShownInTheWordOfThePlatform() {
    return Stream.of(State.values())
        .map(
            state ->
                dynamicTest(
                    state.name(),
                    () -> {
                      assertThat(done(report(status(state)))).isTrue();
                      assertThat(kept().path("state").asText()).isEqualTo(words().get(state));
                    }));
  }

  @Test
  public void theNameTheDescriptionAndTheLinkAreShown() {
    assertThat(done(report(status(State.Running)))).isTrue();

    assertThat(kept().path(wording().keyField()).asText()).isEqualTo(CONTEXT);
    assertThat(kept().path("description").asText()).isEqualTo("The build runs.");
    assertThat(kept().path(linkField()).asText()).isEqualTo(LINK.toString());
  }

  @TestFactory
  public Stream<DynamicTest> anEqualStateAgainIsNoFailure() {
    return Stream.of(State.values())
        .map(
            state ->
                dynamicTest(
                    state.name(),
                    () -> {
                      assertThat(done(report(status(state)))).isTrue();
                      assertThat(done(report(status(state)))).isTrue();
                      assertThat(kept().path("state").asText()).isEqualTo(words().get(state));
                    }));
  }

  @Test
  public void statusesOfOtherNamesStandBesideEachOther() {
    done(report(described("codesource/shop/main", "One.")));
    done(report(described("codesource/shop/release", "Two.")));

    assertThat(shelf.statuses()).hasSize(2);
  }

  @Test
  public void aLongDescriptionIsCut() {
    assertThat(done(report(described(CONTEXT, "word ".repeat(300))))).isTrue();

    assertThat(kept().path("description").asText())
        .hasSizeLessThanOrEqualTo(longestDescription())
        .startsWith("word word")
        .endsWith("\u2026");
  }

  @Test
  public void aDescriptionOfTheGreatestLengthIsNotCut() {
    String exact = "x".repeat(longestDescription());
    done(report(described(CONTEXT, exact)));

    assertThat(kept().path("description").asText()).isEqualTo(exact);
  }

  @Test
  public void longNamesAreShortenedAndStayDifferentAndTheSame() {
    String long1 = "codesource/" + "x".repeat(300) + "/one";
    String long2 = "codesource/" + "x".repeat(300) + "/two";

    for (String name : List.of(long1, long2, long1)) {
      assertThat(done(report(described(name, "Done.")))).isTrue();
    }

    assertThat(shelf.statuses())
        .hasSize(2)
        .allSatisfy(
            kept ->
                assertThat(kept.path(wording().keyField()).asText())
                    .startsWith("codesource/xxx")
                    .hasSizeLessThanOrEqualTo(longestKey()));
  }

  @Test
  public void specialCharactersArriveOrAreReplaced() {
    String odd =
        "Größe \"x\" \\ \n\t\u0000 zero\u200b \ud83d\udc1b \u2028 \ud800 <b>&amp;</b> end ";

    assertThat(done(report(described("codesource/é \"q\"/\u0007main", odd)))).isTrue();

    assertThat(kept().path("description").asText())
        .isEqualTo("Größe \"x\" \\ zero \ufffd <b>&amp;</b> end");
    assertThat(kept().path(wording().keyField()).asText()).isEqualTo("codesource/é \"q\"/ main");
  }

  @TestFactory
  public Stream<DynamicTest> aLinkThatIsNoneForBrowsersIsNotSent() {
    return Stream.of(
            Optional.<URI>empty(),
            Optional.of(URI.create("javascript:alert(1)")),
            Optional.of(URI.create("ftp://files.example.com/log")),
            Optional.of(URI.create("https://alice:secret-of-alice@ci.example.com/1")),
            Optional.of(URI.create("https:///nowhere")),
            Optional.of(URI.create("/relative")),
            Optional.of(URI.create("https://ci.example.com/" + "x".repeat(5_000))))
        .map(
            link ->
                dynamicTest(
                    link.map(URI::toString).map(text -> text.substring(0, 7)).orElse("none"),
                    () -> {
                      assertThat(
                              done(
                                  report(
                                      new CommitStatus(
                                          SHA,
                                          Optional.of("main"),
                                          State.Succeeded,
                                          CONTEXT,
                                          "Done.",
                                          link))))
                          .isTrue();
                      assertThat(Optional.ofNullable(kept().path(linkField()).textValue()))
                          .isEqualTo(linkOfNone());
                      assertThat(host.asked().getLast().body()).doesNotContain("secret-of-alice");
                    }));
  }

  // What is not shown.

  @Test
  public void whoMayNotSetStatusesIsToldWhatThePlatformAsksFor() {
    shelf.refusing(true);

    Problem problem = refused(report(status(State.Pending)), Reason.CommitStatusForbidden);

    assertThat(problem.what())
        .matches(
            "%s answers 40[134] to setting the status of a commit of \\Q%s\\E: it needs .*"
                .formatted(platform(), path()))
        .endsWith(": it needs " + needs() + ".");
    assertThat(shelf.statuses()).isEmpty();
  }

  @Test
  public void aCommitThatIsGoneHasNoStatus() {
    assumeTrue(knowsRepositories(), "takes a status of any commit");

    assertThat(
            done(
                report(
                    new CommitStatus(
                        GONE,
                        Optional.of("main"),
                        State.Failed,
                        CONTEXT,
                        "It failed.",
                        Optional.empty()))))
        .isFalse();
    assertThat(shelf.statuses()).isEmpty();
  }

  @Test
  public void whatIsNoCommitIsNotAskedFor() {
    for (String odd : List.of("", "main", "../../user", SHA.substring(1), SHA + "?x=1", "HEAD")) {
      assertThat(
              done(
                  report(
                      new CommitStatus(
                          odd,
                          Optional.of("main"),
                          State.Failed,
                          CONTEXT,
                          "Failed.",
                          Optional.empty()))))
          .isFalse();
    }
    assertThat(host.count()).isZero();
  }

  @Test
  public void aRepositoryThatIsGoneIsSaidToBeMissing() {
    assumeTrue(knowsRepositories(), "takes a status of any commit");
    shelf.repositories().remove(path());

    refused(report(status(State.Running)), Reason.RepositoryNotFound);
  }

  @Test
  public void aRenamedRepositoryIsReachedOrSaidToBeRenamed() {
    assumeTrue(knowsRepositories(), "takes a status of any commit");
    shelf.repositories().rename(path(), otherPath());

    Outcome<Boolean> outcome = report(status(State.Running));

    if (reachesRenamed()) {
      assertThat(done(outcome)).isTrue();
      assertThat(kept().path("state").asText()).isEqualTo(words().get(State.Running));
    } else {
      assertThat(refused(outcome, Reason.RepositoryNotFound).what())
          .isEqualTo("The repository %s was renamed or moved on %s.", path(), platform());
    }
  }

  @Test
  public void aLimitIsObeyed() {
    host.answering((_, _) -> Answer.text(429, "").with("Retry-After", "60"));

    assertThat(report(status(State.Running)))
        .isInstanceOfSatisfying(
            Outcome.Waiting.class,
            waiting -> {
              assertThat(waiting.problem().reason()).isEqualTo(Reason.RateLimited);
              assertThat(waiting.until().isPresent()).isTrue();
            });
    assertThat(host.count()).isEqualTo(1);
  }

  @Test
  public void anOutageIsNoRefusal() {
    host.answering((_, _) -> Answer.text(502, "Bad Gateway"));

    assertThat(report(status(State.Running)))
        .isInstanceOfSatisfying(
            Outcome.Waiting.class,
            waiting -> assertThat(waiting.problem().reason()).isEqualTo(Reason.ServerError));
  }

  @Test
  public void whatElseThePlatformDoesNotTakeIsTold() {
    for (int status : List.of(400, 409, 422)) {
      host.answering((_, _) -> Answer.json(status, "{\"message\":\"No.\"}"));

      assertThat(refused(report(status(State.Succeeded)), Reason.CommitStatusRefused).what())
          .isEqualTo(
              "%s answers %d to setting the status of a commit of %s.", platform(), status, path());
    }
  }

  // What is no answer of the platform.

  @Test
  public void aPageIsNoAnswer() {
    for (int status : List.of(200, 401, 403, 404, 422)) {
      host.answering((_, _) -> Answer.html(status, "<html><title>Sign in</title></html>"));
      refused(report(status(State.Running)), Reason.NotThisPlatform);
    }
    if (answersWithJson()) {
      host.answering((_, _) -> Answer.text(200, "ok"));
      refused(report(status(State.Running)), Reason.NotThisPlatform);
    }
  }

  @Test
  public void theTokenIsSentInOneHeaderAndNowhereElse() {
    done(report(status(State.Running)));

    assertThat(host.asked())
        .isNotEmpty()
        .allSatisfy(
            asked -> {
              assertThat(asked.token()).isEqualTo(TOKEN);
              assertThat(asked.target() + asked.body()).doesNotContain(TOKEN);
            });
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
      assertThat(report(status(State.Running)).toString()).doesNotContain("words-of-a-stranger");
    }
  }
}
