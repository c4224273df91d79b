package dev.codesource.oauth;

import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.api.BindingSpec.OAuth;
import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.codehost.OAuthDialect.LostRefresh;
import dev.codesource.codehost.Proof;
import dev.codesource.credential.owned.OwnedSecretStore;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import dev.codesource.runtime.Pauses;
import io.fabric8.kubernetes.api.model.Secret;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps a binding's grant valid: renews tokens in time, uses each refresh token once, and requests
 * an authorization by a person when it is needed. Not for concurrent calls for the same binding.
 */
public final class GrantManager {

  /** The platform refuses the token; a refresh may help. */
  private static final Set<Reason> LAPSED =
      EnumSet.of(Reason.TokenExpired, Reason.TokenRejected, Reason.TokenRevoked);

  /** Failures that show that the host has not processed the request. */
  private static final Set<Reason> NOT_RECEIVED =
      EnumSet.of(
          Reason.HostNotFound,
          Reason.ConnectionRefused,
          Reason.SelfSignedCertificate,
          Reason.UntrustedCertificate,
          Reason.CertificateExpired,
          Reason.CertificateHostMismatch,
          Reason.CertificateNotAccepted,
          Reason.Queued,
          Reason.RateLimited,
          Reason.Conflict);

  private static final Problem LOST = new Problem(Reason.RefreshLost, Reason.RefreshLost.meaning());

  private static final Duration RETRY_AFTER = Duration.ofMinutes(5);

  private final Tokens tokens;
  private final DeviceFlow deviceFlow;
  private final Optional<PublicUrl> pages;
  private final Clock clock;

  /** Between two renewals of a binding's grant, whatever its Secret says of its age. */
  private final Pauses renewals;

  /**
   * @param pages the operator's; empty: there are none
   */
  public GrantManager(
      Tokens tokens, OwnedSecretStore store, Optional<PublicUrl> pages, Clock clock) {
    this.tokens = tokens;
    this.deviceFlow = new DeviceFlow(tokens, new Flows(store), clock);
    this.pages = pages;
    this.clock = clock;
    this.renewals = new Pauses(tokens.grants().minimumAge());
  }

  /**
   * Takes the step that is due for a binding, if any, and returns the state.
   *
   * @param stored the binding's token Secret
   */
  public Outcome<AuthorizationState> look(
      AuthorizationContext authorization, Optional<Secret> stored) {
    Grants.Found found = Grants.in(stored, authorization.binding());
    return switch (isUpToDate(found) ? found : tokens.grants().of(authorization.binding())) {
      case Grants.Found.NotOwned() -> Grants.notOwned(authorization.binding());
      case Grants.Found.Nothing() -> ask(authorization, awaiting(authorization), Optional.empty());
      case Grants.Found.Grant(var grant) -> look(authorization, grant);
    };
  }

  /**
   * Whether no step is due. Otherwise the Secret is read from the API server, since the informer
   * may be late, and a person must not be asked twice.
   */
  private boolean isUpToDate(Grants.Found found) {
    return found instanceof Grants.Found.Grant(var grant)
        && grant.ended().isEmpty()
        && grant.refreshingSince().isEmpty()
        && tokens.grants().refreshAt(grant).filter(due -> !clock.instant().isBefore(due)).isEmpty();
  }

  /** Whether a binding has a grant that is in use, so that no authorization is needed. */
  public boolean isGranted(AuthorizationContext authorization) {
    return tokens.grants().of(authorization.binding()) instanceof Grants.Found.Grant(var grant)
        && isFor(authorization, grant)
        && grant.ended().filter(reason -> isEndFor(authorization, grant, reason)).isEmpty();
  }

