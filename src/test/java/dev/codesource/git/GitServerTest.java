package dev.codesource.git;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.codesource.codehost.TestClient;
import dev.codesource.gitserver.GitHttpBackend;
import dev.codesource.gitserver.GitRepository;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.RawServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A real git serves real repositories; what no git does comes from a server of the test's own. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GitServerTest {

  private static final String PASSWORD = "glpat-of-the-bound-account";
  private static final String ONE = "1".repeat(40);
  private static final String TWO = "2".repeat(40);

  private HttpServer http;
  private GitRepository repository;

  @BeforeAll
  void serve(@TempDir Path folder) throws Exception {
    repository = GitRepository.empty(folder.resolve("repositories/team/app.git"));
    GitRepository.empty(folder.resolve("repositories/team/empty.git"));
    http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    Path repositories = folder.resolve("repositories");
    http.createContext("/v2", new GitHttpBackend(repositories, "/v2", "alice:" + PASSWORD));
    http.createContext(
        "/v0", new GitHttpBackend(repositories, "/v0", "alice:" + PASSWORD).speakingProtocol0());
    http.start();
    repository.push("main", "README", "one");
    repository.push("feature/ä_b", "README", "two");
    repository.tag("v1");
    repository.annotatedTag("v2");
  }

  @AfterAll
  void stop() {
    http.stop(0);
  }

  private GitServer server(String path) {
    return new GitServer(TestClient.open(), uri(path), "alice", PASSWORD, TestMemory.plenty());
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:%d%s".formatted(http.getAddress().getPort(), path));
  }

  private static Map<String, String> all(Outcome<Refs> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Done.class);
    Map<String, String> all = new LinkedHashMap<>();
    ((Outcome.Done<Refs>) outcome).value().forEach(all::put);
    return all;
  }

  private static Reason refused(Outcome<Refs> outcome) {
    assertThat(outcome).isInstanceOf(Outcome.Refused.class);
    return ((Outcome.Refused<Refs>) outcome).problem().reason();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v0"})
  void branchesAndTagsAreListedWithTheCommitsThatTheyStandFor(String protocol) {
    Outcome<Refs> refs = server(protocol + "/team/app.git").refs(RefFilter.branchesAndTags());

    assertThat(all(refs)).isEqualTo(repository.commits());
    assertThat(all(refs).get("refs/tags/v2"))
        .as("the commit, not the tag object")
        .isEqualTo(all(refs).get("refs/tags/v1"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v0"})
  void onlyWantedRefsAreListed(String protocol) {
    RefFilter filter = new RefFilter(List.of("refs/heads/feat", "refs/tags/v2"), 10);

    assertThat(all(server(protocol + "/team/app.git").refs(filter)))
        .containsOnlyKeys("refs/heads/feature/ä_b", "refs/tags/v2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v0"})
  void moreRefsThanMayBeAreRefused(String protocol) {
    RefFilter filter = new RefFilter(List.of("refs/"), 3);

    assertThat(refused(server(protocol + "/team/app.git").refs(filter)))
        .isEqualTo(Reason.TooManyRefs);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/v2", "/v0"})
  void anEmptyRepositoryHasNoRefs(String protocol) {
    assertThat(all(server(protocol + "/team/empty.git").refs(RefFilter.branchesAndTags())))
        .isEmpty();
  }

  @Test
  void aRepositoryThatIsNotThereIsSaidToBeMissing() {
    assertThat(refused(server("/v2/team/other.git").refs(RefFilter.branchesAndTags())))
        .isEqualTo(Reason.RepositoryNotFound);
  }

  @Test
  void aPasswordThatIsNotAcceptedIsSaid() {
    GitServer other =
        new GitServer(
            TestClient.open(),
            uri("/v2/team/app.git"),
            "alice",
            "another-password-here",
            TestMemory.plenty());
    assertThat(refused(other.refs(RefFilter.branchesAndTags())))
        .isEqualTo(Reason.RepositoryNotReadable);
  }

  private static String line(String text) {
    return "%04x%s".formatted(text.getBytes(StandardCharsets.UTF_8).length + 4, text);
  }

  private static final String OFFER = "application/x-git-upload-pack-advertisement";

  private static final String SERVICE = line("# service=git-upload-pack\n") + "0000";

  private Outcome<Refs> answered(String contentType, String body) throws Exception {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    try (RawServer server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write(
                  "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
                      .formatted(contentType, bytes.length));
              connection.write(body);
            })) {
      URI uri = URI.create("http://127.0.0.1:%d/team/app.git".formatted(server.port()));
      return new GitServer(TestClient.open(), uri, "alice", PASSWORD, TestMemory.plenty())
          .refs(RefFilter.branchesAndTags());
    }
  }

  static Stream<Arguments> others() {
    String ref = ONE + " refs/heads/main";
    return Stream.of(
        Arguments.of("text/plain", ONE + "\trefs/heads/main"),
        Arguments.of("text/html", "<html>"),
        Arguments.of(OFFER, "<html>"),
        Arguments.of(OFFER, ""),
        Arguments.of(OFFER, "0000"),
        Arguments.of(OFFER, line("version 2\n") + "0000"),
        Arguments.of(OFFER, line("version 2\n") + line("ls-refs\n")),
        Arguments.of(OFFER, line(ref) + "0000"),
        Arguments.of(OFFER, SERVICE + line(ref)),
        Arguments.of(OFFER, SERVICE.replace("upload", "uplaod") + line(ref) + "0000"));
  }

  /**
   * The dumb protocol, a page to log on, protocol 2 without the question, cut answers, nonsense.
   */
  @ParameterizedTest
  @MethodSource("others")
  void whatIsNotSmartHttpIsSaidToBeNone(String contentType, String body) throws Exception {
    assertThat(refused(answered(contentType, body))).isEqualTo(Reason.GitNotServed);
  }

  @Test
  void namesThatNoHostGivesAreLeftOut() throws Exception {
    String refs =
        SERVICE
            + line(ONE + " refs/heads/main\0 multi_ack agent=git/2\n")
            + line(ONE + " refs/heads/" + "x".repeat(2000) + "\n")
            + line(ONE + " refs/heads/line\u007fbreak\n")
            + line(ONE + " refs/tags/v1\n")
            + line(TWO + " refs/tags/v1^{}\n")
            + line(TWO + " refs/tags/other^{}\n")
            + line(ONE + " refs/pull/1/head\n")
            + "0000";

    assertThat(all(answered(OFFER, refs)))
        .containsExactly(Map.entry("refs/heads/main", ONE), Map.entry("refs/tags/v1", TWO));
  }

  /** What is listed is shown to others than those who may read the Secret. */
  @Test
  void anAnswerThatTellsThePasswordIsRefused() throws Exception {
    String refs = SERVICE + line(ONE + " refs/heads/" + PASSWORD + "\0\n") + "0000";
    assertThat(refused(answered(OFFER, refs))).isEqualTo(Reason.GitNotServed);
  }

  @Test
  void fiftyThousandRefsAreReadAndOneMoreIsNot() throws Exception {
    StringBuilder refs = new StringBuilder(SERVICE);
    List<String> names = new ArrayList<>();
    for (int i = 0; i < RefFilter.MOST; i++) {
      names.add("refs/tags/release-%05d".formatted(i));
    }
    names.forEach(name -> refs.append(line(ONE + " " + name + "\n")));

    assertThat(all(answered(OFFER, refs + "0000"))).hasSize(RefFilter.MOST);
    refs.append(line(ONE + " refs/tags/one-more\n"));
    assertThat(refused(answered(OFFER, refs + "0000"))).isEqualTo(Reason.TooManyRefs);
  }

  @Test
  void anAnswerWithoutEndIsNotReadToTheEnd() throws Exception {
    String padding = line("x".repeat(60_000));
    try (RawServer server =
        RawServer.start(
            connection -> {
              connection.readRequest();
              connection.write("HTTP/1.1 200 OK\r\nContent-Type: " + OFFER + "\r\n\r\n");
              connection.write(SERVICE + line("version 1"));
              while (true) {
                connection.write(padding);
              }
            })) {
      URI uri = URI.create("http://127.0.0.1:%d/team/app.git".formatted(server.port()));
      Outcome<Refs> refs =
          new GitServer(TestClient.open(), uri, "alice", PASSWORD, TestMemory.plenty())
              .refs(RefFilter.branchesAndTags());
      assertThat(refs).isNotInstanceOf(Outcome.Done.class);
    }
  }
}
