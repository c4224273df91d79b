package dev.codesource.oauth;

import dev.codesource.api.BindingSpec.Flow;
import dev.codesource.api.BindingSpec.OAuth;
import dev.codesource.api.BindingStatus.Authorization;
import dev.codesource.platform.OAuthDialect.LostRefresh;
import dev.codesource.platform.Proof;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Problem;
import dev.codesource.reason.Reason;
import io.fabric8.kubernetes.api.model.Secret;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps a binding's access alive: renews tokens in time, each refresh token being used once, and
 * asks a person when that is what it takes. Called for one binding at a time.
 */
public final class Authorizations {

  /** The platform's word that the access is no more; renewing it may help. */
  private static final Set<Reason> LAPSED =
      EnumSet.of(Reason.TokenExpired, Reason.TokenRejected, Reason.TokenRevoked);

  /** What can be told from a failed request: the host has not acted on it. */
  private static final Set<Reason> NOT_RECEIVED =
      EnumSet.of(
          Reason.HostNotFound,
          Reason.ConnectionRefused,
          Reason.SelfSignedCertificate,
          Reason.UntrustedCertificate,
          Reason.CertificateExpired,
          Reason.CertificateHostMismatch,
          Reason.RateLimited);

  private static final Duration PATIENCE = Duration.ofMinutes(5);

  private final Tokens tokens;
  private final DeviceFlow deviceFlow;
  private final Optional<URI> publicUrl;
  private final Clock clock;

  /**
   * @param publicUrl where the pages are; empty: there are none
   */
  public Authorizations(Tokens tokens, Vault vault, Optional<URI> publicUrl, Clock clock) {
    this.tokens = tokens;
    this.deviceFlow = new DeviceFlow(tokens, new Flows(vault), clock);
    this.publicUrl = publicUrl;
    this.clock = clock;
  }

  /**
   * How it stands with a binding, after the one step that is due.
   *
   * @param stored the binding's token Secret
   */
  public Outcome<Standing> look(Party party, Optional<Secret> stored) {
    Grants.Found found = Grants.in(stored, party.binding());
    return switch (isSettled(found) ? found : tokens.grants().of(party.binding())) {
      case Grants.Found.NotOwned() -> Grants.notOwned(party.binding());
      case Grants.Found.Nothing() -> ask(party, wanted(party));
      case Grants.Found.Grant(var grant) -> look(party, grant);
    };
  }

  /**
   * Else the API server is asked: what is stored may be behind, and a person is not asked twice.
   */
  private boolean isSettled(Grants.Found found) {
    return found instanceof Grants.Found.Grant(var grant)
        && grant.ended().isEmpty()
        && grant.refreshingSince().isEmpty()
        && grant.refreshAt().filter(due -> !clock.instant().isBefore(due)).isEmpty();
  }

  /** Whether a binding has a grant that is in use, so that nobody has to be asked. */
  public boolean isGranted(Party party) {
    return tokens.grants().of(party.binding()) instanceof Grants.Found.Grant(var grant)
        && grant.credential(party.site()) instanceof Outcome.Done
        && grant.ended().filter(reason -> isEndFor(party, grant, reason)).isEmpty();
  }

  /**
   * Revokes what a binding was granted.
   *
   * @return whether it is revoked; or why the platform could not be asked. Where nothing is stored
   *     there is nothing to revoke
   */
  public Outcome<Boolean> revoke(Party party) {
    return switch (tokens.grants().of(party.binding())) {
      case Grants.Found.Grant(var grant)
          when grant
              .refreshingSince()
              .filter(since -> tokens.grants().mayBeUnderWay(since))
              .isPresent() ->
          Outcome.waiting(Reason.RateLimited, "The access is being renewed at this moment.");
      case Grants.Found.Grant(var grant) -> tokens.revoke(party, grant.tokens());
      case Grants.Found.Nothing() -> Outcome.done(true);
      case Grants.Found.NotOwned() -> Outcome.done(true);
    };
  }

  private Outcome<Standing> look(Party party, StoredGrant grant) {
    if (!(grant.credential(party.site()) instanceof Outcome.Done)) {
      return ask(party, wanted(party));
    }
    Optional<Reason> ended = grant.ended().filter(reason -> isEndFor(party, grant, reason));
    if (ended.isPresent()) {
      return ask(party, new Problem(ended.get(), ended.get().meaning()));
    }
    if (grant.refreshingSince().isPresent()) {
      return unresolved(party, grant, grant.refreshingSince().get());
    }
    return grant.refreshAt().filter(due -> !clock.instant().isBefore(due)).isPresent()
        ? refresh(party, grant)
        : granted(grant);
  }

  /** That the account was another's is over when another is named. */
  private static boolean isEndFor(Party party, StoredGrant grant, Reason reason) {
    return reason != Reason.UsernameMismatch || grant.account().equals(party.username());
  }

  /**
   * What to do when the platform refuses the token of a grant.
   *
   * @return the grant with new tokens; or that a person is asked; or the refusal itself, when it is
   *     none of the grant's
   */
  public Outcome<Standing> afterRefusal(Party party, StoredGrant grant, Problem problem) {
    boolean lapsed = LAPSED.contains(problem.reason());
    if (lapsed && grant.isRenewable() && grant.refreshingSince().isEmpty()) {
      return refresh(party, grant);
    }
    if (lapsed) {
      return end(party, grant, new Problem(Reason.RefreshRejected, problem.what()));
    }
    return problem.reason() == Reason.UsernameMismatch
            || problem.reason() == Reason.InsufficientScope
        ? end(party, grant, problem)
        : new Outcome.Refused<>(problem);
  }

