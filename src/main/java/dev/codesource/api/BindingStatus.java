package dev.codesource.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.kubernetes.api.model.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The observed state. Times are RFC 3339 in UTC. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BindingStatus(
    @JsonPropertyDescription(
            "The phase of the binding: Pending, AwaitingAuthorization, Bound, Failed or Suspended.")
        @Nullable Phase phase,
    @JsonPropertyDescription(
            "The generation of the binding that this status describes; -1: the operator has not looked at the binding yet.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription("The log-on URL in use, in its normal form.") @Nullable String url,
    @JsonPropertyDescription(
            "The account that the credential belongs to, as the code host reports it.")
        @Nullable Account account,
    @JsonPropertyDescription(
            "The scopes of the credential; absent where the code host does not report them.")
        @Nullable List<String> scopes,
    @JsonPropertyDescription("When the credential expires; absent: never, or not known.")
        @Nullable String expiresAt,
    @JsonPropertyDescription(
            "The day of expiresAt in UTC, such as 2027-01-31; kubectl get shows it.")
        @Nullable String expiresOn,
    @JsonPropertyDescription("When the access was last proven.") @Nullable String lastVerifiedAt,
    @JsonPropertyDescription(
            "A digest of the inputs of the last proof: the fields of spec that affect it, and the versions of the Secret and the ConfigMap. Contains no part of the credential.")
        @Nullable String proofDigest,
    @JsonPropertyDescription(
            "The value of the annotation codesource.dev/requested-at that was last handled.")
        @Nullable String lastHandledRequestedAt,
    @JsonPropertyDescription("What a person has to do to authorize.")
        @Nullable Authorization authorization,
    @JsonPropertyDescription(
            "The Secret for consumers, as the Provisioned Service of servicebinding.io.")
        @Nullable BindingRef binding,
    @JsonPropertyDescription(
            "AddressValid, Reachable, Authenticated, ScopesSufficient, CredentialFresh and Published, and the summaries Ready, Reconciling and Stalled.")
        @Nullable List<Condition> conditions) {

  /** The state of a binding in one word. */
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
      @JsonPropertyDescription("What the authorization waits for.") @Nullable String stage,
      @JsonPropertyDescription("The page to open.") @Nullable String url,
      @JsonPropertyDescription("The code to enter on that page (flow Device).")
          @Nullable String userCode,
      @JsonPropertyDescription("When the page or the code expires.") @Nullable String expiresAt,
      @JsonPropertyDescription(
              "The redirect URI to register with the OAuth application on the code host, character by character (flow AuthorizationCode).")
          @Nullable String redirectUri) {

    /** An authorization that waits for a person at a page of the operator. */
    public static Authorization inBrowser(String url, String redirectUri) {
      return new Authorization("AwaitingUser", url, null, null, redirectUri);
    }

    /** An authorization that waits for a person who enters a code, or that has ended. */
    public static Authorization byDevice(
        String stage, @Nullable String url, @Nullable String userCode, String expiresAt) {
      return new Authorization(stage, url, userCode, expiresAt, null);
    }
  }

  /** The name of a Secret in the namespace of the binding. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record BindingRef(
      @JsonPropertyDescription("The name of the Secret.") @Nullable String name) {}
}
