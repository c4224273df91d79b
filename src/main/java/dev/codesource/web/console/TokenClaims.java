package dev.codesource.web.console;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What a token says of itself (RFC 7519 section 4.1). It is not verified here: only the API server
 * decides whether a token is good.
 *
 * @param issuer empty: it does not say
 * @param audience the names, with commas; empty: it does not say
 * @param expires empty: it does not say
 */
record TokenClaims(Optional<String> issuer, Optional<String> audience, Optional<Instant> expires) {

  private static final TokenClaims NONE =
      new TokenClaims(Optional.empty(), Optional.empty(), Optional.empty());

  private static final ObjectMapper JSON = new ObjectMapper();

  /** In characters, of what is shown. */
  private static final int MOST_SHOWN = 300;

  /** The year 9999, in seconds: with a time near the end of those of Java nobody can calculate. */
  private static final long LATEST = 253_402_300_799L;

  /** The claims of a token; a token that is no JWT says nothing. */
  static TokenClaims of(BearerToken token) {
    String[] parts = token.value().split("\\.", -1);
    if (parts.length != 3) {
      return NONE;
    }
    try {
      JsonNode claims = JSON.readTree(Base64.getUrlDecoder().decode(parts[1]));
      return claims == null
          ? NONE
          : new TokenClaims(
              text(claims.path("iss")), audience(claims.path("aud")), time(claims.path("exp")));
    } catch (IllegalArgumentException | JacksonException noJwt) {
      return NONE;
    } catch (IOException e) {
      return NONE;
    }
  }

  private static Optional<String> audience(JsonNode aud) {
    return aud.isArray()
        ? Optional.of(
                StreamSupport.stream(aud.spliterator(), false)
                    .map(JsonNode::asText)
                    .collect(Collectors.joining(", ")))
            .map(TokenClaims::cut)
        : text(aud);
  }

  private static Optional<String> text(JsonNode claim) {
    return claim.isTextual() ? Optional.of(cut(claim.asText())) : Optional.empty();
  }

  private static String cut(String text) {
    return text.length() > MOST_SHOWN ? text.substring(0, MOST_SHOWN) + "…" : text;
  }

  private static Optional<Instant> time(JsonNode claim) {
    return claim.canConvertToLong() && claim.asLong() >= 0 && claim.asLong() <= LATEST
        ? Optional.of(Instant.ofEpochSecond(claim.asLong()))
        : Optional.empty();
  }
}