  private Outcome<Standing> refresh(Party party, StoredGrant grant) {
    return Uninterrupted.run(() -> exchange(party, grant));
  }

  private Outcome<Standing> exchange(Party party, StoredGrant grant) {
    // The marker is written once the host may be asked, and before it is.
    AtomicReference<StoredGrant> begun = new AtomicReference<>(grant);
    Outcome<TokenGrant> answer =
        tokens.through(
            party,
            () -> {
              Optional<StoredGrant> marked = tokens.grants().begin(grant, party.site());
              if (marked.isEmpty()) {
                return Outcome.waiting(
                    Reason.RateLimited,
                    "Another is renewing the access.",
                    Optional.of(clock.instant().plusSeconds(5)),
                    Outcome.Scope.CREDENTIAL);
              }
              begun.set(marked.get());
              return tokens
                  .endpoint(party)
                  .refresh(grant.tokens().refresh().orElseThrow(), grant.redirectUri());
            });
    StoredGrant marked = begun.get();
    return switch (answer) {
      case Outcome.Done<TokenGrant>(var renewed) ->
          tokens
              .grants()
              .renew(marked, party.site(), renewed)
              .map(this::granted)
              .orElseGet(() -> ask(party, wanted(party)));
      case Outcome.Refused<TokenGrant>(var problem) -> refused(party, marked, problem);
      case Outcome.Waiting<TokenGrant>(var problem, var until, var scope) -> {
        if (marked.refreshingSince().isPresent() && wasNotReceived(party, problem)) {
          marked = tokens.grants().abandon(marked, party.site()).orElse(marked);
        }
        yield postponed(marked, new Outcome.Waiting<Standing>(problem, until, scope), until);
      }
    };
  }

  private static boolean wasNotReceived(Party party, Problem problem) {
    return NOT_RECEIVED.contains(problem.reason())
        || party.dialect().lostRefresh() == LostRefresh.MAY_BE_REPEATED;
  }

  private Outcome<Standing> refused(Party party, StoredGrant marked, Problem problem) {
    if (problem.reason() == Reason.RefreshRejected) {
      return end(party, marked, problem);
    }
    // The application or the address is at fault, not the grant.
    StoredGrant grant = tokens.grants().abandon(marked, party.site()).orElse(marked);
    return postponed(
        grant, new Outcome.Refused<>(problem), Optional.of(clock.instant().plus(PATIENCE)));
  }

  /** The old token is used while it lives. */
  private Outcome<Standing> postponed(
      StoredGrant grant, Outcome<Standing> otherwise, Optional<Instant> until) {
    return grant.isAlive(clock.instant())
        ? Outcome.done(
            new Standing.Granted(
                grant, until.or(() -> Optional.of(clock.instant().plus(PATIENCE)))))
        : otherwise;
  }

  /** A refresh was sent, and its answer is not stored: the operator ended, or the host did. */
  private Outcome<Standing> unresolved(Party party, StoredGrant grant, Instant since) {
    if (tokens.grants().mayBeUnderWay(since)) {
      return Outcome.done(
          new Standing.Granted(grant, Optional.of(tokens.grants().resolvable(since))));
    }
    return switch (party.dialect().lostRefresh()) {
      case MAY_BE_REPEATED -> again(party, grant);
      case CANNOT_BE_TOLD -> end(party, grant, lost());
      case SHOWS_IN_OLD_TOKEN ->
          switch (proof(party, grant)) {
            case Outcome.Done<Proof> ignored -> again(party, grant);
            case Outcome.Refused<Proof> ignored -> end(party, grant, lost());
            case Outcome.Waiting<Proof>(var problem, var until, var scope) ->
                postponed(grant, new Outcome.Waiting<>(problem, until, scope), until);
          };
    };
  }

  private Outcome<Proof> proof(Party party, StoredGrant grant) {
    return grant
        .credential(party.site())
        .then(credential -> tokens.verifier().prove(party.claim(credential)));
  }

  private Outcome<Standing> again(Party party, StoredGrant grant) {
    return tokens
        .grants()
        .abandon(grant, party.site())
        .map(free -> refresh(party, free))
        .orElseGet(() -> granted(grant));
  }

  private static Problem lost() {
    return new Problem(
        Reason.RefreshRejected, "The answer to the last renewal was lost, and with it the access.");
  }

  private Outcome<Standing> end(Party party, StoredGrant grant, Problem problem) {
    tokens.grants().end(grant, party.site(), problem.reason());
    return ask(party, problem);
  }

  private Outcome<Standing> granted(StoredGrant grant) {
    return Outcome.done(new Standing.Granted(grant, grant.refreshAt()));
  }

  private static Problem wanted(Party party) {
    return new Problem(
        Reason.AwaitingAuthorization,
        "%s has to authorize the binding on %s.".formatted(party.username(), party.site()));
  }

  private Outcome<Standing> ask(Party party, Problem why) {
    Flow flow =
        Optional.ofNullable(party.binding().getSpec().oauth())
            .map(OAuth::flow)
            .orElse(Flow.AuthorizationCode);
    return switch (flow) {
      case Device -> deviceFlow.step(party, why);
      case AuthorizationCode ->
          publicUrl
              .map(
                  url ->
                      Outcome.<Standing>done(
                          new Standing.Awaiting(
                              why,
                              new Authorization("AwaitingUser", page(url, party), null, null),
                              Optional.empty())))
              .orElseGet(
                  () ->
                      Outcome.refused(
                          Reason.OAuthNotOffered,
                          "The administrator has not set where the operator's pages are, so there is no authorization in a browser."));
    };
  }

  private static String page(URI publicUrl, Party party) {
    return publicUrl.resolve("/authorize/" + party.namespace() + "/" + party.name()).toString();
  }
}
