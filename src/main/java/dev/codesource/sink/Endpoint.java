package dev.codesource.sink;

import dev.codesource.http.HostClient;
import dev.codesource.http.HostRequest;
import dev.codesource.http.HostRequest.Body;
import dev.codesource.http.HostRequest.Method;
import dev.codesource.http.HostResponse;
import dev.codesource.http.TrustAnchors;
import dev.codesource.http.limit.Caller;
import dev.codesource.http.limit.FairBulkhead;
import dev.codesource.http.limit.FairBulkhead.Permit;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Outcome.Scope;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.random.RandomGenerator;

/**
 * One sink in use. It has places of its own, of which a namespace gets some only, and circuit
 * breakers of its own: a slow sink delays no other, and a namespace whose events make the sink fail
 * delays no other.
 */
final class Endpoint implements AutoCloseable {

  /** How many events are sent to it at once. */
  static final int AT_ONCE = 8;

  /** For a place. Who waits reconciles a trigger, which has its repository to compare, too. */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

  /** The rest of a longer answer is not received. */
  private static final int LONGEST_ANSWER = 16 << 10;

  /** When there was no place. */
  private static final Duration TRY_AGAIN = Duration.ofSeconds(10);

  private final Sink sink;
  private final HostClient client;
  private final Optional<AccessTokens> tokens;
  private final Clock clock;
  private final SinkSecret secret;
  private final FairBulkhead places = new FairBulkhead(AT_ONCE);
  private final HostLimiter limiter;

  Endpoint(
      Sink sink,
      HostClient client,
      Optional<AccessTokens> tokens,
      Clock clock,
      RandomGenerator random) {
    this.sink = sink;
    this.client = client;
    this.tokens = tokens;
    this.clock = clock;
    this.secret = new SinkSecret(sink);
    this.limiter = new HostLimiter(AT_ONCE, clock, random);
  }

  /** As {@link Sinks#send}. */
  Outcome<Boolean> send(RefUpdate update) {
    Optional<Permit> place = places.acquire(update.namespace(), LONGEST_WAIT);
    if (place.isEmpty()) {
      return Outcome.waiting(
          Reason.Queued,
          "The operator sends the sink %s as many events as it may at once.".formatted(sink.name()),
          Optional.of(clock.instant().plus(TRY_AGAIN)),
          Scope.CREDENTIAL);
    }
    try (Permit _ = place.get()) {
      return limiter.through(
          new Caller(update.namespace(), sink.site()),
          () -> post(update.namespace(), CloudEvent.of(update)));
    }
  }

  private Outcome<Boolean> post(String tenant, CloudEvent event) {
    return secret
        .signingKeys()
        .then(
            keys ->
                secret.anchors().then(anchors -> new Attempt(tenant, event, keys, anchors).send()));
  }

  /** One event on its way. */
  private final class Attempt {
    private final CloudEvent event;
    private final Optional<SigningKeys> keys;
    private final HostClient.Session session;

    Attempt(
        String tenant,
        CloudEvent event,
        Optional<SigningKeys> keys,
        Optional<TrustAnchors> anchors) {
      this.event = event;
      this.keys = keys;
      this.session = client.open(tenant, anchors);
    }

    Outcome<Boolean> send() {
      if (tokens.isEmpty()) {
        return send(Optional.empty()).then(this::read);
      }
      return authorized(tokens.get(), false)
          .then(
              answer ->
                  answer.status() == 401
                      ? authorized(tokens.get(), true).then(this::read)
                      : read(answer));
    }

    private Outcome<HostResponse> authorized(AccessTokens from, boolean isRefused) {
      return secret
          .client()
          .then(each -> from.token(each, isRefused))
          .then(token -> send(Optional.of(token)));
    }

    private Outcome<HostResponse> send(Optional<String> token) {
      Map<String, String> headers = new LinkedHashMap<>(event.attributes());
      token.ifPresent(value -> headers.put("Authorization", "Bearer " + value));
      keys.ifPresent(
          each -> headers.putAll(each.headers(event.id(), clock.instant(), event.data())));
      HostRequest request =
          new HostRequest(Method.POST, sink.url(), headers, Optional.of(Body.json(event.data())));
      // Nobody reads what a sink answers, so a long answer is no failure.
      AtomicInteger length = new AtomicInteger();
      return switch (session.receive(
          request, piece -> length.addAndGet(piece.length) < LONGEST_ANSWER)) {
        case Outcome.Done<HostResponse> done -> done;
        case Outcome.Refused<HostResponse>(var problem) ->
            unreachable(problem, Optional.empty(), Scope.HOST);
        case Outcome.Waiting<HostResponse> waiting
            when waiting.problem().reason() == Reason.Queued ->
            waiting;
        case Outcome.Waiting<HostResponse>(var problem, var until, var scope) ->
            unreachable(problem, until, scope);
      };
    }

    private Outcome<HostResponse> unreachable(
        Problem problem, Optional<Instant> until, Scope scope) {
      return Outcome.waiting(
          Reason.SinkUnreachable,
          "The sink %s cannot be reached. %s".formatted(sink.name(), problem.what()),
          until,
          scope);
    }

    private Outcome<Boolean> read(HostResponse answer) {
      String what = "The sink %s answers %d.".formatted(sink.name(), answer.status());
      if (answer.isSuccess()) {
        return Outcome.done(true);
      }
      return switch (answer.status()) {
        case 401, 403 -> Outcome.waiting(Reason.SinkUnauthorized, what);
        // 408, 425 and 429 say that the same request may succeed later.
        case 408, 425, 429 -> later(what, answer);
        default ->
            answer.status() >= 500
                ? later(what, answer)
                : Outcome.refused(Reason.SinkRefused, what);
      };
    }

    private Outcome<Boolean> later(String what, HostResponse answer) {
      Optional<Instant> until =
          answer
              .header("Retry-After")
              .filter(value -> value.matches("\\d{1,5}"))
              .map(seconds -> clock.instant().plusSeconds(Long.parseLong(seconds)));
      return Outcome.waiting(Reason.SinkUnreachable, what, until, Scope.HOST);
    }
  }

  @Override
  public void close() {
    tokens.ifPresent(AccessTokens::close);
  }
}
