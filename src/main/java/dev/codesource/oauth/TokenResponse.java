package dev.codesource.oauth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.codesource.credential.Token;
import dev.codesource.http.HostResponse;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * The answer of an OAuth endpoint, in JSON or, as GitHub sends by default, as a form. The answer is
 * not trusted: a value is present only if it has the expected type, size and characters.
 */
sealed interface TokenResponse {

  /** Tokens. */
  record Granted(TokenGrant grant) implements TokenResponse {}

  /** A device code. */
  record Device(DeviceCode code) implements TokenResponse {}

  /**
   * An error of OAuth, whatever the status: some platforms send one with 200.
   *
   * @param error its code; empty where there is none
   * @param description its text in lower case, to be compared and never shown
   */
  record Fault(String error, String description) implements TokenResponse {}

  /** Not an OAuth response: a web page, another product. */
  record Unreadable() implements TokenResponse {}

  /** Reads an answer. Never throws. */
  static TokenResponse read(HostResponse response, Instant now) {
    return Fields.of(response)
        .map(fields -> fields.read(response.isSuccess(), now))
        .orElseGet(Unreadable::new);
  }

  /** The fields of an answer. */
  final class Fields {

    /** Longer than any platform's token, shorter than the limit of a header. */
    private static final int MAX_TOKEN_LENGTH = 4096;

    private static final Duration DEFAULT_INTERVAL = Duration.ofSeconds(5);
    private static final Duration LONGEST_LIFE = Duration.ofDays(3650);
    private static final Pattern TOKEN =
        Pattern.compile("[\\x21-\\x7e]{1,%d}".formatted(MAX_TOKEN_LENGTH));
    private static final Pattern SCOPE = Pattern.compile("[\\w.:/-]{1,100}");
    private static final Pattern USER_CODE = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final Pattern WEB_PAGE =
        Pattern.compile("https?://[\\x21-\\x7e&&[^\"'<>\\\\]]{1,500}");

    private static final JsonMapper MAPPER =
        JsonMapper.builder(
                JsonFactory.builder()
                    .streamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(50).build())
                    .build())
            .build();

    private final JsonNode json;

    private Fields(JsonNode json) {
      this.json = json;
    }

    static Optional<Fields> of(HostResponse response) {
      String type =
          response.header("Content-Type").orElse("").toLowerCase(Locale.ROOT).split(";", 2)[0];
      if (type.strip().equals("application/x-www-form-urlencoded")) {
        return form(response.body()).map(Fields::new);
      }
      if (!response.isJson()) {
        return Optional.empty();
      }
      try {
        return Optional.of(MAPPER.readTree(response.body()))
            .filter(JsonNode::isObject)
            .map(Fields::new);
      } catch (JsonProcessingException notJson) {
        return Optional.empty();
      }
    }

    private static Optional<JsonNode> form(String body) {
      ObjectNode fields = MAPPER.createObjectNode();
      for (String pair : body.strip().split("&", 50)) {
        String[] nameAndValue = pair.split("=", 2);
        try {
          fields.put(
              URLDecoder.decode(nameAndValue[0], StandardCharsets.UTF_8),
              nameAndValue.length < 2
                  ? ""
                  : URLDecoder.decode(nameAndValue[1], StandardCharsets.UTF_8));
        } catch (IllegalArgumentException badlyEncoded) {
          return Optional.empty();
        }
      }
      return Optional.of(fields);
    }

    TokenResponse read(boolean isSuccess, Instant now) {
      if (json.has("error") || !isSuccess) {
        return fault();
      }
      Optional<Token> access = token("access_token");
      if (access.isPresent() && isBearer()) {
        return new Granted(
            new TokenGrant(
                access.get(), token("refresh_token"), lifetime().map(now::plus), scopes()));
      }
      Optional<Token> deviceCode = token("device_code");
      Optional<String> userCode = text("user_code", USER_CODE);
      Optional<URI> page =
          text("verification_uri", WEB_PAGE)
              .or(() -> text("verification_url", WEB_PAGE))
              .flatMap(Fields::uri);
      if (deviceCode.isPresent() && userCode.isPresent() && page.isPresent()) {
        return new Device(
            new DeviceCode(
                deviceCode.get(),
                userCode.get(),
                page.get(),
                seconds("interval").orElse(DEFAULT_INTERVAL),
                now.plus(lifetime().orElse(Duration.ofMinutes(15)))));
      }
      return fault();
    }

    private TokenResponse fault() {
      return new Fault(
          json.path("error").asText(""),
          json.path("error_description").asText("").toLowerCase(Locale.ROOT));
    }

    /**
     * Absent on some platforms; any other type could not be sent as a bearer token (RFC 6749, 7.1).
     */
    private boolean isBearer() {
      JsonNode type = json.path("token_type");
      return type.isMissingNode() || type.asText().equalsIgnoreCase("bearer");
    }

    private Optional<Token> token(String field) {
      return text(field, TOKEN).map(Token::new);
    }

    private Optional<String> text(String field, Pattern form) {
      return Optional.of(json.path(field))
          .filter(JsonNode::isTextual)
          .map(JsonNode::textValue)
          .filter(value -> form.matcher(value).matches());
    }

    private static Optional<URI> uri(String text) {
      try {
        return Optional.of(URI.create(text)).filter(uri -> uri.getHost() != null);
      } catch (IllegalArgumentException notAnAddress) {
        return Optional.empty();
      }
    }

    /**
     * Absent and 0 both mean that the token does not expire, or that its lifetime is not reported.
     */
    private Optional<Duration> lifetime() {
      return seconds("expires_in").filter(Duration::isPositive);
    }

    /** A number; in a form, its digits. */
    private Optional<Duration> seconds(String field) {
      JsonNode value = json.path(field);
      boolean isNumber =
          value.isIntegralNumber()
              ? value.canConvertToLong()
              : value.isTextual() && value.textValue().matches("\\d{1,10}");
      return isNumber
          ? Optional.of(value.asLong())
              .filter(number -> number >= 0 && number <= LONGEST_LIFE.toSeconds())
              .map(Duration::ofSeconds)
          : Optional.empty();
    }

    /**
     * {@code scope}, or {@code scopes} as Bitbucket had it; separated by spaces or commas, or a
     * list.
     */
    private Optional<SortedSet<String>> scopes() {
      JsonNode value = json.has("scope") ? json.path("scope") : json.path("scopes");
      SortedSet<String> scopes = new TreeSet<>();
      if (value.isArray()) {
        value.forEach(scope -> scopes.add(scope.asText("")));
      } else if (value.isTextual()) {
        for (String scope : value.textValue().strip().split("[\\s,]+", 200)) {
          scopes.add(scope);
        }
        scopes.remove("");
      } else {
        return Optional.empty();
      }
      return scopes.stream().allMatch(scope -> SCOPE.matcher(scope).matches())
          ? Optional.of(scopes)
          : Optional.empty();
    }
  }
}
