package dev.codesource.reason;

import static dev.codesource.reason.Reason.Kind.GOOD;
import static dev.codesource.reason.Reason.Kind.NOTE;
import static dev.codesource.reason.Reason.Kind.PASSING;
import static dev.codesource.reason.Reason.Kind.PERSON;
import static dev.codesource.reason.Reason.Kind.TIME;
import static dev.codesource.reason.Reason.Recheck.AT_INTERVAL;
import static dev.codesource.reason.Reason.Recheck.ON_CHANGE;
import static dev.codesource.reason.Reason.Recheck.SOON;
import static dev.codesource.reason.Stage.ACCESS;
import static dev.codesource.reason.Stage.ADDRESS;
import static dev.codesource.reason.Stage.BINDING;
import static dev.codesource.reason.Stage.BUILDER;
import static dev.codesource.reason.Stage.CREDENTIAL;
import static dev.codesource.reason.Stage.FRESHNESS;
import static dev.codesource.reason.Stage.HOST;
import static dev.codesource.reason.Stage.PUBLISHED;
import static dev.codesource.reason.Stage.REPOSITORY;
import static dev.codesource.reason.Stage.RULES;
import static dev.codesource.reason.Stage.SCOPES;
import static dev.codesource.reason.Stage.WEBHOOK;
import static dev.codesource.reason.Stage.WHOLE;

/**
 * Every reason that a condition of a binding or a trigger can carry. The constant's name is the
 * value of the field {@code reason}; {@code docs/troubleshooting.md} has a section for each.
 */
public enum Reason {

  // Address: found without a request.
  InvalidURL(
      ADDRESS,
      PERSON,
      ON_CHANGE,
      "spec.url is not the address of a site.",
      "Set spec.url to the URL used to log on, such as https://gitlab.example.com, without user, query or fragment."),
  PortNotAllowed(
      ADDRESS,
      PERSON,
      ON_CHANGE,
      "The operator does not connect to the port of spec.url.",
      "Use one of those ports, or ask the administrator to allow this one."),
  HostNotAllowed(
      ADDRESS,
      PERSON,
      SOON,
      "The operator does not connect to this host, or to the network address that its name resolves to.",
      "Use the host's own public or company address, or ask the administrator to allow it in the chart's values."),
  RepositoryURL(
      ADDRESS,
      PERSON,
      SOON,
      "spec.url is the address of a repository, not of the site.",
      "Set spec.url to the URL used to log on, without the group and repository."),

  // Credential: found without a request. Secrets of other types are not watched, so their creation
  // and deletion are only found by another check.
  SecretNotFound(
      CREDENTIAL,
      PASSING,
      SOON,
      "The Secret that the binding names does not exist in its namespace.",
      "Create it in the namespace of the binding."),
  SecretTypeNotAllowed(
      CREDENTIAL,
      PERSON,
      SOON,
      "The Secret that the binding names is not of the type that the operator reads.",
      "A Secret's type cannot be changed: delete it and create it anew with the command shown."),
  SecretKeyMissing(
      CREDENTIAL, PERSON, ON_CHANGE, "The Secret lacks a key.", "Add the key to the Secret."),
  CredentialForOtherHost(
      CREDENTIAL,
      PERSON,
      ON_CHANGE,
      "The Secret says that its token is for another site than the binding's, so nothing was sent.",
      "The URL of the binding must have the scheme, host and port of the key url of the Secret, and lie at or below its path."),
  CredentialMalformed(
      CREDENTIAL,
      PERSON,
      ON_CHANGE,
      "The credential is malformed: it is empty, quoted, or contains white space or control characters.",
      "Store the token alone, as the platform shows it, or a private key as GitHub gave it."),

