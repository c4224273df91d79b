package dev.codesource.api;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The desired state, as the user writes it. */
@JsonIgnoreProperties(ignoreUnknown = true)
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.tokenSecretRef) != has(self.oauth)",
    message =
        "give exactly one of tokenSecretRef (a Secret that holds a token) and oauth (authorize in a browser or by a code)")
@ValidationRule(
    value = "has(self.url) || !(self.platform in ['Gitea'])",
    message =
        "platform Gitea has no public site of its own: set url to the address used to log on, such as https://codeberg.org")
@ValidationRule(
    value =
        "!has(self.publishNames) || (has(self.publish) && self.publishNames.all(entry, entry in self.publish))",
    message = "publishNames may only have entries that are also in publish")
@ValidationRule(
    value = "!has(self.deletionPolicy) || self.deletionPolicy == 'Retain' || has(self.oauth)",
    message =
        "deletionPolicy Revoke is for oauth only: the operator does not revoke a token that a user put into a Secret")
@ValidationRule(
    value = "!has(self.deployToken) || self.platform == 'GitLab'",
    message =
        "deployToken is for platform GitLab only, since no other has deploy tokens: leave it out, and bind a token that can read only the code to build")
@ValidationRule(
    value = "!has(self.deployToken) || (has(self.publish) && size(self.publish) > 0)",
    message =
        "deployToken is for published Secrets: name their consumers in publish, such as publish: [Flux]")
