package dev.codesource.codehost;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.codesource.testhost.CannedAnswer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * An exchange that somebody recorded, and what is to be concluded from it.
 *
 * @param name the file, below the folder of exchanges
 * @param product the folder that the file lies in
 * @param path of the request, with its query
 */
record Recording(
    String name, String product, String kind, String path, CannedAnswer answer, JsonNode expect) {

  private static final Instant LONG_AGO = Instant.parse("2020-01-01T00:00:00Z");

  static Recording read(Path exchanges, Path file) throws IOException {
    JsonNode json = new ObjectMapper().readTree(Files.readString(file));
    return new Recording(
        exchanges.relativize(file).toString(),
        exchanges.relativize(file).getName(0).toString(),
        json.path("kind").asText(),
        json.path("request").path("path").asText(),
        answer(json.path("response")),
        json.path("expect"));
  }

  private static CannedAnswer answer(JsonNode response) {
    CannedAnswer answer = CannedAnswer.of(response.path("status").asInt());
    for (var header : response.path("headers").properties()) {
      if (header.getValue().isArray()) {
        for (JsonNode value : header.getValue()) {
          answer = answer.with(header.getKey(), value.asText());
        }
      } else {
        answer = answer.with(header.getKey(), header.getValue().asText());
      }
    }
    return answer.body(
        response.has("json") ? response.path("json").toString() : response.path("body").asText(""));
  }

  /** When it was recorded; or, where it does not say, when what it tells of was still good. */
  Clock clock() {
    Instant then =
        answer.headers().stream()
            .filter(header -> header.getKey().equalsIgnoreCase("Date"))
            .map(
                header ->
                    Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(header.getValue())))
            .findFirst()
            .or(() -> expectedTime("expiresAt").map(expiry -> expiry.minus(Duration.ofDays(1))))
            .orElse(LONG_AGO);
    return Clock.fixed(then, ZoneOffset.UTC);
  }

  Optional<String> expected(String field) {
    return expect.hasNonNull(field) ? Optional.of(expect.path(field).asText()) : Optional.empty();
  }

  Optional<Instant> expectedTime(String field) {
    return expected(field).map(Recording::time);
  }

  private static Instant time(String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException date) {
      return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }
  }

  Set<String> expectedScopes() {
    Set<String> scopes = new TreeSet<>();
    expect.path("scopes").forEach(scope -> scopes.add(scope.asText()));
    return scopes;
  }
}
