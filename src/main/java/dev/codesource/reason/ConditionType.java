package dev.codesource.reason;

/**
 * The conditions of a binding, in the order in which they are established. {@code Ready}, {@code
 * Reconciling} and {@code Stalled} sum up the others as kstatus asks
 * (https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md).
 */
public enum ConditionType {
  Ready("The access is proven."),
  AddressValid("The address may be connected to."),
  Reachable("The host answers as the platform does."),
  Authenticated("The credential is the named account's."),
  ScopesSufficient("The scopes suffice to read code and set webhooks."),
  CredentialFresh("The credential does not expire soon."),
  Published("The Secrets asked for are written."),
  Reconciling("The operator is at work."),
  Stalled("A person must act.");

  private final String whenTrue;

  ConditionType(String whenTrue) {
    this.whenTrue = whenTrue;
  }

  /** What the condition says when it is true and nothing more is to be said. */
  public String whenTrue() {
    return whenTrue;
  }
}