public record BindingSpec(
    @JsonPropertyDescription(
            "The kind of code host: GitLab, GitHub (also Enterprise Server), Gitee, Bitbucket (Cloud and Data Center) or Gitea (also Forgejo).")
        @Required
        Platform platform,
    @JsonPropertyDescription(
            "The address used to log on to the code host, with its path where the site lies under one: https://git.example.com/gitlab. Default: the platform's public site. http may use port 80, 21, 70, 210, 280, 443, 488, 591, 777 or 1025 to 65535, https port 443, unless the administrator has set other lists.")
        @Nullable
        @Size(min = 1, max = 2048)
        @ValidationRule(value = FieldRules.IS_VISIBLE, message = FieldRules.VISIBLE_WORDS)
        String url,
    @JsonPropertyDescription(
            "The account that the credential belongs to, as used to log on. A credential of another account is refused.")
        @Required
        @Size(min = 1, max = 255)
        @ValidationRule(value = FieldRules.IS_VISIBLE, message = FieldRules.VISIBLE_WORDS)
        String username,
    @JsonPropertyDescription(
            "The image registry instance that is bound: shown, selectable, and published with the credential.")
        @Nullable RegistryInstance registryInstance,
    @JsonPropertyDescription(
            "The Secret with the token: type codesource.dev/token, keys url and token, in the same namespace; with a private CA also ca.crt or ca_digest; publish: \"false\" forbids spec.publish. On GitHub also with the keys url, app_id, installation_id and private_key of an app.")
        @Nullable SecretRef tokenSecretRef,
    @JsonPropertyDescription("Authorize by OAuth instead of a token.") @Nullable OAuth oauth,
    @JsonPropertyDescription("How the code host's certificate is checked.") @Nullable Tls tls,
    @JsonPropertyDescription(
            "How often the access is verified again, as a Go duration of at least 1m: 30m, 1h, 24h. The operator varies it by up to a tenth in both directions.")
        @Default("1h")
        @Nullable
        @Size(max = FieldRules.INTERVAL_LENGTH)
        @Pattern(FieldRules.INTERVAL)
        @ValidationRule(value = FieldRules.IS_INTERVAL, message = FieldRules.INTERVAL_WORDS)
        @ValidationRule(
            value = FieldRules.IS_USUAL_INTERVAL,
            message = "interval must be between 1m and 8760h, such as 1h")
        String interval,
    @JsonPropertyDescription("Stop verifying; status and published Secrets stay as they are.")
        @Default("false")
        @Nullable Boolean suspend,
    @JsonPropertyDescription(
            "The consumers for which Secrets with the credential are written in the namespace of the binding.")
        @Nullable List<Publication> publish,
    @JsonPropertyDescription(
            "Names for published Secrets, by entry of publish. Default: the binding's name, a dash and the entry in lower case.")
        @Nullable Map<Publication, String> publishNames,
    @JsonPropertyDescription(
            "What happens to published Secrets when the access is lost: Keep leaves them as they are, Withdraw deletes them until the access is proven again. An outage of the code host is not a loss of access.")
        @Default("Keep")
        @Nullable WhenUnbound whenUnbound,
    @JsonPropertyDescription(
            "What happens to the access granted by OAuth when the binding is deleted: Retain leaves it as it is on the code host, Revoke revokes it there, which delays the deletion by at most half a minute.")
        @Default("Retain")
        @Nullable DeletionPolicy deletionPolicy,
    @JsonPropertyDescription(
            "GitLab only: published Secrets carry a deploy token instead of the bound token. The operator creates it with the bound token and the scope read_repository, renews it before it expires, and deletes it with the binding.")
        @Nullable DeployToken deployToken) {

  /** The image registry instance that is bound; all three fields are required. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record RegistryInstance(
      @JsonPropertyDescription("The edition of the registry instance.") @Required InstanceType type,
      @JsonPropertyDescription("The region of the registry instance, such as eu-central-1.")
          @Required
          @Size(min = 1, max = 63)
          @ValidationRule(value = FieldRules.IS_VISIBLE, message = FieldRules.VISIBLE_WORDS)
          String region,
      @JsonPropertyDescription("The name of the registry instance.")
          @Required
          @Size(min = 1, max = 253)
          @ValidationRule(value = FieldRules.IS_VISIBLE, message = FieldRules.VISIBLE_WORDS)
          String name) {}

  /** Editions of a registry instance. */
  public enum InstanceType {
    Enterprise,
    Personal
  }

  /** A Secret in the namespace of the binding. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  public record SecretRef(
      @JsonPropertyDescription("The name of the Secret.")
          @Required
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          @ValidationRule(value = FieldRules.IS_NAME, message = FieldRules.NAME_WORDS)
          String name) {}

  /** How to authorize by OAuth. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record OAuth(
      @JsonPropertyDescription(
              "The Secret of the OAuth application: type codesource.dev/oauth-client, keys url, client_id and client_secret; with a private CA also ca.crt or ca_digest. Default: the application that the administrator has set for this site.")
          @Nullable SecretRef clientSecretRef,
      @JsonPropertyDescription(
              "AuthorizationCode opens a page in a browser; Device shows a code to enter on any device.")
          @Default("AuthorizationCode")
          @Nullable Flow flow,
      @JsonPropertyDescription(
              "The scopes to request. Default: those that the platform needs to read code and set webhooks.")
          @Nullable
          @ValidationRule(value = FieldRules.ARE_SCOPES, message = FieldRules.SCOPES_WORDS)
          List<String> scopes) {

    /** The flow, also of a binding that was stored before the CRD had a default. */
    public Flow wantedFlow() {
      return flow == null ? Flow.AuthorizationCode : flow;
    }
  }

  /** OAuth grants (RFC 6749 section 4.1, RFC 8628). */
  public enum Flow {
    AuthorizationCode,
    Device
  }

  /** How the code host's certificate is checked. The check cannot be turned off. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tls(
      @JsonPropertyDescription(
              "A ConfigMap with the CA certificates, in PEM form, that are trusted for this host instead of the public ones. The Secret of the credential must accept them: by the same certificates under its key ca.crt, or by their digest under its key ca_digest. With ca.crt in the Secret this reference is not needed.")
          @Nullable CaConfigMapRef caConfigMapRef) {}

  /** A ConfigMap in the namespace of the binding. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record CaConfigMapRef(
      @JsonPropertyDescription("The name of the ConfigMap.")
          @Required
          @Size(min = 1, max = FieldRules.NAME_LENGTH)
          @Pattern(FieldRules.NAME)
          @ValidationRule(value = FieldRules.IS_NAME, message = FieldRules.NAME_WORDS)
          String name,
      @JsonPropertyDescription("The key that holds the certificates.")
          @Default("ca.crt")
          @Nullable
          @Size(min = 1, max = 253)
          @Pattern(FieldRules.KEY)
          @ValidationRule(value = FieldRules.IS_KEY, message = FieldRules.KEY_WORDS)
          String key) {}

  /** What a deploy token reads. */
  @JsonIgnoreProperties(ignoreUnknown = true)
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "has(self.project) != has(self.group)",
      message = "give exactly one of project (such as team/app) and group (such as team)")
  @ValidationRule(
      value =
          "!has(self.project) || self.project.matches('^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)+$')",
      message = "project is the project's path with its groups, such as team/app")
  @ValidationRule(
      value =
          "!has(self.group) || self.group.matches('^[A-Za-z0-9_][A-Za-z0-9_.-]*(/[A-Za-z0-9_][A-Za-z0-9_.-]*)*$')",
      message = "group is the group's path, such as team or corp/team")
  public record DeployToken(
      @JsonPropertyDescription(
              "The path of the project whose code it reads: team/app. The account needs the role Maintainer there.")
          @Nullable
          @Size(min = 1, max = 255)
          String project,
      @JsonPropertyDescription(
              "The path of the group whose projects' code it reads: team. The account needs the role Owner there.")
          @Nullable
          @Size(min = 1, max = 255)
          String group) {}

  /** Consumers for whom a Secret can be written. */
  public enum Publication {
    ServiceBinding,
    Flux,
    ArgoCD,
    Tekton,
    Kpack,
    Shipwright,
    BuildKit,
    Git
  }

  /** What happens to the access when the binding is deleted. */
  public enum DeletionPolicy {
    Retain,
    Revoke
  }

  /** What happens to published Secrets when the access is lost. */
  public enum WhenUnbound {
    Keep,
    Withdraw
  }
}