  SecretOfOtherBinding(
      CREDENTIAL,
      PERSON,
      SOON,
      "The Secret that the binding names is one that the operator keeps for another binding, so nothing was sent.",
      "Name a Secret in spec.tokenSecretRef that a person has written."),
  CaNotTrusted(
      CREDENTIAL,
      PERSON,
      SOON,
      "The binding names a CA that the Secret with the credential does not accept, so nothing was sent.",
      "Whoever may write that Secret compares the certificates with those of the code host, and then makes the Secret accept them; or remove spec.tls.caConfigMapRef."),

  // Reachable: the host did not answer as a code host does.
  HostNotFound(
      HOST,
      PASSING,
      SOON,
      "The host's name has no address in DNS.",
      "Check the spelling of spec.url, and that the cluster's DNS can resolve the name."),
  ConnectionRefused(
      HOST,
      PASSING,
      SOON,
      "Nothing listens on that port of the host.",
      "Check the port of spec.url, and that the code host is running."),
  ConnectionTimedOut(
      HOST,
      PASSING,
      SOON,
      "The host did not answer in time.",
      "Check whether a firewall or a network policy is between the cluster and the host."),
  ConnectionFailed(
      HOST,
      PASSING,
      SOON,
      "The connection broke before the answer was complete.",
      "Check what stands between the cluster and the host: a proxy, a load balancer, or a port that speaks another protocol."),
  ProxyRefused(
      HOST,
      PASSING,
      SOON,
      "The proxy between the operator and the host did not connect to it.",
      "Ask the administrator of the operator to check the chart's values under proxy, and whether the proxy allows the host."),
  SelfSignedCertificate(
      HOST,
      PASSING,
      SOON,
      "The host's certificate is self-signed.",
      "Put that certificate under the key ca.crt of the binding's Secret, or give the host a certificate of a public authority."),
  UntrustedCertificate(
      HOST,
      PASSING,
      SOON,
      "The host's certificate is signed by an authority that is not trusted.",
      "Put the certificates of the authority, and of any intermediate authorities, under the key ca.crt of the binding's Secret."),
  CertificateExpired(
      HOST,
      PERSON,
      SOON,
      "The host's certificate is expired, or not valid yet.",
      "Renew the certificate on the host, and check the clocks of both sides."),
  CertificateHostMismatch(
      HOST,
      PASSING,
      SOON,
      "The host's certificate is for other names.",
      "Use a name in spec.url that the certificate holds, or give the host a certificate with this name."),
  CertificateNotAccepted(
      HOST,
      PERSON,
      SOON,
      "The host's certificate, or its chain, is of a kind that is not verified.",
      "Give the host a certificate with a usual key, such as RSA with 3072 bits or EC with P-256, and have it send its own chain only."),
  CaNotFound(
      HOST,
      PASSING,
      SOON,
      "The ConfigMap with the CA certificates, or its key, does not exist, or the CA certificates cannot be read.",
      "Store the certificates in PEM form: under the key ca.crt of the Secret, or in a ConfigMap in the namespace of the binding, under the key that spec.tls.caConfigMapRef names."),
  Redirected(
      HOST,
      PERSON,
      SOON,
      "The host redirects to another address, and redirects are not followed.",
      "Set spec.url to the address that the site itself uses."),
  NotThisPlatform(
      HOST,
      PASSING,
      SOON,
      "Something answers at that address, but not as this platform does.",
      "Check spec.platform and spec.url, and that no login page or proxy stands in front of the API."),
  ServerError(
      HOST,
      PASSING,
      SOON,
      "The code host answered with a server error.",
      "Check the code host's status page or logs; the operator tries again by itself."),
  Queued(
      HOST,
      TIME,
      SOON,
      "The binding waits in the operator's queue, behind others for the same host.",
      "Nothing needs to be done: the operator comes to it. If it lasts, the host is slow, or the limits in the chart's values are too small."),
  RateLimited(
      HOST,
      TIME,
      SOON,
      "The code host limits the rate of requests.",
      "Nothing needs to be done: the operator waits as long as the host asks."),

