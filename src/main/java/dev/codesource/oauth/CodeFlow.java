package dev.codesource.oauth;

import dev.codesource.api.CodeSourceBinding;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.credential.Token;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Authorization in a browser (RFC 6749 section 4.1, RFC 7636, RFC 9207, RFC 9700). */
public final class CodeFlow {

  /** The time limit for a person, from the button to the code host's answer. */
  public static final Duration TIME_LIMIT = Duration.ofMinutes(10);

  private final Tokens tokens;
  private final Flows flows;
  private final PublicUrl pages;
  private final Clock clock;

  /**
   * @param pages where code hosts redirect browsers to
   */
  public CodeFlow(Tokens tokens, OwnedSecretStore store, PublicUrl pages, Clock clock) {
    this.tokens = tokens;
    this.flows = new Flows(store);
    this.pages = pages;
    this.clock = clock;
  }

  /**
   * A flow that was begun.
   *
   * @param authorize where to send the browser
   * @param cookie the value that the browser has to keep, under a name made from the state
   */
  public record Begun(URI authorize, String cookieName, String cookie) {}

  /**
   * The request of a browser that the code host redirected. All of it may be forged.
   *
   * @param path that the browser was redirected to, decoded, with its leading slash
   * @param cookies the value of a cookie by its name
   */
  public record Callback(
      String path,
      Optional<String> state,
      Optional<String> code,
      Optional<String> error,
      Optional<String> issuer,
      Function<String, Optional<String>> cookies) {}

  /** The result of a flow. */
  public sealed interface Ending {
    /**
     * The access is stored.
     *
     * @param proven whether the code host confirmed the account; otherwise the reconciler verifies
     *     it later
     */
    record Stored(boolean proven) implements Ending {}

    /** This browser did not begin the flow. */
    record OtherBrowser() implements Ending {}

    /** The flow has expired, was finished before, or was begun again. */
    record Over() implements Ending {}

    /** The binding no longer exists, or was changed. */
    record Gone() implements Ending {}

    /** The callback does not belong to the flow that was begun. */
    record Forged() implements Ending {}

    /**
     * The callback came to the redirect URI of another site: a mix-up attack, or an application
     * whose registration has another redirect URI.
     */
    record OtherSite() implements Ending {}

    /** The flow ended without a grant. */
    record Failed(Problem problem) implements Ending {}
  }

  /** The binding of a flow. */
  public record Of(String namespace, String name) {}

  /** The name of the cookie for a state: several flows can be under way in one browser. */
  public static String cookieName(String state) {
    return "__Host-codesource-flow-" + SecureTokens.digest(state).replaceAll("[^A-Za-z0-9]", "");
  }

  /** Begins a flow; an earlier flow of the binding becomes invalid. */
  public Outcome<Begun> begin(AuthorizationContext authorization) {
    String state = SecureTokens.next();
    String secret = SecureTokens.next();
    Optional<Token> verifier =
        authorization.dialect().pkce()
            ? Optional.of(new Token(SecureTokens.next()))
            : Optional.empty();
    Flow flow =
        new Flow.Code(
            Flow.Identity.of(authorization),
            SecureTokens.digest(state),
            SecureTokens.digest(secret),
            verifier,
            pages.callback(authorization.site()),
            clock.instant().plus(TIME_LIMIT));
    return flows
        .put(authorization.binding(), flow)
        .map(
            stored ->
                new Begun(
                    authorize(authorization, state, verifier),
                    cookieName(state),
                    authorization.namespace() + "/" + authorization.name() + "/" + secret));
  }

