package dev.codesource.reason;

/**
 * The conditions of a binding, in the order in which they are established, and after them those of
 * a trigger. {@code Ready}, {@code Reconciling} and {@code Stalled} sum up the others as kstatus
 * expects (https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md).
 */
public enum ConditionType {
  Ready("The access is proven."),
  AddressValid("The operator may connect to the address."),
  Reachable("The host answers as the platform does."),
  Authenticated("The credential belongs to the named account."),
  ScopesSufficient("The scopes suffice to read code and set webhooks."),
  CredentialFresh("The credential does not expire soon."),
  Published("The requested Secrets are written."),
  RulesValid("The rules can be used."),
  BindingReady("The binding is Bound."),
  RepositoryFound("The repository's branches and tags can be read."),
  WebhookReady("The code host tells of pushes."),
  BuilderReady("The builders were told of all that is due."),
  Reconciling("The operator is working on it."),
  Stalled("A person must act.");

  private final String whenTrue;

  ConditionType(String whenTrue) {
    this.whenTrue = whenTrue;
  }

  /** The message of the condition when it is true and has no other message. */
  public String whenTrue() {
    return whenTrue;
  }
}
