package dev.codesource.git;

import static dev.codesource.reason.Outcomes.done;
import static dev.codesource.reason.Outcomes.isRefused;
import static dev.codesource.reason.Outcomes.waiting;
import static org.assertj.core.api.Assertions.assertThat;

import dev.codesource.http.HostRequest;
import dev.codesource.http.HostResponse;
import dev.codesource.http.ScriptedHostClient;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is asked of a git server, and what is made of its answers, without sockets. */
class GitAnswersTest {

  private static final String ASK = "GET /team/app.git/info/refs";
  private static final String QUESTION = "POST /team/app.git/git-upload-pack";
  private static final String OFFER = "application/x-git-upload-pack-advertisement";
  private static final String ANSWER = "application/x-git-upload-pack-result";
  private static final String SERVICE = line("# service=git-upload-pack\n") + "0000";
  private static final String ONE = "1".repeat(40);
  private static final String WIDE = "ab".repeat(32);
  private static final String PASSWORD = "0123456789abcdef";

  private final ScriptedHostClient host = new ScriptedHostClient();

  private static String line(String text) {
    return "%04x%s".formatted(text.getBytes(StandardCharsets.UTF_8).length + 4, text);
  }

  private static Outcome<HostResponse> answer(int status, String contentType, String body) {
    return Outcome.done(
        new HostResponse(status, Map.of("content-type", List.of(contentType)), body));
  }

  private Outcome<Refs> refs() {
    return refs(TestMemory.plenty());
  }

  private Outcome<Refs> refs(RefsMemory.Share memory) {
    return new GitServer(
            host.open("team-a", Optional.empty()),
            URI.create("https://git.example.com/team/app.git"),
            "alice",
            PASSWORD,
            memory)
        .refs(new RefFilter(List.of("refs/heads/ä", "refs/tags/"), 10));
  }

  @Test
  void theQuestionNamesTheFormatOfIdsAndThePrefixesAndNothingElse() {
    host.on(
        ASK,
        answer(
            200,
            OFFER,
            SERVICE
                + line("version 2\n")
                + line("agent=git/2.50\n")
                + line("ls-refs=unborn\n")
                + line("object-format=sha256\n")
                + "0000"));
    host.on(QUESTION, answer(200, ANSWER, line(WIDE + " refs/tags/v1\n") + "0000"));

    assertThat(done(refs()).commit("refs/tags/v1")).hasValue(WIDE);
    HostRequest question = host.requests(QUESTION).getFirst();
    assertThat(question.body().orElseThrow().text())
        .isEqualTo(
            line("command=ls-refs\n")
                + line("object-format=sha256")
                + "0001"
                + line("peel\n")
                + line("ref-prefix refs/heads/ä\n")
                + line("ref-prefix refs/tags/\n")
                + "0000");
    assertThat(question.headers()).containsEntry("Git-Protocol", "version=2");
  }

  @Test
  void aServerThatDoesNotSayTheFormatIsNotToldOne() {
    host.on(ASK, answer(200, OFFER, SERVICE + line("version 2\n") + line("ls-refs\n") + "0000"));
    host.on(QUESTION, answer(200, ANSWER, "0000"));

    assertThat(done(refs()).size()).isZero();
    assertThat(host.requests(QUESTION).getFirst().body().orElseThrow().text())
        .startsWith(line("command=ls-refs\n") + "0001");
  }

  @Test
  void aServerWithoutTheQuestionIsNotAsked() {
    host.on(ASK, answer(200, OFFER, SERVICE + line("version 2\n") + line("fetch\n") + "0000"));

    isRefused(refs(), Reason.GitNotServed);
    assertThat(host.asked()).containsExactly(ASK);
  }

  @Test
  void protocol1IsProtocol0WithALineInFront() {
    host.on(
        ASK,
        answer(
            200,
            OFFER,
            SERVICE + line("version 1\n") + line(ONE + " refs/tags/v1\0 caps\n") + "0000"));

    assertThat(done(refs()).commit("refs/tags/v1")).hasValue(ONE);
    assertThat(host.asked()).containsExactly(ASK);
  }