  /**
   * Revokes the grant of a binding.
   *
   * @return whether it is revoked, also when there was none; false: the platform has no API for it;
   *     or why the request failed
   */
  public Outcome<Boolean> revoke(AuthorizationContext authorization) {
    return switch (tokens.grants().of(authorization.binding())) {
      case Grants.Found.Grant(var grant)
          when grant
              .refreshingSince()
              .filter(since -> tokens.grants().mayBeUnderWay(since))
              .isPresent() ->
          Outcome.waiting(Reason.Conflict, "The access is being renewed at this moment.");
      // Not even to be revoked are tokens sent where they were not meant for.
      case Grants.Found.Grant(var grant) when !isFor(authorization, grant) -> Outcome.done(false);
      case Grants.Found.Grant(var grant) -> tokens.revoke(authorization, grant.tokens());
      case Grants.Found.Nothing() -> Outcome.done(true);
      case Grants.Found.NotOwned() -> Outcome.done(true);
    };
  }

  private Outcome<AuthorizationState> look(AuthorizationContext authorization, StoredGrant grant) {
    if (!isFor(authorization, grant)) {
      return ask(authorization, awaiting(authorization), Optional.of(grant));
    }
    Optional<Reason> ended = grant.ended().filter(reason -> isEndFor(authorization, grant, reason));
    if (ended.isPresent()) {
      return ask(
          authorization, new Problem(ended.get(), ended.get().meaning()), Optional.of(grant));
    }
    if (grant.refreshingSince().isPresent()) {
      return unresolved(authorization, grant, grant.refreshingSince().get());
    }
    if (tokens
        .grants()
        .refreshAt(grant)
        .filter(due -> !clock.instant().isBefore(due))
        .isPresent()) {
      return refresh(authorization, grant);
    }
    return tokens
        .grants()
        .tooYoungUntil(grant)
        .filter(_ -> grant.isRenewable() && !grant.isAlive(clock.instant()))
        .map(until -> tooYoung(lifetimeTooShort(authorization), until))
        .orElseGet(() -> granted(grant));
  }

  private static Outcome<AuthorizationState> tooYoung(Problem problem, Instant until) {
    return Outcome.done(new AuthorizationState.TooYoung(problem, until));
  }

  private Problem lifetimeTooShort(AuthorizationContext authorization) {
    return new Problem(
        Reason.TokenLifetimeTooShort,
        "The token of %s has expired, and the operator renews a token %d seconds after it was obtained at the earliest."
            .formatted(
                authorization.codeHost().platform(), tokens.grants().minimumAge().toSeconds()));
  }

  /** Whether the tokens may be sent to the binding's site, as it is verified now. */
  private static boolean isFor(AuthorizationContext authorization, StoredGrant grant) {
    return grant.isBy(authorization)
        && grant.credential(authorization.site()) instanceof Outcome.Done;
  }

  /** A grant that ended because of its account may be used again when another account is named. */
  private static boolean isEndFor(
      AuthorizationContext authorization, StoredGrant grant, Reason reason) {
    return reason != Reason.UsernameMismatch || grant.account().equals(authorization.username());
  }

  /**
   * Handles a refusal of the token of a grant.
   *
   * @return the grant with new tokens; or that a person has to authorize; or the refusal itself, if
   *     the grant is not its cause
   */
  public Outcome<AuthorizationState> afterRefusal(
      AuthorizationContext authorization, StoredGrant grant, Problem problem) {
    boolean lapsed = LAPSED.contains(problem.reason());
    if (lapsed && grant.isRenewable() && grant.refreshingSince().isEmpty()) {
      // Otherwise a host that refuses what it gives would cause a renewal at each verification.
      return tokens
          .grants()
          .tooYoungUntil(grant)
          .map(until -> tooYoung(problem, until))
          .orElseGet(() -> refresh(authorization, grant));
    }
    if (lapsed) {
      // A renewal ends the old token on some hosts: its answer may be what is missing.
      return end(
          authorization,
          grant,
          grant.refreshingSince().isPresent()
              ? LOST
              : new Problem(Reason.RefreshRejected, problem.what()));
    }
    return problem.reason() == Reason.UsernameMismatch
            || problem.reason() == Reason.InsufficientScope
        ? end(authorization, grant, problem)
        : new Outcome.Refused<>(problem);
  }

