package dev.codesource.oauth;

import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Pauses;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Authorization by a code that is entered on any device (RFC 8628). Each reconciliation takes one
 * step, so that no thread waits in between.
 */
final class DeviceFlow {

  private static final String STAGE = "AwaitingUser";

  private final Tokens tokens;
  private final Flows flows;
  private final Clock clock;

  /**
   * Between two requests for a code, and between two polls, of one binding: whatever the host says,
   * whatever its Secret says, and however often it is reconciled.
   */
  private final Pauses codes = new Pauses(Duration.ofSeconds(10));

  private final Pauses polls = new Pauses(Duration.ofSeconds(5));

  DeviceFlow(Tokens tokens, Flows flows, Clock clock) {
    this.tokens = tokens;
    this.flows = flows;
    this.clock = clock;
  }

  Outcome<AuthorizationState> step(AuthorizationContext authorization, Problem why) {
    Optional<Flow.Device> flow = under(authorization);
    return flow.map(
            known -> known.ended().isPresent() ? ended(known) : poll(authorization, known, why))
        .orElseGet(() -> begin(authorization, why));
  }

  private Optional<Flow.Device> under(AuthorizationContext authorization) {
    return flows
        .of(authorization.binding())
        .flatMap(
            stored ->
                stored.flow() instanceof Flow.Device device
                    ? Optional.of(device)
                    : Optional.empty())
        .filter(device -> device.of().equals(Flow.Identity.of(authorization)))
        .filter(device -> clock.instant().isBefore(device.expiresAt()));
  }

  private Outcome<AuthorizationState> begin(AuthorizationContext authorization, Problem why) {
    Optional<Instant> until = codes.take(uid(authorization), clock.instant());
    return until.isPresent() ? Outcome.done(over(until.get(), why)) : beginNow(authorization, why);
  }

  private static String uid(AuthorizationContext authorization) {
    return authorization.binding().getMetadata().getUid();
  }

  private Outcome<AuthorizationState> beginNow(AuthorizationContext authorization, Problem why) {
    return tokens
        .through(authorization, () -> tokens.endpoint(authorization).device(authorization.scopes()))
        .then(
            code -> {
              Flow.Device flow = Flow.Device.of(Flow.Identity.of(authorization), code);
              return flows
                  .put(authorization.binding(), flow)
                  .map(stored -> awaiting(flow, why, nextPoll(flow)));
            });
  }

  private Instant nextPoll(Flow.Device flow) {
    Instant next = clock.instant().plus(flow.interval());
    return next.isBefore(flow.expiresAt()) ? next : flow.expiresAt();
  }

  private Outcome<AuthorizationState> poll(
      AuthorizationContext authorization, Flow.Device flow, Problem why) {
    Optional<Instant> until = polls.take(uid(authorization), clock.instant());
    return until.isPresent()
        ? Outcome.done(awaiting(flow, why, until.get()))
        : Uninterruptibly.run(() -> polled(authorization, flow, why));
  }

  private Outcome<AuthorizationState> polled(
      AuthorizationContext authorization, Flow.Device flow, Problem why) {
    return switch (tokens.through(
        authorization, () -> tokens.endpoint(authorization).poll(flow.deviceCode()))) {
      case Outcome.Done<TokenEndpoint.Poll>(TokenEndpoint.Poll.Granted(var grant)) ->
          granted(authorization, flow, grant);
      case Outcome.Done<TokenEndpoint.Poll>(TokenEndpoint.Poll.Pending(var slowDown)) -> {
        Flow.Device next = slowDown ? flow.slower() : flow;
        if (slowDown) {
          flows.put(authorization.binding(), next);
        }
        yield Outcome.done(awaiting(next, why, nextPoll(next)));
      }
      case Outcome.Refused<TokenEndpoint.Poll>(var problem) ->
          refused(authorization, flow, problem);
      case Outcome.Waiting<TokenEndpoint.Poll>(var problem, var until, var scope) ->
          Outcome.done(awaiting(flow, why, until.orElseGet(() -> nextPoll(flow))));
    };
  }

  private Outcome<AuthorizationState> granted(
      AuthorizationContext authorization, Flow.Device flow, TokenGrant grant) {
    return switch (tokens.accept(authorization, grant, Optional.empty())) {
      case Outcome.Done<Tokens.Accepted>(var accepted) -> {
        flows.of(authorization.binding()).ifPresent(flows::consume);
        yield Outcome.done(
            new AuthorizationState.Granted(
                accepted.grant(), tokens.grants().refreshAt(accepted.grant())));
      }
      case Outcome.Refused<Tokens.Accepted>(var problem) -> refused(authorization, flow, problem);
      case Outcome.Waiting<Tokens.Accepted>(var problem, var until, var scope) ->
          new Outcome.Waiting<>(problem, until, scope);
    };
  }

  /** A code that has expired, or that the host no longer knows, is replaced by a new one. */
  private Outcome<AuthorizationState> refused(
      AuthorizationContext authorization, Flow.Device flow, Problem problem) {
    return switch (problem.reason()) {
      case AuthorizationExpired -> begin(authorization, problem);
      case OAuthClientRejected, OAuthNotOffered, NotThisPlatform, TokenSecretNotOwned ->
          new Outcome.Refused<>(problem);
      // The person denied it, or used another account: there is no new code before this one
      // expires.
      default -> {
        flows.put(authorization.binding(), flow.ended(problem.reason()));
        yield Outcome.done(over(flow.expiresAt(), problem));
      }
    };
  }

  private Outcome<AuthorizationState> ended(Flow.Device flow) {
    Reason reason = flow.ended().orElseThrow();
    return Outcome.done(over(flow.expiresAt(), new Problem(reason, reason.meaning())));
  }

  /**
   * There is no code.
   *
   * @param next when there will be another one
   */
  private static AuthorizationState over(Instant next, Problem problem) {
    return new AuthorizationState.Awaiting(
        problem, Authorization.byDevice("Ended", null, null, next.toString()), Optional.of(next));
  }

  private static AuthorizationState awaiting(Flow.Device flow, Problem why, Instant nextStep) {
    return new AuthorizationState.Awaiting(
        why,
        Authorization.byDevice(
            STAGE, flow.page().toString(), flow.userCode(), flow.expiresAt().toString()),
        Optional.of(nextStep));
  }
}
