package dev.codesource.oauth;

import dev.codesource.credential.Credential;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.Caller;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.verification.Verifier;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Requests tokens from code hosts, and accepts those of the named account.
 *
 * @param limiter shared with verification, so that all requests to a host share its limit
 */
public record Tokens(
    HostClient client, HostLimiter limiter, Verifier verifier, Grants grants, Clock clock) {

  private static final Logger LOG = Logger.getLogger("dev.codesource.oauth");

  /**
   * A grant that is stored.
   *
   * @param proven whether the host confirmed the account
   */
  record Accepted(StoredGrant grant, boolean proven) {}

  TokenEndpoint endpoint(AuthorizationContext authorization) {
    return new TokenEndpoint(
        authorization.codeHost().platform(),
        authorization.dialect(),
        authorization.client(),
        client.open(authorization.namespace(), authorization.anchors()),
        clock);
  }

  <T> Outcome<T> through(AuthorizationContext authorization, Supplier<Outcome<T>> work) {
    return limiter.through(new Caller(authorization.namespace(), authorization.site()), work);
  }

  /**
   * Proves new tokens and stores them. Tokens of another account, or that lack a scope, are revoked
   * and not stored. When the host does not answer, the tokens are stored, since they cannot be
   * requested again, and the reconciler proves them later.
   */
  Outcome<Accepted> accept(
      AuthorizationContext authorization, TokenGrant tokens, Optional<URI> redirectUri) {
    Credential credential =
        new Credential(tokens.access(), Optional.empty(), Credential.Source.OAUTH, "new");
    return switch (verifier.prove(authorization.claim(credential))) {
      case Outcome.Done<?>(var ignored) ->
          store(authorization, tokens, redirectUri).map(grant -> new Accepted(grant, true));
      case Outcome.Waiting<?> ignored ->
          store(authorization, tokens, redirectUri).map(grant -> new Accepted(grant, false));
      case Outcome.Refused<?>(var problem) -> {
        discard(authorization, tokens);
        yield new Outcome.Refused<>(problem);
      }
    };
  }

  private Outcome<StoredGrant> store(
      AuthorizationContext authorization, TokenGrant tokens, Optional<URI> redirectUri) {
    boolean kept = false;
    try {
      Outcome<StoredGrant> stored =
          grants.store(
              authorization.binding(),
              authorization.site(),
              tokens,
              authorization.client().source(),
              authorization.username(),
              redirectUri.map(URI::toString));
      kept = stored instanceof Outcome.Done<StoredGrant>;
      return stored;
    } finally {
      if (!kept) {
        discard(authorization, tokens);
      }
    }
  }

  /** Revokes tokens that are not stored, if the platform supports it. */
  private void discard(AuthorizationContext authorization, TokenGrant tokens) {
    if (!(revoke(authorization, tokens) instanceof Outcome.Done<Boolean>(var revoked) && revoked)) {
      LOG.infof(
          "%s/%s: %s did not revoke a token that is not stored",
          authorization.namespace(), authorization.name(), authorization.site().origin());
    }
  }

  /**
   * Revokes tokens.
   *
   * @return true: they are revoked; false: the platform has no API for it; or why the request
   *     failed
   */
  Outcome<Boolean> revoke(AuthorizationContext authorization, TokenGrant tokens) {
    return through(authorization, () -> endpoint(authorization).revoke(tokens));
  }
}