  // Access: the host answered, and this is what it said.
  TokenRejected(
      ACCESS,
      PERSON,
      AT_INTERVAL,
      "The code host does not accept the token.",
      "Make a new token on the code host and store it in the Secret."),
  TokenExpired(
      ACCESS,
      PERSON,
      AT_INTERVAL,
      "The token has expired.",
      "Make a new token on the code host, with a later expiry date, and store it in the Secret."),
  TokenRevoked(
      ACCESS,
      PERSON,
      AT_INTERVAL,
      "The token was revoked.",
      "Make a new token on the code host and store it in the Secret."),
  TokenLifetimeTooShort(
      ACCESS,
      PERSON,
      SOON,
      "The code host gives tokens that expire before the operator may renew them.",
      "Raise the lifetime of access tokens on the code host, or ask the administrator to lower operator.tokens.minimumAge in the chart's values."),
  InsufficientScope(
      SCOPES,
      PERSON,
      AT_INTERVAL,
      "The token lacks a scope that is needed to read code and set webhooks.",
      "Make a new token that has the scopes named, and store it in the Secret; a GitHub App is given permissions in its settings."),
  UsernameMismatch(
      ACCESS,
      PERSON,
      AT_INTERVAL,
      "The token belongs to another account than spec.username.",
      "Store a token of the account that spec.username names, or change spec.username."),
  AccountBlocked(
      ACCESS,
      PERSON,
      AT_INTERVAL,
      "The account may not use the code host at present.",
      "Log on to the code host as that account, or ask its administrator to unblock it."),
  ScopesUnknown(
      SCOPES,
      NOTE,
      AT_INTERVAL,
      "The code host does not report which scopes the token has.",
      "If a build or webhook is refused later, check the scopes of the token on the code host."),

  // Published: the access is proven, but Secrets for consumers cannot be written.
  SecretNotOwned(
      PUBLISHED,
      PERSON,
      SOON,
      "A Secret that is to be published exists already and is not this binding's, so it was not touched.",
      "Delete or rename that Secret, or choose another name in spec.publishNames."),
  SecretNamesCollide(
      PUBLISHED,
      PERSON,
      ON_CHANGE,
      "An entry of spec.publish would write a Secret that another entry, or the operator for itself, writes.",
      "Choose different names in spec.publishNames."),
  SecretNameTooLong(
      PUBLISHED,
      PERSON,
      ON_CHANGE,
      "A Secret that is to be published would have a longer name than Kubernetes allows.",
      "Set a shorter name for this entry in spec.publishNames."),
  PublishingNotAllowed(
      PUBLISHED,
      PERSON,
      ON_CHANGE,
      "The Secret with the credential does not allow that the credential is published.",
      "Remove spec.publish; or whoever may write the Secret removes its key publish."),
  SecretRefused(
      PUBLISHED,
      PERSON,
      SOON,
      "The API server refused a Secret that is to be published, or in which a trigger's branches and tags are kept.",
      "Check for a quota, an admission policy or missing permissions of the operator in this namespace."),
  DeployTokenRefused(
      PUBLISHED,
      PERSON,
      SOON,
      "The code host does not create the read-only token for published Secrets.",
      "Give the account the role Maintainer in the project or Owner in the group, or correct spec.deployToken; for a GitHub App, check its installation."),
  Stale(
      PUBLISHED,
      NOTE,
      ON_CHANGE,
      "The published Secrets hold the credential that was last proven, and it is no longer proven.",
      "Set spec.whenUnbound to Withdraw to have them deleted in such a case."),
  Withdrawn(
      PUBLISHED,
      NOTE,
      ON_CHANGE,
      "The published Secrets are deleted until the access is proven again, because spec.whenUnbound is Withdraw.",
      "Fix what Ready reports; the operator then writes the Secrets again."),

