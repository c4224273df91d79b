package dev.codesource.web.console;

import dev.codesource.digest.Sha256;
import io.quarkus.oidc.client.OidcClient;
import io.quarkus.oidc.client.OidcClientException;
import io.quarkus.oidc.client.Tokens;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Gets a token with the audience of the API server from the provider, in exchange for the access
 * token of a visitor (RFC 8693). What it got is kept in memory until shortly before it ends, for
 * the last tokens, by their digests.
 */
public final class TokenExchange {

  private static final Logger LOG = Logger.getLogger("dev.codesource.web.console");

  private static final int MOST_KEPT = 1_000;

  /** Before its end; as quarkus-oidc renews the session's own. */
  private static final Duration EARLY = Duration.ofSeconds(30);

  /** A token that does not say when it ends. */
  private static final Duration SHORTEST = Duration.ofMinutes(1);

  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(15);

  /** The fields of RFC 6749 section 5.2. */
  private static final Pattern ERROR = Pattern.compile("\"error\"\\s*:\\s*\"([\\w.:/-]{1,80})\"");

  private static final Pattern DESCRIPTION =
      Pattern.compile("\"error_description\"\\s*:\\s*\"([^\"\\\\]{1,200})\"");

  /** The provider has not decided: RFC 6749 section 4.1.2.1, and Keycloak with the status 500. */
  private static final Set<String> PASSING =
      Set.of("server_error", "temporarily_unavailable", "unknown_error");

  /** Such as a token in the provider's words. */
  private static final Pattern LONG_WORD = Pattern.compile("\\S{60,}");

  private final Supplier<OidcClient> clients;
  private final String audience;
  private final InstantSource clock;
  private final SequencedMap<String, Kept> kept = new LinkedHashMap<>();
  private final LoginLimit limit = new LoginLimit();
  private @Nullable OidcClient client;

  private record Kept(BearerToken token, Instant until) {}

  /** Nobody got a token for the cluster. */
  static final class NotExchanged extends RuntimeException {
    private static final long serialVersionUID = 1;
    private final boolean isRefused;

    NotExchanged(String message, boolean isRefused) {
      super(message);
      this.isRefused = isRefused;
    }

    /** The provider has said no; else it did not answer. */
    boolean isRefused() {
      return isRefused;
    }
  }

  /**
   * Exchanges at one provider.
   *
   * @param clients makes a client with the grant of RFC 8693 and the audience, at the first
   *     exchange
   * @param audience for messages
   */
  public TokenExchange(Supplier<OidcClient> clients, String audience, InstantSource clock) {
    this.clients = clients;
    this.audience = audience;
    this.clock = clock;
  }

  /**
   * The token for the API server. Blocks.
   *
   * @throws NotExchanged if the provider gives none
   */
  BearerToken of(String accessToken) {
    String digest =
        HexFormat.of().formatHex(Sha256.of(accessToken.getBytes(StandardCharsets.UTF_8)));
    return known(digest)
        .orElseGet(
            () -> {
              BearerToken token =
                  limit.within(
                      () -> ask(accessToken),
                      () -> new NotExchanged("Too many people log in at once.", false));
              keep(digest, token);
              return token;
            });
  }

  private Optional<BearerToken> known(String digest) {
    synchronized (kept) {
      return Optional.ofNullable(kept.get(digest))
          .filter(each -> clock.instant().isBefore(each.until()))
          .map(Kept::token);
    }
  }

  private void keep(String digest, BearerToken token) {
    Instant now = clock.instant();
    Instant until =
        TokenClaims.of(token).expires().map(end -> end.minus(EARLY)).orElse(now.plus(SHORTEST));
    synchronized (kept) {
      kept.remove(digest);
      if (now.isBefore(until)) {
        kept.putLast(digest, new Kept(token, until));
      }
      if (kept.size() > MOST_KEPT) {
        kept.pollFirstEntry();
      }
    }
  }

  private BearerToken ask(String accessToken) {
    @Nullable Tokens tokens;
    try {
      tokens =
          client().getTokens(Map.of("subject_token", accessToken)).await().atMost(LONGEST_ANSWER);
    } catch (OidcClientException answered) {
      throw refused(answered);
    } catch (RuntimeException e) {
      LOG.warnf("The provider exchanged no token: %s", e.getClass().getSimpleName());
      throw new NotExchanged("The provider does not answer.", false);
    }
    return Optional.ofNullable(tokens)
        .flatMap(each -> Optional.ofNullable(each.getAccessToken()))
        .flatMap(BearerToken::of)
        .orElseThrow(() -> refused("no token"));
  }

  private synchronized OidcClient client() {
    OidcClient known = client;
    if (known == null) {
      known = clients.get();
      client = known;
    }
    return known;
  }

  private NotExchanged refused(OidcClientException answered) {
    String body = Optional.ofNullable(answered.getMessage()).orElse("");
    Matcher error = ERROR.matcher(body);
    if (!error.find()) {
      LOG.warn("The provider exchanged no token, and did not say why.");
      return new NotExchanged("The provider does not answer.", false);
    }
    if (PASSING.contains(error.group(1))) {
      LOG.warnf("The provider exchanged no token: %s", error.group(1));
      return new NotExchanged("The provider does not answer.", false);
    }
    Matcher description = DESCRIPTION.matcher(body);
    return refused(
        description.find()
            ? error.group(1) + ": " + LONG_WORD.matcher(description.group(1)).replaceAll("…")
            : error.group(1));
  }

  private NotExchanged refused(String answer) {
    LOG.warnf("The provider gives no token for the audience %s. It answers: %s", audience, answer);
    return new NotExchanged(
        "The provider gives no token for the audience %s. It answers: %s."
            .formatted(audience, answer),
        true);
  }

  /** How many tokens are kept. */
  int known() {
    synchronized (kept) {
      return kept.size();
    }
  }
}
