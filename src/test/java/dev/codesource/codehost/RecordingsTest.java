package dev.codesource.codehost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.bitbucket.Bitbucket;
import dev.codesource.codehost.gitea.Gitea;
import dev.codesource.codehost.gitee.Gitee;
import dev.codesource.codehost.github.GitHub;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Credential;
import dev.codesource.credential.Token;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Done;
import dev.codesource.reason.Outcome.Refused;
import dev.codesource.reason.Outcome.Waiting;
import dev.codesource.reason.Reason;
import dev.codesource.testhost.Asked;
import dev.codesource.testhost.CannedAnswer;
import dev.codesource.testhost.LoopbackHost;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.opentest4j.TestAbortedException;

/**
 * Replays recorded exchanges of the platforms over a real socket, and expects the code hosts to
 * conclude what each recording says a correct client concludes. The folder is named by the
 * environment variable {@code RECORDINGS}; it is no part of the product.
 */
class RecordingsTest {
  static final Path FOLDER =
      Path.of(Optional.ofNullable(System.getenv("RECORDINGS")).orElse("../shared/recordings"));

  private static final String ANOTHER_ROOM =
      "answers to OAuth's requests, which the OAuth room reads";
  private static final String WEBHOOKS = "no proof of an access: WebhookRecordingsTest reads it";

  /** Kinds that say nothing to this product unless they fail, and why. */
  private static final Map<String, String> NEVER_MET =
      Map.ofEntries(
          Map.entry("oauth-token", ANOTHER_ROOM),
          Map.entry("oauth-error", ANOTHER_ROOM),
          Map.entry("oauth-refresh", ANOTHER_ROOM),
          Map.entry("oauth-device-code", ANOTHER_ROOM),
          Map.entry("oauth-discovery", ANOTHER_ROOM),
          Map.entry("token-introspection", ANOTHER_ROOM),
          Map.entry("hook-create", WEBHOOKS),
          Map.entry("hook-delete", WEBHOOKS),
          Map.entry("hook-list", WEBHOOKS),
          Map.entry("hook-ping", "this product sends no ping"),
          Map.entry("repository-read", WEBHOOKS),
          Map.entry("repository-create", "this product makes no repository"),
          Map.entry("permission", "this product asks for no permission"),
          Map.entry("members", "this product asks for no members"),
          Map.entry("organization-read", "this product asks for no organization"),
          Map.entry("version", "the account is asked for, whatever the version"),
          Map.entry("api-root", "the root answers without a credential: it proves nothing"),
          Map.entry("app", "apps sign on as themselves, and an account is asked for"),
          Map.entry("installation", "apps sign on as themselves, and an account is asked for"),
          Map.entry(
              "installation-token", "apps sign on as themselves, and an account is asked for"));

  @TestFactory
  Stream<DynamicTest> concludesWhatEachRecordingSays() throws IOException {
    Path exchanges = FOLDER.resolve("exchanges");
    if (!Files.isDirectory(exchanges)) {
      String missing =
          "There are no recordings in "
              + exchanges.toAbsolutePath().normalize()
              + ": none is replayed. RECORDINGS names another folder.";
      System.out.println(missing);
      abort(missing);
    }
    try (Stream<Path> files = Files.walk(exchanges)) {
      List<Path> recordings =
          files.filter(file -> file.toString().endsWith(".json")).sorted().toList();
      assertThat(recordings).as("recordings in %s", exchanges).isNotEmpty();
      return recordings.stream()
          .map(
              file ->
                  dynamicTest(
                      exchanges.relativize(file).toString(),
                      file.toUri(),
                      () -> replay(Recording.read(exchanges, file))));
    }
  }

  private static void replay(Recording recording) {
    Player player = Player.of(recording);
    boolean isOAuths = ANOTHER_ROOM.equals(NEVER_MET.get(recording.kind()));
    if (recording.expect().has("failure") && !isOAuths) {
      failure(recording, player);
    } else if (recording.expect().has("redirect")) {
      redirect(recording, player);
    } else if (NEVER_MET.containsKey(recording.kind())) {
      abort(recording.kind() + " is never met: " + NEVER_MET.get(recording.kind()));
    } else {
      success(recording, player.prove(player.answers(recording).orElseThrow(unasked(recording))));
    }
  }

  /** Nothing of a request that is never sent, unless it would have named an account. */
  private static Supplier<RuntimeException> unasked(Recording recording) {
    String what = "%s is asked for by no request: %s".formatted(recording.kind(), recording.path());
    return () ->
        recording.expect().has("login")
            ? new IllegalStateException(what)
            : new TestAbortedException(what);
  }

  // An error may be the answer to anything: it is given to whatever is asked.

