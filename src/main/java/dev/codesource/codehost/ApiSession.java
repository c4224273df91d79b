package dev.codesource.codehost;

import com.fasterxml.jackson.databind.JsonNode;
import dev.codesource.api.Platform;
import dev.codesource.codehost.Proof.Account;
import dev.codesource.credential.Token;
import dev.codesource.http.BoundedJson;
import dev.codesource.http.HostClient;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostResponse;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The requests of one purpose, such as a verification, and the handling that the answers of all
 * platforms share. Free text from the host is never passed on, because it could contain the token.
 */
public final class ApiSession {
  /** The maximum number of requests of a verification, unless a platform needs more. */
  public static final int VERIFICATION = 2;

  /** A shorter text is not a platform's token, and may be in any answer by chance. */
  private static final int SHORTEST_TOKEN = 16;

  /** Tokens are ASCII, so octets can be decoded one by one. */
  private static final Pattern PERCENT_ENCODED = Pattern.compile("%([0-9A-Fa-f]{2})");

  private final Platform platform;
  private final Clock clock;
  private final RateLimit.Reader limits;
  private final HostClient.Session session;
  private final Token token;
  private final int maxRequests;
  private int requests;

  /** A session for a verification. */
  public ApiSession(
      Platform platform,
      Clock clock,
      RateLimit.Reader limits,
      HostClient.Session session,
      Token token) {
    this(platform, clock, limits, session, token, VERIFICATION);
  }

  /**
   * A session for another purpose.
   *
   * @param maxRequests how many requests it may send; one more is a fault of the operator
   */
  public ApiSession(
      Platform platform,
      Clock clock,
      RateLimit.Reader limits,
      HostClient.Session session,
      Token token,
      int maxRequests) {
    this.platform = platform;
    this.clock = clock;
    this.limits = limits;
    this.session = session;
    this.token = token;
    this.maxRequests = maxRequests;
  }

  /** {@code Authorization: Bearer} (RFC 6750 section 2.1). */
  public static Map<String, String> bearer(Token token) {
    return Map.of("Authorization", "Bearer " + token.reveal());
  }

  /** {@code Authorization: Basic} (RFC 7617). */
  public static Map<String, String> basic(String user, Token token) {
    return Map.of("Authorization", "Basic " + base64(user + ":" + token.reveal()));
  }

  /**
   * Sends a GET request.
   *
   * @return an answer that may be of this platform: a success, or a 4xx error that is no rate limit
   */
  public Outcome<ApiResponse> ask(URI uri, Map<String, String> headers) {
    return send(HostRequest.get(uri, headers));
  }

  /**
   * Sends a GET request whose answer adds a detail to what is known already.
   *
   * @return empty: the host gives no such answer, which says nothing about what is known already;
   *     or why the request is to be sent later
   */
  public Outcome<Optional<ApiResponse>> askInAddition(URI uri, Map<String, String> headers) {
    return sendInAddition(HostRequest.get(uri, headers));
  }

  /** As {@link #askInAddition}, with an answer of another size. */
  public Outcome<Optional<ApiResponse>> sendInAddition(HostRequest request) {
    return switch (send(request)) {
      case Outcome.Done<ApiResponse>(var answer) -> Outcome.done(Optional.of(answer));
      case Outcome.Refused<ApiResponse> _ -> Outcome.done(Optional.empty());
      case Outcome.Waiting<ApiResponse>(var problem, var until, var whom) ->
          problem.reason() == Reason.ServerError
              ? Outcome.done(Optional.empty())
              : new Outcome.Waiting<>(problem, until, whom);
    };
  }

  /** As {@link #ask}, with any method. */
  public Outcome<ApiResponse> send(HostRequest request) {
    Map<String, String> headers = request.headers();
    requests++;
    if (requests > maxRequests) {
      throw new IllegalStateException(platform + " sends more than " + maxRequests + " requests");
    }
    return withoutTheToken(session.send(request), headers)
        .then(response -> accepted(ApiResponse.of(response), request));
  }