  private Outcome<AuthorizationState> refresh(
      AuthorizationContext authorization, StoredGrant grant) {
    return renewals
        .until(authorization.binding().getMetadata().getUid(), clock.instant())
        .map(
            until ->
                postponed(
                    grant, tooYoung(lifetimeTooShort(authorization), until), Optional.of(until)))
        .orElseGet(() -> Uninterruptibly.run(() -> exchange(authorization, grant)));
  }

  private Outcome<AuthorizationState> exchange(
      AuthorizationContext authorization, StoredGrant grant) {
    // The marker is written after the limiter has admitted the request, and before it is sent.
    AtomicReference<StoredGrant> begun = new AtomicReference<>(grant);
    Outcome<TokenGrant> answer =
        tokens.through(
            authorization,
            () -> {
              Outcome<StoredGrant> marked = tokens.grants().begin(grant, authorization.site());
              return marked.then(
                  stored -> {
                    begun.set(stored);
                    return tokens
                        .endpoint(authorization)
                        .refresh(grant.tokens().refresh().orElseThrow(), grant.redirectUri());
                  });
            });
    StoredGrant marked = begun.get();
    return switch (answer) {
      case Outcome.Done<TokenGrant>(var renewed) -> {
        renewals.note(authorization.binding().getMetadata().getUid(), clock.instant());
        yield tokens
            .grants()
            .renew(marked, authorization.site(), renewed)
            .map(this::granted)
            .orElseGet(() -> ask(authorization, awaiting(authorization), Optional.of(grant)));
      }
      case Outcome.Refused<TokenGrant>(var problem) -> refused(authorization, marked, problem);
      case Outcome.Waiting<TokenGrant>(var problem, var until, var scope) -> {
        boolean received = !isNotReceived(authorization, problem);
        if (marked.refreshingSince().isPresent() && (!received || mayBeRepeated(authorization))) {
          marked = abandoned(marked, authorization, received);
        }
        yield postponed(
            marked, new Outcome.Waiting<AuthorizationState>(problem, until, scope), until);
      }
    };
  }

  private StoredGrant abandoned(
      StoredGrant marked, AuthorizationContext authorization, boolean lost) {
    return tokens.grants().abandon(marked, authorization.site(), lost)
            instanceof Outcome.Done<StoredGrant>(var written)
        ? written
        : marked;
  }

  /** A proxy that refuses a tunnel has not seen the request. One that forwards it may have. */
  private static boolean isNotReceived(AuthorizationContext authorization, Problem problem) {
    return NOT_RECEIVED.contains(problem.reason())
        || (problem.reason() == Reason.ProxyRefused
            && "https".equals(authorization.dialect().token().getScheme()));
  }

  private static boolean mayBeRepeated(AuthorizationContext authorization) {
    return authorization.dialect().lostRefresh() == LostRefresh.MAY_BE_REPEATED;
  }

  private Outcome<AuthorizationState> refused(
      AuthorizationContext authorization, StoredGrant marked, Problem problem) {
    if (problem.reason() == Reason.RefreshRejected) {
      return end(authorization, marked, marked.refreshLostAt().isPresent() ? LOST : problem);
    }
    // The application or the address is at fault, not the grant.
    StoredGrant grant = abandoned(marked, authorization, false);
    return postponed(
        grant, new Outcome.Refused<>(problem), Optional.of(clock.instant().plus(RETRY_AFTER)));
  }

  /** The old token is used while it is valid. */
  private Outcome<AuthorizationState> postponed(
      StoredGrant grant, Outcome<AuthorizationState> otherwise, Optional<Instant> until) {
    return grant.isAlive(clock.instant())
        ? Outcome.done(
            new AuthorizationState.Granted(
                grant, until.or(() -> Optional.of(clock.instant().plus(RETRY_AFTER)))))
        : otherwise;
  }