  // OAuth: a person has to authorize, or the application is not accepted.
  AwaitingAuthorization(
      CREDENTIAL,
      TIME,
      SOON,
      "The binding waits for a person to authorize it.",
      "Open the URL in status.authorization as the account that spec.username names, with the user code if there is one."),
  AuthorizationDenied(
      CREDENTIAL,
      TIME,
      SOON,
      "The person denied the authorization on the code host.",
      "Open the URL in status.authorization again and agree, as the account that spec.username names."),
  AuthorizationExpired(
      CREDENTIAL,
      TIME,
      SOON,
      "The authorization was not finished in time.",
      "Start again: open the URL in status.authorization."),
  RefreshRejected(
      CREDENTIAL,
      TIME,
      SOON,
      "The code host no longer accepts or renews the access: it was revoked there, or was not used for too long.",
      "Authorize it again: open the URL in status.authorization."),
  RefreshLost(
      CREDENTIAL,
      TIME,
      SOON,
      "The code host's answer to the last renewal was lost, and the refresh token may have been used up with it.",
      "Authorize it again: open the URL in status.authorization."),
  OAuthClientRejected(
      CREDENTIAL,
      PERSON,
      SOON,
      "The code host does not accept the OAuth application.",
      "Compare client ID, client secret, redirect URI, scopes and grant types with the application's registration on the code host."),
  OAuthNotOffered(
      CREDENTIAL,
      PERSON,
      SOON,
      "This way to authorize is not available.",
      "Use the other flow in spec.oauth.flow, or a token (spec.tokenSecretRef), or ask the administrator to set the operator's OAuth values."),
  NotRevoked(
      WHOLE,
      NOTE,
      ON_CHANGE,
      "The binding is deleted, but its access on the code host could not be revoked.",
      "Revoke it on the code host: an application's access in the settings of the account, a deploy token in those of the project or group."),
  TokenSecretNotOwned(
      CREDENTIAL,
      PERSON,
      SOON,
      "A Secret with the name that the operator would use exists, and belongs to something else.",
      "Delete or rename that Secret, or give the binding or trigger another name."),

  Conflict(
      CREDENTIAL,
      TIME,
      SOON,
      "A Secret that the operator keeps for the binding was changed by another process at the same time.",
      "Nothing needs to be done: the operator tries again after some seconds."),

