package dev.codesource.web.console;

import static dev.codesource.web.console.RemedyAction.AUTHORIZE;
import static dev.codesource.web.console.RemedyAction.BUILD;
import static dev.codesource.web.console.RemedyAction.CHANGE_ACCESS;
import static dev.codesource.web.console.RemedyAction.CHECK;
import static dev.codesource.web.console.RemedyAction.EDIT_BINDING;
import static dev.codesource.web.console.RemedyAction.EDIT_TRIGGER;
import static dev.codesource.web.console.RemedyAction.OPEN_BINDING;
import static dev.codesource.web.console.RemedyAction.REPLACE_TOKEN;
import static dev.codesource.web.console.RemedyAction.RESUME;

import dev.codesource.reason.Reason;
import java.util.List;

/**
 * What of a remedy is done on the pages of the console, and who does the rest: one table for all
 * reasons. The remedy itself is that of the {@link Reason}.
 *
 * @param actions what the page offers; empty: others mend it, or nothing is to be done
 * @param words who mends what the page cannot, as a sentence; empty: the page can do all of it
 */
record RemedyActions(List<RemedyAction> actions, String words) {

  private static final String OPERATOR =
      "What the operator allows is set by its administrator, in the chart's values.";
  private static final String CLUSTER = "The administrator of the cluster can mend this.";
  private static final String NAMESPACE =
      "Whoever manages the objects of this namespace does this with kubectl.";
  private static final String HOST = "This is mended at the code host, by its administrator.";
  private static final String REPOSITORY =
      "This is mended at the code host, by somebody who manages the repository.";
  private static final String SINK = "Whoever runs the sink can mend this.";
  private static final String KUBECTL =
      "The form has no field for it: see kubectl edit under The same with kubectl.";
  private static final String BY_ITSELF = "Nobody has to do anything here.";

  private static RemedyActions by(RemedyAction... actions) {
    return new RemedyActions(List.of(actions), "");
  }

  private static RemedyActions with(String words, RemedyAction... actions) {
    return new RemedyActions(List.of(actions), words);
  }

  /** The row of a reason. A reason without one does not compile. */
  static RemedyActions about(Reason reason) {
    return switch (reason) {
      case InvalidURL, RepositoryURL, Redirected, PublishingNotAllowed -> by(EDIT_BINDING);
      case PortNotAllowed, HostNotAllowed -> with(OPERATOR, EDIT_BINDING);
      case HostNotFound,
          ConnectionRefused,
          ConnectionTimedOut,
          ConnectionFailed,
          CertificateHostMismatch,
          NotThisPlatform ->
          by(EDIT_BINDING, CHECK);
      case ProxyRefused -> with(OPERATOR, CHECK);
      case CertificateExpired, CertificateNotAccepted, ServerError, AccountBlocked ->
          with(HOST, CHECK);
      case TokenLifetimeTooShort -> with(HOST + " " + OPERATOR, CHECK);
      case SelfSignedCertificate, UntrustedCertificate ->
          with(
              "Change access stores the certificates, together with the token.",
              CHANGE_ACCESS,
              CHECK);
      case CaNotTrusted, CaNotFound -> with(NAMESPACE, CHECK);

      case SecretNotFound, SecretTypeNotAllowed, SecretKeyMissing, SecretOfOtherBinding ->
          with("Change access makes a new Secret.", CHANGE_ACCESS, CHECK);
      case CredentialForOtherHost ->
          with(
              "Change access makes a new Secret for the URL of the binding, once the token is typed"
                  + " anew; or correct the URL.",
              CHANGE_ACCESS,
              EDIT_BINDING);
      case CredentialMalformed,
          TokenRejected,
          TokenExpired,
          TokenRevoked,
          TokenExpiring,
          InsufficientScope,
          ScopesUnknown ->
          by(REPLACE_TOKEN);
      case UsernameMismatch -> by(REPLACE_TOKEN, EDIT_BINDING);

      case SecretNotOwned, SecretNamesCollide, SecretNameTooLong, DeployTokenRefused ->
          with(KUBECTL, EDIT_BINDING, CHECK);
      case Stale, Withdrawn -> with("It ends when the access is proven again.", CHECK);
      case SecretRefused -> with(CLUSTER, CHECK);
      case TokenSecretNotOwned -> with(NAMESPACE, CHECK);

      case AwaitingAuthorization,
          AuthorizationDenied,
          AuthorizationExpired,
          RefreshRejected,
          RefreshLost ->
          by(AUTHORIZE);
      case OAuthClientRejected ->
          with(
              "Whoever has registered the OAuth application at the code host can mend this. Change"
                  + " access offers a token instead.",
              CHANGE_ACCESS,
              CHECK);
      case OAuthNotOffered ->
          with("Change access offers a token, and the other flow.", CHANGE_ACCESS);
      case NotRevoked -> with("The owner of the account does this at the code host.");

      case PatternInvalid,
          ImageTagInvalid,
          TooManyRefs,
          BindingNotFound,
          BuildParameterInvalid,
          BuildOverdue,
          BuildSuperseded,
          TagMoved ->
          by(EDIT_TRIGGER);
      case BindingNotBound -> by(OPEN_BINDING);
      case RepositoryNotFound -> by(EDIT_TRIGGER, OPEN_BINDING, CHECK);
      case RepositoryNotReadable,
          WebhookNotPermitted,
          WebhookLimitReached,
          TooManyWebhooks,
          WebhookDisabled,
          WebhookSilent,
          WebhookLeft,
          CommitStatusForbidden,
          CommitStatusRefused ->
          with(REPOSITORY, CHECK);
      case GitNotServed, WebhookAddressRefused -> with(HOST, CHECK);
      case WebhookAddressMissing, SinkNotFound, BuilderNotEnabled, ServiceAccountNotAllowed ->
          with(OPERATOR, EDIT_TRIGGER);
      case SinkUnreachable, SinkUnauthorized -> with(OPERATOR, CHECK);
      case SinkRefused -> with(SINK, CHECK);
      case NotDelivered, BuildFailed, BuildRequestInvalid, RefInvalid -> by(BUILD);
      case BuildNotPossible -> by(EDIT_TRIGGER, BUILD);
      case BuilderNotInstalled -> with(CLUSTER, CHECK);
      case ServiceAccountNotFound, BuildForbidden, PushSecretUnusable ->
          with(NAMESPACE, EDIT_TRIGGER, CHECK);
      case BuildQuotaExceeded -> with(CLUSTER);
      case BuildRefused -> with(CLUSTER, EDIT_TRIGGER);
      case BuildNameTaken -> with(NAMESPACE, CHECK);
      case SecretNotPublished -> by(EDIT_BINDING);

      case Suspended -> by(RESUME);
      case Queued, RateLimited, Conflict -> with(BY_ITSELF);
      case BuildStarted,
          BuildSucceeded,
          BuildCancelled,
          CommitDue,
          Watching,
          Succeeded,
          NotChecked,
          Bound,
          Published ->
          with(BY_ITSELF);
    };
  }
}