  /**
   * A refresh was sent, and its answer was not stored: the operator or the host stopped in between.
   */
  private Outcome<AuthorizationState> unresolved(
      AuthorizationContext authorization, StoredGrant grant, Instant since) {
    if (tokens.grants().mayBeUnderWay(since)) {
      return Outcome.done(
          new AuthorizationState.Granted(grant, Optional.of(tokens.grants().resolvable(since))));
    }
    return switch (authorization.dialect().lostRefresh()) {
      case MAY_BE_REPEATED -> again(authorization, grant, true);
      case UNKNOWN -> end(authorization, grant, LOST);
      case SHOWS_IN_OLD_TOKEN ->
          switch (proof(authorization, grant)) {
            case Outcome.Done<Proof> ignored -> again(authorization, grant, false);
            case Outcome.Refused<Proof> ignored -> end(authorization, grant, LOST);
            case Outcome.Waiting<Proof>(var problem, var until, var scope) ->
                postponed(grant, new Outcome.Waiting<>(problem, until, scope), until);
          };
    };
  }

  private Outcome<Proof> proof(AuthorizationContext authorization, StoredGrant grant) {
    return grant
        .credential(authorization.site())
        .then(credential -> tokens.verifier().prove(authorization.claim(credential)));
  }

  private Outcome<AuthorizationState> again(
      AuthorizationContext authorization, StoredGrant grant, boolean lost) {
    return tokens.grants().abandon(grant, authorization.site(), lost)
            instanceof Outcome.Done<StoredGrant>(var free)
        ? refresh(authorization, free)
        : granted(grant);
  }

  private Outcome<AuthorizationState> end(
      AuthorizationContext authorization, StoredGrant grant, Problem problem) {
    tokens.grants().end(grant, authorization.site(), problem.reason());
    return ask(authorization, problem, Optional.of(grant));
  }

  private Outcome<AuthorizationState> granted(StoredGrant grant) {
    return Outcome.done(new AuthorizationState.Granted(grant, tokens.grants().refreshAt(grant)));
  }

  private static Problem awaiting(AuthorizationContext authorization) {
    return new Problem(
        Reason.AwaitingAuthorization,
        "%s has to authorize the binding on %s."
            .formatted(authorization.username(), authorization.site()));
  }

  /**
   * @param last the grant that is no longer used; empty: there is none
   */
  private Outcome<AuthorizationState> ask(
      AuthorizationContext authorization, Problem why, Optional<StoredGrant> last) {
    Flow flow =
        Optional.ofNullable(authorization.binding().getSpec().oauth())
            .map(OAuth::wantedFlow)
            .orElse(Flow.AuthorizationCode);
    return switch (flow) {
      case Device -> deviceFlow.step(authorization, why).map(GrantManager::forAnotherAttempt);
      case AuthorizationCode ->
          pages
              .map(
                  url ->
                      Outcome.<AuthorizationState>done(
                          new AuthorizationState.Awaiting(
                              Attempt.lastOf(authorization.binding())
                                  .filter(attempt -> isAfter(attempt, last))
                                  .map(attempt -> attempt.problem(why))
                                  .orElseGet(() -> Attempt.again(why)),
                              Authorization.inBrowser(
                                  page(url, authorization),
                                  url.callback(authorization.site()).toString()),
                              Optional.empty())))
              .orElseGet(
                  () ->
                      Outcome.refused(
                          Reason.OAuthNotOffered,
                          "The administrator has not set the URL of the operator's pages, so there"
                              + " is no authorization in a browser."));
    };
  }

  private static AuthorizationState forAnotherAttempt(AuthorizationState state) {
    return switch (state) {
      case AuthorizationState.Granted _, AuthorizationState.TooYoung _ -> state;
      case AuthorizationState.Awaiting(var problem, var asked, var next) ->
          new AuthorizationState.Awaiting(Attempt.again(problem), asked, next);
    };
  }

  /**
   * An attempt after which the access was granted is of no interest; its note could not be removed.
   */
  private static boolean isAfter(Attempt attempt, Optional<StoredGrant> grant) {
    return grant.filter(stored -> stored.obtainedAt().isAfter(attempt.at())).isEmpty();
  }

  private static String page(PublicUrl pages, AuthorizationContext authorization) {
    return pages
        .uri()
        .resolve("/authorize/" + authorization.namespace() + "/" + authorization.name())
        .toString();
  }
}