  /** The target of a redirect is reported to the user, so it must not contain the token. */
  private Outcome<HostResponse> withoutTheToken(
      Outcome<HostResponse> sent, Map<String, String> headers) {
    return switch (sent) {
      case Outcome.Done<HostResponse> done -> done;
      case Outcome.Refused<HostResponse>(var problem)
          when containsTheToken(problem.what(), headers) ->
          repeated();
      case Outcome.Refused<HostResponse> refused -> refused;
      case Outcome.Waiting<HostResponse> waiting -> waiting;
    };
  }

  private Outcome<ApiResponse> accepted(ApiResponse answer, HostRequest request) {
    if (repeatsTheToken(answer, request)) {
      return repeated();
    }
    Optional<RateLimit> limit = limits.read(answer, clock);
    if (limit.isPresent()) {
      return Outcome.waiting(
          Reason.RateLimited,
          "%s says that its rate limit is exceeded.".formatted(platform),
          limit.get().until(),
          limit.get().scope());
    }
    if (answer.status() >= 500) {
      return Outcome.waiting(
          Reason.ServerError,
          "%s answers with the server error %d.".formatted(platform, answer.status()),
          HostTime.retryAfter(answer, clock),
          Outcome.Scope.HOST);
    }
    return ServerFingerprint.of(answer)
            .filter(fingerprint -> fingerprint.platform() != platform)
            .isPresent()
        ? notThisPlatform(answer)
        : Outcome.done(answer);
  }

  private <T> Outcome<T> repeated() {
    return Outcome.refused(
        Reason.NotThisPlatform,
        "What answers at that address sends the token back, which %s does not."
            .formatted(platform));
  }

  /**
   * So that no name or scope that is shown later can be the token. JSON can escape each character
   * (RFC 8259 section 7), and some headers are percent-encoded, so the decoded texts are looked at
   * too.
   */
  private boolean repeatsTheToken(ApiResponse answer, HostRequest request) {
    HostResponse response = answer.response();
    List<String> secrets = secrets(request.headers()).toList();
    Predicate<String> tells = text -> secrets.stream().anyMatch(text::contains);
    return tells.test(response.body())
        || response.headers().values().stream()
            .flatMap(List::stream)
            .anyMatch(value -> tells.test(value) || tells.test(percentDecoded(value)))
        || json(answer, request).filter(json -> tells(json, tells)).isPresent();
  }

  /** The JSON of the answer, whatever it is said to be. */
  private static Optional<JsonNode> json(ApiResponse answer, HostRequest request) {
    if (answer.hasJson()) {
      return Optional.of(answer.json());
    }
    String body = answer.response().body();
    return request.maxBody() > HostRequest.SMALL_BODY
        ? BoundedJson.readList(body)
        : BoundedJson.read(body);
  }

  private static boolean tells(JsonNode json, Predicate<String> tells) {
    if (json.isTextual()) {
      return tells.test(json.textValue()) || tells.test(percentDecoded(json.textValue()));
    }
    return json.propertyStream()
            .anyMatch(
                each ->
                    tells.test(each.getKey())
                        || tells.test(percentDecoded(each.getKey()))
                        || tells(each.getValue(), tells))
        || (json.isArray() && json.valueStream().anyMatch(each -> tells(each, tells)));
  }

  /** What is no code of an octet stays as it is. */
  private static String percentDecoded(String text) {
    return PERCENT_ENCODED
        .matcher(text)
        .replaceAll(
            octet ->
                Matcher.quoteReplacement(
                    String.valueOf((char) Integer.parseInt(octet.group(1), 16))));
  }

  /** The end of a long message is cut off, and with it perhaps the end of the token. */
  private boolean containsTheToken(String message, Map<String, String> sent) {
    String decoded = percentDecoded(message);
    return secrets(sent)
        .map(secret -> secret.substring(0, SHORTEST_TOKEN))
        .anyMatch(start -> message.contains(start) || decoded.contains(start));
  }

