package dev.codesource.reason;

/**
 * The conditions of a binding, in the order in which they are established. {@code Ready}, {@code
 * Reconciling} and {@code Stalled} sum up the others as kstatus asks
 * (https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md).
 */
public enum ConditionType {
  Ready,
  AddressValid,
  Reachable,
  Authenticated,
  ScopesSufficient,
  CredentialFresh,
  Published,
  Reconciling,
  Stalled
}
