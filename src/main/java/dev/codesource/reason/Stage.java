package dev.codesource.reason;

/** Where on a binding's way something is found out, in the order of that way. */
public enum Stage {
  /** The address, as written or as resolved; nothing was sent. */
  ADDRESS(ConditionType.AddressValid),
  /** The stored credential; nothing was sent. */
  CREDENTIAL(ConditionType.Authenticated),
  /** The host, as a peer that answers or does not. */
  HOST(ConditionType.Reachable),
  /** The platform's word on the credential. */
  ACCESS(ConditionType.Authenticated),
  /** The platform's word on what the credential may do. */
  SCOPES(ConditionType.ScopesSufficient),
  /** How long the credential is good for. */
  FRESHNESS(ConditionType.CredentialFresh),
  /** The Secrets for consumers. */
  PUBLISHED(ConditionType.Published),
  /** The binding as a whole. */
  WHOLE(ConditionType.Ready);

  private final ConditionType condition;

  Stage(ConditionType condition) {
    this.condition = condition;
  }

  /** The condition that speaks of this stage, besides {@code Ready}. */
  public ConditionType condition() {
    return condition;
  }
}