  /** The forms in which the token was sent, or can be sent back. */
  private Stream<String> secrets(Map<String, String> sent) {
    return token.reveal().length() < SHORTEST_TOKEN
        ? Stream.empty()
        : Stream.of(
            token.reveal(),
            URLEncoder.encode(token.reveal(), StandardCharsets.UTF_8),
            base64(token.reveal()),
            sent.getOrDefault("Authorization", token.reveal()).replaceFirst("^\\w+ ", ""));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Refuses an answer of another product, and names the product if it is recognized. */
  public <T> Outcome<T> notThisPlatform(ApiResponse answer) {
    Optional<ServerFingerprint> other =
        ServerFingerprint.ofForeign(answer)
            .filter(fingerprint -> fingerprint.platform() != platform);
    String what;
    if (other.isPresent()) {
      what =
          "That address answers as %s does, and spec.platform is %s."
              .formatted(other.get().title(), platform);
    } else if (answer.isHtml()) {
      what =
          "That address answers %d with an HTML page where %s answers with JSON."
              .formatted(answer.status(), platform);
    } else if (!answer.isSuccess()) {
      what =
          "That address answers %d where %s names the token's account."
              .formatted(answer.status(), platform);
    } else {
      what =
          "That address answers %d without the JSON that %s sends."
              .formatted(answer.status(), platform);
    }
    return Outcome.refused(Reason.NotThisPlatform, what);
  }

  /** The account in a successful answer, which must contain its name and identifier. */
  public Outcome<Account> account(ApiResponse answer, String nameField, String idField) {
    if (!answer.isSuccess() || !answer.hasJson()) {
      return notThisPlatform(answer);
    }
    Optional<String> name = answer.name(nameField);
    Optional<String> id = answer.id(idField);
    if (name.isEmpty() || id.isEmpty()) {
      return lacks(name.isEmpty() ? nameField : idField);
    }
    return Outcome.done(new Account(name.get(), id.get()));
  }

  public <T> Outcome<T> lacks(String field) {
    return Outcome.refused(
        Reason.NotThisPlatform,
        "That address answers with JSON whose %s is missing or is none of %s."
            .formatted(field, platform));
  }

  /**
   * The refusal for a 401 or 403 without details; any other status is not an answer of this
   * platform.
   */
  public <T> Outcome<T> refusal(ApiResponse answer) {
    if ((answer.status() != 401 && answer.status() != 403) || answer.isHtml()) {
      return notThisPlatform(answer);
    }
    return Outcome.refused(
        Reason.TokenRejected,
        "%s answers %d to the request for the token's account."
            .formatted(platform, answer.status()));
  }

  public <T> Outcome<T> expired() {
    return Outcome.refused(
        Reason.TokenExpired, "%s says that the token has expired.".formatted(platform));
  }

  public <T> Outcome<T> revoked() {
    return Outcome.refused(
        Reason.TokenRevoked, "%s says that the token was revoked.".formatted(platform));
  }

  /**
   * A refusal because of the account.
   *
   * @param how completes "the account …": "is blocked"
   */
  public <T> Outcome<T> blocked(String how) {
    return Outcome.refused(
        Reason.AccountBlocked, "%s says that the account %s.".formatted(platform, how));
  }

  /**
   * A refusal because of missing scopes; {@code granted} is empty if the host does not report them.
   */
  public <T> Outcome<T> insufficient(Set<String> missing, Set<String> granted) {
    String lacks =
        missing.isEmpty()
            ? "%s says that the token lacks a scope".formatted(platform)
            : "The token lacks %s".formatted(listed(missing));
    return Outcome.refused(
        Reason.InsufficientScope,
        granted.isEmpty() ? lacks + "." : lacks + "; it has %s.".formatted(listed(granted)));
  }

  private static String listed(Set<String> scopes) {
    return (scopes.size() == 1 ? "the scope " : "the scopes ") + String.join(", ", scopes);
  }
}