  private static void failure(Recording recording, Player player) {
    Outcome<Proof> outcome = player.prove(_ -> recording.answer());
    String failure = recording.expected("failure").orElse("");
    switch (failure) {
      case "Unauthorized" ->
          assertThat(refusal(outcome))
              .isIn(Reason.TokenRejected, Reason.TokenExpired, Reason.TokenRevoked);
      case "InsufficientScope" -> assertThat(refusal(outcome)).isEqualTo(Reason.InsufficientScope);
      case "Forbidden" ->
          assertThat(refusal(outcome)).isIn(Reason.TokenRejected, Reason.AccountBlocked);
      // To the question whose token it is, no code host answers so.
      case "NotFound", "Invalid", "NotThatPlatform" ->
          assertThat(refusal(outcome)).isEqualTo(Reason.NotThisPlatform);
      case "Unavailable" ->
          assertThat(waiting(outcome).problem().reason()).isEqualTo(Reason.ServerError);
      case "RateLimited" -> rateLimit(recording, waiting(outcome));
      default -> fail("nobody has decided what the failure %s means", failure);
    }
  }

  private static void rateLimit(Recording recording, Waiting<Proof> waiting) {
    assertThat(waiting.problem().reason()).isEqualTo(Reason.RateLimited);
    recording
        .expected("retryAfterSeconds")
        .map(Long::valueOf)
        .ifPresent(
            seconds ->
                assertThat(waiting.until())
                    .hasValue(recording.clock().instant().plusSeconds(seconds)));
    recording.expectedTime("retryAt").ifPresent(time -> assertThat(waiting.until()).hasValue(time));
  }

  private static void redirect(Recording recording, Player player) {
    try (LoopbackHost host = new LoopbackHost(_ -> recording.answer())) {
      Outcome<Proof> outcome = player.prove(host);
      assertThat(refusal(outcome)).isEqualTo(Reason.Redirected);
      assertThat(((Refused<Proof>) outcome).problem().what())
          .contains(recording.expect().path("redirect").path("location").asText("?"));
      assertThat(host.seen()).as("a redirect is not followed").hasSize(1);
    }
  }

  // A success is given to the request that it belongs to.

  private static void success(Recording recording, Outcome<Proof> outcome) {
    boolean blocked =
        recording.expected("active").filter("false"::equals).isPresent()
            || recording.expected("state").filter(state -> !state.equals("active")).isPresent();
    if (recording.expected("revoked").filter("true"::equals).isPresent()) {
      assertThat(refusal(outcome)).isEqualTo(Reason.TokenRevoked);
    } else if (blocked) {
      assertThat(refusal(outcome)).isIn(Reason.AccountBlocked, Reason.TokenRejected);
    } else {
      assertThat(outcome).isInstanceOf(Done.class);
      proof(recording, ((Done<Proof>) outcome).value());
    }
  }

  private static void proof(Recording recording, Proof proof) {
    recording
        .expected("login")
        .ifPresent(login -> assertThat(proof.account().username()).isEqualTo(login));
    recording
        .expected("id")
        .ifPresent(id -> assertThat(proof.account().id()).isIn(sameAccount(recording, id)));
    if (recording.expect().has("scopes")) {
      assertThat(proof.scopes())
          .isEqualTo(
              recording.expect().path("scopes").isNull()
                  ? new Scopes.Unknown()
                  : known(recording, proof));
    }
    if (recording.expect().has("expiresAt")) {
      assertThat(proof.expiresAt()).isEqualTo(recording.expectedTime("expiresAt"));
    }
    recording
        .expected("expiresInSeconds")
        .map(Long::valueOf)
        .ifPresent(
            seconds ->
                assertThat(proof.expiresAt().orElseThrow())
                    .isCloseTo(
                        recording.clock().instant().plusSeconds(seconds),
                        within(Duration.ofSeconds(30))));
  }

  /** Bitbucket Cloud gives an account two identifiers, and a recording may name either. */
  private static List<String> sameAccount(Recording recording, String id) {
    String body = recording.answer().body();
    String uuid = body.replaceFirst("(?s).*\"uuid\"\\s*:\\s*\"([^\"]+)\".*", "$1");
    return body.contains("\"account_id\":\"" + id + "\"") && !uuid.equals(body)
        ? List.of(id, uuid)
        : List.of(id);
  }

  private static Scopes known(Recording recording, Proof proof) {
    assertThat(proof.scopes()).isInstanceOf(Scopes.Known.class);
    Scopes.Known known = (Scopes.Known) proof.scopes();
    return new Scopes.Known(new TreeSet<>(recording.expectedScopes()), known.missing());
  }

  private static Reason refusal(Outcome<Proof> outcome) {
    assertThat(outcome).isInstanceOf(Refused.class);
    return ((Refused<Proof>) outcome).problem().reason();
  }

  private static Waiting<Proof> waiting(Outcome<Proof> outcome) {
    assertThat(outcome).isInstanceOf(Waiting.class);
    return (Waiting<Proof>) outcome;
  }

