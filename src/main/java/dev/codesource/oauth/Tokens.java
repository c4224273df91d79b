package dev.codesource.oauth;

import dev.codesource.address.Origin;
import dev.codesource.credential.Credential;
import dev.codesource.host.HostClient;
import dev.codesource.host.HostGate;
import dev.codesource.reason.Outcome;
import dev.codesource.verification.Verifier;
import java.net.URI;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.jboss.logging.Logger;

/**
 * Asks code hosts for tokens, and accepts those that are the named account's.
 *
 * @param gate shared with verification, so that a host's limits are obeyed by all together
 */
public record Tokens(
    HostClient client, HostGate gate, Verifier verifier, Grants grants, Clock clock) {

  private static final Logger LOG = Logger.getLogger("dev.codesource.oauth");

  /**
   * A grant that is stored.
   *
   * @param proven whether the host said whose it is
   */
  record Accepted(StoredGrant grant, boolean proven) {}

  TokenEndpoint endpoint(Party party) {
    return new TokenEndpoint(
        party.codeHost().platform(),
        party.dialect(),
        party.client(),
        client.open(party.anchors()),
        clock);
  }

  <T> Outcome<T> through(Party party, Supplier<Outcome<T>> work) {
    Origin origin = party.site().origin();
    return gate.through(origin, work);
  }

  /**
   * Proves new tokens and stores them. Tokens of another account, or that lack a scope, are given
   * back and forgotten. When the host does not answer they are stored, since they cannot be had
   * again, and the reconciler proves them later.
   */
  Outcome<Accepted> accept(Party party, TokenGrant tokens, Optional<URI> redirectUri) {
    Credential credential =
        new Credential(tokens.access(), Optional.empty(), Credential.Origin.OAUTH, "new");
    return switch (verifier.prove(party.claim(credential))) {
      case Outcome.Done<?>(var ignored) ->
          store(party, tokens, redirectUri).map(grant -> new Accepted(grant, true));
      case Outcome.Waiting<?> ignored ->
          store(party, tokens, redirectUri).map(grant -> new Accepted(grant, false));
      case Outcome.Refused<?>(var problem) -> {
        giveBack(party, tokens);
        yield new Outcome.Refused<>(problem);
      }
    };
  }

  private Outcome<StoredGrant> store(Party party, TokenGrant tokens, Optional<URI> redirectUri) {
    Outcome<StoredGrant> stored =
        grants.store(
            party.binding(),
            party.site(),
            tokens,
            party.username(),
            redirectUri.map(URI::toString));
    if (!(stored instanceof Outcome.Done<StoredGrant>)) {
      giveBack(party, tokens);
    }
    return stored;
  }

  /** Revokes tokens that are not kept, as far as the platform can. */
  private void giveBack(Party party, TokenGrant tokens) {
    if (!(revoke(party, tokens) instanceof Outcome.Done<Boolean>(var revoked) && revoked)) {
      LOG.infof(
          "%s/%s: %s did not revoke a token that is not kept",
          party.namespace(), party.name(), party.site().origin());
    }
  }

  /**
   * Revokes tokens.
   *
   * @return whether the platform has a way to and did; or why it could not be asked
   */
  Outcome<Boolean> revoke(Party party, TokenGrant tokens) {
    return through(party, () -> endpoint(party).revoke(tokens));
  }
}
