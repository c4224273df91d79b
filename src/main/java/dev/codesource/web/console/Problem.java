package dev.codesource.web.console;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A page that says why something was not done.
 *
 * @param what happened
 * @param remedy what the visitor can do
 * @param form the page with the form that was sent; null: that is not the way on
 */
record Problem(String title, String what, String remedy, @Nullable String form) {

  Problem(String title, String what, String remedy) {
    this(title, what, remedy, null);
  }

  static final Problem NOT_FROM_HERE =
      new Problem(
          "Nothing was changed",
          "The form did not come from this console, or the browser does not say where it came from.",
          "Go back, reload the page and send the form again. Use a current browser.");

  static final Problem NOT_FOUND =
      new Problem(
          "Not found",
          "There is no such object in the cluster, or it was deleted meanwhile.",
          "Check the address, or go back to the list.");

  private static final Problem UNAVAILABLE =
      new Problem(
          "Not possible now",
          "The API server of the cluster does not answer.",
          "Try again in a minute. If this continues, tell the administrator of the cluster.");

  static final Problem BUSY =
      new Problem(
          "Not possible now", "Too many people log in at once.", "Try again in a few seconds.");

  /** It was not asked, or did not answer. */
  static Problem unavailable(KubernetesClientException failure) {
    return failure instanceof Usernames.Busy ? BUSY : UNAVAILABLE;
  }

  static final Problem NO_LOGIN =
      new Problem(
          "Nobody is logged in",
          "This login did not begin in this browser, or was given up.",
          "Go to the login page and log in there.");

  /**
   * More than a field or a form may have.
   *
   * @param form the page with the form
   */
  static Problem tooLarge(String form) {
    return new Problem(
        "Nothing was changed",
        "What was sent is too large: a field may have %d characters, and a form 64 kB."
            .formatted(Entries.LONGEST),
        "Open the form again, and fill in less. A token, a name or a certificate is much shorter.",
        form);
  }

  /** The API server's sentence names the user, the verb and the resource. */
  static Problem forbidden(Optional<Visitor> visitor, KubernetesClientException refusal) {
    return new Problem(
        "Not allowed",
        "The cluster does not let %s do this: %s"
            .formatted(visitor.map(Visitor::username).orElse("you"), message(refusal)),
        "Ask whoever manages access to the namespace for a Role with that verb and resource, or log in as somebody else.");
  }

  static Problem conflict(KubernetesClientException refusal) {
    return new Problem(
        "Changed meanwhile",
        "The object exists already, or somebody else has changed it: " + message(refusal),
        "Go back, reload the page and look at what is there now.");
  }

  static Problem invalid(KubernetesClientException refusal) {
    return new Problem(
        "Not accepted",
        "The cluster does not accept this: " + message(refusal),
        "Go back and correct it. Nothing was changed.");
  }

  /** A token of a provider that the API server does not trust, or not for this audience. */
  static Problem notAccepted(TokenClaims token) {
    return new Problem(
        "The cluster does not accept this login",
        "You have logged in, but the API server does not accept your token. It says of itself:"
            + " issuer (iss) %s, audience (aud) %s, valid until (exp) %s."
                .formatted(
                    token.issuer().orElse("unknown"),
                    token.audience().orElse("unknown"),
                    token.expires().map(Instant::toString).orElse("unknown")),
        "Tell the administrator of the cluster: the issuer and the audience must be those of the API"
            + " server, in jwt[].issuer.url and jwt[].issuer.audiences of its"
            + " AuthenticationConfiguration, or in --oidc-issuer-url and --oidc-client-id.");
  }

  /** The provider logs people in, but has no token for the cluster. */
  static Problem notExchanged(TokenExchange.NotExchanged refusal) {
    return new Problem(
        "No token for the cluster",
        "You have logged in. " + refusal.getMessage(),
        refusal.isRefused()
            ? "Tell the administrator of the console: at the provider the client of the console must be"
                + " allowed to exchange tokens (RFC 8693) for the audience in console.oidc.exchange.audience."
            : "Try again in a minute. If this continues, tell the administrator of the console.");
  }

  static String message(KubernetesClientException refusal) {
    return Optional.ofNullable(refusal.getStatus())
        .flatMap(status -> Optional.ofNullable(status.getMessage()))
        .orElseGet(() -> "status " + refusal.getCode());
  }
}