  // Triggers: what is built, of which repository.
  PatternInvalid(
      RULES,
      PERSON,
      ON_CHANGE,
      "The pattern of a rule is not a regular expression, or is too large.",
      "Write a regular expression as RE2 has it, such as release-(?<version>[0-9.]+): https://github.com/google/re2/wiki/Syntax."),
  ImageTagInvalid(
      RULES,
      PERSON,
      ON_CHANGE,
      "A rule makes no usable tag for the image.",
      "Use letters, digits, dots, hyphens and underscores, at most 128, and the variables that exist; ${refSlug} has none of the characters that a tag may not have."),
  RefInvalid(
      RULES,
      NOTE,
      ON_CHANGE,
      "What is asked for is not the full name of a branch or a tag.",
      "Write refs/heads/ or refs/tags/ and the name, such as refs/tags/v1.2."),
  BindingNotFound(
      BINDING,
      PASSING,
      ON_CHANGE,
      "The binding that the trigger names does not exist in its namespace.",
      "Check spec.bindingRef.name, or create the CodeSourceBinding."),
  BindingNotBound(
      BINDING,
      PASSING,
      ON_CHANGE,
      "The binding that the trigger names has not proven its access.",
      "Do what the status of the binding says."),
  RepositoryNotFound(
      REPOSITORY,
      PERSON,
      AT_INTERVAL,
      "The repository does not exist, or the bound account may not see it.",
      "Check spec.repository, and that the bound account has access to it."),
  RepositoryNotReadable(
      REPOSITORY,
      PERSON,
      AT_INTERVAL,
      "The bound account may not read the code of the repository.",
      "Give the account a role that can read code, and its token the scope for it."),
  GitNotServed(
      REPOSITORY,
      PERSON,
      AT_INTERVAL,
      "The repository's address does not speak git's smart HTTP protocol.",
      "Check that the code host allows cloning over HTTPS, and that no login page or proxy stands in front of it."),
  TooManyRefs(
      REPOSITORY,
      PERSON,
      AT_INTERVAL,
      "The repository has more branches and tags than the operator reads.",
      "Begin the patterns with literal text, such as release-, so that fewer are asked for; or delete old branches and tags."),
  WebhookNotPermitted(
      WEBHOOK,
      NOTE,
      AT_INTERVAL,
      "The bound account may not set webhooks, so the repository is only asked at the interval.",
      "Give the account the role that may (Maintainer on GitLab, administrator of the repository elsewhere), and its token the scope for webhooks."),
  WebhookLimitReached(
      WEBHOOK,
      NOTE,
      AT_INTERVAL,
      "The repository has as many webhooks as the code host allows, so it is only asked at the interval.",
      "Delete webhooks that nobody needs in the settings of the repository."),
  WebhookAddressRefused(
      WEBHOOK,
      NOTE,
      AT_INTERVAL,
      "The code host does not send webhooks to the operator's address, so the repository is only asked at the interval.",
      "The administrator of the code host allows the address: on GitLab under Outbound requests, on Gitea in ALLOWED_HOST_LIST."),
  TooManyWebhooks(
      WEBHOOK,
      NOTE,
      AT_INTERVAL,
      "The repository has more webhooks than the operator reads, so it is only asked at the interval.",
      "Delete webhooks that nobody needs in the settings of the repository."),
  WebhookAddressMissing(
      WEBHOOK,
      NOTE,
      ON_CHANGE,
      "The trigger asks for a webhook, and the operator has no address for deliveries, so the repository is only asked at the interval.",
      "Ask the administrator of the operator to set operator.webhook.publicUrl in the chart's values, or set spec.mode to Poll."),
  WebhookDisabled(
      WEBHOOK,
      NOTE,
      AT_INTERVAL,
      "The webhook was switched off at the code host, and the operator has switched it on again.",
      "Look in the recent deliveries of the webhook, in the settings of the repository, for some that failed."),
  WebhookSilent(
      WEBHOOK,
      NOTE,
      AT_INTERVAL,
      "Something was pushed, and no delivery of the webhook told of it, so the repository is asked more often until one comes.",
      "Look at the recent deliveries of the webhook in the settings of the repository: the code host may not reach the operator's address, not trust its certificate, or not be allowed to send to it (on GitLab under Outbound requests, on Gitea in ALLOWED_HOST_LIST)."),
  WebhookLeft(
      WEBHOOK,
      NOTE,
      ON_CHANGE,
      "A webhook that sends to the operator is left at the code host, and no trigger needs it.",
      "Delete what is left in the settings of the repository, unless another operator with the same address keeps it."),