  /**
   * A code host that takes a server on loopback for its public site where it has one.
   *
   * @param answering who answers what, when one answer is the recorded one
   */
  private record Player(
      Function<SiteUrl, CodeHost> codeHost,
      Credential.Source origin,
      Function<Recording, Optional<Function<Asked, CannedAnswer>>> answering) {

    Optional<Function<Asked, CannedAnswer>> answers(Recording recording) {
      return answering.apply(recording);
    }

    static Player of(Recording recording) {
      Clock clock = recording.clock();
      return switch (recording.product()) {
        case "gitlab" ->
            new Player(
                _ -> new GitLab(clock),
                recording.kind().startsWith("oauth-")
                    ? Credential.Source.OAUTH
                    : Credential.Source.PERSON,
                Player::gitLab);
        case "github" ->
            new Player(
                site -> new GitHub(clock, site, site), Credential.Source.PERSON, Player::gitHub);
        case "gitee" ->
            new Player(_ -> new Gitee(clock), Credential.Source.PERSON, at("/api/v5/user"));
        case "gitea", "forgejo" ->
            new Player(_ -> new Gitea(clock), Credential.Source.PERSON, at("/api/v1/user"));
        case "bitbucket-cloud" ->
            new Player(
                site -> new Bitbucket(clock, site, new SiteUrl(site.origin(), "/2.0")),
                Credential.Source.PERSON,
                at("/2.0/user"));
        case "bitbucket-dc" ->
            new Player(
                _ -> new Bitbucket(clock), Credential.Source.PERSON, Player::bitbucketDataCenter);
        default -> fail("nobody has decided which platform %s is", recording.product());
      };
    }

    Outcome<Proof> prove(Function<Asked, CannedAnswer> answers) {
      try (LoopbackHost host = new LoopbackHost(answers)) {
        return prove(host);
      }
    }

    Outcome<Proof> prove(LoopbackHost host) {
      SiteUrl site = host.site("");
      Credential credential =
          new Credential(new Token("recorded-by-somebody-else"), Optional.empty(), origin, "");
      return codeHost.apply(site).prove(site, credential, TestClient.open());
    }

    private static Function<Recording, Optional<Function<Asked, CannedAnswer>>> at(String path) {
      return recording ->
          recording.path().matches(Pattern.quote(path) + "/?(\\?.*)?")
              ? Optional.of(
                  request ->
                      request.target().equals(path)
                          ? recording.answer()
                          : CannedAnswer.json(404, "{}"))
              : Optional.empty();
    }

    /** The recorded answer at its own path, and an account that is well. */
    private static Optional<Function<Asked, CannedAnswer>> gitLab(Recording recording) {
      CannedAnswer user =
          CannedAnswer.json(200, "{\"id\":1,\"username\":\"alice\",\"state\":\"active\"}");
      Set<String> asked =
          Set.of("/api/v4/user", "/api/v4/personal_access_tokens/self", "/oauth/token/info");
      if (!asked.contains(recording.path())) {
        return Optional.empty();
      }
      return Optional.of(
          request -> {
            if (request.target().equals(recording.path())) {
              return recording.answer();
            }
            return request.target().equals("/api/v4/user")
                ? user
                : CannedAnswer.json(404, "{\"error\":\"404 Not Found\"}");
          });
    }

    /** What GitHub tells of a token, it tells in the headers of every answer. */
    private static Optional<Function<Asked, CannedAnswer>> gitHub(Recording recording) {
      if (List.of("user-emails", "rate-limit-status").contains(recording.kind())) {
        return Optional.of(_ -> recording.answer().body("{\"login\":\"alice\",\"id\":1}"));
      }
      return at("/user").apply(recording);
    }

    /** What names the user: a header of any answer, the user's own record, or a servlet. */
    private static Optional<Function<Asked, CannedAnswer>> bitbucketDataCenter(
        Recording recording) {
      String whoAmI = "/plugins/servlet/applinks/whoami";
      boolean isUser = recording.path().matches("/rest/api/[^/]+/users/[^/]+");
      boolean isHeader =
          recording.answer().headers().stream()
              .anyMatch(header -> header.getKey().equalsIgnoreCase("X-AUSERNAME"));
      if (!isUser && !isHeader && !recording.path().equals(whoAmI)) {
        return Optional.empty();
      }
      CannedAnswer properties =
          CannedAnswer.json(200, "{\"version\":\"9.4.0\",\"displayName\":\"Bitbucket\"}");
      CannedAnswer named =
          isUser || isHeader
              ? properties.with("X-AUSERNAME", recording.expected("login").orElse(""))
              : properties;
      Predicate<String> isRecorded =
          isUser ? target -> target.contains("/users/") : recording.path()::equals;
      return Optional.of(
          request -> {
            if (request.target().endsWith("/application-properties")) {
              return named;
            }
            return isRecorded.test(request.target())
                ? recording.answer()
                : CannedAnswer.json(404, "{\"errors\":[]}");
          });
    }
  }
}
