package dev.codesource.reason;

/** The stages of a verification, in their order, and after them those of a trigger. */
public enum Stage {
  /** The address, as written or as resolved; nothing was sent. */
  ADDRESS(ConditionType.AddressValid),
  /** The stored credential; nothing was sent. */
  CREDENTIAL(ConditionType.Authenticated),
  /** The connection to the host, and whether it answers as the platform does. */
  HOST(ConditionType.Reachable),
  /** The platform's answer about the credential. */
  ACCESS(ConditionType.Authenticated),
  /** The platform's answer about the scopes of the credential. */
  SCOPES(ConditionType.ScopesSufficient),
  /** How long the credential is valid. */
  FRESHNESS(ConditionType.CredentialFresh),
  /** The Secrets for consumers. */
  PUBLISHED(ConditionType.Published),
  /** The rules of a trigger; nothing was sent. */
  RULES(ConditionType.RulesValid),
  /** The binding of a trigger. */
  BINDING(ConditionType.BindingReady),
  /** The repository of a trigger, and whether its branches and tags can be read. */
  REPOSITORY(ConditionType.RepositoryFound),
  /** The webhook of a trigger, without which it goes on more slowly. */
  WEBHOOK(ConditionType.WebhookReady),
  /** The builders of a trigger, and whether they take what is due. */
  BUILDER(ConditionType.BuilderReady),
  /** The binding, or the trigger, as a whole. */
  WHOLE(ConditionType.Ready);

  private final ConditionType condition;

  Stage(ConditionType condition) {
    this.condition = condition;
  }

  /** The condition of this stage, besides {@code Ready}. */
  public ConditionType condition() {
    return condition;
  }
}
