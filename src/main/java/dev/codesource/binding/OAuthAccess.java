package dev.codesource.binding;

import dev.codesource.address.SiteUrl;
import dev.codesource.api.BindingStatus;
import dev.codesource.api.CodeSourceBinding;
import dev.codesource.oauth.Authorizations;
import dev.codesource.oauth.Parties;
import dev.codesource.oauth.Party;
import dev.codesource.oauth.Standing;
import dev.codesource.oauth.StoredGrant;
import dev.codesource.platform.Proof;
import dev.codesource.reason.Outcome;
import dev.codesource.status.Finding;
import dev.codesource.verification.Claim;
import jakarta.inject.Singleton;
import java.util.Optional;

/** Looks at a binding whose access a person grants: asks for it, renews it, proves it. */
@Singleton
final class OAuthAccess {

  private final Parties parties;
  private final Authorizations authorizations;
  private final Sources sources;
  private final Prover prover;

  OAuthAccess(Parties parties, Authorizations authorizations, Sources sources, Prover prover) {
    this.parties = parties;
    this.authorizations = authorizations;
    this.sources = sources;
    this.prover = prover;
  }

  Look look(CodeSourceBinding binding, Outcome<SiteUrl> site) {
    return switch (site.then(_ -> parties.of(binding, sources::client))) {
      case Outcome.Done<Party>(var party) ->
          look(party, site, authorizations.look(party, sources.grant(binding)), true);
      case Outcome.Refused<Party>(var problem) -> Look.refused(binding, site, problem);
      case Outcome.Waiting<Party>(var problem, var until, var _) ->
          Look.found(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  /**
   * @param mayRenew whether a refused token is worth a refresh, which it is once
   */
  private Look look(
      Party party, Outcome<SiteUrl> site, Outcome<Standing> standing, boolean mayRenew) {
    CodeSourceBinding binding = party.binding();
    return switch (standing) {
      case Outcome.Done<Standing>(Standing.Granted granted) ->
          granted(party, site, granted, mayRenew);
      case Outcome.Done<Standing>(Standing.Awaiting(var problem, var asked, var again)) ->
          Look.found(binding, site, new Finding.Awaiting(problem, asked)).waking(again);
      case Outcome.Refused<Standing>(var problem) -> Look.refused(binding, site, problem);
      case Outcome.Waiting<Standing>(var problem, var until, var _) ->
          Look.found(binding, site, new Finding.NotProven(problem, wasBound(binding)), until);
    };
  }

  private Look granted(
      Party party, Outcome<SiteUrl> site, Standing.Granted granted, boolean mayRenew) {
    CodeSourceBinding binding = party.binding();
    StoredGrant grant = granted.grant();
    return switch (grant.credential(party.site()).map(party::claim)) {
      case Outcome.Done<Claim>(var claim) -> {
        Look look = prover.prove(binding, site, claim);
        yield switch (look.finding()) {
          case Finding.Proven(var proof, var at, var digest) ->
              look.finding(new Finding.Proven(lasting(proof, grant), at, digest))
                  .waking(granted.lookAgain());
          case Finding.NotProven(var problem, var _)
              when mayRenew && !problem.reason().isOutage() ->
              look(party, site, authorizations.afterRefusal(party, grant, problem), false);
          case Finding.NotProven _,
              Finding.StillProven _,
              Finding.Suspended _,
              Finding.Awaiting _ ->
              look.waking(granted.lookAgain());
        };
      }
      case Outcome.Refused<Claim>(var problem) -> Look.refused(binding, site, problem);
      case Outcome.Waiting<Claim>(var problem, var until, var _) ->
          Look.found(binding, site, new Finding.NotProven(problem, false), until);
    };
  }

  /** What the operator renews by itself does not expire for the user. */
  private static Proof lasting(Proof proof, StoredGrant grant) {
    return new Proof(
        proof.account(),
        proof.scopes(),
        grant.isRenewable()
            ? Optional.empty()
            : proof.expiresAt().or(() -> grant.tokens().expiresAt()));
  }

  private static boolean wasBound(CodeSourceBinding binding) {
    return Optional.ofNullable(binding.getStatus()).map(BindingStatus::proofDigest).isPresent();
  }
}
