package dev.codesource.verification;

import static dev.codesource.reason.Reason.InsufficientScope;
import static dev.codesource.reason.Reason.NotThisPlatform;
import static dev.codesource.reason.Reason.Redirected;
import static dev.codesource.reason.Reason.RepositoryURL;
import static dev.codesource.reason.Reason.TokenExpired;
import static dev.codesource.reason.Reason.UsernameMismatch;

import dev.codesource.address.HostPolicy;
import dev.codesource.address.PortPolicy;
import dev.codesource.address.SiteUrl;
import dev.codesource.codehost.CodeHost;
import dev.codesource.codehost.Proof;
import dev.codesource.codehost.Scopes;
import dev.codesource.http.HostClient;
import dev.codesource.http.limit.HostLimiter;
import dev.codesource.reason.Outcome;
import dev.codesource.reason.Reason;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Runs the steps of a verification, until the first that does not succeed.
 *
 * @param limiter shared by all bindings, so that all requests to a host share its limit
 */
public record Verifier(
    PortPolicy ports, HostPolicy hosts, HostClient client, HostLimiter limiter, Clock clock) {

  /**
   * The site of a binding, if the operator may connect to it. Sends no request.
   *
   * @param url the text of the user; empty: the platform's public site
   */
  public Outcome<SiteUrl> site(CodeHost codeHost, Optional<String> url) {
    return written(codeHost, url).then(ports::check).then(hosts::check);
  }

  /**
   * The site that a URL names, whether the operator may connect to it or not. Sends no request.
   *
   * @param url the text of the user; empty: the platform's public site
   */
  public static Outcome<SiteUrl> written(CodeHost codeHost, Optional<String> url) {
    return url.map(SiteUrl::parse)
        .orElseGet(() -> publicSite(codeHost))
        .then(codeHost::withoutRepository);
  }

  /**
   * Proves a claim. Blocks until the host's limit admits the requests and the host has answered.
   */
  public Outcome<Proof> prove(Claim claim) {
    return limiter
        .through(claim.caller(), () -> ask(claim))
        .then(proof -> ofNamedAccount(proof, claim))
        .then(Verifier::withScopes)
        .then(proof -> notExpired(proof, claim.site(), clock.instant()));
  }

  /** Refuses a proof whose credential has expired. Sends no request. */
  public static Outcome<Proof> notExpired(Proof proof, SiteUrl site, Instant now) {
    return proof
        .expiresAt()
        .filter(expiry -> !expiry.isAfter(now))
        .map(
            expiry ->
                Outcome.<Proof>refused(
                    TokenExpired,
                    "The token of %s for %s expired at %s."
                        .formatted(proof.account().username(), site, expiry)))
        .orElseGet(() -> Outcome.done(proof));
  }

  private static Outcome<SiteUrl> publicSite(CodeHost codeHost) {
    return codeHost
        .publicSite()
        .map(Outcome::done)
        .orElseGet(
            () ->
                Outcome.refused(
                    Reason.InvalidURL,
                    "%s has no public site of its own, so spec.url is needed."
                        .formatted(codeHost.platform())));
  }

  private Outcome<Proof> ask(Claim claim) {
    Outcome<Proof> answer =
        claim
            .codeHost()
            .prove(claim.site(), claim.credential(), client.open(claim.tenant(), claim.anchors()));
    return answer instanceof Outcome.Refused<Proof>(var problem)
            && (problem.reason() == NotThisPlatform || problem.reason() == Redirected)
            && claim.site().mayBeRepository()
        ? Outcome.refused(
            RepositoryURL,
            "%s looks like the address of a repository or group: there is no %s API under it."
                .formatted(claim.site(), claim.codeHost().platform()))
        : answer;
  }

  private static Outcome<Proof> ofNamedAccount(Proof proof, Claim claim) {
    String found = proof.account().username();
    return isSameName(found, claim.username())
        ? Outcome.done(proof)
        : Outcome.refused(
            UsernameMismatch,
            "The token is of the account %s on %s, and spec.username is %s."
                .formatted(found, claim.site(), claim.username()));
  }

  /**
   * Only the case of ASCII letters is ignored, as code hosts do. Java's own comparison also takes ı
   * for i, ſ for s and the Kelvin sign for k, which are names of other accounts.
   */
  private static boolean isSameName(String one, String other) {
    return one.length() == other.length()
        && IntStream.range(0, one.length())
            .allMatch(i -> lowerCase(one.charAt(i)) == lowerCase(other.charAt(i)));
  }

  private static int lowerCase(char letter) {
    return letter >= 'A' && letter <= 'Z' ? letter - 'A' + 'a' : letter;
  }

  private static Outcome<Proof> withScopes(Proof proof) {
    return proof.scopes() instanceof Scopes.Known(var granted, var missing) && !missing.isEmpty()
        ? Outcome.refused(
            InsufficientScope,
            "The token of %s has the scopes [%s] and lacks [%s]."
                .formatted(
                    proof.account().username(),
                    String.join(", ", granted),
                    String.join(", ", missing)))
        : Outcome.done(proof);
  }
}
