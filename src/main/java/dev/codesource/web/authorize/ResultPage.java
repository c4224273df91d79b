package dev.codesource.web.authorize;

import dev.codesource.oauth.Attempt;
import dev.codesource.oauth.CodeFlow.Ending;
import dev.codesource.reason.Reason;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The last page of an authorization. There is a fixed set of them, each with its own URL, so that
 * no part of a request gets into a URL or a page.
 *
 * @param key part of the URL
 * @param good whether nothing has to be done
 */
record ResultPage(String key, boolean good, String title, String what, String remedy) {

  static final ResultPage BOUND =
      new ResultPage(
          "bound", true, "Bound", "The access is proven and stored.", "You can close this page.");

  static final ResultPage STORED =
      new ResultPage(
          "stored",
          true,
          "Authorized",
          "The access is stored, but the code host has not confirmed the account yet.",
          "The operator tries again by itself. kubectl get csb shows when the binding is Bound.");

  static final ResultPage ALREADY =
      new ResultPage(
          "already-authorized",
          true,
          "Authorized already",
          "The binding already has access, so no authorization is needed.",
          "You can close this page.");

  static final ResultPage OTHER_BROWSER =
      new ResultPage(
          "other-browser",
          false,
          "Not authorized",
          "This browser did not begin this authorization, or does not keep cookies.",
          "Open the URL in status.authorization in one browser, and finish there.");

  static final ResultPage OVER =
      new ResultPage(
          "over",
          false,
          "Not authorized",
          "This authorization is over: it took too long, was finished before, or was begun again in another window.",
          "If kubectl get csb does not say Bound, open the URL in status.authorization again.");

  static final ResultPage GONE =
      new ResultPage(
          "gone",
          false,
          "Not authorized",
          "The binding no longer exists, or was changed in the meantime.",
          "Check the binding with kubectl get csb -o wide, and open the URL that it shows.");

  static final ResultPage FORGED =
      new ResultPage(
          "not-from-the-code-host",
          false,
          "Not authorized",
          "The response is not one that the code host sends, so it was not used.",
          "Open the URL in status.authorization again. If this continues, contact your administrator.");

  static final ResultPage OTHER_SITE =
      new ResultPage(
          "from-another-code-host",
          false,
          "Not authorized",
          "The response came to the redirect URI of another code host than the one that was asked, so it was not used.",
          "Register exactly the redirect URI in status.authorization.redirectUri with the OAuth application on the code host, and no other. If it is registered already, somebody tried to pass off the response of one code host as that of another: contact your administrator.");

  static final ResultPage NOT_OURS =
      new ResultPage(
          "not-sent-from-this-page",
          false,
          "Nothing was sent",
          "The form did not come from this operator's own page, or the browser does not keep cookies.",
          "Open the URL in status.authorization and use the button there.");

  static final ResultPage NOT_ALLOWED =
      new ResultPage(
          "not-allowed",
          false,
          "Not allowed",
          "The cluster does not accept the token, or its account may not update this binding.",
          "Use a token of an account that may: kubectl auth can-i update codesourcebindings, in the namespace of the binding, shows whether an account may.");

  static final ResultPage NOT_FOUND =
      new ResultPage(
          "not-found",
          false,
          "Nothing to authorize here",
          "There is no binding at this address that waits for an authorization in a browser.",
          "Compare the address with status.authorization.url of the binding.");

  static final ResultPage UNAVAILABLE =
      new ResultPage(
          "unavailable",
          false,
          "Not possible now",
          "The operator cannot reach its cluster.",
          "Try again in a minute.");

  private static final ResultPage[] OWN = {
    BOUND,
    STORED,
    ALREADY,
    OTHER_BROWSER,
    OVER,
    GONE,
    FORGED,
    OTHER_SITE,
    NOT_OURS,
    NOT_ALLOWED,
    NOT_FOUND,
    UNAVAILABLE
  };

  static ResultPage of(Reason reason) {
    return new ResultPage(
        reason.name(), false, "Not authorized", reason.meaning(), Attempt.remedy(reason));
  }

  static ResultPage of(Ending ending) {
    return switch (ending) {
      case Ending.Stored(var proven) -> proven ? BOUND : STORED;
      case Ending.OtherBrowser() -> OTHER_BROWSER;
      case Ending.Over() -> OVER;
      case Ending.Gone() -> GONE;
      case Ending.Forged() -> FORGED;
      case Ending.OtherSite() -> OTHER_SITE;
      case Ending.Failed(var problem) -> of(problem.reason());
    };
  }

  /** The page with that key, if there is one. */
  static Optional<ResultPage> withKey(String key) {
    return Stream.concat(
            Arrays.stream(OWN),
            Arrays.stream(Reason.values()).filter(ResultPage::isProblem).map(ResultPage::of))
        .filter(result -> result.key.equals(key))
        .findFirst();
  }

  private static boolean isProblem(Reason reason) {
    return switch (reason.kind()) {
      case TIME, PASSING, PERSON -> true;
      case GOOD, NOTE -> false;
    };
  }
}
