package dev.codesource.oauth;

import static dev.codesource.codehost.OAuthDialect.ClientAuthentication.BASIC;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.Platform;
import dev.codesource.codehost.OAuthDialect;
import dev.codesource.codehost.OAuthDialect.Revocation;
import dev.codesource.codehost.OAuthError;
import dev.codesource.credential.OAuthClient;
import dev.codesource.credential.Token;
import dev.codesource.http.HostClient;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.http.HostResponse;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The requests of an application to a code host's OAuth endpoints. Free text from the host is never
 * passed on, because it could contain a secret.
 */
record TokenEndpoint(
    Platform platform,
    OAuthDialect dialect,
    OAuthClient client,
    HostClient.Session session,
    Clock clock) {

  /** Errors whose codes may be shown. */
  private static final Set<String> KNOWN =
      Set.of(
          "invalid_client",
          "unauthorized_client",
          "unsupported_grant_type",
          "unsupported_response_type",
          "invalid_scope",
          "invalid_request",
          "incorrect_client_credentials",
          "redirect_uri_mismatch",
          "application_suspended",
          "device_flow_disabled");

  /** The result of a poll. */
  sealed interface Poll {
    /** The person agreed. */
    record Granted(TokenGrant grant) implements Poll {}

    /** The person has not decided. */
    record Pending(boolean slowDown) implements Poll {}
  }

  /** Exchanges an authorization code (RFC 6749 section 4.1.3). A code can be used once. */
  Outcome<TokenGrant> exchange(Token code, URI redirectUri, Optional<Token> verifier) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "authorization_code");
    form.put("code", code.reveal());
    form.put("redirect_uri", redirectUri.toString());
    verifier.ifPresent(value -> form.put("code_verifier", value.reveal()));
    return ask(dialect.token(), form).then(answer -> granted(answer, Reason.AuthorizationExpired));
  }

  /** Refreshes tokens (RFC 6749 section 6). On many platforms a refresh token can be used once. */
  Outcome<TokenGrant> refresh(Token refreshToken, Optional<String> redirectUri) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "refresh_token");
    form.put("refresh_token", refreshToken.reveal());
    redirectUri
        .filter(ignored -> dialect.refreshNamesRedirectUri())
        .ifPresent(uri -> form.put("redirect_uri", uri));
    return received(post(dialect.token(), form))
        .then(this::served)
        .then(response -> isGarbled(response) ? lost() : read(response))
        .then(answer -> granted(answer, Reason.RefreshRejected));
  }

  /**
   * The client refuses an answer that is compressed or too long. The host has answered all the
   * same, and the refresh token may be used.
   */
  private Outcome<HostResponse> received(Outcome<HostResponse> sent) {
    return sent instanceof Outcome.Refused<HostResponse>(var problem)
            && problem.reason() == Reason.NotThisPlatform
        ? lost()
        : sent;
  }

  /** A success that calls itself JSON, and cannot be read. */
  private boolean isGarbled(HostResponse response) {
    return response.isSuccess()
        && response.isJson()
        && TokenResponse.read(response, clock.instant()) instanceof TokenResponse.Unreadable;
  }

  private <T> Outcome<T> lost() {
    return Outcome.waiting(
        Reason.ConnectionFailed,
        "The answer of the token endpoint cannot be read.",
        Optional.empty(),
        Outcome.Scope.CREDENTIAL);
  }

  /** Requests a device code (RFC 8628 section 3.1). */
  Outcome<DeviceCode> device(Set<String> scopes) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("scope", String.join(" ", scopes));
    return dialect
        .device()
        .map(uri -> ask(uri, form))
        .orElseGet(
            () ->
                Outcome.refused(
                    Reason.OAuthNotOffered, "%s has no device flow.".formatted(platform)))
        .then(
            answer ->
                answer instanceof TokenResponse.Device(var code)
                    ? Outcome.done(code)
                    : refusal(answer, Reason.AuthorizationExpired));
  }

  /** Polls whether the person has agreed (RFC 8628 section 3.4). */
  Outcome<Poll> poll(Token deviceCode) {
    Map<String, String> form = new LinkedHashMap<>();
    form.put("grant_type", "urn:ietf:params:oauth:grant-type:device_code");
    form.put("device_code", deviceCode.reveal());
    return ask(dialect.token(), form)
        .then(
            answer ->
                switch (fault(answer)) {
                  case PENDING -> Outcome.done(new Poll.Pending(false));
                  case SLOW_DOWN -> Outcome.done(new Poll.Pending(true));
                  case CLIENT_REJECTED, GRANT_REJECTED, DENIED, EXPIRED, UNAVAILABLE, UNKNOWN ->
                      granted(answer, Reason.AuthorizationExpired).map(Poll.Granted::new);
                });
  }

  /**
   * Revokes tokens.
   *
   * @return true: they are revoked; false: the platform has no API for it
   */
  Outcome<Boolean> revoke(TokenGrant grant) {
    return switch (dialect.revocation()) {
      case Revocation.None() -> Outcome.done(false);
      case Revocation.Endpoint(var uri) ->
          revoke(uri, grant.access())
              .then(
                  done ->
                      grant
                          .refresh()
                          .map(token -> revoke(uri, token))
                          .orElseGet(() -> Outcome.done(done)));
      case Revocation.OfApplication(var api) -> delete(api, grant.access());
    };
  }

  /** RFC 7009: 200, also for a token that is not known. */
  private Outcome<Boolean> revoke(URI uri, Token token) {
    return post(uri, new LinkedHashMap<>(Map.of("token", token.reveal())))
        .then(this::served)
        .then(response -> revoked(response, response.isSuccess()));
  }

  private Outcome<Boolean> delete(SiteUrl api, Token token) {
    String body =
        "{\"access_token\":\"" + token.reveal().replace("\\", "\\\\").replace("\"", "\\\"") + "\"}";
    return send(new HostRequest(
            Method.DELETE,
            api.resolve(
                "/applications/"
                    + URLEncoder.encode(client.id(), StandardCharsets.UTF_8)
                    + "/token"),
            Map.of("Authorization", basic()),
            Optional.of(HostRequest.Body.json(body))))
        .then(this::served)
        // 404 and 422: there is no such token any more.
        .then(
            response ->
                revoked(
                    response,
                    response.isSuccess() || response.status() == 404 || response.status() == 422));
  }

  private Outcome<Boolean> revoked(HostResponse response, boolean isGone) {
    return isGone
        ? Outcome.done(true)
        : Outcome.refused(
            Reason.OAuthClientRejected,
            "%s answers %d when the token is to be revoked."
                .formatted(platform, response.status()));
  }

  private Outcome<TokenResponse> ask(URI uri, Map<String, String> form) {
    return post(uri, form).then(this::served).then(this::read);
  }

  private Outcome<HostResponse> post(URI uri, Map<String, String> form) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (dialect.authentication() == BASIC) {
      headers.put("Authorization", basic());
    } else {
      form.put("client_id", client.id());
      form.put("client_secret", client.secret().reveal());
    }
    return send(HostRequest.post(uri, headers, form));
  }

  /**
   * Where a redirect leads is not shown: a host can put into its address, in any form, what it was
   * sent.
   */
  private Outcome<HostResponse> send(HostRequest request) {
    Outcome<HostResponse> sent = session.send(request);
    return sent instanceof Outcome.Refused<HostResponse>(var problem)
            && problem.reason() == Reason.Redirected
        ? Outcome.refused(
            Reason.Redirected,
            "%s redirects a request of OAuth to another address.".formatted(request.origin()))
        : sent;
  }

  private String basic() {
    String pair = client.id() + ":" + client.secret().reveal();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  /** Passes on an answer that is neither a rate limit nor a server error. */
  private Outcome<HostResponse> served(HostResponse response) {
    if (response.status() == 429) {
      return Outcome.waiting(
          Reason.RateLimited,
          "%s says that its rate limit is exceeded.".formatted(platform),
          retryAfter(response),
          Outcome.Scope.HOST);
    }
    if (response.status() >= 500) {
      return Outcome.waiting(
          Reason.ServerError,
          "%s answers with the server error %d.".formatted(platform, response.status()),
          retryAfter(response),
          Outcome.Scope.HOST);
    }
    return Outcome.done(response);
  }

  private Outcome<TokenResponse> read(HostResponse response) {
    TokenResponse answer = TokenResponse.read(response, clock.instant());
    if (answer instanceof TokenResponse.Unreadable) {
      // RFC 6749 section 5.2: 401 is for a client that is not accepted; some servers send nothing
      // but that.
      return response.status() == 401
          ? Outcome.done(new TokenResponse.Fault("invalid_client", ""))
          : Outcome.refused(
              Reason.NotThisPlatform,
              "The token endpoint answers %d without an answer of OAuth, which %s would send."
                  .formatted(response.status(), platform));
    }
    return Outcome.done(answer);
  }

  private Optional<Instant> retryAfter(HostResponse response) {
    return response
        .header("Retry-After")
        .filter(value -> value.matches("\\d{1,5}"))
        .map(seconds -> clock.instant().plusSeconds(Long.parseLong(seconds)));
  }

  private OAuthError fault(TokenResponse answer) {
    return answer instanceof TokenResponse.Fault(var error, var description)
        ? dialect.faults().read(error, description)
        : OAuthError.UNKNOWN;
  }

  private Outcome<TokenGrant> granted(TokenResponse answer, Reason whenRejected) {
    return answer instanceof TokenResponse.Granted(var grant)
        ? Outcome.done(grant)
        : refusal(answer, whenRejected);
  }

  /**
   * @param whenRejected the reason when the code or the refresh token is not accepted
   */
  private <T> Outcome<T> refusal(TokenResponse answer, Reason whenRejected) {
    return switch (fault(answer)) {
      case CLIENT_REJECTED ->
          Outcome.refused(
              Reason.OAuthClientRejected,
              "%s does not accept the OAuth application%s.".formatted(platform, shown(answer)));
      case GRANT_REJECTED ->
          Outcome.refused(
              whenRejected,
              whenRejected == Reason.RefreshRejected
                  ? "%s does not accept the refresh token.".formatted(platform)
                  : "%s does not accept the code.".formatted(platform));
      case DENIED ->
          Outcome.refused(
              Reason.AuthorizationDenied,
              "The authorization was denied on %s.".formatted(platform));
      case EXPIRED ->
          Outcome.refused(
              Reason.AuthorizationExpired,
              "The code was not used on %s in time.".formatted(platform));
      case UNAVAILABLE ->
          Outcome.waiting(
              Reason.ServerError, "%s says that it cannot answer now.".formatted(platform));
      case PENDING, SLOW_DOWN, UNKNOWN ->
          Outcome.refused(
              Reason.NotThisPlatform,
              "The token endpoint answers with nothing that %s is known to send."
                  .formatted(platform));
    };
  }

  private static String shown(TokenResponse answer) {
    return answer instanceof TokenResponse.Fault(var error, var ignored) && KNOWN.contains(error)
        ? ": " + error
        : "";
  }
}
