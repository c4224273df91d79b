package dev.codesource.oauth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.OAuthError;
import dev.codesource.codehost.bitbucket.Bitbucket;
import dev.codesource.codehost.gitea.Gitea;
import dev.codesource.codehost.gitee.Gitee;
import dev.codesource.codehost.github.GitHub;
import dev.codesource.codehost.gitlab.GitLab;
import dev.codesource.credential.Token;
import dev.codesource.http.HostResponse;
import dev.codesource.reason.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Reads recorded answers of token endpoints, and expects what each recording says. The folder is
 * named by the environment variable {@code RECORDINGS}; it is no part of the product.
 */
class RecordingsTest {

  private static final Path FOLDER =
      Path.of(Optional.ofNullable(System.getenv("RECORDINGS")).orElse("../shared/recordings"));

  private static final Set<String> KINDS =
      Set.of("oauth-token", "oauth-refresh", "oauth-error", "oauth-device-code");

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TestFactory
  Stream<DynamicTest> readsWhatEachRecordingSays() throws IOException {
    Path exchanges = FOLDER.resolve("exchanges");
    if (!Files.isDirectory(exchanges)) {
      abort("There are no recordings in " + exchanges.toAbsolutePath().normalize());
    }
    List<DynamicTest> tests = new ArrayList<>();
    try (Stream<Path> files = Files.walk(exchanges)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JsonNode recording = MAPPER.readTree(file.toFile());
        if (KINDS.contains(recording.path("kind").asText())) {
          String product = exchanges.relativize(file).getName(0).toString();
          tests.add(
              dynamicTest(exchanges.relativize(file).toString(), () -> replay(product, recording)));
        }
      }
    }
    return tests.stream();
  }

  private static void replay(String product, JsonNode recording) {
    HostResponse response = response(recording.path("response"));
    Instant now =
        response
            .header("Date")
            .map(date -> Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date)))
            .orElse(Instant.parse("2026-01-01T00:00:00Z"));
    JsonNode expect = recording.path("expect");
    TokenResponse answer = TokenResponse.read(response, now);
    if (expect.has("failure")) {
      fault(product, expect, answer);
    } else if (expect.has("deviceCode")) {
      device(expect, answer, now);
    } else {
      assertThat(answer).isInstanceOf(TokenResponse.Granted.class);
      granted(expect, ((TokenResponse.Granted) answer).grant(), now);
    }
  }

  private static void granted(JsonNode expect, TokenGrant grant, Instant now) {
    assertThat(grant.access().reveal()).isEqualTo(expect.path("token").asText());
    assertThat(grant.refresh().map(Token::reveal)).isEqualTo(text(expect, "refreshToken"));
    if (expect.has("scopes")) {
      Optional<Set<String>> scopes =
          expect.path("scopes").isNull()
              ? Optional.empty()
              : Optional.of(
                  new TreeSet<>(
                      MAPPER.convertValue(expect.path("scopes"), String[].class).length == 0
                          ? List.of()
                          : List.of(MAPPER.convertValue(expect.path("scopes"), String[].class))));
      assertThat(grant.scopes().<Set<String>>map(found -> found)).isEqualTo(scopes);
    }
    Optional<Instant> expiresAt =
        text(expect, "expiresAt")
            .map(Instant::parse)
            .or(
                () ->
                    text(expect, "expiresInSeconds").map(s -> now.plusSeconds(Long.parseLong(s))));
    assertThat(grant.expiresAt()).isEqualTo(expiresAt);
  }

  private static void device(JsonNode expect, TokenResponse answer, Instant now) {
    assertThat(answer).isInstanceOf(TokenResponse.Device.class);
    DeviceCode code = ((TokenResponse.Device) answer).code();
    assertThat(code.deviceCode().reveal()).isEqualTo(expect.path("deviceCode").asText());
    assertThat(code.userCode()).isEqualTo(expect.path("userCode").asText());
    assertThat(code.page().toString()).isEqualTo(expect.path("verificationUri").asText());
    assertThat(code.interval().toSeconds()).isEqualTo(expect.path("interval").asLong());
    assertThat(code.expiresAt())
        .isEqualTo(now.plusSeconds(expect.path("expiresInSeconds").asLong()));
  }

  private static void fault(String product, JsonNode expect, TokenResponse answer) {
    assertThat(answer).isInstanceOf(TokenResponse.Fault.class);
    TokenResponse.Fault fault = (TokenResponse.Fault) answer;
    assertThat(fault.error()).isEqualTo(text(expect, "error").orElse(""));
    OAuthError meaning =
        codeHost(product).oauth(SITE).faults().read(fault.error(), fault.description());
    boolean retried =
        EnumSet.of(OAuthError.PENDING, OAuthError.SLOW_DOWN, OAuthError.UNAVAILABLE)
            .contains(meaning);
    assertThat(retried).isEqualTo(expect.path("retry").asBoolean());
    assertThat(meaning == OAuthError.UNKNOWN).isEqualTo(fault.error().isEmpty());
  }

  private static final SiteUrl SITE =
      SiteUrl.parse("https://git.example.com") instanceof Outcome.Done<SiteUrl>(var site)
          ? site
          : fail();

  private static SiteUrl fail() {
    throw new IllegalStateException();
  }

  private static CodeHost codeHost(String product) {
    Clock clock = Clock.systemUTC();
    return switch (product) {
      case "gitlab" -> new GitLab(clock);
      case "github" -> new GitHub(clock);
      case "gitee" -> new Gitee(clock);
      case "gitea", "forgejo" -> new Gitea(clock);
      case "bitbucket-cloud", "bitbucket-dc" -> new Bitbucket(clock);
      default -> throw new IllegalStateException("nobody has decided what " + product + " is");
    };
  }

  private static HostResponse response(JsonNode recorded) {
    Map<String, List<String>> headers = new TreeMap<>();
    recorded
        .path("headers")
        .properties()
        .forEach(
            header ->
                headers.put(
                    header.getKey().toLowerCase(Locale.ROOT),
                    header.getValue().isArray()
                        ? List.of(MAPPER.convertValue(header.getValue(), String[].class))
                        : List.of(header.getValue().asText())));
    return new HostResponse(
        recorded.path("status").asInt(),
        headers,
        recorded.has("json") ? recorded.path("json").toString() : recorded.path("body").asText());
  }

  private static Optional<String> text(JsonNode expect, String field) {
    return expect.hasNonNull(field) ? Optional.of(expect.path(field).asText()) : Optional.empty();
  }
}