  SinkNotFound(
      BUILDER,
      PERSON,
      AT_INTERVAL,
      "The administrator has set up no sink with the name that the trigger gives.",
      "Use the name of a sink in the chart's value operator.sinks, or ask the administrator for one."),
  SinkUnreachable(
      BUILDER,
      TIME,
      SOON,
      "The sink cannot be reached, or cannot take events now. What is due is kept, and sent again.",
      "If it lasts, tell the administrator, who knows the address of the sink."),
  SinkUnauthorized(
      BUILDER,
      TIME,
      SOON,
      "The sink does not accept the operator, or there is no access token for it. What is due is kept, and sent again.",
      "The administrator checks the Secret of the sink, its signing key and its OAuth client."),
  SinkRefused(
      BUILDER,
      PERSON,
      AT_INTERVAL,
      "The sink answers that it does not want the event. It is sent again for 24 hours, or until there is a newer one of the same branch.",
      "Look into the log of the sink for what it expects."),
  BuildParameterInvalid(
      BUILDER,
      PERSON,
      ON_CHANGE,
      "A parameter of a build cannot be given to its builder.",
      "Use variables that exist, ${refSlug} or ${sha} in place of ${ref} and of groups that match any character, no $( and at most 8192 characters."),
  NotDelivered(
      BUILDER,
      PERSON,
      ON_CHANGE,
      "A sink did not take a commit that was due, and is not asked again.",
      "To have it built all the same, set the annotation codesource.dev/build."),
  BuildNotPossible(
      BUILDER,
      PERSON,
      ON_CHANGE,
      "A commit that was due cannot be built, and is given up.",
      "Change the imageTags or the parameters as the message says. To have it built all the same, set the annotation codesource.dev/build."),
  BuilderNotEnabled(
      BUILDER,
      PERSON,
      AT_INTERVAL,
      "The administrator has not allowed the operator to use this kind of builder.",
      "Ask the administrator to add the builder to operator.builders in the chart's values, or use another one."),
  BuilderNotInstalled(
      BUILDER,
      PASSING,
      SOON,
      "The cluster does not have the builder's kind of object, or the operator has not listed its objects yet.",
      "Install the builder. The operator looks for it again by itself."),
  ServiceAccountNotAllowed(
      BUILDER,
      PERSON,
      AT_INTERVAL,
      "The operator may not start builds as the ServiceAccount of the trigger.",
      "Set spec.serviceAccountName to one that the administrator allows in operator.builds.serviceAccountNames of the chart's values."),
  ServiceAccountNotFound(
      BUILDER,
      PASSING,
      SOON,
      "The ServiceAccount as which the trigger builds does not exist.",
      "Create it: kubectl create serviceaccount codesource-builder, and a RoleBinding for it."),
  BuildForbidden(
      BUILDER,
      PASSING,
      SOON,
      "The ServiceAccount as which the trigger builds may not do that with the builder's objects.",
      "Bind it to the ClusterRole of the builder, by a RoleBinding in the namespace."),
  BuildQuotaExceeded(
      BUILDER,
      TIME,
      SOON,
      "The quota of the namespace does not allow another build now. It is tried again.",
      "Wait until other builds have ended, or ask for a larger quota."),
  BuildRefused(
      BUILDER,
      PASSING,
      SOON,
      "The API server does not accept the object that builds: its schema or an admission policy is against it.",
      "Change the trigger as the message says, or ask the administrator about the policy."),
  BuildNameTaken(
      BUILDER,
      PERSON,
      SOON,
      "Another object has the name of the object that would build.",
      "Delete that object."),
  SecretNotPublished(
      BUILDER,
      PERSON,
      SOON,
      "The builder needs a Secret that the binding does not publish.",
      "Add the builder's entry to spec.publish of the CodeSourceBinding."),
  PushSecretUnusable(
      BUILDER,
      PASSING,
      SOON,
      "The Secret for pushing the image does not exist or has another type.",
      "Create it: kubectl create secret docker-registry, with the name in spec.pushSecretRef."),
  BuildStarted(BUILDER, GOOD, ON_CHANGE, "A build was started.", ""),
  BuildSucceeded(BUILDER, GOOD, ON_CHANGE, "A build succeeded.", ""),
  BuildFailed(
      BUILDER,
      PERSON,
      ON_CHANGE,
      "A build failed.",
      "Look into its log. To build the same commit again, set the annotation codesource.dev/build."),
  BuildCancelled(BUILDER, NOTE, ON_CHANGE, "A build was cancelled.", ""),
  BuildSuperseded(
      BUILDER,
      NOTE,
      ON_CHANGE,
      "A commit is not built, because there is a newer one of its branch.",
      "To build every commit, set spec.concurrencyPolicy to Allow."),
  BuildOverdue(
      BUILDER,
      PERSON,
      ON_CHANGE,
      "A build did not end in its time, and was deleted.",
      "Look whether the builder's controller runs, or set a longer spec.timeout."),
  BuildRequestInvalid(
      WHOLE,
      PERSON,
      ON_CHANGE,
      "The annotation codesource.dev/build asks for something that cannot be built.",
      "Write the name of a rule, @ and the full name of a branch or tag that it matches, such as main@refs/heads/main."),