  @Test
  void aListForWhichThereIsNoMemoryIsReadLater() {
    host.on(
        ASK,
        answer(
            200,
            OFFER,
            SERVICE
                + line(ONE + " refs/tags/v1\n")
                + line(ONE + " refs/tags/v2\n")
                + line(ONE + " refs/tags/v3\n")
                + "0000"));
    RefsMemory memory = new RefsMemory(1_000);

    try (RefsMemory.Share little = memory.open("team-a");
        RefsMemory.Share other = memory.open("team-b")) {
      assertThat(other.takeRef(50)).isTrue();
      waiting(refs(little), Reason.Queued);
    }
    try (RefsMemory.Share enough = memory.open("team-a")) {
      assertThat(done(refs(enough)).size()).isEqualTo(3);
    }
    assertThat(memory.free()).isEqualTo(1_000);
  }

  @ParameterizedTest
  @ValueSource(strings = {"refs/heads/ä", "refs/tags/"})
  void aNameOfMoreThan255BytesIsLeftOut(String beginning) {
    String prefix = beginning.substring(0, beginning.indexOf('/', 5) + 1);
    int fill = 255 - beginning.getBytes(StandardCharsets.UTF_8).length + prefix.length();
    String longest = beginning + "x".repeat(fill);
    host.on(
        ASK,
        answer(
            200,
            OFFER,
            SERVICE
                + line(ONE + " " + longest + "\n")
                + line(ONE + " " + longest + "y\n")
                + "0000"));

    Refs refs = done(refs());
    assertThat(refs.commit(longest)).hasValue(ONE);
    assertThat(refs.size()).isOne();
  }

  @Test
  void whatFollowsTheEndIsNotTaken() {
    host.on(
        ASK,
        answer(
            200,
            OFFER,
            SERVICE
                + line(ONE + " refs/tags/v1\n")
                + "0000"
                + line(ONE + " refs/tags/v2\n")
                + "0000"));

    assertThat(done(refs()).commit("refs/tags/v2")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {OFFER, OFFER + "; charset=utf-8", "APPLICATION/X-GIT-UPLOAD-PACK-ADVERTISEMENT"})
  void theTypeOfTheAnswerIsReadAsHttpHasIt(String type) {
    host.on(ASK, answer(200, type, SERVICE + line(ONE + " refs/tags/v1\n") + "0000"));

    assertThat(done(refs()).size()).isOne();
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", ANSWER, ""})
  void anAnswerOfAnotherTypeIsNotTaken(String type) {
    host.on(ASK, answer(200, type, SERVICE + line(ONE + " refs/tags/v1\n") + "0000"));

    isRefused(refs(), Reason.GitNotServed);
  }

  @ParameterizedTest
  @CsvSource({
    "404, RepositoryNotFound",
    "410, RepositoryNotFound",
    "401, RepositoryNotReadable",
    "403, RepositoryNotReadable",
    "400, GitNotServed",
    "418, GitNotServed",
    "499, GitNotServed"
  })
  void aRefusalIsToldByItsStatus(int status, Reason reason) {
    host.on(ASK, answer(status, OFFER, SERVICE + "0000"));

    isRefused(refs(), reason);
  }

  @ParameterizedTest
  @CsvSource({"429, RateLimited", "500, ServerError", "503, ServerError"})
  void whatPassesIsWaitedFor(int status, Reason reason) {
    host.on(ASK, answer(status, "text/html", "<h1>Later</h1>"));
    waiting(refs(), reason);

    host.on(ASK, answer(200, OFFER, SERVICE + line("version 2\n") + line("ls-refs\n") + "0000"));
    host.on(QUESTION, answer(status, "text/html", "<h1>Later</h1>"));
    waiting(refs(), reason);
  }

  /** The name of a ref is shown. */
  @Test
  void aNameThatIsThePasswordIsNotTaken() {
    host.on(
        ASK, answer(200, OFFER, SERVICE + line(ONE + " refs/tags/" + PASSWORD + "\n") + "0000"));

    isRefused(refs(), Reason.GitNotServed);
  }
}