  private URI authorize(
      AuthorizationContext authorization, String state, Optional<Token> verifier) {
    OAuthDialect dialect = authorization.dialect();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", authorization.client().id());
    query.put("redirect_uri", pages.callback(authorization.site()).toString());
    query.put("scope", String.join(" ", authorization.scopes()));
    query.put("state", state);
    verifier.ifPresent(
        secret -> {
          query.put("code_challenge", SecureTokens.digest(secret.reveal()));
          query.put("code_challenge_method", "S256");
        });
    return URI.create(
        dialect.authorize()
            + "?"
            + query.entrySet().stream()
                .map(parameter -> encoded(parameter.getKey()) + "=" + encoded(parameter.getValue()))
                .collect(Collectors.joining("&")));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The binding that the cookie for a callback's state names; empty: there is no such cookie. */
  public static Optional<Of> of(Callback callback) {
    return cookie(callback)
        .map(value -> value.split("/", 3))
        .filter(parts -> parts.length == 3)
        .map(parts -> new Of(parts[0], parts[1]));
  }

  private static Optional<String> cookie(Callback callback) {
    return callback.state().flatMap(state -> callback.cookies().apply(cookieName(state)));
  }

  /**
   * Finishes a flow. The flow is consumed before the code is exchanged: however often the browser
   * calls back, and on whichever replica, the code is exchanged once.
   *
   * @param binding that the callback is of, as it is now
   * @param contexts resolves the context of its authorization
   */
  public Ending finish(
      Callback callback,
      CodeSourceBinding binding,
      Function<CodeSourceBinding, Outcome<AuthorizationContext>> contexts) {
    Optional<Flows.Stored> stored = flows.of(binding);
    if (stored.isEmpty() || !(stored.get().flow() instanceof Flow.Code flow)) {
      return new Ending.Over();
    }
    if (!isOfThisBrowser(callback, flow)) {
      // Not consumed: otherwise anyone could end a flow with an invented state.
      return new Ending.Over();
    }
    if (!clock.instant().isBefore(flow.expiresAt()) || !flows.consume(stored.get())) {
      return new Ending.Over();
    }
    return switch (contexts.apply(binding)) {
      case Outcome.Done<AuthorizationContext>(var authorization) -> {
        if (!Flow.Identity.of(authorization).equals(flow.of())
            || !pages.callback(authorization.site()).equals(flow.redirectUri())) {
          yield new Ending.Gone();
        }
        yield finish(callback, authorization, flow);
      }
      case Outcome.Refused<AuthorizationContext>(var problem) -> new Ending.Failed(problem);
      case Outcome.Waiting<AuthorizationContext>(var problem, var ignored, var whom) ->
          new Ending.Failed(problem);
    };
  }

  private static boolean isOfThisBrowser(Callback callback, Flow.Code flow) {
    String state = callback.state().orElse("");
    String secret = cookie(callback).map(value -> value.split("/", 3)[2]).orElse("");
    return SecureTokens.same(SecureTokens.digest(state), flow.state())
        && SecureTokens.same(SecureTokens.digest(secret), flow.cookie());
  }

  private Ending finish(Callback callback, AuthorizationContext authorization, Flow.Code flow) {
    // RFC 9700 section 4.4.2.2: before the code goes anywhere, or an error is believed.
    if (!callback.path().equals(flow.redirectUri().getPath())) {
      return new Ending.OtherSite();
    }
    if (callback.issuer().filter(issuer -> !isOf(issuer, authorization)).isPresent()) {
      return new Ending.Forged();
    }
    if (callback.error().isPresent()) {
      return new Ending.Failed(problem(callback.error().get(), authorization));
    }
    if (callback.code().filter(code -> code.matches("[\\x21-\\x7e]{1,2048}")).isEmpty()) {
      return new Ending.Forged();
    }
    Outcome<Tokens.Accepted> outcome =
        tokens
            .through(authorization, () -> exchange(authorization, callback, flow))
            .then(grant -> tokens.accept(authorization, grant, Optional.of(flow.redirectUri())));
    return switch (outcome) {
      case Outcome.Done<Tokens.Accepted>(var accepted) -> new Ending.Stored(accepted.proven());
      case Outcome.Refused<Tokens.Accepted>(var problem) -> new Ending.Failed(problem);
      case Outcome.Waiting<Tokens.Accepted>(var problem, var until, var whom) ->
          new Ending.Failed(problem);
    };
  }

  private Outcome<TokenGrant> exchange(
      AuthorizationContext authorization, Callback callback, Flow.Code flow) {
    return tokens
        .endpoint(authorization)
        .exchange(new Token(callback.code().orElseThrow()), flow.redirectUri(), flow.verifier());
  }

  /**
   * RFC 9207: an issuer in the callback must have the origin of the site that the request went to.
   */
  private static boolean isOf(String issuer, AuthorizationContext authorization) {
    String origin = authorization.site().origin().toString();
    return issuer.equals(origin) || issuer.startsWith(origin + "/");
  }

  private static Problem problem(String error, AuthorizationContext authorization) {
    return switch (authorization.dialect().faults().read(error, "")) {
      case DENIED ->
          new Problem(
              Reason.AuthorizationDenied,
              "The authorization was denied on %s.".formatted(authorization.codeHost().platform()));
      case CLIENT_REJECTED ->
          new Problem(
              Reason.OAuthClientRejected,
              "%s does not accept the OAuth application."
                  .formatted(authorization.codeHost().platform()));
      case UNAVAILABLE ->
          new Problem(
              Reason.ServerError,
              "%s says that it cannot answer now.".formatted(authorization.codeHost().platform()));
      case GRANT_REJECTED, EXPIRED, PENDING, SLOW_DOWN, UNKNOWN ->
          new Problem(
              Reason.AuthorizationExpired,
              "%s did not finish the authorization."
                  .formatted(authorization.codeHost().platform()));
    };
  }
}