  CommitStatusForbidden(
      WHOLE,
      NOTE,
      ON_CHANGE,
      "The bound account may not set the status of a commit, so the code host does not show how a build went.",
      "Give the account and its token what is missing. Builds go on without."),
  CommitStatusRefused(
      WHOLE,
      NOTE,
      ON_CHANGE,
      "The code host did not take the status of a commit, so it does not show how a build went.",
      "Look for a job or a status of the same name on the code host, or for a limit of their number. Builds go on without."),

  TagMoved(
      WHOLE,
      NOTE,
      ON_CHANGE,
      "A tag names another commit than before.",
      "It is due only by rules with allowMoved."),
  CommitDue(WHOLE, GOOD, ON_CHANGE, "A commit was pushed that a rule matches.", ""),
  Watching(WHOLE, GOOD, AT_INTERVAL, "Pushes to the repository are noticed.", ""),

  // Not a problem.
  Succeeded(WHOLE, GOOD, AT_INTERVAL, "This check succeeded.", ""),
  NotChecked(
      WHOLE,
      NOTE,
      ON_CHANGE,
      "This was not checked, because an earlier check did not succeed.",
      ""),
  Bound(WHOLE, GOOD, AT_INTERVAL, "The access is proven.", ""),
  Published(PUBLISHED, GOOD, AT_INTERVAL, "The requested Secrets are written.", ""),
  TokenExpiring(
      FRESHNESS,
      NOTE,
      AT_INTERVAL,
      "The token expires soon.",
      "Make a new token on the code host before that day, and store it in the Secret."),
  Suspended(
      WHOLE,
      NOTE,
      ON_CHANGE,
      "spec.suspend is set: a binding is not verified, a trigger notices no pushes.",
      "Set spec.suspend to false to go on.");

  /** Whether the reason is a problem, and who can fix it. */
  public enum Kind {
    /** Nothing is wrong. */
    GOOD,
    /** Worth knowing; the binding works. */
    NOTE,
    /** It ends by itself, or the binding waits for an authorization: the binding is reconciling. */
    TIME,
    /**
     * It may end by itself, or by an object that is applied together with the binding: the binding
     * is reconciling for a limited time, and stalled after that.
     */
    PASSING,
    /** A person must act: the binding is stalled. */
    PERSON
  }

  /** When the operator checks again, if nothing that it watches changes before. */
  public enum Recheck {
    /** Not before the binding or its Secret changes. */
    ON_CHANGE,
    /** Within minutes; the interval grows while the problem lasts. */
    SOON,
    /** At {@code spec.interval}. */
    AT_INTERVAL
  }

  private final Stage stage;
  private final Kind kind;
  private final Recheck recheck;
  private final String meaning;
  private final String remedy;

  Reason(Stage stage, Kind kind, Recheck recheck, String meaning, String remedy) {
    this.stage = stage;
    this.kind = kind;
    this.recheck = recheck;
    this.meaning = meaning;
    this.remedy = remedy;
  }

  public Stage stage() {
    return stage;
  }

  public Kind kind() {
    return kind;
  }

  public Recheck recheck() {
    return recheck;
  }

  /** The general meaning of the reason: a sentence. */
  public String meaning() {
    return meaning;
  }

  /** What to do about it: a sentence, empty where nothing is wrong. */
  public String remedy() {
    return remedy;
  }

  /** Whether the host could not be reached or could not answer. */
  public boolean isOutage() {
    return stage == HOST;
  }

  /** Whether the reason says nothing about the credential, so that an earlier proof stays valid. */
  public boolean keepsProof() {
    return isOutage() || this == Conflict;
  }
}
