package dev.codesource.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the operator found. Times are RFC 3339 in UTC. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BindingStatus(
    @JsonPropertyDescription(
            "Where the binding stands: Pending, AwaitingAuthorization, Bound, Failed or Suspended.")
        @Nullable Phase phase,
    @JsonPropertyDescription("The generation of the binding that this status speaks of.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("The log-on URL in use, in its normal form.") @Nullable String url,
    @JsonPropertyDescription("The account that the credential turned out to be.")
        @Nullable Account account,
    @JsonPropertyDescription(
            "The scopes of the credential; absent where the code host does not tell.")
        @Nullable List<String> scopes,
    @JsonPropertyDescription("When the credential expires; absent: never, or not known.")
        @Nullable String expiresAt,
    @JsonPropertyDescription("When the access was last proven.") @Nullable String lastVerifiedAt,
    @JsonPropertyDescription(
            "A digest of what the last proof was for: the fields of spec that matter to it, and the versions of the Secret and the ConfigMap. Holds nothing of the credential.")
        @Nullable String proofDigest,
    @JsonPropertyDescription(
            "The value of the annotation codesource.dev/requested-at that was last acted upon.")
        @Nullable String lastHandledRequestedAt,
    @JsonPropertyDescription("What a person has to do to authorize.")
        @Nullable Authorization authorization,
    @JsonPropertyDescription(
            "The Secret for consumers, as the Provisioned Service of servicebinding.io.")
        @Nullable BindingRef binding,
    @JsonPropertyDescription(
            "AddressValid, Reachable, Authenticated, ScopesSufficient, CredentialFresh and Published, and summing up Ready, Reconciling and Stalled.")
        @Nullable List<Condition> conditions) {

  /** The one word for where a binding stands. */
  public enum Phase {
    Pending,
    AwaitingAuthorization,
    Bound,
    Failed,
    Suspended
  }

  /** An account on a code host. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Account(
      @JsonPropertyDescription("The name used to log on.") @Nullable String username,
      @JsonPropertyDescription("The code host's own identifier, which stays when the name changes.")
          @Nullable String id) {}

  /** An authorization that waits for a person. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Authorization(
      @JsonPropertyDescription("What is waited for.") @Nullable String stage,
      @JsonPropertyDescription("The page to open.") @Nullable String url,
      @JsonPropertyDescription("The code to type in on that page (flow Device).")
          @Nullable String userCode,
      @JsonPropertyDescription("Until when the page or the code is good.")
          @Nullable String expiresAt) {}

  /** The name of a Secret in the namespace of the binding. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BindingRef(
      @JsonPropertyDescription("The name of the Secret.") @Nullable String name) {}
}
